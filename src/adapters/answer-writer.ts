import type { Writable } from "node:stream";
import { printableLines } from "../core/printable.ts";
import { maskSecrets } from "../core/secret.ts";
import { maskPiece, NOTHING_HELD } from "../core/secret-stream.ts";

/** stdout, for a result that comes in pieces. */
export interface AnswerWriter {
  /** Done when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** Writes what was held back, and a line break where the last line has none. */
  readonly end: () => Promise<void>;
}

interface AnswerWriterOptions {
  /** What would steer a terminal is shown escaped. */
  readonly isTerminal: boolean;
  /** Once it aborts, nobody waits for a slow reader any more. */
  readonly signal?: AbortSignal;
}

/**
 * A writer on `stream`. Secrets are masked, however they are cut; a character of two units that two pieces hold together stays
 * whole. A reader that went away ends the waiting, and is no failure. After `end` the next answer may follow.
 */
export function createAnswerWriter(stream: Writable, { isTerminal, signal }: AnswerWriterOptions): AnswerWriter {
  const put = patientWrite(stream, signal);
  let half = "";
  let held = NOTHING_HELD;
  let last = "";
  const send = async (masked: string) => {
    if (masked === "") return;
    last = masked.slice(-1);
    await put(isTerminal ? printableLines(masked) : masked);
  };
  return {
    write: async (text) => {
      const whole = half + text;
      half = (isTerminal ? /[\ud800-\udbff\r]$/ : /[\ud800-\udbff]$/).exec(whole)?.[0] ?? "";
      const piece = maskPiece(held, whole.slice(0, whole.length - half.length));
      held = piece.held;
      await send(piece.shown);
    },
    end: async () => {
      const rest = maskSecrets(held.text + half);
      [half, held] = ["", NOTHING_HELD];
      await send(rest);
      if (last !== "" && last !== "\n") await put("\n");
      last = "";
    },
  };
}

/** Writes, and waits where the stream is full, until there is room or nobody who reads. */
function patientWrite(stream: Writable, signal: AbortSignal | undefined): (text: string) => Promise<void> {
  let gone = false;
  let waiting: (() => void)[] = [];
  const goOn = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const leave = () => {
    gone = true;
    goOn();
  };
  stream.on("error", leave).on("close", leave).on("drain", goOn);
  signal?.addEventListener("abort", goOn, { once: true });
  return async (text) => {
    if (gone || stream.destroyed || stream.writableEnded) return;
    if (stream.write(text) || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  };
}
