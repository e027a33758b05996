import type { Readable } from "node:stream";
import { setImmediate as afterReads, setTimeout as wait } from "node:timers/promises";

/** A terminal's input, as far as this needs it. */
type Input = Readable & { readonly isTTY?: boolean; readonly setRawMode?: (raw: boolean) => unknown };

/** Milliseconds in which what waits in the terminal comes. */
const MOMENT = 10;
/** Of somebody who leans on a key there is no end. */
const MOST_MOMENTS = 50;

/**
 * Throws away what was typed before a question is shown: a "y" that was meant for the shell, or for nothing, agrees to nothing that could
 * not be read yet. Ctrl-C stays what it is. Does nothing where there is no terminal.
 */
export async function dropTypedAhead(stdin: Input): Promise<void> {
  if (!stdin.isTTY) return;
  let came = false;
  const onData = (chunk: Buffer | string) => {
    came = true;
    // In raw mode the terminal makes no signal of it.
    if (Buffer.from(chunk).includes(3)) process.kill(process.pid, "SIGINT");
  };
  // Else a line that is not finished would wait in the terminal, and answer all the same.
  stdin.setRawMode?.(true);
  stdin.on("data", onData);
  stdin.resume();
  for (let moments = 0; moments < MOST_MOMENTS; moments += 1) {
    came = false;
    await wait(MOMENT);
    // Where the process was held up, the time may be over before anything was read.
    await afterReads();
    if (!came) break;
  }
  stdin.off("data", onData);
  stdin.pause();
  stdin.setRawMode?.(false);
}
