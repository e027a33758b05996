import type { ValidationOutcome } from "../core/outcome/outcome.ts";
import { findingCounts, findingLines } from "./findings/finding-lines.ts";
import { findingFields, findingResult, locatedFindings } from "./findings/located.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms, Run } from "./formats/forms.ts";
import { type Annotation, githubAnnotations } from "./formats/github.ts";
import { jsonObject } from "./formats/json.ts";
import { junit } from "./formats/junit.ts";
import { pathInRepository } from "./formats/repository-path.ts";
import { sarif } from "./formats/sarif.ts";
import type { Style } from "./formats/style.ts";
import { validText } from "./valid.ts";

/** What is wrong with an rbac.yaml. A command without a format of its own for findings shows them as text. */
export const validationForms = {
  text: validationText,
  json: (outcome, run) => jsonObject("validation", run, validationFields(outcome)),
  sarif: validationSarif,
  junit: validationJunit,
  github: validationGithub,
  markdown: "text",
  csv: "text",
  html: "text",
} satisfies Forms<ValidationOutcome>;

/** A validation for people: every finding on a line of its own, then how many there are. */
function validationText({ file, findings, locate, strict }: ValidationOutcome, style: Style): string {
  const lines = findingLines(findings, { file, locate, style });
  return `${[...lines, summary({ file, findings, strict }, style)].join("\n")}\n`;
}

function summary({ file, findings, strict }: Pick<ValidationOutcome, "file" | "findings" | "strict">, style: Style) {
  const counts = findingCounts(findings);
  const name = escapeTerminal(file);
  if (findings.some(({ severity }) => severity === "error")) return style.error(`${name} is not valid: ${counts}`);
  if (counts === "") return validText(file, style);
  const warned = findings.some(({ severity }) => severity === "warning");
  if (strict && warned) return style.error(`${name} fails under --strict: ${counts}`);
  return style.warning(`${name} is valid: ${counts}`);
}

/** A validation as annotations. */
function validationGithub(outcome: ValidationOutcome, run: Run): string {
  return githubAnnotations(annotationsOf(outcome), run);
}

/** What GitHub shows of the findings of a file. */
export function annotationsOf({
  file,
  findings,
  locate,
}: Pick<ValidationOutcome, "file" | "findings" | "locate">): readonly Annotation[] {
  return locatedFindings(findings, locate).map(({ code, severity, line, column, message }) => ({
    severity,
    file,
    title: code,
    message,
    line,
    column,
  }));
}

/** A validation for programs (design section 5). */
function validationFields({ file, findings, locate }: ValidationOutcome) {
  return { file, findings: findingFields(findings, locate) };
}

/** A validation as test cases: one for each finding, or one that passed where there is none. */
function validationJunit({ file, findings, locate, strict }: ValidationOutcome, run: Run): string {
  const path = pathInRepository(file, run.repository);
  const cases = locatedFindings(findings, locate).map(({ code, severity, path: field, line, column, message }) => {
    const place = line === null ? path : `${path}:${line}:${column}`;
    const name = field === null ? `${code} at ${place}` : `${code} at ${place} (${field})`;
    const fails = severity === "error" || (strict && severity === "warning");
    return fails ? { name, failure: { type: code, message } } : { name, note: `${severity}: ${message}` };
  });
  return junit([{ name: path, cases: cases.length === 0 ? [{ name: "is valid" }] : cases }], run);
}

/** A validation for code scanning. */
function validationSarif({ file, findings, locate }: ValidationOutcome, run: Run): string {
  return sarif(
    locatedFindings(findings, locate).map((found) => findingResult(found, file, found.path)),
    run,
  );
}
