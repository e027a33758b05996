import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

let count = 0;

/** A program for processes of their own: TypeScript that imports from the root, bundled because Node 20 strips no types. */
export async function script(source: string): Promise<string> {
  // Inside node_modules, so that the bundle's own imports find the packages.
  const folder = join(process.cwd(), "node_modules", ".cache", "anth-rbac");
  const file = join(folder, `script-${process.pid}-${++count}.mjs`);
  const { outputFiles } = await build({
    stdin: { contents: source, loader: "ts", resolveDir: process.cwd() },
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, outputFiles[0]?.contents ?? "");
  onTestFinished(() => rmSync(file, { force: true }));
  return file;
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
