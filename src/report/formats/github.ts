import type { Severity } from "../../core/model/finding.ts";
import { escapeGithub, escapeGithubProperty } from "./escape.ts";
import type { Run } from "./forms.ts";
import { pathInRepository } from "./repository-path.ts";

/** What GitHub shows at a line of a pull request. */
export interface Annotation {
  readonly severity: Severity;
  /** As people see it: relative to the working directory, or absolute. */
  readonly file: string;
  readonly title: string;
  readonly message: string;
  /** null: the file as a whole. */
  readonly line: number | null;
  readonly column?: number | null;
}

const LEVELS = { error: "error", warning: "warning", info: "notice" } as const satisfies Record<Severity, string>;
const ORDER = ["error", "warning", "info"] as const satisfies readonly Severity[];
/** So many annotations of a level GitHub shows of a step. Source: GitHub's "Workflow commands" and its limits of the Checks API. */
const MOST_OF_A_LEVEL = 10;

/**
 * Workflow commands, which GitHub shows as annotations: errors first, no more of a level than are shown, and where there are more a
 * last one that says how many. Source: GitHub's "Workflow commands".
 */
export function githubAnnotations(annotations: readonly Annotation[], run: Run): string {
  return ORDER.flatMap((severity) => level(annotations.filter((one) => one.severity === severity)))
    .map((annotation) => command(annotation, run))
    .join("");
}

function level(annotations: readonly Annotation[]): readonly Annotation[] {
  const [first] = annotations;
  if (!first || annotations.length <= MOST_OF_A_LEVEL) return annotations;
  const shown = annotations.slice(0, MOST_OF_A_LEVEL - 1);
  const more = annotations.length - shown.length;
  const message = `${more} more of this level are not shown here (${annotations.length} in all): --format text shows them all`;
  return [...shown, { severity: first.severity, file: first.file, title: "and more", message, line: null }];
}

function command({ severity, file, title, message, line, column = null }: Annotation, { repository }: Run): string {
  const place = line === null ? "" : `,line=${line}${column === null ? "" : `,col=${column}`}`;
  const path = escapeGithubProperty(pathInRepository(file, repository));
  return `::${LEVELS[severity]} file=${path}${place},title=${escapeGithubProperty(title)}::${escapeGithub(message)}\n`;
}
