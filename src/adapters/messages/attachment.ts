import { closeSync, constants, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isatty } from "node:tty";
import { Failure } from "../../core/model/failure.ts";
import type { ContentBlock, ImageType } from "../../core/prompt/request.ts";
import { quotedPath } from "../../core/text/text.ts";
import { type Content, readBounded } from "../files/bounded-read.ts";
import { systemReason } from "../files/system-error.ts";
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
  let content: Content;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unfit(file, "is a directory");
    if (found.isCharacterDevice() && isTerminal(path)) throw unfit(file, "is a terminal");
    content = await readBounded(path, { limit: REQUEST_LIMIT, signal: () => signal });
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw new Failure("interrupted", { message: `interrupted while reading ${quotedPath(file)}` });
    throw unfit(file, `cannot be read: ${systemReason(error)}`);
  }
  if ("tooLarge" in content) throw tooLarge(file, "a file", REQUEST_LIMIT);
  return Buffer.from(content.bytes);
}

function isTerminal(path: string): boolean {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return isatty(fd);
  } finally {
    closeSync(fd);
  }
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
  return new Failure("file-unreadable", {
    message: `${quotedPath(file)} ${why}`,
    fix: "name a text, an image or a PDF",
  });
}

function tooLarge(file: string, kind: string, limit: number): Failure {
  const most = Math.floor(limit / (1024 * 1024));
  return new Failure("file-unreadable", {
    message: `${quotedPath(file)} is too large: ${kind} may have ${most} MB in a prompt`,
    fix: "send a part of it",
  });
}
