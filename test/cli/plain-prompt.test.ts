import { Command } from "commander";
import fc from "fast-check";
import { expect, test } from "vitest";
import { globalOptions } from "../../src/cli/options.ts";
import { plainPrompt, readPlainPrompt } from "../../src/cli/plain-prompt.ts";
import { parseArguments } from "../../src/cli/program.ts";
import { addPrompt } from "../../src/cli/prompt.ts";

/** What commander reads in a command line: its words, flags and shared flags; undefined where it refuses it, or prints help. */
function byCommander(argv: readonly string[]) {
  let read: { words: readonly string[]; flags: object; options: object } | undefined;
  const program = new Command("anth-rbac").enablePositionalOptions();
  addPrompt(program, (command) => {
    // These are there without a flag.
    const { color, format, input, ...flags } = command.opts();
    expect({ color, format, input }).toMatchObject(
      readPlainPrompt(argv) ? { color: true, format: "text", input: true } : {},
    );
    read = { words: command.args, flags, options: globalOptions(command) };
  });
  const [command] = program.commands;
  for (const one of [program, command]) one?.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  try {
    program.parse([...argv], { from: "user" });
  } catch {
    return undefined;
  }
  return read;
}

const FLAGS = ["config", "user", "role", "model", "system", "workspace", "quiet", "wait", "file", "json", "help"];
const word = fc.oneof(
  fc.constantFrom(
    "hello",
    "a b",
    "",
    " ",
    "-",
    "--",
    "-q",
    "help",
    "prompt",
    "--user=a",
    "-1",
    "ü",
    "--no-color",
    "--qui",
  ),
  fc.constantFrom(...FLAGS.map((name) => `--${name}`)),
);

test("what is read without commander is what commander reads", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (rest) => {
      const argv = ["prompt", ...rest];
      const plain = readPlainPrompt(argv);
      if (!plain) return;
      count += 1;
      const { options, ...read } = byCommander(argv) ?? { options: undefined };
      expect(read).toEqual(plain);
      const { run: _, ...invocation } = plainPrompt(argv) ?? {};
      const { format, ...rests } = options as { format: string };
      expect(invocation).toEqual({ format, options: rests });
      const parsed = await parseArguments(argv, () => {});
      expect(parsed).toMatchObject({ kind: "run", invocation });
    }),
    { numRuns: 2000 },
  );
  expect(count).toBeGreaterThan(50);
});

test("each flag of every day is read, and what is left to commander is", () => {
  const argv = ["prompt", "--config", "c", "one", "--user", "u", "--role", "r", "--quiet", "--model", "m", "two"];
  const more = ["--system", "be brief", "--workspace", "w", "--wait"];
  expect(readPlainPrompt([...argv, ...more])).toEqual({
    words: ["one", "two"],
    flags: {
      config: "c",
      user: "u",
      role: "r",
      quiet: true,
      model: "m",
      system: "be brief",
      workspace: "w",
      wait: true,
    },
  });
  const others = [
    [],
    ["prompt"],
    ["prompt", "-"],
    ["prompt", "--", "a"],
    ["prompt", "a", "--user"],
    ["prompt", "a", "--user", ""],
    ["prompt", "a", "--user", "-x"],
    ["prompt", "a", "--user=x"],
    ["prompt", "a", "--role", "x", "--role", "y"],
    ["prompt", "a", "--quiet", "--quiet"],
    ["prompt", "a", "-q"],
    ["prompt", "a", "--dry-run"],
    ["prompt", "a", "--max-tokens", "5"],
    ["prompt", "a", "--help"],
    ["--quiet", "prompt", "a"],
    ["validate", "a"],
  ];
  expect(others.map(readPlainPrompt)).toEqual(others.map(() => undefined));
});
