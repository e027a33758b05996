import { readFileSync } from "node:fs";
import { posix, relative } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/** To open one more file takes node about as long as to load so many more bytes. */
const SMALL = 4096;

/**
 * esbuild makes a chunk for each set of lazy modules that share something: dozens of a few hundred bytes. With this, what is lazy in
 * source and yet on the way of every `validate` is part of the start; every lazy module of ours imports the entry, so that all it loads
 * is one file, and every small shared module, so that these are another. What they are is told by a build without it.
 */
export function together({ outputs }: Pick<Metafile, "outputs">, ofPackage: OfPackage): Plugin {
  const shared = sharedModules(outputs).map((module) => `import "./${module}";`);
  const lazy = lazyModules(outputs);
  const start = startModules(outputs);
  const packages = new Set(
    Object.values(outputs).flatMap(({ entryPoint = "src/" }) => (isOurs(entryPoint) ? [] : entryPoint)),
  );
  return {
    name: "together",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^together$/ }, ({ path }) => ({ path, namespace: "together" }));
      onLoad({ filter: /./, namespace: "together" }, () => ({
        contents: shared.join("\n"),
        resolveDir: process.cwd(),
      }));
      onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path }) => {
        if (!packages.has(relative(process.cwd(), path))) return undefined;
        return { contents: `import "together";\n${await ofPackage(path)}` };
      });
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const module = relative(process.cwd(), path);
        const text = withStart(module, readFileSync(path, "utf8"), start);
        return { contents: lazy.has(module) ? `import "together";\n${text}` : text, loader: "ts" };
      });
    },
  };
}

/** What `validate` loads of a file that is right, in source only when it is asked for: nearly every command does. */
const START: ReadonlySet<string> = new Set(["src/commands/validate.ts", "src/adapters/config/config-file.ts"]);

/** That alone: for the build that tells what is lazy and what is shared. */
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
  const written = text.replaceAll(/\bimport\("(\.[^"]+)"\)/g, (lazy, path: string) => {
    if (!start.has(posix.join(posix.dirname(module), path))) return lazy;
    return `Promise.resolve(start${taken.push(path)})`;
  });
  return [...taken.map((path, index) => `import * as start${index + 1} from "${path}";`), written].join("\n");
}

/** The text of a file of a package that is an ES module. */
type OfPackage = (path: string) => Promise<string>;

type Outputs = Metafile["outputs"];

const ENTRY = "src/main.ts";

/** The entry, and the modules of small chunks that load nothing but what is at hand then. */
function sharedModules(outputs: Outputs): readonly string[] {
  const lazy = lazyModules(outputs);
  const start = new Set(eagerFiles({ outputs }));
  const isSmall = (file: string) => {
    const { bytes = SMALL, inputs = {}, imports = [] } = outputs[file] ?? {};
    // A package or a module of node's may take long however little it is.
    const plain = Object.keys(inputs).every((module) => isOurs(module) && !lazy.has(module));
    return bytes < SMALL && plain && !imports.some(({ external }) => external);
  };
  const small = Object.keys(outputs).filter((file) => {
    if (outputs[file]?.entryPoint || start.has(file)) return false;
    return eagerFiles({ outputs }, file).every((part) => start.has(part) || isSmall(part));
  });
  return [ENTRY, ...small.flatMap((file) => modulesOf(outputs, file))];
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
