import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { holdsTraces } from "../../core/text/secret-traces.ts";
import { systemCode, systemReason } from "../files/system-error.ts";

/** A program to run with a secret on its stdin. */
export interface CommandRun {
  readonly program: string;
  readonly words: readonly string[];
  readonly secret: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

interface CommandEnd {
  readonly ok: boolean;
  /** Why it failed, and the end of its output where nothing of the secret is in it. */
  readonly detail: string;
}

/** Milliseconds between asking a process to end and ending it. */
const TIMEOUT_MS = 2000;

/** Milliseconds in which the output of a process that has ended still arrives. What it left running may hold its pipes for ever. */
const LAST_WORDS = 500;

/** A group of its own is how a program ends together with all that it started. Windows has none. */
const GROUPS = process.platform !== "win32";

/** Runs the program without a shell, to its end or to ours. Never throws. */
export async function runCommand({
  program,
  words,
  secret,
  cwd,
  env,
  timeout,
  signal,
}: CommandRun): Promise<CommandEnd> {
  let child: ReturnType<typeof begin>;
  try {
    child = begin(program, words, cwd, env);
  } catch (error) {
    return { ok: false, detail: whyNotStarted(error, program) };
  }
  const outputs = [tailOf(child.stdout, secret), tailOf(child.stderr, secret)];
  // A program that reads nothing closes its end, and is free to.
  child.stdin.on("error", () => {});
  child.stdin.end(secret);

  const limit = AbortSignal.timeout(timeout);
  const end = AbortSignal.any([signal, limit]);
  const endNow = () => kill(child, "SIGKILL");
  process.once("exit", endNow);
  try {
    const why = await ending(child, end);
    if (end.aborted && why === undefined) {
      await endGroup(child);
      const reason = signal.aborted ? reasonOf(signal) : `it took longer than ${timeout / 1000} s`;
      return { ok: false, detail: withOutput(`"${program}" was ended: ${reason}`, outputs, secret) };
    }
    if (why instanceof Error) return { ok: false, detail: whyNotStarted(why, program) };
    return why === ""
      ? { ok: true, detail: withOutput("", outputs, secret) }
      : { ok: false, detail: withOutput(`"${program}" ended with ${why}`, outputs, secret) };
  } finally {
    process.removeListener("exit", endNow);
    child.stdout.destroy();
    child.stderr.destroy();
    child.stdin.destroy();
  }
}

function begin(program: string, words: readonly string[], cwd: string, env: CommandRun["env"]) {
  return spawn(program, words, { cwd, env, shell: false, detached: GROUPS, stdio: ["pipe", "pipe", "pipe"] });
}

/** How the process ended, in words ("" is well), or the error that kept it from starting; undefined where `end` came first. */
function ending(child: ChildProcess, end: AbortSignal): Promise<string | Error | undefined> {
  return new Promise((resolve) => {
    child.once("error", resolve);
    child.once("exit", (code, signal) => {
      const why = signal ? `signal ${signal}` : code === 0 ? "" : `exit code ${code}`;
      const silence = setTimeout(() => resolve(why), LAST_WORDS);
      child.once("close", () => {
        clearTimeout(silence);
        resolve(why);
      });
      end.removeEventListener("abort", onEnd);
    });
    const onEnd = () => resolve(undefined);
    if (end.aborted) onEnd();
    else end.addEventListener("abort", onEnd, { once: true });
  });
}

/** Asks the group to end; what is left of it after a while is ended. */
async function endGroup(child: ChildProcess): Promise<void> {
  kill(child, "SIGTERM");
  const patient = performance.now() + TIMEOUT_MS;
  while (isAlive(child) && performance.now() < patient) await wait(20);
  kill(child, "SIGKILL");
}

function isAlive(child: ChildProcess): boolean {
  return kill(child, 0);
}

/** Whether there was still somebody to get the signal. */
function kill(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(GROUPS ? -child.pid : child.pid, signal);
  } catch {
    return false;
  }
}

function whyNotStarted(error: unknown, program: string): string {
  const code = systemCode(error);
  if (code === "ENOENT") return `the program "${program}" is not found`;
  if (code === "EACCES") return `the program "${program}" may not be executed`;
  return `the program "${program}" cannot be started: ${systemReason(error)}`;
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : "interrupted";
}

/** Characters of output that are shown. */
const LONGEST = 4096;

/** What a stream has said so far. */
interface Said {
  /** The end of it. */
  readonly tail: string;
  readonly bytes: number;
  /** Its beginning is lost. */
  readonly isCut: boolean;
}

/** A reason with the end of the output, where nothing of the secret is left in it; elsewhere with its length. */
function withOutput(reason: string, outputs: readonly (() => Said)[], secret: string): string {
  const said = outputs.map((output) => output()).filter(({ bytes }) => bytes > 0);
  const shown = said
    .map(({ tail, isCut }) => lastOf(tail.trim(), isCut))
    .filter((text) => text !== "")
    .join("\n");
  // Looked for in all that is kept, and over the border of the two streams: what is shown alone may begin in the middle of a secret.
  const isTelling = [said, [...said].reverse()].some((order) =>
    holdsTraces(order.map(({ tail }) => tail).join(""), secret),
  );
  const bytes = said.reduce((sum, { bytes: more }) => sum + more, 0);
  const words = isTelling ? `its output (${bytes} bytes) is not shown, because a part of the secret is in it` : shown;
  return reason === "" || words === "" ? reason + words : `${reason}: ${words}`;
}

/** Collects the end of what a stream says. */
function tailOf(stream: Readable, secret: string): () => Said {
  const reach = LONGEST + 8 * secret.length;
  let kept = Buffer.alloc(0);
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    kept = Buffer.concat([kept, chunk]);
    kept = kept.subarray(Math.max(0, kept.length - reach));
  });
  // Its end is told by the process; a pipe that breaks is no news.
  stream.on("error", () => {});
  return () => ({ tail: kept.toString(), bytes, isCut: bytes > kept.length });
}

function lastOf(text: string, isCut: boolean): string {
  if (text.length <= LONGEST) return isCut ? `…${text}` : text;
  return `…${text.slice(-LONGEST)}`;
}
