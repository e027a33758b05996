import type { PolicyTestOutcome } from "../../core/outcome/outcome.ts";
import { githubAnnotation } from "../formats/github.ts";
import { validationGithub } from "../validation/validation-github.ts";
import { coverageWords } from "./coverage-words.ts";

/** Findings and failed tests as annotations at their lines; too little coverage at the first file. */
export function policyTestGithub({ report }: PolicyTestOutcome): string {
  const failed = report.results.flatMap(({ file, test, failures }) =>
    failures.map((failure) =>
      githubAnnotation({
        severity: "error",
        file,
        title: "policy-test-failed",
        message: `${test.name}: ${failure}`,
        line: test.line,
      }),
    ),
  );
  const { text, tooLow } = coverageWords(report);
  const coverage = githubAnnotation({
    severity: "error",
    file: report.files[0]?.file ?? "",
    title: "policy-test-coverage",
    message: `coverage ${text}`,
    line: null,
  });
  return [...report.files.map(validationGithub), ...failed, ...(tooLow ? [coverage] : [])].join("");
}
