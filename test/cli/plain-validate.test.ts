import { expect, test } from "vitest";
import { plainValidate } from "../../src/cli/plain-validate.ts";
import { parseArguments } from "../../src/cli/program.ts";
import type { Context } from "../../src/context.ts";

/** Which file a run asks for. */
async function asked(run: (context: Context) => Promise<unknown>): Promise<unknown> {
  let file: unknown = "nothing was read";
  const config = {
    read: async (named?: string) => {
      file = named;
      return { file: "rbac.yaml", digest: "", findings: [], locate: () => undefined };
    },
  };
  const outcome = await run({ config } as unknown as Context);
  return { file, outcome: { ...(outcome as object), locate: undefined } };
}

test("the plainest command lines of validate are understood as commander understands them", async () => {
  for (const argv of [["validate"], ["validate", "rbac.yaml"], ["validate", "a b/ü.yaml"], ["validate", "help"]]) {
    const plain = plainValidate(argv);
    const parsed = await parseArguments(argv, () => {});
    if (!plain || parsed.kind !== "run") throw new Error(`${argv.join(" ")} is not understood`);
    const { run, ...rest } = plain;
    const { run: other, ...whole } = parsed.invocation;
    expect(rest).toEqual(whole);
    expect(await asked(run)).toEqual(await asked(other));
  }
});

test("every other is left to commander", () => {
  const others = [
    [],
    ["validate", "-"],
    ["validate", "--json"],
    ["validate", ""],
    ["validate", "a", "b"],
    ["-q", "validate"],
    ["drift"],
  ];
  expect(others.map(plainValidate)).toEqual(others.map(() => undefined));
});
