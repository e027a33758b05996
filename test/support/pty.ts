/**
 * Runs a command in a pseudo-terminal, as a person sees it. Node has none of its own, and a native module would be one more
 * thing to install: `script` of util-linux is on every Debian, Ubuntu and Fedora. Where it is missing (macOS has another one of
 * the same name) tests are to skip visibly: `test.skipIf(!hasTerminal)`.
 */
import { spawn, spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

/** Whether a pseudo-terminal can be had here. */
export const hasTerminal = String(spawnSync("script", ["--version"]).stdout).includes("util-linux");

export interface TerminalRun {
  readonly command: string;
  readonly words: readonly string[];
  readonly cwd?: string;
  /** The whole environment; that of this process when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What is typed: `send` once the screen shows `after`, in this order. Return is `\r`, Ctrl-C is `\x03`. */
  readonly typed?: readonly { readonly after: string | RegExp; readonly send: string }[];
  readonly columns?: number;
  readonly rows?: number;
  /** Milliseconds until the run is given up. */
  readonly patience?: number;
}

export interface Screen {
  readonly exitCode: number | null;
  /** All that was shown, stdout and stderr in one, with its control sequences and `\r\n`. */
  readonly raw: string;
  /** The same as plain text. */
  readonly text: string;
}

/** A little less than a test has, so that what fails says what was on the screen. */
const PATIENCE_MS = 150_000;

/** Runs to the end; rejects when it takes too long, with what was on the screen. */
export function runInTerminal(run: TerminalRun): Promise<Screen> {
  const { command, words, cwd, env = process.env, typed = [], columns = 100, rows = 40, patience = PATIENCE_MS } = run;
  const line = `stty columns ${columns} rows ${rows}; exec ${[command, ...words].map(quoted).join(" ")}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
    env: { ...env, TERM: "xterm-256color", CI: undefined, SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "inherit"],
    ...(cwd !== undefined && { cwd }),
  });
  const waiting = [...typed];
  let raw = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    raw += chunk;
    const fresh = stripVTControlCharacters(raw).slice(seen);
    const next = waiting[0];
    if (!next || (typeof next.after === "string" ? !fresh.includes(next.after) : !next.after.test(fresh))) return;
    waiting.shift();
    seen += fresh.length;
    child.stdin.write(next.send);
  });
  // The command may end before it has read everything that was typed.
  child.stdin.on("error", () => {});
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`not done after ${patience} ms; the screen shows:\n${stripVTControlCharacters(raw)}`));
    }, patience);
    child.on("error", reject);
    child.on("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, raw, text: stripVTControlCharacters(raw).replaceAll("\r\n", "\n") });
    });
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
