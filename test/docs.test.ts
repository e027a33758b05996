import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { performancePage } from "../bench/page.ts";
import { configurationPage } from "../scripts/configuration-page.ts";
import { jsonPage } from "../scripts/json-page.ts";
import { PICTURES, picture } from "../scripts/picture.ts";
import { schemaTableFile } from "../scripts/schema-table.ts";
import { parseArguments } from "../src/cli/program.ts";
import { TOPICS } from "../src/cli/topics.ts";
import { jsonSchema } from "../src/core/config/schema.ts";
import { startFromSeed } from "../src/sandbox/sandbox.ts";
import { sourceFiles } from "./support/import-scan.ts";

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

  test("docs/json.md is made from what the commands print", async () => {
    expect(readFileSync("docs/json.md", "utf8"), "npm run docs").toBe(await jsonPage());
  });

  test("docs/performance.md is made from what the bench measured", () => {
    const results = JSON.parse(readFileSync("bench/results.json", "utf8"));
    expect(readFileSync("docs/performance.md", "utf8"), "npm run docs").toBe(performancePage(results));
  });

  test.each(PICTURES)("docs/$name-$theme.svg is what the program prints", async (one) => {
    expect(readFileSync(`docs/${one.name}-${one.theme}.svg`, "utf8"), "npm run docs").toBe(await picture(one));
  });

  test("the table that is read in place of the schema is made from it", () => {
    expect(readFileSync("src/core/config/schema-table.ts", "utf8")).toBe(schemaTableFile());
  });

  test("README shows the variables that the sandbox prints, and says how many", async () => {
    const { variables, close } = await startFromSeed({ seed: "small" });
    await close();
    const shown = [...readme.matchAll(/^export (ANTH\w+)=(.*)$/gm)].map(([, name]) => name);
    expect(shown).toEqual(Object.keys(variables));
    expect(readme).toContain(`${["no", "one", "two", "three", "four", "five"][shown.length]} \`export\` lines`);
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

  test("help exit-codes has those too, help environment every variable of ours, help config every field", async () => {
    const page = (topic: string) => TOPICS[topic]?.text ?? "";
    const codes = [...page("exit-codes").matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 64, 130]);
    // What is only masked need not be read.
    const isReader = ([file]: readonly [string, string]) => !/^src\/sandbox\/|environment-secrets\.ts$/.test(file);
    const source = [...sourceFiles("src")].filter(isReader).map(([, text]) => text);
    const variables = source.join("\n").match(/\bANTH_RBAC_[A-Z_]+/g) ?? [];
    expect(
      [...new Set(variables)].filter((name) => !page("environment").includes(`  ${name}`)),
      "each needs a line in src/cli/topics.ts",
    ).toEqual([]);
    const fields = Object.keys(jsonSchema().properties ?? {});
    const unsaid = fields.filter(
      (field) => field !== "$schema" && !new RegExp(`^ {2}${field}\\s`, "m").test(page("config")),
    );
    expect(unsaid, "each needs a line in src/cli/topics.ts").toEqual([]);
  });

  test("every command's help has examples", async () => {
    const names = [...readme.matchAll(/^\| `anth-rbac ([a-z]+)/gm)].flatMap(([, name]) => name ?? []);
    for (const name of names) expect(await help(name)).toMatch(/Examples:|Commands:/);
  });
});
