/** What README and the pages show works when it is typed, in its order, each page in a sandbox of its own; and links lead somewhere. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { wholeProgram } from "../../src/cli/program.ts";
import { lineAs, type ShownCommand, shownCommands } from "../support/shown-commands.ts";
import { type Stage, stage } from "../support/stage.ts";

const PAGES = ["README.md", ...readdirSync("docs").flatMap((file) => (file.endsWith(".md") ? `docs/${file}` : []))];
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** What is there before the first command of a page; else rbac.yaml is the example. */
const BEFORE: Readonly<Record<string, (folder: string) => void>> = {
  "README.md": () => {},
  "docs/export.md": () => {},
  "docs/adopt.md": () => {},
  "docs/access-review.md": () => {},
};
/** What the page's own sheet says, and the decisions that its readers have to write: those that the page goes on with. */
function decideAsShown(markdown: string, folder: string): void {
  const file = join(folder, "2026-q4.yaml");
  const sheet = readFileSync(file, "utf8");
  const [, shown = ""] = /^```yaml\n( {2}"ada@[\s\S]*?)^```/m.exec(markdown) ?? [];
  expect(shown.split("\n")).not.toEqual([""]);
  for (const line of shown.trimEnd().split("\n")) expect(sheet).toMatch(lineAs(line));
  const decisions = [
    [/key (?:prod-batch|stg-report),/, "remove"],
    [/bob@acme.example, .*workspaces\.staging/, "remove"],
    [/ada@acme.example, .*workspaces\.staging/, "lower\n      to: user"],
  ] as const;
  const decided = sheet.replaceAll(/facts: (.*)\n(.*\n.*\n {6}decision:)$/gm, (_, facts: string, rest: string) => {
    const [, decision = "keep"] = decisions.find(([about]) => about.test(facts)) ?? [];
    return `facts: ${facts}\n${rest} ${decision}`;
  });
  writeFileSync(file, decided);
}

/** What a person does after a command. */
const AFTER: Readonly<Record<string, (markdown: string, folder: string) => void>> = {
  "anth-rbac review start 2026-q4.yaml": decideAsShown,
};
/** The organization of a page, where it is not the small one. */
const SEEDS: Readonly<Record<string, string>> = { "docs/access-review.md": "review" };
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

function example(folder: string): void {
  copyFileSync("rbac.example.yaml", join(folder, "rbac.yaml"));
  copyFileSync("rbac.test.yaml", join(folder, "rbac.test.yaml"));
  for (const name of ["policy", "org"]) mkdirSync(join(folder, name));
  copyFileSync("rbac.test.yaml", join(folder, "policy", "all.yaml"));
  copyFileSync("rbac.example.yaml", join(folder, "org", "rbac.yaml"));
  writeFileSync(join(folder, "report.pdf"), "%PDF-1.4\n%%EOF\n");
  writeFileSync(join(folder, "chart.png"), Buffer.from(PNG, "base64"));
}

async function play(one: Stage, { line, words, isPiped, output }: ShownCommand, env: Record<string, string>) {
  const [program = "", ...rest] = words;
  if (program === "cp") return copyFileSync(join(one.folder, rest[0] ?? ""), join(one.folder, rest[1] ?? ""));
  if (program === "export") return void Object.assign(env, Object.fromEntries([(rest[0] ?? "").split("=")]));
  // Another organization's: test/sandbox/console/control.test.ts plays them on the seed "machines".
  if (/console\/(?:token|add_federation_rule) /.test(line)) return;
  if (program === "curl" && hasCurl && !line.includes("…")) return curl(one, line);
  if (program !== "anth-rbac" || rest[0] === "sandbox") return;
  const given = rest.flatMap((word) =>
    word.startsWith("policy/*") ? readdirSync(join(one.folder, "policy")).map((file) => `policy/${file}`) : [word],
  );
  const stdin = /secret|key/i.test(line) ? one.sandbox.secretOf("prod-ingest") : "What is drift?";
  const ran = await one.run(given, { env, now: Date.now, ...(isPiped && { stdin }) });
  const said = `${ran.stdout}${ran.stderr}`;
  // Found, refused, denied and manual are answers; these are none.
  expect([line, [1, 4, 64].includes(ran.exitCode) ? said : ""]).toEqual([line, ""]);
  for (const shown of output) expect(said, line).toMatch(lineAs(shown));
}

/** As it is typed, but that an answer that is no 200 fails. */
async function curl(one: Stage, line: string): Promise<void> {
  const child = spawn("sh", ["-c", line.replace("curl ", "curl --fail ")], {
    cwd: one.folder,
    env: {
      PATH: process.env.PATH,
      ANTHROPIC_BASE_URL: one.sandbox.url,
      ANTHROPIC_ADMIN_KEY: one.sandbox.adminKey,
      ANTH_RBAC_ACTIVITY_KEY: one.sandbox.activityKey,
    },
  });
  const ended = new Promise((done) => child.on("close", done));
  const [, said, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect([line, exitCode, exitCode === 0 ? "" : said]).toEqual([line, 0, ""]);
}

describe.each(PAGES)("%s", (page) => {
  const markdown = readFileSync(page, "utf8");
  const commands = shownCommands(markdown);

  test.skipIf(commands.length === 0)("what it shows works, in its order, and prints what it says", async () => {
    const one = await stage({ clock: Date.now, seed: SEEDS[page] ?? "small" });
    for (const path of ["examples", "rbac.example.yaml"]) cpSync(path, join(one.folder, path), { recursive: true });
    (BEFORE[page] ?? example)(one.folder);
    const env: Record<string, string> = {
      ANTHROPIC_API_KEY: one.sandbox.secretOf("prod-auth-service"),
      ANTH_RBAC_USER: "dora@acme.example",
    };
    for (const command of commands) {
      await play(one, command, env);
      AFTER[command.line]?.(markdown, one.folder);
    }
  });

  test("every command that it names is one, with these flags", () => {
    const named = [...markdown.matchAll(/`anth-rbac ([a-z][^`\n]*)`/g)].map(([, words = ""]) => words.split(/\s+/));
    for (const [name = "", ...words] of named) {
      if (name === "help") continue;
      const found = wholeProgram().commands.find((command) => command.name() === name);
      const all = [found, ...(found?.commands ?? [])].flatMap((command) => command?.options ?? []);
      const flags = all.flatMap(({ short, long }) => [short, long]);
      const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !flags.includes(word.replace(/=.*/, "")));
      expect([name, ...unknown]).toEqual([found?.name()]);
    }
  });

  test("the tests that it names are there", () => {
    const named = [...markdown.matchAll(/`npx vitest run ([^`]+)`/g)].flatMap(([, paths = ""]) => paths.split(" "));
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("every link leads to a file that is there, and to a heading of it", () => {
    const targets = [...markdown.matchAll(/(?:\]\(|src(?:set)?=")([^)"\s]+)/g)].map(([, link = ""]) => link);
    const broken = targets.filter((link) => {
      if (/^https?:/.test(link)) return !URL.canParse(link);
      const [path = "", heading] = link.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      return !existsSync(file) || (heading !== undefined && !headings(file).includes(heading));
    });
    expect(broken).toEqual([]);
  });
});

/** The anchors that GitHub gives the headings of a page. */
function headings(file: string): readonly string[] {
  const lines = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
  return [...lines].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
