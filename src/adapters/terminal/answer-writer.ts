import type { Writable } from "node:stream";
import type { Failure } from "../../core/model/failure.ts";
import { lostOutput } from "../../core/outcome/exit-reason.ts";
import { printableLines } from "../../core/text/printable.ts";
import { NOTHING_HELD, type Secrets } from "../../core/text/secret.ts";

/** stdout, for a result that comes in pieces. */
export interface AnswerWriter {
  /** Done when there is room for more. Throws Failure `file-unreadable`, once, where a part of it could not be written. */
  readonly write: (text: string) => Promise<void>;
  /** Writes what was held back, and a line break where the last line has none; done when all of it is out. Throws as `write`. */
  readonly end: () => Promise<void>;
}

interface AnswerWriterOptions {
  /** What would steer a terminal is shown escaped. */
  readonly isTerminal: boolean;
  readonly secrets: Pick<Secrets, "mask" | "maskPiece">;
  /** Once it aborts, nobody waits for a slow reader any more. */
  readonly signal?: AbortSignal;
}

/**
 * A writer on `stream`. Secrets are masked, however they are cut; a character of two units that two pieces hold together stays
 * whole. A reader that went away ends the waiting, and is no failure; a full disk is one. After `end` the next answer may follow.
 */
export function createAnswerWriter(
  stream: Writable,
  { isTerminal, signal, secrets }: AnswerWriterOptions,
): AnswerWriter {
  const { put, settled } = patientOutput(stream, signal);
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
      const piece = secrets.maskPiece(held, whole.slice(0, whole.length - half.length));
      held = piece.held;
      await send(piece.shown);
    },
    end: async () => {
      const rest = secrets.mask(held.text + half);
      [half, held] = ["", NOTHING_HELD];
      await send(rest);
      if (last !== "" && last !== "\n") await put("\n");
      last = "";
      await settled();
    },
  };
}

interface PatientOutput {
  /** Writes, and waits where the stream is full, until there is room or nobody who reads. */
  readonly put: (text: string) => Promise<void>;
  /** Waits until the system has taken, or refused, all that was written. */
  readonly settled: () => Promise<void>;
}

function patientOutput(stream: Writable, signal: AbortSignal | undefined): PatientOutput {
  let gone = false;
  let lost: Failure | undefined;
  let unwritten = 0;
  let waiting: (() => void)[] = [];
  const goOn = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const leave = (error?: unknown) => {
    if (!gone) lost = lostOutput(error);
    gone = true;
    goOn();
  };
  stream
    .on("error", leave)
    .on("close", () => leave())
    .on("drain", goOn);
  signal?.addEventListener("abort", goOn, { once: true });
  const isOver = () => gone || stream.destroyed || stream.writableEnded;
  const woken = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  const written = (error?: Error | null) => {
    unwritten -= 1;
    if (error) leave(error);
    else if (unwritten === 0) goOn();
  };
  // Once: what is said of the call afterwards must not fail by it again.
  const tell = () => {
    const failure = lost;
    lost = undefined;
    if (failure) throw failure;
  };
  return {
    put: async (text) => {
      if (!isOver()) {
        unwritten += 1;
        const hasRoom = stream.write(text, written);
        if (!hasRoom && !signal?.aborted) await woken();
      }
      tell();
    },
    settled: async () => {
      while (unwritten > 0 && !isOver() && !signal?.aborted) await woken();
      tell();
    },
  };
}
