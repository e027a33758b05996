import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configurationPage } from "../scripts/configuration-page.ts";
import { parseArguments } from "../src/cli/program.ts";
import { jsonSchema } from "../src/core/config/schema.ts";

const readme = readFileSync("README.md", "utf8");

async function help(...words: readonly string[]): Promise<string> {
  let text = "";
  await parseArguments([...words, "--help"], (part) => {
    text += part;
  });
  return text;
}

describe("the documents say what the program does", () => {
  test("docs/configuration.md is made from the schema", () => {
    expect(readFileSync("docs/configuration.md", "utf8")).toBe(configurationPage(jsonSchema()));
  });

  test("README lists the commands that --help lists, and no others", async () => {
    const listed = [...(await help()).matchAll(/^ {2}([a-z]+) .*$/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "help");
    const documented = [...readme.matchAll(/^\| `anth-rbac ([a-z]+)/gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(listed));
  });

  test("README and --help have the same exit codes", async () => {
    const shown = [...(await help()).matchAll(/(?<=^ {2}| {2})(\d{1,3}) {2,}[a-z]/gm)].map(([, code]) => Number(code));
    const documented = [...readme.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
    expect(new Set(documented)).toEqual(new Set(shown));
    expect(shown.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 64, 130]);
  });

  test("every command's help has examples", async () => {
    const names = [...readme.matchAll(/^\| `anth-rbac ([a-z]+)/gm)].flatMap(([, name]) => name ?? []);
    for (const name of names) expect(await help(name)).toMatch(/Examples:|Commands:/);
  });
});
