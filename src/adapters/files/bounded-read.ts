import { constants, readFileSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { Failure } from "../../core/model/failure.ts";
import { systemCode } from "./system-error.ts";

/** What was read, or how large it is where it is larger than anybody would take. */
export type Content = { readonly bytes: Uint8Array } | { readonly tooLarge: number };

/** How much is read, and what ends the wait for it. */
export interface ReadBounds {
  /** Bytes. */
  readonly limit: number;
  /** Asked for only where there is something to wait for. Its reason, a Failure, is thrown. */
  readonly signal: () => AbortSignal;
}

/** How long a pipe without a writer, or with nothing in it yet, is left alone; milliseconds. */
const POLL_MS = 15;

/**
 * A whole file of any kind that a path can name, within bounds. Nothing in it holds the process: a pipe that nobody writes to, or
 * that never ends, is waited for until the signal aborts. Throws the system's error, or the signal's reason.
 */
export async function readBounded(location: string, { limit, signal }: ReadBounds): Promise<Content> {
  const found = statSync(location);
  if (found.size > limit) return { tooLarge: found.size };
  // Waiting for a thread to read what the disk has at once takes longer than reading it. Files that the system makes up as they are
  // read say that they are empty.
  if (found.isFile() && found.size > 0) {
    const bytes = readFileSync(location);
    return bytes.length > limit ? { tooLarge: bytes.length } : { bytes };
  }
  // Without O_NONBLOCK the system would hold a thread of ours, which no signal and no exit gets back.
  const handle = await open(location, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return await readOpen(handle, { limit, isPipe: found.isFIFO(), signal: signal() });
  } finally {
    await handle.close();
  }
}

async function readOpen(
  handle: FileHandle,
  { limit, isPipe, signal }: { readonly limit: number; readonly isPipe: boolean; readonly signal: AbortSignal },
): Promise<Content> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A pipe reads as ended before its first writer has come.
  let hasWriter = !isPipe;
  for (;;) {
    signal.throwIfAborted();
    const chunk = Buffer.allocUnsafeSlow(65_536);
    const bytesRead = await readSome(handle, chunk);
    if (bytesRead === undefined) hasWriter = true;
    else if (bytesRead > 0) {
      hasWriter = true;
      length += bytesRead;
      if (length > limit) return { tooLarge: length };
      chunks.push(chunk.subarray(0, bytesRead));
      continue;
    } else if (hasWriter) return { bytes: Buffer.concat(chunks) };
    await wait(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** How many bytes came; 0 at the end; undefined where there are none yet. */
async function readSome(handle: FileHandle, chunk: Buffer): Promise<number | undefined> {
  try {
    return (await handle.read(chunk, 0, chunk.length)).bytesRead;
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return undefined;
    throw error;
  }
}

/** A whole stream, within bounds. Throws the signal's reason where it aborts first. */
export async function readStream(stream: Readable, { limit, signal: signalOf }: ReadBounds): Promise<Content> {
  const signal = signalOf();
  const onAbort = () => stream.destroy(reasonOf(signal));
  if (signal.aborted) throw reasonOf(signal);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of stream) {
      const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : (chunk as Uint8Array);
      chunks.push(bytes);
      length += bytes.length;
      if (length > limit) return { tooLarge: length };
    }
    // A stream that is destroyed at its very end may end without its error.
    if (signal.aborted) throw reasonOf(signal);
    return { bytes: Buffer.concat(chunks) };
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Failure("interrupted", { message: "interrupted" });
}
