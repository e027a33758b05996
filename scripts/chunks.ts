import { readFileSync } from "node:fs";
import { posix, relative } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/** To open one more file takes node about as long as to load so many more bytes. */
const SMALL = 12_000;

/** What `validate` loads of a file that is right, and a completion of its words, in source only when it is asked for. */
const START: ReadonlySet<string> = new Set([
  "src/adapters/config/config-file.ts",
  "src/adapters/config/config-words.ts",
  "src/commands/completion/complete.ts",
  "src/commands/validate.ts",
  "src/report/document.ts",
]);

/** What a `prompt` loads of which nothing is wrong, and in source each when it is asked for; and what else would share some of it. */
const PROMPT: readonly string[] = [
  "src/cli/plain-prompt.ts",
  "src/commands/prompt/conversation.ts",
  "src/adapters/api/request-queue.ts",
  "src/adapters/state/file-lock.ts",
  "src/commands/prompt/prompt.ts",
  "src/commands/prompt/call.ts",
  "src/commands/prompt/input.ts",
  "src/adapters/terminal/answer-writer.ts",
  "src/adapters/messages/connection.ts",
  "src/adapters/messages/sender.ts",
  "src/adapters/api/client.ts",
  "src/adapters/state/audit-log.ts",
  "src/adapters/rate/rate-window.ts",
  "src/report/message.ts",
];

/** What a prompt loads as well, and others without the rest of it. */
const WITH_PROMPT: readonly string[] = ["src/adapters/api/credentials.ts", "src/adapters/terminal/piped-text.ts"];

/** What administration needs beside that: the client of a prompt with the SDK's resources for it. */
const ADMIN: readonly string[] = ["src/adapters/api/admin-client.ts", "src/adapters/api/key-check.ts"];

/**
 * esbuild makes a chunk for each set of lazy modules that share something: dozens of a few hundred bytes. With this, what is lazy in
 * source and yet on the way of every `validate` is part of the start; what is on the way of a prompt is one file, and what administration
 * has beside it another; and every lazy module of ours imports the entry, so that all it loads is one file, and every small shared module,
 * so that these are two: those of a prompt, and all others. What they are is told by a build without it.
 */
export function together({ outputs }: Pick<Metafile, "outputs">, ofPackage: OfPackage): Plugin {
  const lazy = lazyModules(outputs);
  const start = startModules(outputs);
  const shared = sharedModules(outputs).filter((module) => ![...PROMPT, ...ADMIN].includes(module));
  const ofPrompt = modulesReached(outputs, [...PROMPT, ...WITH_PROMPT]);
  const groups: Groups = new Map([
    ["shared", { after: `./${ENTRY}`, parts: shared.filter((module) => ofPrompt.has(module)) }],
    ["together", { after: "shared", parts: shared.filter((module) => !ofPrompt.has(module)) }],
    ["prompt", { after: "shared", parts: PROMPT }],
    ["admin", { after: "prompt", parts: ADMIN }],
  ]);
  const packages = new Set(
    Object.values(outputs).flatMap(({ entryPoint = "src/" }) => (isOurs(entryPoint) ? [] : entryPoint)),
  );
  return {
    name: "together",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(?:shared|together|prompt|admin)$/ }, ({ path }) => ({ path, namespace: "group" }));
      onLoad({ filter: /./, namespace: "group" }, ({ path }) => {
        const { after, parts } = groups.get(path) ?? { after: "shared", parts: [] };
        return {
          contents: [
            `import "${after}";`,
            ...parts.map((module, at) => `export * as part${at} from "./${module}";`),
          ].join("\n"),
          resolveDir: process.cwd(),
        };
      });
      onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path }) => {
        if (!packages.has(relative(process.cwd(), path))) return undefined;
        return { contents: `import "shared";\n${await ofPackage(path)}` };
      });
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const module = relative(process.cwd(), path);
        const text = withGroups(module, withStart(module, readFileSync(path, "utf8"), start), groups);
        const isApart = lazy.has(module) && !ofPrompt.has(module) && !ADMIN.includes(module);
        return { contents: isApart ? `import "together";\n${text}` : text, loader: "ts" };
      });
    },
  };
}

/** That of the start alone: for the build that tells what is lazy and what is shared. */
export const atStart: Plugin = {
  name: "at-start",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: withStart(relative(process.cwd(), path), readFileSync(path, "utf8"), START),
      loader: "ts",
    }));
  },
};

/** A module with static imports in place of its lazy ones of what is at hand at start. */
function withStart(module: string, text: string, start: ReadonlySet<string>): string {
  const taken: string[] = [];
  const written = lazyImports(module, text, (path, target) =>
    start.has(target) ? `Promise.resolve(start${taken.push(path)})` : undefined,
  );
  return [...taken.map((path, index) => `import * as start${index + 1} from "${path}";`), written].join("\n");
}

/** Modules that are one file, by the name under which that is imported, and what is loaded before them. */
type Groups = ReadonlyMap<string, { readonly after: string; readonly parts: readonly string[] }>;

/** A module with lazy imports of whole groups in place of those of their parts. */
function withGroups(module: string, text: string, groups: Groups): string {
  return lazyImports(module, text, (_, target) => {
    for (const [group, { parts }] of groups) {
      const at = parts.indexOf(target);
      if (at !== -1) return `import("${group}").then((all) => all.part${at})`;
    }
    return undefined;
  });
}

/** A text with something else in place of its lazy imports; undefined leaves one as it is. */
function lazyImports(
  module: string,
  text: string,
  instead: (path: string, target: string) => string | undefined,
): string {
  return text.replaceAll(
    /\bimport\("(\.[^"]+)"\)/g,
    (lazy, path: string) => instead(path, posix.join(posix.dirname(module), path)) ?? lazy,
  );
}

/** The text of a file of a package that is an ES module. */
type OfPackage = (path: string) => Promise<string>;

type Outputs = Metafile["outputs"];

const ENTRY = "src/main.ts";

/** The modules of small chunks that load nothing but what is at hand then. */
function sharedModules(outputs: Outputs): readonly string[] {
  const start = new Set(eagerFiles({ outputs }));
  const isSmall = (file: string) => {
    const { bytes = SMALL, inputs = {}, imports = [] } = outputs[file] ?? {};
    // A package or a module of node's may take long however little it is.
    const plain = Object.keys(inputs).every((module) => isOurs(module) || AT_HAND.test(module));
    return bytes < SMALL && plain && !imports.some(({ external }) => external);
  };
  const small = Object.keys(outputs).filter((file) => {
    if (outputs[file]?.entryPoint || start.has(file)) return false;
    return eagerFiles({ outputs }, file).every((part) => start.has(part) || isSmall(part));
  });
  return small.flatMap((file) => modulesOf(outputs, file).filter(isOurs));
}
/** Modules of node's that it has loaded by the time that anything of ours is. */
const AT_HAND = /^builtin[a-z-]*:(?:events|fs|fs\/promises|os|path|process|timers\/promises|url|util)\?/;

/** Ours and others' that are loaded with lazy modules. */
function modulesReached(outputs: Outputs, modules: readonly string[]): ReadonlySet<string> {
  const files = Object.keys(outputs).filter((file) => modules.includes(outputs[file]?.entryPoint ?? ""));
  return new Set(files.flatMap((file) => eagerFiles({ outputs }, file)).flatMap((file) => modulesOf(outputs, file)));
}

/** Our modules that are imported lazily and not loaded at start anyway. */
function lazyModules(outputs: Outputs): ReadonlySet<string> {
  const start = startModules(outputs);
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  return new Set(entries.filter((module) => isOurs(module) && !start.has(module)));
}

function startModules(outputs: Outputs): ReadonlySet<string> {
  return new Set(eagerFiles({ outputs }).flatMap((file) => modulesOf(outputs, file)));
}

function modulesOf(outputs: Outputs, file: string): readonly string[] {
  return Object.keys(outputs[file]?.inputs ?? {});
}

function isOurs(module: string): boolean {
  return module.startsWith("src/");
}

/** The files that load before anything lazy does: `entry` and its static imports, as paths below the output folder. */
export function eagerFiles({ outputs }: Pick<Metafile, "outputs">, entry = "dist/main.js"): readonly string[] {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && !external) visit(path);
    }
  };
  visit(entry);
  return [...seen];
}
