import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { Failure } from "../../core/model/failure.ts";
import { editMessage, type MessageEditor } from "./message-editor.ts";
import { createTypedInput, type Typed, typedKeys } from "./typed-input.ts";

/** A conversation with the person at the terminal. Nothing here writes to stdout. */
export interface Conversation {
  /**
   * The next message, of one line or several; undefined at its end (Ctrl-D). Throws Failure `interrupted` on Ctrl-C at an empty line;
   * elsewhere Ctrl-C empties the line.
   */
  readonly next: () => Promise<string | undefined>;
  /**
   * Does something while nothing typed is shown: it waits for the next message. Ctrl-C aborts the signal that `work` gets, and
   * nothing else; only the third, which `work` does not heed then, becomes the signal of the process.
   */
  readonly during: <Result>(work: (interrupted: AbortSignal) => Promise<Result>) => Promise<Result>;
  readonly close: () => void;
}

/** The terminal that a conversation is held on. */
export interface ConversationTerminal {
  readonly stdin: Readable & { readonly setRawMode?: (raw: boolean) => unknown };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** The kind of terminal, as `TERM` names it. */
  readonly kind: string | undefined;
  /** Ends the conversation (SIGTERM, or Ctrl-C where the terminal makes a signal of it). */
  readonly signal: AbortSignal;
}

const PASTE_ON = "\u001b[?2004h";
const PASTE_OFF = "\u001b[?2004l";
const CTRL_C = "\u0003";
/** Presses that are left to `work` before the process is told. */
const HEEDED = 2;
/** A program that is to stop has stopped by then. */
const IGNORED_MS = 200;

/**
 * Begins a conversation. The terminal is in raw mode until `close`, which the end of the process does too. Where the cursor cannot
 * be moved (TERM=dumb, stderr in a file) the terminal itself edits the line, and there is no paste of several lines.
 */
export function createConversation({ stdin, stderr, kind, signal }: ConversationTerminal): Conversation {
  const edits = stderr.isTTY === true && kind !== "dumb";
  const bytes = new StringDecoder("utf8");
  const take = edits ? createTypedInput() : typedKeys;
  const history: string[] = [];
  let ahead: Typed[] = [];
  let editor: MessageEditor | undefined;
  let onInterrupt: (() => void) | undefined;
  let over = false;
  let closed = false;

  const raw = (on: boolean) => {
    stdin.setRawMode?.(on);
    if (edits) stderr.write(on ? PASTE_ON : PASTE_OFF);
  };
  const handOver = () => {
    while (editor && ahead.length > 0) {
      const typed = ahead.shift();
      if (typed) editor.type(typed);
    }
  };
  const onData = (chunk: Buffer | string) => {
    const text = typeof chunk === "string" ? chunk : bytes.write(chunk);
    if (onInterrupt && text.includes(CTRL_C)) {
      // What was typed before it was meant for an answer that is not wanted any more.
      ahead = [];
      take(CTRL_C);
      onInterrupt();
      return;
    }
    ahead.push(...take(text));
    handOver();
  };
  const onEnd = () => {
    over = true;
    editor?.end();
  };
  const onAbort = () => editor?.fail(interrupted("interrupted"));
  const close = () => {
    if (closed) return;
    [closed, over] = [true, true];
    stdin.off("data", onData).off("end", onEnd).off("close", onEnd);
    signal.removeEventListener("abort", onAbort);
    process.off("exit", close);
    editor?.end();
    stdin.pause();
    // Also where something throws while a plain terminal shows nothing.
    raw(false);
  };

  process.once("exit", close);
  signal.addEventListener("abort", onAbort, { once: true });
  // A terminal that hangs up is an end like any other. The listener stays, for it may do so later too.
  stdin.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", onEnd);
  if (edits) raw(true);
  stdin.resume();

  const suspend = (resumed: () => void) => {
    raw(false);
    stderr.write("\n");
    const carryOn = () => {
      clearTimeout(ignored);
      process.off("SIGCONT", carryOn);
      if (closed) return;
      raw(true);
      // A terminal is read again only after a pause.
      stdin.pause();
      stdin.resume();
      resumed();
    };
    // Where no shell would wake the program again, the system does not stop it either.
    const ignored = setTimeout(carryOn, IGNORED_MS);
    process.on("SIGCONT", carryOn);
    process.kill(process.pid, "SIGTSTP");
  };

  return {
    next: async () => {
      if (signal.aborted) throw interrupted("interrupted");
      if (over || stdin.readableEnded || stdin.destroyed) return undefined;
      try {
        return await new Promise<string | undefined>((resolve, reject) => {
          const done = (settle: () => void) => {
            editor = undefined;
            settle();
          };
          editor = editMessage({
            output: stderr,
            edits,
            history,
            onMessage: (message) => done(() => resolve(message)),
            onEnd: () => done(() => resolve(undefined)),
            onFailure: (failure) => done(() => reject(failure)),
            onSuspend: suspend,
          });
          handOver();
        });
      } catch (error) {
        close();
        throw error;
      }
    },
    during: async (work) => {
      const controller = new AbortController();
      const failure = interrupted("interrupted: the answer is not whole");
      const abort = () => controller.abort(failure);
      let presses = 0;
      onInterrupt = () => {
        presses += 1;
        abort();
        if (presses > HEEDED) process.kill(process.pid, "SIGINT");
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
      // Raw mode is no escape code: a plain terminal keeps to itself what is typed meanwhile, too.
      if (!edits && !closed) stdin.setRawMode?.(true);
      try {
        return await work(controller.signal);
      } finally {
        onInterrupt = undefined;
        signal.removeEventListener("abort", abort);
        if (!edits && !closed) stdin.setRawMode?.(false);
      }
    },
    close,
  };
}

function interrupted(message: string): Failure {
  return new Failure("interrupted", { message });
}
