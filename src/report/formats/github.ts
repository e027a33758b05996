import type { Severity } from "../../core/model/finding.ts";
import { escapeGithub, escapeGithubProperty } from "./escape.ts";

const LEVELS = { error: "error", warning: "warning", info: "notice" } as const;

/** What GitHub shows at a line of a pull request. */
export interface Annotation {
  readonly severity: Severity;
  readonly file: string;
  readonly title: string;
  readonly message: string;
  /** null: the file as a whole. */
  readonly line: number | null;
  readonly column?: number | null;
}

/** A workflow command, which GitHub shows as an annotation. Source: GitHub's "Workflow commands". */
export function githubAnnotation({ severity, file, title, message, line, column = null }: Annotation): string {
  const place = line === null ? "" : `,line=${line}${column === null ? "" : `,col=${column}`}`;
  const properties = `file=${escapeGithubProperty(file)}${place},title=${escapeGithubProperty(title)}`;
  return `::${LEVELS[severity]} ${properties}::${escapeGithub(message)}\n`;
}
