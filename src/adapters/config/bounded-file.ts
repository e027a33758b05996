import path from "node:path";
import { Failure, type FailureCode } from "../../core/model/failure.ts";
import { type Finding, finding, type Position } from "../../core/model/finding.ts";
import { credentialsIn } from "../../core/text/credential-shape.ts";
import { hiddenInText } from "../../core/text/hidden.ts";
import { secretsIn } from "../../core/text/secret.ts";
import { quotedPath } from "../../core/text/text.ts";
import { type Content, readBounded } from "../files/bounded-read.ts";
import { isForbidden, systemReason } from "../files/system-error.ts";

/** As `readBounded`, for a file that a person named; `fix` is what to do where there is none. Throws Failure `code`. */
export async function readNamed(
  location: string,
  { shown, code, fix }: { readonly shown: string; readonly code: FailureCode; readonly fix: string },
  signal: () => AbortSignal,
): Promise<Content> {
  try {
    return await readBounded(location, { limit: SIZE_LIMIT, signal });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = `${quotedPath(shown)} cannot be read: ${systemReason(error)}`;
    throw new Failure(
      code,
      { message, fix: isForbidden(error) ? "make it readable for this user" : fix },
      { cause: error },
    );
  }
}

/**
 * A path as it is shown: relative to the working directory, so that no output holds the folders of a machine; but for what somebody
 * wrote as an absolute one that is not below it.
 */
export function shownPath(location: string, cwd: string, written?: string): string {
  const relative = path.relative(cwd, location);
  const below = !/^\.\.(?:[\\/]|$)/.test(relative);
  const asWritten = !below && written !== undefined && path.isAbsolute(written);
  return relative === "" || asWritten || path.isAbsolute(relative) ? location : relative.replaceAll(path.sep, "/");
}

/**
 * The largest file that is read. The export of 500 workspaces with 20,000 keys takes 2.1 MB; what the nastiest text of that
 * size costs is bounded by its tokens (`yaml-document.ts`).
 */
export const SIZE_LIMIT = 4 * 1024 * 1024;

/** Bytes as text, or why they are none. A byte order mark is dropped. */
export type Decoded = { readonly text: string } | { readonly problem: Finding };

/** Decodes UTF-8 strictly; anything else is named as well as it can be. */
export function decodeConfig(bytes: Uint8Array): Decoded {
  if (bytes.length > SIZE_LIMIT) return { problem: fileTooLarge(bytes.length) };
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { problem: finding("wrong-encoding", { encoding: wide }) };
  if (bytes.includes(0)) return { problem: finding("not-text", {}) };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { problem: isBinary(bytes) ? finding("not-text", {}) : notUtf8(bytes) };
  }
}

/** The finding for a file that is not worth reading. */
export function fileTooLarge(bytes: number): Finding {
  return finding("file-too-large", { bytes, limit: SIZE_LIMIT });
}

/** UTF-16 or UTF-32, told by the mark or by where the zero bytes of plain letters stand. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? "UTF-32" : "UTF-16";
  if (first === 0xfe && second === 0xff) return "UTF-16";
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return "UTF-32";
  const sample = bytes.subarray(0, 1024);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = sample.length / 2;
  return Math.max(even, odd) > half * 0.6 && Math.min(even, odd) < half * 0.1 ? "UTF-16" : undefined;
}

function isBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096);
  let controls = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32)) controls += 1;
  return controls > sample.length * 0.02;
}

function notUtf8(bytes: Uint8Array): Finding {
  const text = new TextDecoder().decode(bytes);
  const position = lineIndex(text)(Math.max(0, text.indexOf("\ufffd")));
  return finding("wrong-encoding", { encoding: "not UTF-8" }, { position });
}

/** The place of an offset in a text, as a function that indexes the lines when it is first asked. */
export function lineIndex(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Beyond so many the file is no rbac.yaml, and one more finding says nothing new. */
const HIDDEN_SHOWN = 20;

/** What is wrong with a text whatever its structure: characters that hide, and secrets. */
export function textFindings(text: string, positionOf: (offset: number) => Position): Finding[] {
  const found: Finding[] = [];
  for (const { name, offset } of hiddenInText(text)) {
    found.push(finding("hidden-character", { character: name }, { position: positionOf(offset) }));
    if (found.length === HIDDEN_SHOWN) break;
  }
  if (secretsIn(text).length > 0 || credentialsIn(text).length > 0) {
    for (const [index, line] of text.split("\n").entries()) {
      const own = secretsIn(line);
      const keys = own.slice(0, 1).map(({ start }) => ({ offset: start }));
      for (const { offset, ...args } of [...keys, ...credentialsIn(line, own)]) {
        found.push(finding("secret-in-file", args, { position: { line: index + 1, column: offset + 1 } }));
      }
    }
  }
  return found;
}
