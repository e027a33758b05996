import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { build, type Metafile, type Plugin, transform } from "esbuild";
import { atStart, together } from "./chunks.ts";

/** Bundled files by their path below the output folder, and esbuild's account of what is in them. */
export interface Bundle {
  readonly files: ReadonlyMap<string, string>;
  readonly metafile: Metafile;
}

/**
 * Bundles the command line, in memory: one file for each entry (`name: path`) and a chunk for each lazy import. Our identifiers keep
 * their names, so that a stack trace can be read without a source map.
 */
export async function bundle(entries: Entries = { main: "src/main.ts" }): Promise<Bundle> {
  const first = await buildWith(entries, [atStart]);
  const parts = usesWholeSdk(first.metafile) ? [] : [withoutResources];
  return inOneFile(bundleOf(await buildWith(entries, [...parts, together(first.metafile, withShortNames)])));
}

/**
 * Of an entry that lazy modules use too esbuild makes a chunk, and an entry that does nothing but pass its names on. Here the chunk is
 * the entry: one file less to open at each start.
 */
function inOneFile(made: Bundle, entry = "main.js"): Bundle {
  const [, , chunk] = /^import(\{[^}]*\})from"\.\/([^"]+)";export\1;\s*$/.exec(made.files.get(entry) ?? "") ?? [];
  if (chunk === undefined) return made;
  const renamed = (text: string) => text.replaceAll(chunk, entry);
  const files = [...made.files]
    .filter(([name]) => name !== entry)
    .map(([name, text]) => [renamed(name), renamed(text)] as const);
  const { inputs, outputs } = made.metafile;
  const { [`dist/${entry}`]: _, ...others } = outputs;
  return { files: new Map(files), metafile: { inputs, outputs: JSON.parse(renamed(JSON.stringify(others))) } };
}

/** Where the library begins, below the root. */
export const LIBRARY = "dist/library/index.js";

/**
 * Bundles what is published: the command line, and the library by itself. Chunks that both had would be many small ones, and each costs
 * every start of the command line some time; so it is bytes on the disk that are there twice.
 */
export async function bundlePackage(): Promise<Bundle> {
  const [command, library] = await Promise.all([
    bundle(),
    buildWith({ "library/index": "src/index.ts" }, [], "library/").then(bundleOf),
  ]);
  return {
    files: new Map([...command.files, ...library.files]),
    metafile: {
      inputs: { ...command.metafile.inputs, ...library.metafile.inputs },
      outputs: { ...command.metafile.outputs, ...library.metafile.outputs },
    },
  };
}

/** Bundles what answers completion without the program, with the words in it: its text. Nothing of a package may be in it. */
export async function bundleWords(words: unknown): Promise<string> {
  const contents = `import { fixedWords } from "./src/cli/fixed-words.ts";
const words = JSON.parse(${JSON.stringify(JSON.stringify(words))});
export const answer = (line) => fixedWords(words, line);`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    format: "esm",
    target: TARGET,
    minifySyntax: true,
    minifyWhitespace: true,
    charset: "ascii",
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0]?.text ?? "";
}

type Entries = Readonly<Record<string, string>>;

function bundleOf({ outputFiles, metafile }: Awaited<ReturnType<typeof buildWith>>): Bundle {
  return { files: new Map(outputFiles.map(({ path, text }) => [relative("dist", path), text])), metafile };
}

/** Packages that give node CommonJS, of which nothing unused is left out, and browsers the same as ES modules. */
const ES_MODULES = { yaml: "./node_modules/yaml/browser/dist/index.js" };

const TARGET = "node20.19";

function buildWith(entries: Entries, plugins: readonly Plugin[], folder = "") {
  return build({
    entryPoints: { ...entries },
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: TARGET,
    alias: ES_MODULES,
    // The SDK asks of each body whether it is a stream; none of ours is, and node loads those too for the question.
    define: { __filename: '"anth-rbac"', "globalThis.ReadableStream": "undefined" },
    chunkNames: `${folder}[name]-[hash]`,
    minifySyntax: true,
    // A trace of the library is read by whoever calls it, and shows the line that threw: that must not be the whole file.
    minifyWhitespace: folder === "",
    // A file of nothing but ASCII is read and kept as bytes.
    charset: "ascii",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
    plugins: [...plugins, withoutUnreached, builtins, namesOfLazyCommonJs, shortNamesOfPackages, apart],
  });
}

/**
 * CommonJS packages (commander, cosmiconfig, write-file-atomic) `require` node's modules, and an ES module has no
 * `require`. `process.getBuiltinModule` answers the same without a banner in every chunk. It takes the place of imports too: an import
 * of `node:fs` looks at all that it has, and that alone loads every stream. Here nothing is looked at but what is used.
 */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    // signal-exit, under a lock, asks only whether it was given a function; node loads colours and stderr for its sentences.
    onResolve({ filter: /^assert$/ }, ({ importer }) =>
      /[\\/]signal-exit[\\/]/.test(importer) ? { path: "assert", namespace: "plain-assert" } : undefined,
    );
    onLoad({ filter: /./, namespace: "plain-assert" }, () => ({
      contents: "exports.equal = (one, other, message) => { if (one !== other) throw new TypeError(message); };",
    }));
    onResolve({ filter: /^(?:node:)?[a-z_]+(?:\/[a-z_]+)*$/ }, ({ path, kind, importer }) => {
      if ((kind !== "require-call" && kind !== "import-statement") || !process.getBuiltinModule(path)) return undefined;
      // One for each importer: what several share is a file of its own.
      const suffix = `?${shortHash(relative(process.cwd(), importer))}`;
      const namespace = kind === "require-call" ? "builtin" : "builtin-names";
      return { path: path.replace(/^node:/, ""), namespace, suffix };
    });
    // A lock needs nothing of it that node's own does in another way; it copies all of that, which takes longer than a lock.
    onResolve({ filter: /^graceful-fs$/ }, () => ({ path: "fs", namespace: "builtin" }));
    onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
    onLoad({ filter: /./, namespace: "builtin-names" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default" && name !== "module.exports");
      return {
        contents: [
          `const all = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`,
          "export default all;",
          ...names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`),
        ].join("\n"),
      };
    });
  },
};

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}

/**
 * A lazily imported CommonJS package becomes a chunk that has only a default export, where node finds the named ones too.
 * This gives the chunk the names that node gives.
 */
const namesOfLazyCommonJs: Plugin = {
  name: "names-of-lazy-commonjs",
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^[^.]/ }, async ({ path, kind, importer, resolveDir }) => {
      if (kind !== "dynamic-import" || path.startsWith("node:") || packageFolder(importer)) return undefined;
      const { path: file } = await resolve(path, { kind: "import-statement", resolveDir });
      return isCommonJs(file) ? { path, namespace: "lazy-commonjs", pluginData: { resolveDir } } : undefined;
    });
    onLoad({ filter: /./, namespace: "lazy-commonjs" }, async ({ path, pluginData }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "module.exports");
      const contents = `import "shared";\nexport { ${names.join(", ")} } from ${JSON.stringify(path)};`;
      return { contents, ...pluginData };
    });
  },
};

/** Where chunks are not put together, that import is of nothing. */
const apart: Plugin = {
  name: "apart",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^shared$/ }, ({ path }) => ({ path, namespace: "apart", sideEffects: false }));
    onLoad({ filter: /./, namespace: "apart" }, () => ({ contents: "" }));
  },
};

function isCommonJs(file: string): boolean {
  const folder = packageFolder(file);
  if (!folder || file.endsWith(".mjs")) return false;
  return file.endsWith(".cjs") || JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).type !== "module";
}

/** Nobody reads the traces of packages by their names, and a third less to read is a faster start. */
const shortNamesOfPackages: Plugin = {
  name: "short-names-of-packages",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => ({
      contents: await withShortNames(path),
    }));
  },
};

/** What is there of it already: three bundles are made of nearly the same files. */
const shortNames = new Map<string, Promise<string>>();

function withShortNames(path: string): Promise<string> {
  const made = shortNames.get(path) ?? shortened(path);
  shortNames.set(path, made);
  return made;
}

async function shortened(path: string): Promise<string> {
  // Only the names: notes on what may be left out are comments, and statements drawn together are kept together.
  const options = { minifyIdentifiers: true, target: TARGET, charset: "utf8" } as const;
  const text = await readFile(path, "utf8");
  const { code } = await transform(/[\\/]js-yaml[\\/]/.test(path) ? withoutEffects(text) : text, options);
  // Node loads all of its fetch for a Headers of its own.
  const isOfSdk = /[\\/]@anthropic-ai[\\/]sdk[\\/]/.test(path) && code.includes(" Headers");
  return isOfSdk ? `import { Headers } from ${JSON.stringify(resolve(HEADERS))};\n${code}` : code;
}

/** Whether the client is imported that has all of the SDK's resources. Ours has those that it uses (adapters/api/admin-client.ts). */
function usesWholeSdk({ inputs }: Metafile): boolean {
  return Object.entries(inputs).some(
    ([module, { imports }]) =>
      !packageFolder(module) && imports.some(({ path }) => path === "node_modules/@anthropic-ai/sdk/index.mjs"),
  );
}

/**
 * The SDK's client names each resource for that whole client, and makes a class of each error of a resource; of an error we ask the
 * status and the code, which every class has. With this, a prompt loads no resource.
 */
const withoutResources: Plugin = {
  name: "without-resources",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@anthropic-ai[\\/]sdk[\\/]core[\\/]error-classes\.mjs$/ }, () => ({
      contents: "export const ERROR_CODE_CLASSES = new Map();",
    }));
    onLoad({ filter: /[\\/]@anthropic-ai[\\/]sdk[\\/]client\.mjs$/ }, async ({ path }) => ({
      contents: (await withShortNames(path)).replaceAll(/^import .* from "\.\/resources\/[^"]*";$/gm, ""),
    }));
  },
};

/**
 * The values that a module makes as it loads, marked as nothing but values: those that nobody uses are left out then. js-yaml makes four
 * schemas and all the expressions of its writer, and a start uses none of them.
 */
function withoutEffects(text: string): string {
  return text.replaceAll(
    /^(var [\w$]+ = )(.+?|[^;\n]+\n(?:.*\n)*?\S.*);$/gm,
    (_, name: string, value: string) => `${name}/* @__PURE__ */ (() => (${value}))();`,
  );
}

const HEADERS = "src/adapters/api/headers.ts";

/** What packages import and we never reach, with the reason. Left out, it is neither loaded, nor shipped, nor to be kept up. */
const UNREACHED = new Map([
  ["./lib/cluster", "the rate store is one server of Redis"],
  ["./command-metadata-data", "no answer of Redis is cached"],
  ["./lib/sentinel", "the rate store is one server of Redis"],
  ["@inquirer/external-editor", "no question opens an editor"],
  ["crypto", "a configuration is never executed"],
  ["node:child_process", "no command of commander's is a program of its own"],
  ["env-paths", "a configuration is not looked for among a user's settings; who has no home folder has none"],
  ["import-fresh", "a configuration is never executed"],
  ["js-yaml", "cosmiconfig only finds our file, and reads none"],
  ["parse-json", "cosmiconfig only finds our file, and reads none"],
  ["typescript", "a configuration is never executed"],
]);

const withoutUnreached: Plugin = {
  name: "without-unreached",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(?:${[...UNREACHED.keys()].join("|")})$`) }, ({ path, kind, importer }) => {
      // What CommonJS requires at once costs every start; an import of an ES module is what it says, and so is ours.
      if ((path.startsWith("node:") && kind !== "require-call") || !packageFolder(importer)) return undefined;
      // Others have a use for it.
      if (path === "crypto" && !packageFolder(importer)?.endsWith("cosmiconfig")) return undefined;
      // No file of its own for what is never loaded.
      if (kind === "dynamic-import")
        return { path: `data:text/javascript,${encodeURIComponent(refusal(path))}`, external: true };
      return { path, namespace: "unreached" };
    });
    onLoad({ filter: /./, namespace: "unreached" }, ({ path }) => ({
      contents: `module.exports = new Proxy(function () {}, {
        get: (_, name) => (name === "__esModule" ? undefined : module.exports),
        apply: () => { ${refusal(path)} },
      });`,
    }));
  },
};

function refusal(path: string): string {
  return `throw new Error(${JSON.stringify(`${path} is left out: ${UNREACHED.get(path)}`)});`;
}

/** The packages whose code is in `files` (all output files when absent), by their folder below the root. */
export function packageFolders({ outputs }: Metafile, files = Object.keys(outputs)): readonly string[] {
  const inputs = files.flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageFolder(path) ?? []) : []));
  return [...new Set(folders)].sort();
}

/** `node_modules/@scope/name` of an input's path, nested installs included; undefined for our own source. */
export function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

/** The name of the package in a folder of node_modules. */
export function packageName(folder: string): string {
  const name = basename(folder);
  const scope = basename(folder.slice(0, -name.length - 1));
  return scope.startsWith("@") ? `${scope}/${name}` : name;
}
