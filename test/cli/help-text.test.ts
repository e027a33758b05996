import { describe, expect, test } from "vitest";
import { helpText } from "../../src/cli/help-text.ts";
import { parseArguments, wholeProgram } from "../../src/cli/program.ts";
import { TOPICS } from "../../src/cli/topics.ts";

async function page(columns: number, ...words: readonly string[]): Promise<string> {
  let text = "";
  await parseArguments(words, (part) => (text += part), columns);
  return text;
}

const PAGES: readonly (readonly string[])[] = [
  [],
  ...wholeProgram().commands.flatMap((command) => [
    ["help", command.name()],
    ...command.commands.map((inner) => ["help", command.name(), inner.name()]),
  ]),
  ...Object.keys(TOPICS).map((topic) => ["help", topic]),
].filter(([, name]) => name !== "__complete");

/** The words of a text, wherever it is broken. */
const words = (text: string) => text.split(/\s+/).filter(Boolean);

describe.each([40, 60, 80, 120])("help on a terminal of %i columns", (columns) => {
  test.each(PAGES.map((each) => [each] as const))("%j fits, at words", async (asked) => {
    const text = await page(columns, ...asked);
    const [said = "", examples = ""] = text.split(/^(?=Examples:$)/m);
    expect(said.split("\n").filter((line) => line.length > columns && !/^ +\S+$/.test(line))).toEqual([]);
    // A command stays in one piece to be copied; nothing else may be longer than a line.
    const long = examples.split("\n").filter((line) => line.length > columns);
    expect(long.filter((line) => !/^ {2}\S.*anth-rbac|^ {2}\S(?!.* {2})/.test(line))).toEqual([]);
    expect(words(text)).toEqual(words(await page(1_000, ...asked)));
  });
});

test("an example and its remark share a line that is long enough, and else two", () => {
  const text = "Examples:\n  anth-rbac drift --who               who changed it\n";
  expect(helpText(text, 80)).toBe(text);
  expect(helpText(text, 40)).toBe("Examples:\n  anth-rbac drift --who\n      who changed it\n");
});

test("a sentence goes on at the margin, a list below its last column", () => {
  const text = "More is said of it here than fits on one line\n  name  more is said of it here than fits\n";
  expect(helpText(text, 38)).toBe(
    "More is said of it here than fits on\none line\n  name  more is said of it here than\n        fits\n",
  );
});
