import type { FileHandle } from "node:fs/promises";

const LINE_BREAK = 0x0a;
const CHUNK = 1 << 16;

/** A line without its line break, and where it begins. */
export interface FileLine {
  readonly text: string;
  /** False for a last line without a line break. */
  readonly ended: boolean;
  /** In bytes. */
  readonly start: number;
  /** In bytes, the line break included. */
  readonly end: number;
}

/** The lines from byte `start` to byte `end` of a file, without holding more than one of them. */
export async function* readLines(handle: FileHandle, start: number, end: number): AsyncGenerator<FileLine> {
  let pieces: Buffer[] = [];
  let lineStart = start;
  let position = start;
  while (position < end) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, end - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    // The file is shorter than it was when it was measured.
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, from)) {
      pieces.push(chunk.subarray(from, at));
      const lineEnd = position + at + 1;
      yield { text: decode(Buffer.concat(pieces)), ended: true, start: lineStart, end: lineEnd };
      pieces = [];
      lineStart = lineEnd;
      from = at + 1;
    }
    pieces.push(chunk.subarray(from));
    position += bytesRead;
  }
  if (position > lineStart) {
    yield { text: decode(Buffer.concat(pieces)), ended: false, start: lineStart, end: position };
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that are no UTF-8 must not become a replacement character, which could have been written there honestly. */
function decode(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}
