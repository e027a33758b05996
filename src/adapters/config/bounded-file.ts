import { readFileSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { Failure, type FailureCode } from "../../core/model/failure.ts";
import { SIZE_LIMIT } from "./config-bytes.ts";

/** What was read, or how large it is where it is larger than anything we would parse. */
export type Content = { readonly bytes: Uint8Array } | { readonly tooLarge: number };

/** A whole file, within bounds. Throws the system's error. */
async function readBounded(location: string): Promise<Content> {
  const { size, isRegular } = kindOf(location);
  if (size > SIZE_LIMIT) return { tooLarge: size };
  // Waiting for a thread to read what the disk has at once takes longer than reading it.
  if (isRegular) return contentOf(readFileSync(location));
  const handle = await open(location, "r");
  try {
    return await readOpen(handle);
  } finally {
    await handle.close();
  }
}

/** As `readBounded`, for a file that a person named; `fix` is what to do where there is none. Throws Failure `code`. */
export async function readNamed(
  location: string,
  { shown, code, fix }: { readonly shown: string; readonly code: FailureCode; readonly fix: string },
): Promise<Content> {
  try {
    return await readBounded(location);
  } catch (error) {
    const { reason, forbidden } = reasonOf(error);
    const message = `"${shown}" cannot be read: ${reason}`;
    throw new Failure(code, { message, fix: forbidden ? "make it readable for this user" : fix }, { cause: error });
  }
}

function kindOf(location: string): { readonly size: number; readonly isRegular: boolean } {
  const found = statSync(location);
  // Files that the system makes up as they are read say that they are empty.
  return { size: found.size, isRegular: found.isFile() && found.size > 0 };
}

function contentOf(bytes: Uint8Array): Content {
  return bytes.length > SIZE_LIMIT ? { tooLarge: bytes.length } : { bytes };
}

/** Not `readFile`: a device has no end. */
async function readOpen(handle: FileHandle): Promise<Content> {
  const buffer = Buffer.allocUnsafeSlow(SIZE_LIMIT + 1);
  for (let length = 0; length <= SIZE_LIMIT; ) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return { bytes: buffer.subarray(0, length) };
    length += bytesRead;
  }
  return { tooLarge: buffer.length };
}

/** A whole stream, within bounds. */
export async function readAll(stream: Readable): Promise<Content> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : (chunk as Uint8Array);
    chunks.push(bytes);
    length += bytes.length;
    if (length > SIZE_LIMIT) return { tooLarge: length };
  }
  return { bytes: Buffer.concat(chunks) };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ELOOP: "its symbolic links go round in a circle",
};

/** Why a file cannot be read, in words; and whether that is for want of permission. */
function reasonOf(error: unknown): { readonly reason: string; readonly forbidden: boolean } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return { reason, forbidden: code === "EACCES" || code === "EPERM" };
}

/** A path as it is shown: relative to the working directory where the file is below it. */
export function shownPath(location: string, cwd: string): string {
  const relative = path.relative(cwd, location);
  const below = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
  return below ? relative.replaceAll(path.sep, "/") : location;
}
