import type { Readable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";

/** More than the API takes in one request (32 MB): `yes | anth-rbac prompt` has no end. */
const LIMIT = 32_000_000;

/** How long is waited, and for what. */
interface PipedOptions {
  /** Ends the reading; with a Failure as its reason, that is why. */
  readonly signal: AbortSignal;
  /** Milliseconds for the first byte, or the end; without, as long as it takes. */
  readonly patience?: number | undefined;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * All of a stream as text; undefined where nothing came in time, and then the stream keeps nobody waiting. Throws Failure `usage`
 * where it is no text or too long, `file-unreadable`, `interrupted`.
 */
export async function readPipedText(stdin: Readable, options: PipedOptions): Promise<string | undefined> {
  const bytes = await readBytes(stdin, options);
  return bytes && decodeText(bytes);
}

function readBytes(stdin: Readable, { signal, patience, sleep }: PipedOptions): Promise<Buffer | undefined> {
  if (stdin.readableEnded || stdin.destroyed) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const patient = new AbortController();
    const letGo = () => {
      patient.abort();
      stdin.off("data", onData).off("end", onEnd).off("close", onEnd);
      signal.removeEventListener("abort", onAbort);
      stdin.pause();
      // A pipe that somebody else holds open must not keep the process alive. Only sockets have it.
      (stdin as Readable & { unref?: () => void }).unref?.();
    };
    const fail = (failure: Failure) => {
      letGo();
      reject(failure);
    };
    const onData = (chunk: Buffer | string) => {
      patient.abort();
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      chunks.push(bytes);
      if (length > LIMIT) fail(new Failure("usage", { message: "stdin holds more than 32 MB", fix: "pipe in less" }));
    };
    const onEnd = () => {
      letGo();
      resolve(Buffer.concat(chunks));
    };
    const onAbort = () => fail(endOf(signal));
    stdin.on("data", onData).on("end", onEnd).on("close", onEnd);
    // It stays: a pipe may break after it was let go, and that is nobody's concern then.
    stdin.on("error", (error) => {
      fail(new Failure("file-unreadable", { message: `stdin cannot be read: ${error.message}` }, { cause: error }));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    if (patience === undefined || patient.signal.aborted) return;
    const giveUp = () => {
      if (patient.signal.aborted) return;
      letGo();
      resolve(undefined);
    };
    // One more round: where the program itself was busy all the time, it has not looked yet.
    sleep(patience, patient.signal).then(() => setImmediate(giveUp), reject);
  });
}

function endOf({ reason }: AbortSignal): Failure {
  const isEnd = reason instanceof Failure && reason.code !== "interrupted";
  return isEnd ? reason : new Failure("interrupted", { message: "interrupted while reading stdin" });
}

/** Text of bytes: UTF-8, with or without a byte order mark, or UTF-16 with one. Throws Failure `usage`. */
function decodeText(bytes: Buffer): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const where = encoding === "utf-8" ? ` ${firstBadByte(bytes)}` : "";
    const message = `stdin is no text in ${encoding.toUpperCase()}${where}`;
    throw new Failure("usage", { message, fix: "pipe in text in UTF-8" }, { cause: error });
  }
}

/** The encoding that the first bytes of a text tell: that of its byte order mark, else UTF-8. */
export function encodingOf(bytes: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** Decoding puts U+FFFD where it fails; one that stands in the text itself is three bytes of its own. */
function firstBadByte(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf("\ufffd"); at !== -1; at = text.indexOf("\ufffd", from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(offset, offset + 3).equals(Buffer.from("\ufffd"))) break;
    offset += 3;
    from = at + 1;
  }
  return `(byte ${offset + 1} is 0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")})`;
}
