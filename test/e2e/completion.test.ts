import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, describe, expect, inject, test } from "vitest";
import { hasTerminal, runInTerminal } from "../support/pty.ts";

const { command } = inject("installed");
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// What completes is the real program; what would be run is shown, a word a line, for that is what ended up on the command line.
const program = join(folder, "anth-rbac");
writeFileSync(
  program,
  `#!/bin/sh
case "$1" in
  __complete | completion) exec '${process.execPath}' '${command}' "$@" ;;
esac
for word in "$@"; do printf '<%s>' "$word"; done
echo
`,
);
chmodSync(program, 0o755);
writeFileSync(
  join(folder, "rbac.yaml"),
  `version: 1
members:
  ada@acme.example: { role: developer }
  bob@acme.example: { role: user }
workspaces:
  prod: { name: Production Lab, keys: { prod-auth-service: {} } }
roles:
  power: { allowed: true, models: [claude-haiku-5-5] }
`,
);

const env = {
  ...process.env,
  PATH: `${folder}${delimiter}${process.env.PATH}`,
  HOME: folder,
  ZDOTDIR: folder,
  HISTFILE: "",
};
const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

/** What is typed, with a Tab for `→`, and the words that the program then gets. */
const TYPED: readonly (readonly [typed: string, words: string])[] = [
  ["dri→", "<drift>"],
  ["audit ver→", "<audit><verify>"],
  ["drift --ignore→", "<drift><--ignore-unmanaged>"],
  ["drift --format mark→", "<drift><--format><markdown>"],
  ["drift --format=mark→", "<drift><--format=markdown>"],
  ["status --workspace pr→", "<status><--workspace><prod>"],
  ["revoke --user ad→", "<revoke><--user><ada@acme.example>"],
  ["revoke --user ada@→", "<revoke><--user><ada@acme.example>"],
  ["revoke --user ada@ac→", "<revoke><--user><ada@acme.example>"],
  ["revoke --user=ada@ac→", "<revoke><--user=ada@acme.example>"],
  ["revoke --key prod-→", "<revoke><--key><prod-auth-service>"],
  ["prompt --role po→", "<prompt><--role><power>"],
  ["apply --confirm Prod→", "<apply><--confirm><Production Lab>"],
  ["apply --only work→_→", "<apply><--only><workspace_members>"],
  ["apply --allow sel→mine", "<apply><--allow><self=mine>"],
  ["--config rb→ validate", "<--config><rbac.yaml><validate>"],
  ["validate rba→", "<validate><rbac.yaml>"],
  ["help exit→", "<help><exit-codes>"],
];

/** Types each line into a shell on a terminal, and reads what the program then got. */
async function typedIn(shell: string, words: readonly string[], setup: string): Promise<readonly string[]> {
  const typed = [
    { after: /[$%#>] ?$/, send: `${setup}; PS1='rea''dy> '\r` },
    ...TYPED.map(([line]) => ({ after: /ready> $/, send: `anth-rbac ${line.replaceAll("→", "\t")}\r` })),
    // Completed, and taken back before it is run.
    { after: /ready> $/, send: "anth-rbac prompt $(touch evaluated.by.tab) --role po\t\u0015\r" },
    { after: /ready> $/, send: "exit\r" },
  ];
  const { text } = await runInTerminal({ command: shell, words, cwd: folder, env, typed, columns: 200 });
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("<"));
}

/** A shell that is not there is left out with a word: of Debian's packages, bash, zsh and fish. */
describe("completion", () => {
  afterEach(() => {
    expect(existsSync(join(folder, "evaluated.by.tab")), "what is typed was evaluated").toBe(false);
  });

  test.skipIf(!hasTerminal || !has("bash"))("by bash", async () => {
    const setup = "source <(anth-rbac completion bash)";
    expect(await typedIn("bash", ["--norc", "--noprofile", "-i"], setup)).toEqual(TYPED.map(([, words]) => words));
  });

  test.skipIf(!hasTerminal || !has("zsh"))("by zsh", async () => {
    const setup = "autoload -U compinit; compinit -u -D; source <(anth-rbac completion zsh)";
    expect(await typedIn("zsh", ["-f", "-i"], setup)).toEqual(TYPED.map(([, words]) => words));
  });

  test.skipIf(!hasTerminal || !has("zsh"))("by zsh lists words that need no explanation without any", async () => {
    const typed = [
      {
        after: /[$%#>] ?$/,
        send: `autoload -U compinit; compinit -u -D; source <(anth-rbac completion zsh); PS1='rea''dy> '\r`,
      },
      { after: /ready> $/, send: "anth-rbac drift --format \t\t\u0015" },
      { after: /sarif/, send: "\r" },
      { after: /ready> $/, send: "exit\r" },
    ];
    const { text } = await runInTerminal({
      command: "zsh",
      words: ["-f", "-i"],
      cwd: folder,
      env,
      typed,
      columns: 200,
    });
    expect(text).toMatch(/^markdown +sarif +json +text *\r?$|^[a-z ]*\bsarif\b[a-z ]*\r?$/m);
  });

  test.skipIf(!has("fish"))("by fish", () => {
    writeFileSync(join(folder, "completion.fish"), execFileSync(program, ["completion", "fish"]));
    for (const [typed, words] of TYPED.filter(([line]) => !/→./.test(line))) {
      const script = `source completion.fish; complete -C ${quoted(`anth-rbac ${typed.replace("→", "")}`)}`;
      const candidates = execFileSync("fish", ["--no-config", "-c", script], { cwd: folder, env, encoding: "utf8" });
      const last = /<([^<>]*)>$/.exec(words)?.[1];
      expect(
        candidates.split("\n").map((line) => line.split("\t")[0]),
        typed,
      ).toContain(last);
    }
  });
});

function quoted(word: string): string {
  return `'${word}'`;
}
