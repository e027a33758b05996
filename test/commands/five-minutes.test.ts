/** What README shows works when it is typed, in its order, in one sandbox. */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stage } from "../support/stage.ts";

const readme = readFileSync("README.md", "utf8");
const [, minutes = ""] = /## Five minutes\n([\s\S]*?)\n## /.exec(readme) ?? [];

/** Each command of the blocks for a terminal, with the lines that are shown below it. */
function shown(): readonly { readonly words: readonly string[]; readonly lines: readonly string[] }[] {
  const blocks = [...minutes.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = "", ...lines] = part.trimEnd().split("\n");
        const words = [...command.replace(/ +#.*$/, "").matchAll(/"([^"]*)"|(\S+)/g)];
        return { words: words.map(([, quoted, bare = ""]) => quoted ?? bare), lines };
      }),
  );
}

/** A line as it is shown: `…` stands for whatever was left out. */
function lineAs(shownLine: string): RegExp {
  const parts = shownLine.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "m");
}

test("the five minutes of README, command by command, to the letter", async () => {
  const one = await stage({ clock: Date.now });
  mkdirSync(join(one.folder, "examples"));
  for (const file of ["examples/broken.yaml", "rbac.example.yaml"]) copyFileSync(file, join(one.folder, file));
  const env: Record<string, string> = { ANTHROPIC_API_KEY: one.sandbox.secretOf("prod-auth-service") };
  const commands = shown();
  expect(commands.map(({ words }) => words[0])).toContain("cp");
  for (const { words, lines } of commands) {
    const [program = "", ...rest] = words;
    if (program === "cp") copyFileSync(join(one.folder, rest[0] ?? ""), join(one.folder, rest[1] ?? ""));
    if (program === "export") Object.assign(env, Object.fromEntries([(rest[0] ?? "").split("=")]));
    if (program !== "anth-rbac" || rest[0] === "sandbox") continue;
    const secret = one.sandbox.secretOf("prod-ingest");
    const isPiped = rest.includes("<");
    const given = isPiped ? rest.slice(0, rest.indexOf("<")) : rest;
    const { exitCode, stdout, stderr } = await one.run(given, {
      env,
      now: Date.now,
      ...(isPiped && { stdin: secret }),
    });
    const said = `${stdout}${stderr}`;
    expect([given, exitCode === 1 || exitCode === 64 || exitCode === 4 ? said : ""]).toEqual([given, ""]);
    for (const line of lines.filter((text) => text.trim() !== "")) expect(said).toMatch(lineAs(line));
  }
});
