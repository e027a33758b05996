/** The borders between folders (design section 2) are linter rules: here each one is broken, in every way, to see it fail. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const NODE = ["node:fs", "node:fs/promises", "node:crypto"];
const ENTRIES = ["./main.ts", "./cli/thing.ts", "./index.ts"];
const FOLDERS = [
  "./adapters/thing.ts",
  "./commands/thing.ts",
  "./library/thing.ts",
  "./report/thing.ts",
  "./sandbox/thing.ts",
];
const SDK = ["@anthropic-ai/sdk", "@anthropic-ai/sdk/resources/models"];
const PACKAGES = [
  "@redis/client",
  "chalk",
  "commander",
  "cosmiconfig",
  "ical-generator",
  "inquirer",
  "p-queue",
  "proper-lockfile",
  "fast-string-width",
  "write-file-atomic",
  "yaml",
  "yocto-spinner",
];

interface Border {
  /** Specifiers; those that begin with `./` are below src. */
  readonly forbidden: readonly string[];
  readonly allowed: readonly string[];
}

const without = (list: readonly string[], ...items: string[]) => list.filter((item) => !items.includes(item));

const BORDERS: Readonly<Record<string, Border>> = {
  core: {
    forbidden: [...NODE, ...SDK, ...PACKAGES, ...ENTRIES, ...FOLDERS, "./context.ts"],
    allowed: ["zod", "./core/thing.ts"],
  },
  commands: {
    forbidden: [...NODE, ...SDK, ...PACKAGES, ...ENTRIES, ...without(FOLDERS, "./commands/thing.ts")],
    allowed: ["./context.ts", "./core/thing.ts"],
  },
  report: {
    forbidden: [
      ...NODE,
      ...SDK,
      ...without(PACKAGES, "chalk", "ical-generator", "fast-string-width"),
      ...ENTRIES,
      ...without(FOLDERS, "./report/thing.ts"),
      "./context.ts",
    ],
    allowed: ["chalk", "ical-generator", "fast-string-width", "./core/thing.ts"],
  },
  library: {
    forbidden: [
      ...NODE,
      ...SDK,
      ...PACKAGES,
      ...ENTRIES,
      ...without(FOLDERS, "./adapters/thing.ts", "./library/thing.ts", "./report/thing.ts"),
      "./context.ts",
    ],
    allowed: ["./adapters/thing.ts", "./report/thing.ts", "./core/thing.ts"],
  },
  adapters: {
    forbidden: [...ENTRIES, ...without(FOLDERS, "./adapters/thing.ts")],
    allowed: ["node:fs", "node:fs/promises", "yaml", "@anthropic-ai/sdk", "./core/thing.ts"],
  },
  sandbox: {
    forbidden: [...PACKAGES, ...ENTRIES, ...without(FOLDERS, "./sandbox/thing.ts"), "./core/thing.ts", "./context.ts"],
    allowed: ["node:http", "@anthropic-ai/sdk", "@anthropic-ai/sdk/resources/models"],
  },
};

/** Ways to write an import, and the only one that a type needs. */
const FORMS: Readonly<Record<string, (specifier: string) => string>> = {
  import: (specifier) => `import { thing } from "${specifier}";\nthing();\n`,
  "import type": (specifier) => `import type { Thing } from "${specifier}";\nexport type Other = Thing;\n`,
  "import()": (specifier) => `export const thing = () => import("${specifier}");\n`,
  "export from": (specifier) => `export { thing } from "${specifier}";\n`,
};

/** What core must not touch, though nothing is imported for it. */
const GLOBALS = [
  "Date.now()",
  "new Date()",
  "process.env",
  "fetch('x')",
  "setTimeout(() => {}, 1)",
  "setInterval(() => {}, 1)",
  "console.log(1)",
  "Buffer.from('x')",
  "crypto.randomUUID()",
  "performance.now()",
];

const root = mkdtempSync(join(tmpdir(), "anth-rbac-borders-"));
/** The rules that fired, by file. */
const fired = new Map<string, Set<string>>();
let count = 0;

/** Writes a file that will be linted, in a folder of its own depth, and answers with its path. */
function offender(folder: string, text: string): string {
  const file = `src/${folder}/offender-${++count}.ts`;
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), text);
  return file;
}

/** As a file in `folder` writes it. */
function from(folder: string, specifier: string): string {
  return specifier.startsWith("./") ? "../".repeat(folder.split("/").length) + specifier.slice(2) : specifier;
}

interface Case {
  readonly file: string;
  readonly what: string;
}

const forbidden: Case[] = [];
const allowed: Case[] = [];
for (const [name, border] of Object.entries(BORDERS)) {
  for (const folder of [name, `${name}/deeper`]) {
    for (const [form, write] of Object.entries(FORMS)) {
      const add = (list: Case[]) => (specifier: string) => {
        const written = from(folder, specifier);
        list.push({ file: offender(folder, write(written)), what: `${form} of ${written} in ${folder}` });
      };
      border.forbidden.forEach(add(forbidden));
      border.allowed.forEach(add(allowed));
    }
  }
}
const globals = GLOBALS.map((text) => ({ file: offender("core", `export const thing = ${text};\n`), what: text }));

beforeAll(async () => {
  for (const file of ["biome.json", ".gitignore"]) cpSync(file, join(root, file));
  for (const { category, location } of await lint()) {
    const file = location.path.replaceAll("\\", "/");
    fired.set(file, (fired.get(file) ?? new Set()).add(category));
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const crossed = (rule: string) => (item: Case) => fired.get(item.file)?.has(rule) ?? false;
const IMPORTS = "lint/style/noRestrictedImports";

describe("a border that is crossed", () => {
  test.each(Object.keys(BORDERS))("of %s fails, whatever the form of the import", (folder) => {
    const cases = forbidden.filter(({ file }) => file.startsWith(`src/${folder}/`));
    expect(cases.length).toBeGreaterThan(40);
    expect(cases.filter((item) => !crossed(IMPORTS)(item)).map(({ what }) => what)).toEqual([]);
  });

  test("of core by a global fails", () => {
    const rules = ["lint/style/noRestrictedGlobals", "lint/suspicious/noConsole"];
    expect(globals.filter((item) => !rules.some((rule) => crossed(rule)(item))).map(({ what }) => what)).toEqual([]);
  });
});

test("what a folder may import passes", () => {
  expect(allowed.filter(crossed(IMPORTS)).map(({ what }) => what)).toEqual([]);
});

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

/** Lints all the files at once, with the repository's own configuration. */
function lint(): Promise<readonly Diagnostic[]> {
  const biome = resolve("node_modules/@biomejs/biome/bin/biome");
  const words = [biome, "lint", "--reporter=json", "--max-diagnostics=none", "--vcs-enabled=false", "src"];
  return new Promise((done, fail) => {
    execFile(process.execPath, words, { cwd: root, maxBuffer: 1 << 28 }, (_, stdout, stderr) => {
      try {
        done(JSON.parse(stdout).diagnostics);
      } catch {
        fail(new Error(`biome printed no report:\n${stdout.slice(0, 500)}${stderr.slice(0, 2000)}`));
      }
    });
  });
}
