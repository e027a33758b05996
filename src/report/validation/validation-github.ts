import type { ValidationOutcome } from "../../core/outcome.ts";
import { escapeGithub, escapeGithubProperty } from "../escape.ts";
import { locatedFindings } from "../findings/located.ts";

const LEVELS = { error: "error", warning: "warning", info: "notice" } as const;

/** A validation as workflow commands, which GitHub shows as annotations. Source: GitHub's "Workflow commands". */
export function validationGithub({ file, findings, locate }: ValidationOutcome): string {
  const lines = locatedFindings(findings, locate).map(({ code, severity, line, column, message }) => {
    const place = line === null ? "" : `,line=${line},col=${column}`;
    const properties = `file=${escapeGithubProperty(file)}${place},title=${escapeGithubProperty(code)}`;
    return `::${LEVELS[severity]} ${properties}::${escapeGithub(message)}\n`;
  });
  return lines.join("");
}
