/** docs/json.md: the fields of each JSON object, made from what the commands print of the sandbox on a day that stands still. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { main } from "../src/main.ts";
import { environmentOf, type Sandbox, startSandbox } from "../src/sandbox/sandbox.ts";

const DAY = "2026-11-23T12:00:00Z";
const LEAVER = "dora@acme.example";

/** Each kind of object: what it is, and the runs whose fields are shown together. They build on one another, in this order. */
const KINDS: readonly (readonly [kind: string, is: string, runs: readonly string[]])[] = [
  ["validation", "`validate`; also any command whose rbac.yaml is not valid", ["validate examples/broken.yaml"]],
  [
    "plan",
    "`drift`; `apply`, `rotate` and `revoke` with `--dry-run`, or refused",
    [
      "drift",
      "rotate --dry-run",
      `revoke --user ${LEAVER} --keys rotate --dry-run`,
      "apply --yes --no-remove --only service_accounts --dry-run",
    ],
  ],
  [
    "result",
    "`apply`, `rotate` and `revoke` once they have written: all of a plan, and what became of it",
    ["apply --yes", `revoke --user ${LEAVER} --keys disable --yes`],
  ],
  [
    "status",
    "`status`, whose `--user`, `--key` and other views each have a part of their own",
    ["status", "status --user bob@acme.example", "status --key prod-ingest", "status --usage 7"],
  ],
  ["decision", "`prompt --dry-run`, or a prompt that was denied", ["prompt --dry-run --model claude-opus-5-5"]],
  ["message", "`prompt`", ["prompt hello"]],
  ["test", "`test`", ["test"]],
  ["audit", "`audit show` and `audit verify`", ["audit show", "audit verify"]],
  ["identity", "`whoami`", ["whoami"]],
  ["init", "`init`", ["init new.yaml"]],
  ["review", "`review`, `review start` and `review check`", ["review", "review start q4.yaml", "review check q4.yaml"]],
  ["error", "whatever could not run", ["status --key nobody-has-it"]],
];

export async function jsonPage(): Promise<string> {
  const sandbox = await startSandbox({ clock: DAY });
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-json-"));
  try {
    for (const [from, to] of [
      ["rbac.example.yaml", "rbac.yaml"],
      ["rbac.test.yaml", "rbac.test.yaml"],
    ] as const)
      copyFileSync(from, join(folder, to));
    const parts: string[] = [];
    for (const [kind, is, runs] of KINDS) {
      const fields = new Map<string, Set<string>>();
      for (const words of runs) {
        const object = await run(words, sandbox, folder);
        if (object.kind !== kind) throw new Error(`anth-rbac ${words}: ${JSON.stringify(object).slice(0, 300)}`);
        collect(object, "", fields);
      }
      const rows = [...fields].map(([path, types]) => `| \`${path}\` | ${[...types].sort().join(", ")} |`);
      parts.push(`## ${kind}\n\nOf ${is}.\n\n| field | holds |\n|---|---|\n${rows.join("\n")}\n`);
    }
    return `${HEAD}\n${parts.join("\n")}`;
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const HEAD = `# JSON, field by field

<!-- Made by \`npm run docs\` from what the commands print; a test keeps it so. -->

With \`--json\` there is one object on stdout, on errors too. \`format_version\` changes when a field goes or means something else; new fields may come at
any time. A list is written \`name[]\`; \`*\` stands for names that people choose. Where null stands beside another type, it is what
is not known or not there, never zero. What a run had no occasion for is not listed here: \`refusal\` of a refused plan (\`code\`, \`message\`, \`fix\`), and
\`stopped\` of a run that was cut short (\`code\`, \`message\`).
`;

async function run(words: string, sandbox: Sandbox, folder: string): Promise<Record<string, unknown>> {
  let text = "";
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  await main([...words.replace("examples/", `${process.cwd()}/examples/`).split(" "), "--json"], {
    cwd: folder,
    env: {
      ...environmentOf(sandbox),
      HOME: folder,
      ANTH_RBAC_STATE_DIR: join(folder, "state"),
      ANTH_RBAC_USER: LEAVER,
    },
    stdin: Readable.from([]),
    stdout: out,
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
    now: () => Date.parse(DAY),
    signal: new AbortController().signal,
  });
  return JSON.parse(text);
}

/** Objects whose fields are names of people's choice, or of the file. */
const NAMED = /(?:^|\.)(?:before|after|tags|by_flag|by_advice|use_7d|matrix)$/;

function collect(value: unknown, path: string, fields: Map<string, Set<string>>): void {
  if (Array.isArray(value)) {
    note(fields, `${path}[]`, value.length === 0 ? [] : value.filter((item) => !isObject(item)).map(typeOf));
    for (const item of value) if (isObject(item)) collect(item, `${path}[]`, fields);
  } else if (isObject(value)) {
    if (path !== "") note(fields, path, ["object"]);
    for (const [name, inner] of NAMED.test(path) ? [] : Object.entries(value))
      collect(inner, path === "" ? name : `${path}.${name}`, fields);
  } else note(fields, path, [typeOf(value)]);
}

function note(fields: Map<string, Set<string>>, path: string, types: readonly string[]): void {
  fields.set(path, new Set([...(fields.get(path) ?? []), ...types]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const typeOf = (value: unknown) => (value === null ? "null" : typeof value);
