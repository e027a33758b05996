import { fstatSync, statSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import type { Host } from "./adapters/host.ts";
import { columnsOf, wantsColour } from "./adapters/terminal/terminal.ts";
import type { Invocation } from "./cli/options.ts";
import { plainComplete } from "./cli/plain-complete.ts";
import { plainValidate } from "./cli/plain-validate.ts";
import type { Completion } from "./commands/completion/complete.ts";
import { createContext } from "./context.ts";
import { Failure } from "./core/model/failure.ts";
import { exitCodeOf, exitReasonsOf, FAILURE_EXIT_REASONS, lostOutput } from "./core/outcome/exit-reason.ts";
import type { Outcome } from "./core/outcome/outcome.ts";
import { environmentSecrets } from "./core/text/environment-secrets.ts";
import { repeatFlags } from "./core/text/next-step.ts";
import { createSecrets, NOTHING_HELD, type Secrets } from "./core/text/secret.ts";
import { render, renderPieces } from "./report/render.ts";

/**
 * Runs one command line and returns its exit code. The only place that catches, and the only one that writes a result.
 * `host` is the process unless a test brings its own; `completion` is what a `__complete` asks for, where that is known already.
 */
export async function main(
  argv: readonly string[],
  host: Host = processHost(),
  completion?: Completion,
): Promise<number> {
  const secrets = createSecrets(environmentSecrets(host.env));
  const plain = completion ? plainComplete(completion, argv.at(-1) ?? "") : await plainOf(argv);
  const parsed = plain ? ({ kind: "run", invocation: plain } as const) : await parse(argv, host);
  if (parsed.kind === "answered") return 0;
  if (parsed.kind === "invalid") {
    const failure = new Failure("usage", { message: parsed.message, fix: `see ${parsed.help}` });
    return fail(
      failure,
      { host, secrets },
      { json: parsed.json, color: true, debug: false, pasteable: repeatFlags({}) },
    );
  }
  const { invocation } = parsed;
  let file: string | undefined;
  const pasteable = repeatFlags(invocation.options, () => file);
  const view = { ...invocation.options, json: invocation.format === "json", pasteable };
  let takeBack = () => {};
  return untilIdle(host, {
    work: async () => {
      try {
        const context = createContext(invocation.options, host, {
          secrets,
          pasteable,
          onConfig: (found) => {
            file = found;
          },
        });
        takeBack = context.terminal.endProgress;
        const outcome = await invocation.run(context);
        takeBack();
        return await present(outcome, invocation, { host, secrets, pasteable });
      } catch (error) {
        takeBack();
        return fail(error, { host, secrets }, view);
      }
    },
    idle: () => fail(endedEarly(), { host, secrets }, view),
  });
}

/** What the command lines of every day ask for, read without commander. */
async function plainOf(argv: readonly string[]): Promise<Invocation | undefined> {
  return argv[0] === "prompt" ? (await import("./cli/plain-prompt.ts")).plainPrompt(argv) : plainValidate(argv);
}

async function parse(argv: readonly string[], host: Host) {
  const { parseArguments } = await import("./cli/program.ts");
  return parseArguments(argv, (text) => host.stdout.write(text), columnsOf(host.stdout).columns);
}

/**
 * Does the work. Where the process runs out of things to wait for before the work is done (an input that ended in the middle of a
 * question, a promise that nobody settles), `idle` says so: the end of a process alone would be exit 0.
 */
function untilIdle(
  { onIdle }: Host,
  { work, idle }: { readonly work: () => Promise<number>; readonly idle: () => Promise<number> },
): Promise<number> {
  let stopListening: (() => void) | undefined;
  const ended = new Promise<number>((resolve) => {
    stopListening = onIdle?.(() => resolve(idle()));
  });
  return Promise.race([work().finally(() => stopListening?.()), ended]);
}

function endedEarly(): Failure {
  return new Failure("internal", {
    message: "the run ended before its work did: what it was waiting for never came",
    fix: "what was done is in the audit log; run again to go on from there. If no input had ended, report this as a bug",
  });
}

/** The formats whose paths are relative to the root of the repository, wherever the command runs. */
const PATHS_FOR_CI: ReadonlySet<Invocation["format"]> = new Set(["sarif", "junit", "github"]);

/** Where a result goes, and what must not. */
interface Surroundings {
  readonly host: Host;
  readonly secrets: Secrets;
}

async function present(
  outcome: Outcome,
  { format, options }: Invocation,
  { host, secrets, pasteable }: Surroundings & Pick<FailureView, "pasteable">,
): Promise<number> {
  const exitCode = exitCodeOf(exitReasonsOf(outcome));
  // Whoever keeps the answer of a prompt must not keep a denial for one, nor what is wrong with the file.
  const isResult = format === "json" || !("asked" in outcome) || outcome.asked !== false;
  const plain = isResult ? host.plainStdout?.() : undefined;
  const stream = plain ?? (isResult ? host.stdout : host.stderr);
  const colour = options.color && wantsColour(stream, host.env);
  const repository = PATHS_FOR_CI.has(format)
    ? (await import("./adapters/files/repository.ts")).repositoryOf(host.cwd)
    : undefined;
  const view = { format, exitCode, colour, pasteable, ...columnsOf(stream), ...(repository && { repository }) };
  const pieces = await renderPieces(outcome, view);
  const texts = Array.isArray(pieces) ? pieces.map(secrets.mask) : masked(pieces, secrets);
  if (!isResult) for (const text of texts) await say(host.stderr, text);
  else if (plain) await putAll(texts, plain.put, () => host.stdout);
  else if (options.pager && format === "text") {
    const text = [...texts].join("");
    if (!(await paged(text, host))) await write(host.stdout, text);
  } else for (const text of texts) await write(host.stdout, text);
  if (outcome.kind === "service") await outcome.ended;
  return exitCode;
}

/** The pieces of a text without the secrets in it, wherever it was cut. */
function* masked(pieces: Iterable<string>, secrets: Secrets): Generator<string, undefined> {
  let held = NOTHING_HELD;
  for (const piece of pieces) {
    const { shown, held: kept } = secrets.maskPiece(held, piece);
    held = kept;
    yield shown;
  }
  yield secrets.mask(held.text);
}

/** Writes all of it without waiting as long as that goes, and the rest as the stream can. */
async function putAll(
  texts: Iterable<string>,
  put: (text: string) => Uint8Array,
  stdout: () => Writable,
): Promise<void> {
  let waits = false;
  for (const text of texts) {
    const rest = waits ? text : put(text);
    if (rest.length === 0) continue;
    waits = true;
    await write(stdout(), rest);
  }
}

/** Shows what is longer than the terminal in a pager; false where it is not, or there is no pager. */
async function paged(text: string, host: Host): Promise<boolean> {
  const { isTTY = false, rows = 0 } = host.stdout;
  if (!isTTY || rows === 0 || text.split("\n").length <= rows) return false;
  const { page, pagerOf } = await import("./adapters/terminal/pager.ts");
  const command = pagerOf(host.env);
  const show = () => (command === undefined ? Promise.resolve(false) : page(text, command, host.env));
  return host.lendKeys ? host.lendKeys(show) : show();
}

interface FailureView {
  readonly json: boolean;
  readonly color: boolean;
  readonly debug: boolean;
  /** Gives the commands in a text the flags of this run. */
  readonly pasteable: (text: string) => string;
}

async function fail(
  error: unknown,
  { host: { stdout, stderr, env }, secrets }: Surroundings,
  { json, color, debug, pasteable }: FailureView,
): Promise<number> {
  const failure = error instanceof Failure ? error : bug(error);
  const exitCode = exitCodeOf([FAILURE_EXIT_REASONS[failure.code]]);
  const shown = { kind: "failure", failure } as const;
  if (json)
    await say(stdout, secrets.mask(await render(shown, { format: "json", exitCode, colour: false, pasteable })));
  const colour = color && wantsColour(stderr, env);
  const view = { format: "text", exitCode, colour, pasteable, ...columnsOf(stderr) } as const;
  await say(stderr, secrets.mask(await render(shown, view)));
  if (debug && error instanceof Error) await say(stderr, secrets.mask(`${error.stack ?? error.message}\n`));
  return exitCode;
}

function bug(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const fix = "this is a bug in anth-rbac: run again with --debug and report what it prints (secrets are masked)";
  return new Failure("internal", { message, fix }, { cause: error });
}

/** As `write`, for what is no result: where it finds no room, the exit code alone has to say it. */
function say(stream: Writable, text: string): Promise<void> {
  return write(stream, text).catch(() => {});
}

/** Writes all of `text` and waits until it is out, so that a pipe gets the whole of it. Throws Failure where a disk is full. */
function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (text.length === 0) resolve();
    else {
      stream.write(text, (error) => {
        const lost = lostOutput(error);
        if (lost) reject(lost);
        else resolve();
      });
    }
  });
}

/** Ctrl-C, a closed terminal or a dropped ssh session, a supervisor, Ctrl-\\, and a closed console window on Windows. */
const POLITE_SIGNALS = ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT", "SIGBREAK"] as const;

/** The process this runs in. Ctrl-C asks politely first; the second one ends the process there and then. */
export function processHost(): Host {
  const controller = new AbortController();
  // The signals of keys are for whatever has the terminal.
  let isLent = false;
  const interrupt = (signal: NodeJS.Signals) => {
    if (isLent && (signal === "SIGINT" || signal === "SIGQUIT")) return;
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const signal of POLITE_SIGNALS) process.on(signal, interrupt);
  let hasStdout = false;
  return {
    cwd: process.cwd(),
    env: process.env,
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      hasStdout = true;
      return ignoreStreamErrors(process.stdout);
    },
    plainStdout: () => (hasStdout || isTerminal() ? undefined : { put }),
    get stderr() {
      return ignoreStreamErrors(process.stderr);
    },
    now: Date.now,
    uptime: () => performance.now(),
    signal: controller.signal,
    lendKeys: async (work) => {
      isLent = true;
      return work().finally(() => {
        isLent = false;
      });
    },
    onIdle: (listener) => {
      process.once("beforeExit", listener);
      return () => process.off("beforeExit", listener);
    },
  };
}

/** Whether stdout may be a terminal. Asked of the system, which takes no time. */
function isTerminal(): boolean {
  try {
    const out = fstatSync(1);
    return out.isCharacterDevice() && out.rdev !== statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
  } catch {
    return true;
  }
}

/** Writes to a pipe or a file as its stream would, and answers with what did not go: the stream knows what is in its way. */
function put(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    // A pipe that is full and does not wait, a reader that is gone, a full disk.
  }
  return bytes.subarray(written);
}

/** A reader that went away early (`| head`) is no failure of ours, and there is nobody left to tell. */
function ignoreStreamErrors<Stream extends NodeJS.WriteStream>(stream: Stream): Stream {
  return stream.listeners("error").includes(ignore) ? stream : stream.on("error", ignore);
}

function ignore(): void {}
