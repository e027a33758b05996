import type { Repository } from "./repository-path.ts";
import type { Style } from "./style.ts";

/** The output formats; which of them a command has is said where the command is declared. */
export type Format = "text" | "json" | "markdown" | "sarif" | "junit" | "github" | "csv" | "html";

/** What a format for machines is told beside the outcome. */
export interface Run {
  /** The exit code, which every JSON object repeats. */
  readonly exitCode: number;
  /** What paths for CI are relative to; absent outside a repository. */
  readonly repository?: Repository;
  /** Makes of the commands in a text ones that can be pasted after this run: with its flags. Absent where it has none to repeat. */
  readonly pasteable?: (text: string) => string;
}

/** How an outcome is written: a text, or the pieces of one that may be longer than there is room for. */
export type Form<Result> = (outcome: Result, run: Run) => string | Promise<string> | Iterable<string>;

/** Every format of an outcome: its own form, or "text" where text stands in for it. */
export type Forms<Result> = {
  readonly [Name in Exclude<Format, "text">]: Form<Result> | "text";
} & { readonly text: (outcome: Result, style: Style) => string };

/** The forms of what is its text and nothing else, whatever the format of the run. */
export function bareForms<Result>(text: (outcome: Result) => string) {
  const forms = {
    text,
    json: "text",
    markdown: "text",
    sarif: "text",
    junit: "text",
    github: "text",
    csv: "text",
    html: "text",
  } as const;
  return forms satisfies Forms<Result>;
}
