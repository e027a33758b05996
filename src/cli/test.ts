import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addSharedOptions, percentage } from "./options.ts";

/** Adds `test`. */
export function addTest(program: Command, start: Start): void {
  const command = program
    .command("test")
    .argument("[files...]", "test files (default: rbac.test.yaml, .yml and .json beside the rbac.yaml); - reads stdin")
    .summary("test the role policies of rbac.yaml, offline")
    .description(
      "Runs policy tests: who may use which model, and with how many tokens. Exit 2 if one fails; 1 if there is none.",
    );
  addSharedOptions(command, ["text", "json", "junit", "github"], "config", "quiet", "pager")
    .option("--matrix", "show what every role may do with every model, and what no test covers")
    .option("--min-coverage <percent>", "fail (exit 2) if tests cover less of the matrix", percentage)
    .addHelpText(
      "after",
      `
A test names a role or a user, a request, and what is expected:
  tests:
    - { name: users stay with haiku, role: user, request: { model: claude-opus-5-5 }, expect: deny, code: model-not-allowed }

Examples:
  anth-rbac test                                   rbac.test.yaml beside the rbac.yaml
  anth-rbac test --matrix                          a table of roles and models; * marks what is not tested
  anth-rbac test policy/*.yaml --min-coverage 100 --format junit > policy-tests.xml
`,
    )
    .action((files: readonly string[], { matrix = false, minCoverage }) =>
      start(command, async (context) => {
        const { runTests } = await import("../commands/test.ts");
        return runTests(context, { files, matrix, ...(minCoverage !== undefined && { minCoverage }) });
      }),
    );
}
