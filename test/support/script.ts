import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** The command line, in the folder that `FOLDER` names. */
export const COMMAND_LINE = `
  import { main } from "./src/main.ts";
  process.chdir(process.env.FOLDER);
  process.exitCode = await main(process.argv.slice(2));
`;

/** What packages of the older sort call, and a module has not. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const __filename = import.meta.filename;';

/** CommonJS that the source imports lazily, by names: in a bundle it would have none. */
const LEFT_OUT = ["cosmiconfig"];

const made = new Map<string, Promise<string>>();

/**
 * A program for processes of their own: TypeScript that imports from the root, bundled because Node 20 strips no types. It has its packages
 * in it, and loads lazily what the source does: a process starts in a fifth of the time. Made once for all who ask for it; it goes with the
 * temporary folder of the run.
 */
export function script(source: string): Promise<string> {
  const known = made.get(source) ?? bundled(source);
  made.set(source, known);
  return known;
}

async function bundled(source: string): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), "anth-rbac-script-"));
  const stdin = { contents: source, loader: "ts", resolveDir: process.cwd() } as const;
  await build({ ...HOW, stdin, outdir, plugins: [wholeProgram] });
  symlinkSync(resolve("node_modules"), join(outdir, "node_modules"), "junction");
  return join(outdir, "stdin.mjs");
}

const HOW = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  external: LEFT_OUT,
  banner: { js: REQUIRE },
  outExtension: { ".js": ".mjs" },
} satisfies BuildOptions;

/** What most scripts run is the same whole program, and to bundle it takes a second of all cores: they share one. */
const wholeProgram: Plugin = {
  name: "whole-program",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/src\/main\.ts$/ }, async () => ({
      path: pathToFileURL(join(await shared(), "main.mjs")).href,
      external: true,
    }));
  },
};

/** The folder of the bundled program: the one of this run, whichever of its processes made it. */
async function shared(): Promise<string> {
  const folder = join(tmpdir(), `anth-rbac-program-${process.ppid}`);
  if (existsSync(folder)) return folder;
  const outdir = mkdtempSync(`${folder}-`);
  await build({ ...HOW, entryPoints: ["src/main.ts"], outdir });
  symlinkSync(resolve("node_modules"), join(outdir, "node_modules"), "junction");
  try {
    renameSync(outdir, folder);
  } catch (error) {
    // Another one was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Starts a script; `words` are its arguments. */
export function start(
  file: string,
  env: NodeJS.ProcessEnv,
  ...words: readonly string[]
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [file, ...words], { env: { ...process.env, ...env } });
}

/** What a process wrote until it ended; fails where it did not end well. */
export async function finished(child: ChildProcessWithoutNullStreams): Promise<string> {
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`the process ended with ${code}:\n${errors}`);
  return output;
}
