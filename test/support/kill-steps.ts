/**
 * Ends a process of ours with SIGKILL at exactly one of its steps on the file system: before the step, or in the middle of one that writes
 * content. So that each moment can be tried that leaves something behind, and none depends on how fast a machine is.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { script, start } from "./script.ts";

/** Loaded before the program: counts what changes anything below FOLDER, and ends the process at step KILL_STEP. */
const PRELOAD = `
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const { FOLDER, KILL_STEP, STEPS_FILE } = process.env;
  const write = fs.writeSync;
  const save = fs.writeFileSync;
  let steps = 0;
  const end = () => process.kill(process.pid, "SIGKILL");
  const isNext = () => (steps += 1) === Number(KILL_STEP);
  const isOurs = (path) => String(path).startsWith(FOLDER);
  const half = (data) => Buffer.from(data).subarray(0, Math.ceil(Buffer.byteLength(data) / 2));
  const changes = (flags) => (typeof flags === "number" ? (flags & 0o100) !== 0 : /[wax]/.test(String(flags)));
  const on = (owner, name, isStep, cut = () => {}) => {
    const was = owner[name];
    owner[name] = function (...given) {
      if (isStep(...given) && isNext()) {
        cut.call(this, ...given);
        end();
      }
      return was.apply(this, given);
    };
  };
  for (const name of ["mkdir", "rmdir", "rename", "unlink", "rm"])
    for (const [owner, of] of [[fs, name], [fs, name + "Sync"], [fs.promises, name]]) on(owner, of, isOurs);
  for (const [owner, of] of [[fs, "open"], [fs, "openSync"], [fs.promises, "open"]])
    on(owner, of, (path, flags = "r") => isOurs(path) && changes(flags));
  const isFile = (to) => (typeof to === "number" ? to > 2 : isOurs(to));
  for (const [owner, of] of [[fs, "writeFile"], [fs, "writeFileSync"], [fs.promises, "writeFile"]])
    on(owner, of, isFile, (to, data) => save(to, half(data)));
  on(fs, "write", (to) => to > 2, (to, data) => write(to, half(data)));
  on(fs, "writeSync", (to) => to > 2, (to, data) => write(to, half(data)));
  for (const name of ["fsync", "fdatasync", "ftruncate"]) on(fs, name, () => true);
  const handle = await fs.promises.open(process.execPath);
  const proto = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ["appendFile", "writeFile", "write"])
    on(proto, name, () => true, function (data) { write(this.fd, half(data)); });
  for (const name of ["datasync", "sync", "truncate"]) on(proto, name, () => true);
  syncBuiltinESMExports();
  process.on("exit", () => save(STEPS_FILE, String(steps)));
`;

const PROGRAM = `
  import { main, processHost } from "./src/main.ts";
  process.chdir(process.env.FOLDER);
  process.exitCode = await main(process.argv.slice(2), {
    ...processHost(), cwd: process.cwd(), plainStdout: undefined, now: () => Date.parse("2026-11-23T12:00:00Z"),
  });
`;

let preload: string | undefined;

interface KilledRun {
  readonly folder: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** 0: it is not killed. */
  readonly step: number;
}

/** Runs a command line in a process of its own. Answers with its exit code, undefined where it was killed, and its steps. */
export async function runToStep({ folder, words, env, step }: KilledRun): Promise<{
  readonly exitCode: number | undefined;
  readonly steps: number;
  readonly errors: string;
}> {
  const file = await script(PROGRAM);
  if (preload === undefined) {
    preload = join(mkdtempSync(join(tmpdir(), "anth-rbac-preload-")), "preload.mjs");
    writeFileSync(preload, PRELOAD);
  }
  const counted = `${preload}.${process.pid}.steps`;
  writeFileSync(counted, "0");
  const child = start(
    file,
    {
      ...env,
      FOLDER: folder,
      KILL_STEP: String(step),
      STEPS_FILE: counted,
      NODE_OPTIONS: `--import=${pathToFileURL(preload)}`,
    },
    ...words,
  );
  child.stdin.end();
  child.stdout.resume();
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => (errors += chunk));
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode: exitCode ?? undefined, steps: Number(readFileSync(counted, "utf8")), errors };
}
