import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";

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
  await build({
    stdin: { contents: source, loader: "ts", resolveDir: process.cwd() },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    external: LEFT_OUT,
    banner: { js: REQUIRE },
    outdir,
    outExtension: { ".js": ".mjs" },
  });
  symlinkSync(resolve("node_modules"), join(outdir, "node_modules"), "junction");
  return join(outdir, "stdin.mjs");
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
