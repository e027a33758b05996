/** What holds in the whole repository and no linter says. Each law answers with complaints; none is good. */
import { basename } from "node:path";
import { type Import, packageOf } from "./import-scan.ts";

/** Where each package that runs is imported, and nowhere else. Two files may be: the command line, and the SDK with its resources for administration. */
const HOMES: Readonly<Record<string, RegExp>> = {
  "@anthropic-ai/sdk": /^src\/adapters\//,
  "@redis/client": /^src\/adapters\//,
  chalk: /^src\/report\/formats\/colour\.ts$/,
  commander: /^src\/cli\//,
  cosmiconfig: /^src\/adapters\//,
  "csv-parse": /^src\/adapters\//,
  "ical-generator": /^src\/report\//,
  inquirer: /^src\/adapters\//,
  jose: /^src\/sandbox\/state\/identity-token\.ts$/,
  "js-yaml": /^src\/adapters\/config\//,
  "p-queue": /^src\/adapters\//,
  "proper-lockfile": /^src\/adapters\//,
  "fast-string-width": /^src\/report\//,
  sarif: /^src\/report\/formats\/sarif\.ts$/,
  "write-file-atomic": /^src\/adapters\//,
  yaml: /^src\/adapters\//,
  "yocto-spinner": /^src\/adapters\//,
  zod: /^src\/(?:adapters\/api|core|sandbox)\//,
};
const TWO_FILES: ReadonlySet<string> = new Set(["@anthropic-ai/sdk", "commander"]);
/** What describes shapes stands where the shapes are. */
const MANY_FILES: ReadonlySet<string> = new Set(["zod"]);

/** Each package that runs has one importer; the SDK's types may be used by adapters and the sandbox; zod by core and the sandbox. */
export function oneImporterEach(imports: readonly Import[]): readonly string[] {
  const importers = new Map<string, Set<string>>();
  const complaints: string[] = [];
  for (const item of imports) {
    const name = packageOf(item);
    if (name === undefined) continue;
    if (item.typeOnly) {
      if (!mayUseTypes(item.file, name)) complaints.push(`${item.file} uses the types of ${name}`);
      continue;
    }
    importers.set(name, (importers.get(name) ?? new Set()).add(item.file));
    if (!HOMES[name]) complaints.push(`${item.file} imports ${name}, which has no home`);
    else if (!HOMES[name].test(item.file)) complaints.push(`${item.file} imports ${name}, which is not at home there`);
  }
  for (const [name, files] of importers) {
    if (MANY_FILES.has(name)) continue;
    if (files.size > (TWO_FILES.has(name) ? 2 : 1))
      complaints.push(`${name} has ${files.size} importers: ${[...files]}`);
  }
  return complaints;
}

function mayUseTypes(file: string, name: string): boolean {
  if (HOMES[name]?.test(file)) return true;
  return name === "@anthropic-ai/sdk" && file.startsWith("src/sandbox/");
}

/** What every command uses, and what loads nothing else at once: an import of its own would only take time. */
const EVERY_RUN =
  /^src\/(?:adapters\/(?:api\/api|clock\/clock|config\/config-files|files\/files|machine\/machine|state\/state|terminal\/terminal)|report\/(?:formats\/style|render))\.ts$/;

/** The files that every run loads import everything but core and those lazily; and commands know only the type of Context. */
export function lazyStart(imports: readonly Import[]): readonly string[] {
  return imports.flatMap(({ file, target, lazy, typeOnly }) => {
    if (target === undefined || lazy || typeOnly) return [];
    const ofStart = /^src\/(?:cli\/)?[^/]+$/.test(file) && file !== "src/index.ts";
    if (ofStart && !/^src\/(?:core\/.+|(?:cli\/)?[^/]+)$/.test(target) && !EVERY_RUN.test(target))
      return `${file} loads ${target} at start`;
    if (file.startsWith("src/commands/") && target === "src/context.ts")
      return `${file} imports more than types of ${target}`;
    return [];
  });
}

/** The longest that a source file may be. */
const MAX_LINES = 300;
const VAGUE_NAMES = /^(?:utils?|helpers?|common|misc|index|.*-(?:utils?|helpers?))\.ts$/;

/** Names, length and leftovers of one source file. */
export function tidyFile(file: string, text: string): readonly string[] {
  const complaints: string[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES) complaints.push(`${file} has ${lines} lines: split it along a real seam`);
  if (VAGUE_NAMES.test(basename(file)) && file !== "src/index.ts") complaints.push(`${file} is not named for a thing`);
  if (!/^src\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(file)) {
    complaints.push(`${file} is not in kebab case`);
  }
  if (/^export (?:default\b|\{[^}]*\bas default\b)/m.test(text)) complaints.push(`${file} has a default export`);
  const leftover = /\b(?:TODO|FIXME|XXX)\b/.exec(text)?.[0];
  if (leftover) complaints.push(`${file} says ${leftover}`);
  return complaints;
}

const MACHINE_PATH = /(?<![\w.~}])\/(?:work|root|home|Users)\/[\w.-]+/g;
const HOST = /https?:\/\/([\w.-]*(?:registry|artifactory|nexus|verdaccio|npm)[\w.-]*)/g;
const PUBLIC_HOSTS = /^(?:registry\.npmjs\.org|(?:www\.|docs\.)?npmjs\.com)$/;
const SECRET = /sk-ant-[a-z0-9]+-([\w-]{12,})/g;
/** A secret that anybody sees is none: it says so, or it is the alphabet. */
const VISIBLY_FAKE = /sandbox|fake|example|test|secret|other|abcdefgh|0123456789/i;

/** What must not be published: paths of one machine, private registries, anything that could be a real secret. */
export function publishable(file: string, text: string): readonly string[] {
  return [
    ...[...text.matchAll(MACHINE_PATH)].map(([path]) => `${file} names the machine path ${path}`),
    ...[...text.matchAll(HOST)].flatMap(([, host = ""]) =>
      PUBLIC_HOSTS.test(host) ? [] : `${file} names the host ${host}`,
    ),
    ...[...text.matchAll(SECRET)].flatMap(([, body = ""]) =>
      VISIBLY_FAKE.test(body) ? [] : `${file} holds what could be a secret: …${body.slice(-4)}`,
    ),
  ];
}

/** The rooms of core and of the sandbox, from the ground up: a room imports only those below it (architecture.md). */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [
    "text",
    "model",
    "config",
    "keys",
    "match",
    "document",
    "kinds",
    "validate",
    "plan",
    "export",
    "status",
    "audit",
    "rotation",
    "offboarding",
    "review",
    "policy",
    "policy-test",
    "prompt",
    "whoami",
    "outcome",
  ],
  sandbox: ["http", "state", "seed", "api", "server", "console"],
};

/** Complaints about a room that imports a higher one, and about a folder of core or of the sandbox that is no room. */
export function roomOrder(imports: readonly Import[]): readonly string[] {
  return imports.flatMap(({ file, target }) => {
    const [, house = "", room = "", ...rest] = file.split("/");
    const order = ROOMS[house];
    if (!order || rest.length === 0) return [];
    if (!order.includes(room)) return `${file} is in no room of ${house}`;
    const [, otherHouse, other = "", ...below] = target?.split("/") ?? [];
    if (otherHouse !== house) return [];
    if (below.length === 0) return `${file} imports ${target}, which stands above it`;
    return order.indexOf(other) > order.indexOf(room) ? `${file} imports ${target}, which stands above it` : [];
  });
}

/** Files that import each other in a circle, each circle once. */
export function circles(imports: readonly Import[]): readonly (readonly string[])[] {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) {
    if (target !== undefined) targets.set(file, [...(targets.get(file) ?? []), target]);
  }
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) ?? 0);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!index.has(target)) {
        visit(target);
        low.set(file, Math.min(low.get(file) ?? 0, low.get(target) ?? 0));
      } else if (stack.includes(target)) {
        low.set(file, Math.min(low.get(file) ?? 0, index.get(target) ?? 0));
      }
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const file of targets.keys()) if (!index.has(file)) visit(file);
  return found;
}
