import type { Readable } from "node:stream";

/** A terminal's input, as far as this needs it. */
type Input = Readable & { readonly isTTY?: boolean; readonly setRawMode?: (raw: boolean) => unknown };

/**
 * Keeps what is typed while the program waits from the screen: a secret may be pasted before it is asked for. The answer ends it,
 * and returns the first line that was typed, or undefined where none was finished. Ctrl-C stays what it is. Does nothing where
 * there is no terminal.
 */
export function suppressEcho(stdin: Input): () => string | undefined {
  if (!stdin.isTTY || !stdin.setRawMode) return () => undefined;
  const typed: Buffer[] = [];
  const onData = (chunk: Buffer | string) => {
    const bytes = Buffer.from(chunk);
    // In raw mode the terminal makes no signal of it.
    if (bytes.includes(3)) process.kill(process.pid, "SIGINT");
    else typed.push(bytes);
  };
  stdin.setRawMode(true);
  stdin.on("data", onData);
  // A question before this one may have paused it, and then a listener alone does not set it going.
  stdin.resume();
  return () => {
    stdin.off("data", onData);
    stdin.pause();
    stdin.setRawMode?.(false);
    return /^(.*?)[\r\n]/.exec(Buffer.concat(typed).toString())?.[1];
  };
}
