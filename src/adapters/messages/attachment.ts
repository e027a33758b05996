import { constants, openSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { basename, resolve } from "node:path";
import { isatty } from "node:tty";
import { Failure } from "../../core/model/failure.ts";
import type { ContentBlock, ImageType } from "../../core/prompt/request.ts";
import { encodingOf } from "../terminal/piped-text.ts";

export interface AttachmentRequest {
  /** As the flag names it, relative to `cwd`. */
  readonly file: string;
  readonly cwd: string;
  /** Ends the reading of what never ends. */
  readonly signal: AbortSignal;
}

/** Bytes that a request to the Messages API may have in all. Source: https://platform.claude.com/docs/en/api/errors, 413. */
const REQUEST_LIMIT = 32 * 1024 * 1024;

/** What base64 makes of four bytes, it makes of three. */
const ENCODED_LIMIT = (REQUEST_LIMIT / 4) * 3;

/**
 * A file as a part of a prompt, told by its content and not by its name: PNG, JPEG, GIF, WebP, PDF, or text in UTF-8 or marked
 * UTF-16. A pipe is read to its end. Throws Failure `file-unreadable`, also for what no request has room for, and `interrupted`.
 */
export async function readAttachment({ file, cwd, signal }: AttachmentRequest): Promise<ContentBlock> {
  const bytes = await bytesOf(file, resolve(cwd, file), signal);
  if (bytes.length === 0) throw unfit(file, "is empty");
  const image = imageType(bytes);
  const isPdf = startsWith(bytes, "%PDF-");
  if (image || isPdf) {
    if (bytes.length > ENCODED_LIMIT) throw tooLarge(file, "an image or a PDF", ENCODED_LIMIT);
    const data = bytes.toString("base64");
    if (image) return { type: "image", source: { type: "base64", media_type: image, data } };
    return { type: "document", source: { type: "base64", media_type: "application/pdf", data }, title: basename(file) };
  }
  const data = textOf(bytes);
  if (data === undefined) throw unfit(file, "is neither text, an image (PNG, JPEG, GIF, WebP) nor a PDF");
  if (data === "") throw unfit(file, "is empty but for its byte order mark");
  return { type: "document", source: { type: "text", media_type: "text/plain", data }, title: basename(file) };
}

async function bytesOf(file: string, path: string, signal: AbortSignal): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    if ((await stat(path)).isFIFO()) return await collect(file, readPipe(path, signal));
    handle = await open(path);
    const found = await handle.stat();
    if (found.isDirectory()) throw unfit(file, "is a folder");
    if (isatty(handle.fd)) throw unfit(file, "is a terminal");
    if (found.size > REQUEST_LIMIT) throw tooLarge(file, "a file", REQUEST_LIMIT);
    return await collect(file, readPieces(handle));
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw new Failure("interrupted", { message: `interrupted while reading "${file}"` });
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure("file-unreadable", { message: `"${file}" cannot be read: ${message}` }, { cause: error });
  } finally {
    await handle?.close();
  }
}

const PIECE = 1 << 18;

async function* readPieces(handle: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * A pipe whose other end nobody has opened, or writes to, is waited for. As a file it could not be left: node waits for an open
 * or a read that has begun, even when the process exits.
 */
async function* readPipe(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false, signal });
  try {
    yield* socket as AsyncIterable<Buffer>;
  } finally {
    socket.destroy();
  }
}

/** What never ends is given up where no request has room for more. */
async function collect(file: string, pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > REQUEST_LIMIT) throw tooLarge(file, "a file", REQUEST_LIMIT);
    kept.push(piece);
  }
  return Buffer.concat(kept);
}

function imageType(bytes: Buffer): ImageType | undefined {
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (startsWith(bytes, "\xff\xd8\xff")) return "image/jpeg";
  if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) return "image/gif";
  return startsWith(bytes, "RIFF") && startsWith(bytes.subarray(8), "WEBP") ? "image/webp" : undefined;
}

function startsWith(bytes: Buffer, magic: string): boolean {
  return bytes.subarray(0, magic.length).equals(Buffer.from(magic, "latin1"));
}

/** The text without its byte order mark, line ends as they are; undefined where it is none. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

function unfit(file: string, why: string): Failure {
  return new Failure("file-unreadable", { message: `"${file}" ${why}` });
}

function tooLarge(file: string, kind: string, limit: number): Failure {
  const most = Math.floor(limit / (1024 * 1024));
  return new Failure("file-unreadable", {
    message: `"${file}" is too large: ${kind} may have ${most} MB in a prompt`,
    fix: "send a part of it",
  });
}
