import type { Readable, Writable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";
import type { Secrets } from "../../core/text/secret.ts";
import { wrapText } from "../../core/text/wrap.ts";
import { sleep as wait } from "../api/deadline.ts";
import type { Host } from "../host.ts";
import type { AnswerWriter } from "./answer-writer.ts";
import type { Conversation } from "./conversation.ts";
import { createProgress, type Work } from "./progress.ts";
import type { Choice } from "./questions.ts";
import { suppressEcho } from "./suppress-echo.ts";

/** What a person is told while the run goes on, on stderr. Nothing here writes to stdout but `out`. */
export interface Terminal {
  /** A line for the person; silent under `--quiet`. */
  readonly notice: (text: string) => void;
  /** A line without which the result would be misread, even under `--quiet`. */
  readonly warning: (text: string) => void;
  /** A line for whoever asked for `--debug`, even under `--quiet`. */
  readonly debug: (text: string) => void;
  /** A counter while long work runs; only on a terminal, only when the work takes a while. */
  readonly progress: (done: number, planned: number, work?: Work) => void;
  /** Takes the counter back, before something else is written than through this port. */
  readonly endProgress: () => void;
  /** Says, until it is stopped, what is waited for: with a spinner on a terminal, elsewhere once as a notice. */
  readonly spin: (text: string) => Spinner;
  /**
   * Writes a piece of the result to stdout while the rest is still to come, and waits while its reader is slow. Secrets are masked,
   * also one that two pieces hold together; on a terminal what would steer it is shown escaped. `end` writes what was held back.
   */
  readonly out: AnswerWriter;
}

/** Questions to the person in front of the program, or the pipe in their place. */
export interface Questions {
  /** Whether anybody can answer a question: a terminal on stdin, and no `--no-input`. */
  readonly canAsk: boolean;
  /** A question whose default is no, which the end of the input answers too. Throws Failure `input-needed` where nobody can answer, `interrupted` on Ctrl-C. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** One of some answers, from a list that begins at its last; undefined where the input ends. Throws as `confirm`. */
  readonly choose: <Value extends string>(
    question: string,
    choices: readonly Choice<Value>[],
  ) => Promise<Value | undefined>;
  /** A line of text, trimmed; undefined where the input ends. `fix` says which flag answers it. Throws as `confirm`. */
  readonly ask: (question: string, fix: string) => Promise<string | undefined>;
  /** Whether the person typed exactly `name`. Throws as `confirm`. */
  readonly typeName: (question: string, name: string) => Promise<boolean>;
  /**
   * A secret from stdin: a hidden prompt on a terminal, else all of stdin, trimmed. Throws Failure `input-needed` where there
   * is none; `fix` says what to do about that.
   */
  readonly readSecret: (question: string, fix?: string) => Promise<string>;
  /** A secret from a hidden prompt; undefined where the answer is empty. Throws as `confirm`. */
  readonly askSecret: (question: string) => Promise<string | undefined>;
  /**
   * All of a stdin that is no terminal, as UTF-8, as it is; undefined where it is a terminal. With `patience` (ms), also undefined, and
   * said on stderr, where neither a byte nor its end comes within that time. Throws Failure `usage` where it is no text.
   */
  readonly readPiped: (patience?: number) => Promise<string | undefined>;
  /** Begins a conversation. Throws as `confirm`. */
  readonly converse: () => Promise<Conversation>;
}

/** Something that shows that the program waits. */
export interface Spinner {
  readonly stop: () => void;
}

interface TerminalOptions {
  readonly quiet: boolean;
  /** False under `--no-input`. */
  readonly input: boolean;
  /** False under `--no-color`; a spinner has colour. */
  readonly color?: boolean;
  /** Gives the commands in a line the flags of this run. */
  readonly pasteable?: (text: string) => string;
  /** Aborts, with a Failure as its reason, when the time that was given for the run is over, and on Ctrl-C; absent where none was given. */
  readonly deadline?: (() => AbortSignal) | undefined;
}

interface TerminalHost {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly now: () => number;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** `TERM` says what the terminal can do. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly sleep?: typeof wait;
}

/** The person at stderr and stdin. Everything written is masked; nothing is asked where nobody can answer. */
export function createTerminal(
  host: TerminalHost,
  { quiet, input, color = true, pasteable = (text) => text, deadline = () => host.signal }: TerminalOptions,
  secrets: Secrets,
): { readonly terminal: Terminal; readonly prompt: Questions } {
  const progress = createProgress(host, { moves: () => !quiet && host.stderr.isTTY === true });
  const { clear } = progress;
  // What was pasted while the program still waited: the answer to the next question for a secret.
  let typedAhead: string | undefined;
  const canAsk = () => input && host.stdin.isTTY === true;
  const mustAsk = (what: string, fix: string) => {
    if (canAsk()) return;
    const why = input ? "nobody can answer: stdin is no terminal" : "--no-input forbids it";
    throw new Failure("input-needed", { message: `${what}, and ${why}`, fix });
  };
  const questions = async (question: string, fix: string) => {
    mustAsk(`"${question}" would be asked`, fix);
    return import("./questions.ts");
  };
  const hiddenAnswer = async (question: string, fix: string) => {
    clear();
    const { askHidden } = await questions(question, fix);
    return (await askHidden(secrets.mask(question), host)).trim();
  };
  const readPipe = async (patience?: number) => {
    const { readPipedText } = await import("./piped-text.ts");
    return readPipedText(host.stdin, { signal: deadline(), sleep: host.sleep ?? wait, patience });
  };
  const say = (line: string) => {
    clear();
    const { columns } = columnsOf(host.stderr);
    const shown = secrets.mask(line);
    host.stderr.write(`${columns === undefined ? shown : wrapText(shown, columns)}\n`);
  };
  const notice = (line: string) => {
    if (quiet) return void clear();
    const wasCounting = clear();
    say(pasteable(line));
    // The work goes on.
    if (wasCounting) progress.draw();
  };
  let opened: Promise<AnswerWriter> | undefined;
  const openOut = async () => {
    const { createAnswerWriter } = await import("./answer-writer.ts");
    const { stdout, signal } = host;
    return createAnswerWriter(stdout, { isTerminal: stdout.isTTY === true, signal, secrets });
  };
  const out = () => {
    opened ??= openOut();
    return opened;
  };
  const terminal: Terminal = {
    notice,
    warning: say,
    debug: say,
    progress: (done, planned, work = "reading") => progress.count(done, planned, work),
    endProgress: progress.end,
    spin: (text) => {
      // A terminal that cannot move its cursor cannot take a spinner back.
      const spins = !quiet && color && host.stderr.isTTY && "cursorTo" in host.stderr;
      if (spins) {
        const spinner = startSpinner(secrets.mask(text), host.stderr);
        const echo = suppressEcho(host.stdin);
        return {
          stop: () => {
            typedAhead = echo();
            spinner.stop();
          },
        };
      }
      notice(text);
      return { stop: () => {} };
    },
    out: {
      write: async (text) => (await out()).write(text),
      end: async () => (await out()).end(),
    },
  };
  const prompt: Questions = {
    get canAsk() {
      return canAsk();
    },
    confirm: async (question) => {
      clear();
      const { askYesOrNo } = await questions(question, "give the flag that answers it");
      return askYesOrNo(secrets.mask(question), host);
    },
    choose: async (question, choices) => {
      clear();
      const { askChoice } = await questions(question, "give the flag that answers it");
      return askChoice(secrets.mask(question), choices, host);
    },
    ask: async (question, fix) => {
      clear();
      const { askText } = await questions(question, fix);
      return (await askText(secrets.mask(question), host))?.trim();
    },
    typeName: async (question, name) => {
      clear();
      const { askName } = await questions(question, "give the flag that answers it");
      return askName(secrets.mask(question), name, host);
    },
    askSecret: async (question) => {
      const ahead = typedAhead?.trim();
      typedAhead = undefined;
      const secret = ahead || (await hiddenAnswer(question, "give the flag that answers it"));
      secrets.add(secret);
      return secret || undefined;
    },
    readSecret: async (question, fix = "pipe the secret to stdin") => {
      const typed = host.stdin.isTTY ? await hiddenAnswer(question, fix) : await readPipe();
      const secret = (typed ?? "").trim();
      for (const line of secret.split(/\s+/)) secrets.add(line);
      if (secret !== "") return secret;
      throw new Failure("input-needed", {
        message: "stdin is empty, and a secret was to be read from it",
        fix,
      });
    },
    readPiped: async (patience) => {
      if (host.stdin.isTTY) return undefined;
      const text = await readPipe(patience);
      if (text === undefined && patience !== undefined) notice(nothingCame(patience));
      return text;
    },
    converse: async () => {
      clear();
      mustAsk("a conversation would begin", "give the text as an argument, or pipe it in");
      const { createConversation } = await import("./conversation.ts");
      const { stdin, stderr, signal, env } = host;
      return createConversation({ stdin, stderr, signal, kind: env?.TERM });
    },
  };
  return { terminal, prompt };
}

function nothingCame(patience: number): string {
  const fix = "close it with < /dev/null, or wait for it with --file -";
  return `stdin is open, but nothing came within ${patience / 1000} s: going on without it; ${fix}`;
}

function startSpinner(text: string, stream: Writable): Spinner {
  let stopped = false;
  let stop = () => {};
  const start = async () => {
    const { default: yoctoSpinner } = await import("yocto-spinner");
    if (stopped) return;
    // Ctrl-C is the program's own to handle.
    const spinner = yoctoSpinner({ text, stream, handleSignals: false }).start();
    stop = () => {
      spinner.stop();
    };
  };
  // An ornament that cannot be shown is no reason to end anything.
  start().catch(() => {});
  return {
    stop: () => {
      stopped = true;
      stop();
    },
  };
}

/** NO_COLOR and FORCE_COLOR decide where they are set and not empty; else a terminal that is not dumb has colour. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: Host["env"]): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** The width of a stream that is a terminal. */
export function columnsOf({ isTTY = false, columns }: { readonly isTTY?: boolean; readonly columns?: number }): {
  readonly columns?: number;
} {
  return isTTY && columns !== undefined ? { columns } : {};
}
