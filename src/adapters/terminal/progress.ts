import type { Writable } from "node:stream";

/** Work that is done sooner than this needs no counter. */
const QUIET_MS = 1000;
/** So long, and so many, before a guess at the time that is left is worth anything. */
const GUESS_AFTER_MS = 5000;
const GUESS_AFTER = 3;
const ERASE_LINE = "\r\u001b[2K";
const FRAMES = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const FRAME_MS = 120;

/** What a counter counts. */
export type Work = "reading" | "writing" | "verifying" | "answering";

const WORK = {
  reading: (done, planned) => `reading the organization: ${done} of ${planned} requests`,
  writing: (done, planned) => `carrying out: ${done} of ${planned} changes`,
  verifying: () => "looking whether it took effect",
  answering: () => "waiting for the answer",
} as const satisfies Record<Work, (done: number, planned: number) => string>;

interface ProgressHost {
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly now: () => number;
}

/** One line at the bottom of a terminal that moves while long work runs; nothing anywhere else. */
export interface Progress {
  readonly count: (done: number, planned: number, work: Work) => void;
  /** Takes the line back, for what is to stand there; true where there was one. */
  readonly clear: () => boolean;
  /** Shows it again. */
  readonly draw: () => void;
  /** Takes it back for good. */
  readonly end: () => void;
}

/**
 * `moves`: whether the terminal may be drawn on again and again. Neither it nor the stream is touched before something
 * is counted: a command without long work does not load streams.
 */
export function createProgress(host: ProgressHost, { moves }: { readonly moves: () => boolean }): Progress {
  const { now } = host;
  let started = now();
  let shown = false;
  let count:
    | { readonly done: number; readonly planned: number; readonly work: Work; readonly since: number }
    | undefined;
  let timer: NodeJS.Timeout | undefined;
  const clear = () => {
    const was = shown;
    if (shown) host.stderr.write(ERASE_LINE);
    shown = false;
    return was;
  };
  const draw = () => {
    clear();
    clearTimeout(timer);
    if (!count || count.done >= count.planned || !moves()) return;
    const { done, planned, work, since } = count;
    const frame = FRAMES[Math.floor(now() / FRAME_MS) % FRAMES.length];
    const most = Math.max(1, (host.stderr.columns ?? 80) - 1);
    const line = `${frame} ${WORK[work](done, planned)}${timeLeft(done, planned, now() - since)}`;
    // A line that is broken cannot be taken back.
    const fitting = line.length <= most ? line : line.replace(" the organization", "");
    host.stderr.write(fitting.slice(0, most));
    shown = true;
    timer = setTimeout(draw, FRAME_MS).unref();
  };
  return {
    clear,
    draw,
    end: () => {
      count = undefined;
      clearTimeout(timer);
      clear();
    },
    count: (done, planned, work) => {
      // Each turn of a conversation waits anew.
      if (work === "answering" && !(count && count.done < count.planned)) started = now();
      count = { done, planned, work, since: count?.work === work ? count.since : now() };
      const quietFor = QUIET_MS - (now() - started);
      clearTimeout(timer);
      // Behind the pace of requests nothing may be answered for a minute: the count so far is shown all the same.
      if (quietFor <= 0) draw();
      else if (moves() && done < planned) timer = setTimeout(draw, quietFor).unref();
    },
  };
}

/** `, about 9 min left`, once it can be told from what is done. */
function timeLeft(done: number, planned: number, elapsed: number): string {
  if (elapsed < GUESS_AFTER_MS || done < GUESS_AFTER) return "";
  const seconds = ((elapsed / done) * (planned - done)) / 1000;
  return seconds < 60 ? `, about ${Math.ceil(seconds / 5) * 5} s left` : `, about ${Math.round(seconds / 60)} min left`;
}
