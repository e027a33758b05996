import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { systemCode } from "../files/system-error.ts";

const LINE_BREAK = 0x0a;
const CHUNK = 1 << 16;
/** No record is longer: the API takes 32 MB, of which JSON may escape every byte. */
const LONGEST_LINE = 1 << 26;

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

/**
 * The lines from byte `start` to byte `end` of a file, without holding more than one of them; of one that is longer than any record
 * the text is empty, which is no record either.
 */
export async function* readLines(handle: FileHandle, start: number, end: number): AsyncGenerator<FileLine> {
  let pieces: Buffer[] = [];
  let held = 0;
  const hold = (piece: Buffer) => {
    held += piece.length;
    if (held <= LONGEST_LINE) pieces.push(piece);
    else pieces = [];
  };
  const taken = () => {
    const text = decode(Buffer.concat(pieces));
    pieces = [];
    held = 0;
    return text;
  };
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
      hold(chunk.subarray(from, at));
      const lineEnd = position + at + 1;
      yield { text: taken(), ended: true, start: lineStart, end: lineEnd };
      lineStart = lineEnd;
      from = at + 1;
    }
    hold(chunk.subarray(from));
    position += bytesRead;
  }
  if (position > lineStart) {
    yield { text: taken(), ended: false, start: lineStart, end: position };
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

/**
 * Opens a regular file for reading, or nothing where there is none. What is no file is refused before anything waits for it: a pipe
 * that nobody writes to has no end. Throws the system's error.
 */
export async function openFileIfAny(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  const handle = await open(path, O_RDONLY | O_NONBLOCK).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error("it is not a regular file");
}
