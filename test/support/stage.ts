import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";
import type { Host } from "../../src/adapters/host.ts";
import { main } from "../../src/main.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import { NOW } from "./org.ts";

/** What a command line left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON object on stdout; throws where there is none. */
  readonly json: () => JsonResult;
}

/** As much of our JSON as the tests look at. */
export interface JsonResult {
  readonly kind: string;
  readonly exit_code: number;
  readonly code?: string;
  readonly message?: string;
  readonly changes: readonly JsonChange[];
  readonly results: readonly {
    readonly target: string;
    readonly id: string | null;
    readonly status: string;
    readonly request_id: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
  readonly verified: boolean;
  readonly remaining: readonly JsonChange[];
  readonly pending: readonly unknown[];
  readonly unmanaged: readonly unknown[];
  readonly findings: readonly { readonly code: string; readonly severity: string }[];
  readonly guardrails: readonly { readonly rule: string; readonly ok: boolean | null; readonly overridden?: string }[];
  readonly refusal?: { readonly code: string; readonly message: string; readonly fix: string };
  readonly stopped?: { readonly code: string };
}

export interface JsonChange {
  readonly action: string;
  readonly kind: string;
  readonly target: string;
  readonly risk: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** How one run differs from a plain one. */
export interface RunOptions {
  /** Typed on a terminal, in this order; without, stdin is no terminal. */
  readonly typed?: readonly { readonly after: string; readonly send: string | (() => string | Promise<string>) }[];
  /** Piped in, where nothing is typed. */
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly sleep?: Host["sleep"];
  readonly env?: Host["env"];
  /** The clock, standing still or not; the moment at which every test lives unless given. */
  readonly now?: number | (() => number);
  /** The clock that nobody sets. */
  readonly uptime?: () => number;
}

/** A sandbox, a folder with an rbac.yaml, and the program in between. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly folder: string;
  /** Writes the rbac.yaml (JSON is YAML). */
  readonly declare: (config: Record<string, unknown>) => void;
  readonly run: (words: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** The writes that the sandbox was asked for, as `POST /path`. */
  readonly writes: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** A stage that ends with the test. */
export async function stage(options: SandboxOptions = {}): Promise<Stage> {
  const opened = await openStage(options);
  onTestFinished(opened.close);
  return opened;
}

/** Starts all three; whoever opens them closes them. The program's clock is the sandbox's. */
export async function openStage(options: SandboxOptions = {}): Promise<Stage> {
  const sandbox = await startSandbox({ clock: new Date(NOW).toISOString(), ...options });
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-"));
  const close = async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    sandbox,
    folder,
    close,
    declare: (config) => writeFileSync(join(folder, "rbac.yaml"), JSON.stringify({ version: 1, ...config })),
    run: (words, how = {}) => run(words, sandbox, folder, how),
    writes: () =>
      sandbox.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`),
  };
}

async function run(words: readonly string[], sandbox: Sandbox, folder: string, how: RunOptions): Promise<Ran> {
  const { typed, signal = new AbortController().signal, sleep = short, env = {}, now = NOW } = how;
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  if (!typed) stdin.end(how.stdin);
  const stdout = sink();
  const waiting = [...(typed ?? [])];
  let isAnswered = false;
  const stderr = sink((fresh) => {
    const next = waiting[0];
    const since = isAnswered ? afterAnswer(fresh) : fresh;
    if (!next || !since?.includes(next.after)) return false;
    waiting.shift();
    isAnswered = isQuestion(since, next.after);
    setTimeout(async () => stdin.write(typeof next.send === "string" ? next.send : await next.send()), 10);
    return true;
  });
  // The API's clock decides what has passed.
  if (typeof how.now === "number") sandbox.control.clock.set(how.now);
  const exitCode = await main(words, {
    cwd: folder,
    env: {
      ANTHROPIC_BASE_URL: sandbox.url,
      ANTHROPIC_ADMIN_KEY: sandbox.enterpriseKey ?? sandbox.adminKey,
      ANTHROPIC_AUTH_TOKEN: sandbox.oauthToken,
      ANTH_RBAC_STATE_DIR: join(folder, "state"),
      ...env,
    },
    stdin,
    stdout: stdout.stream,
    stderr: Object.assign(stderr.stream, { isTTY: typed !== undefined }),
    now: typeof now === "number" ? () => now : now,
    ...(how.uptime && { uptime: how.uptime }),
    signal,
    sleep,
  });
  const plain = stripVTControlCharacters;
  return ranWith(exitCode, plain(stdout.text()), plain(stderr.text()));
}

/** Whether these words stand in a question of inquirer's. */
function isQuestion(text: string, words: string): boolean {
  const lines = stripVTControlCharacters(text).split("\n");
  return lines.some((line) => line.startsWith("? ") && line.includes(words));
}

/**
 * What follows a question that is answered. It is drawn again with each key, and once more at the end: none of that is the next
 * question, and what is typed before that is drawn is thrown away.
 */
function afterAnswer(text: string): string | undefined {
  return /✔ [^\n]*\n(?<rest>.*)$/s.exec(text)?.groups?.rest;
}

function ranWith(exitCode: number, stdout: string, stderr: string): Ran {
  return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) as JsonResult };
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** Runs one command line in a Host of its own: no terminal, no colour, nothing of this process's environment. */
export async function runMain(
  argv: readonly string[],
  { env = {}, cwd = "/", stdin = "" }: Surroundings = {},
): Promise<Ran> {
  const stdout = sink();
  const stderr = sink();
  const exitCode = await main(argv, {
    cwd,
    // What this machine remembers is no matter of a test.
    env: { HOME: "/nonexistent", ...env },
    stdin: Readable.from([stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    now: () => NOW,
    signal: new AbortController().signal,
  });
  return ranWith(exitCode, stdout.text(), stderr.text());
}

/** Waiting costs a fiftieth of what it costs outside. */
async function short(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => setTimeout(resolve, milliseconds / 50));
}

function sink(onFresh: (fresh: string) => boolean = () => false) {
  let text = "";
  let seen = 0;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      if (onFresh(text.slice(seen))) seen = text.length;
      done();
    },
  });
  // A prompt that is over ends what it wrote to, unless that is the process's own.
  stream.end = () => stream;
  return { stream, text: () => text };
}

/** What the built program finds in its environment, for the sandbox and the state folder of a stage. */
export function variablesOf({ sandbox, folder }: Stage): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
    ANTHROPIC_AUTH_TOKEN: sandbox.oauthToken,
    ANTH_RBAC_STATE_DIR: join(folder, "state"),
  };
}
