import type { ValidationOutcome } from "../../core/outcome/outcome.ts";
import { locatedFindings } from "../findings/located.ts";
import { githubAnnotation } from "../formats/github.ts";

/** A validation as annotations. */
export function validationGithub({
  file,
  findings,
  locate,
}: Pick<ValidationOutcome, "file" | "findings" | "locate">): string {
  return locatedFindings(findings, locate)
    .map(({ code, severity, line, column, message }) =>
      githubAnnotation({ severity, file, title: code, message, line, column }),
    )
    .join("");
}
