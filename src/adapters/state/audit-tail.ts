import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { type AuditEntry, type AuditHead, GENESIS } from "../../core/audit/audit.ts";
import { linkOf } from "../../core/audit/chain.ts";
import { isObject, parseJson } from "../../core/text/text.ts";
import { removeFile } from "../files/remove-file.ts";
import { replaceFile } from "../files/replace-file.ts";
import { sha256 } from "../files/sha256.ts";
import { systemCode } from "../files/system-error.ts";
import { readLines } from "./file-lines.ts";

/** Where the next record goes, and what has to be done before. */
export interface Tail {
  /** What the next record follows; its `size` is where the log is good up to. */
  readonly head: AuditHead;
  /** Everything from this byte on is a line that was never finished, to be taken out. */
  readonly cutAt?: number;
  /** The last line lacks its line break. */
  readonly unended?: true;
  /** What the log has to say of itself first. */
  readonly recovery?: AuditEntry;
}

/**
 * Looks at the end of the log, where a crash leaves its marks: whole records that the head does not know yet, then perhaps half
 * a line. Reads only what is behind the head, so that a long log costs nothing. No whole line is ever taken out, also where
 * the log is damaged: it goes on behind the damage, which `audit verify` keeps finding.
 */
export async function inspectTail(handle: FileHandle, size: number, head: AuditHead | undefined): Promise<Tail> {
  if (!head) {
    if (size === 0) return { head: GENESIS };
    const end = await lastRecord(handle, size);
    return {
      head: end,
      ...(await ending(handle, size)),
      recovery: damage("its head record was missing or not readable"),
    };
  }
  if (size < head.size || !endsWith(handle, head)) {
    const recovery = damage(`it is not the log whose record ${head.seq} was written last: it was cut off or edited`);
    return { head, ...(await ending(handle, size)), recovery };
  }
  return afterHead(handle, size, head);
}

async function afterHead(handle: FileHandle, size: number, head: AuditHead): Promise<Tail> {
  let last = head;
  for await (const { text, ended, start, end } of readLines(handle, head.size, size)) {
    const link = linkOf(text, sha256);
    const follows = typeof link !== "string" && link.seq === last.seq + 1 && link.prev === last.hash;
    if (follows) {
      last = { seq: link.seq, hash: link.hash, size: ended ? end : end + 1 };
      if (!ended) return { head: last, unended: true };
    } else if (ended) {
      const recovery = damage(`what follows record ${last.seq} does not belong to it`);
      return { head: last, ...(await ending(handle, size)), recovery };
    } else {
      return { head: last, cutAt: start, recovery: halfWritten(text, end - start) };
    }
  }
  return { head: last };
}

/** The end of the head's record, compared without reading the record: a line ends with its hash. */
function endsWith(handle: FileHandle, { seq, hash, size }: AuditHead): boolean {
  if (seq === 0) return size === 0;
  const expected = Buffer.from(`"hash":"${hash}"}\n`);
  if (size < expected.length) return false;
  const buffer = Buffer.alloc(expected.length);
  readSync(handle.fd, buffer, 0, buffer.length, size - buffer.length);
  return buffer.equals(expected);
}

/** The last record that holds together; this reads the whole log, once. */
async function lastRecord(handle: FileHandle, size: number): Promise<AuditHead> {
  let last = GENESIS;
  for await (const { text, end } of readLines(handle, 0, size)) {
    const link = linkOf(text, sha256);
    if (typeof link !== "string") last = { seq: link.seq, hash: link.hash, size: end };
  }
  return last;
}

async function ending(handle: FileHandle, size: number): Promise<Pick<Tail, "unended">> {
  if (size === 0) return {};
  const buffer = Buffer.alloc(1);
  await handle.read(buffer, 0, 1, size - 1);
  return buffer[0] === 0x0a ? {} : { unended: true };
}

/** `failed`: something may be missing, and the chain does not hold from here on. */
function damage(what: string): AuditEntry {
  const reason = `the log was continued although ${what}`;
  return { command: "audit", event: "recovery", outcome: "failed", target: "audit.jsonl", reason };
}

/** So much of a half line is kept. */
const KEPT = 500;

/** `done`: the write that the line was about failed or was reported as failed, and no whole record is lost. */
function halfWritten(text: string, bytes: number): AuditEntry {
  const kept = text.length > KEPT ? `${text.slice(0, KEPT)}…` : text;
  const reason = `a last line of ${bytes} bytes was half written, by a process that was killed or a disk that was full, and was taken out: ${kept}`;
  return { command: "audit", event: "recovery", outcome: "done", target: "audit.jsonl", reason };
}

const HEAD = "audit.head";

/** The head record beside the log, or undefined where it is missing or holds something else. Throws the system's error. */
export function readHead(directory: string): AuditHead | undefined {
  const text = readIfAny(join(directory, HEAD));
  const value = text === undefined ? undefined : parseJson(text);
  if (!isObject(value)) return undefined;
  const { seq, hash, size } = value;
  if (!isCount(seq) || !isCount(size) || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  return { seq, hash, size };
}

/** Replaces the head whole or not at all. It may be lost to a power cut, never half written: the log comes first. */
export async function writeHead(directory: string, head: AuditHead): Promise<void> {
  const path = join(directory, HEAD);
  const temporary = `${path}.new`;
  const text = `${JSON.stringify(head)}\n`;
  try {
    await replaceFile(path, temporary, text);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    // One was left behind by a crash: whoever calls holds the lock.
    await removeFile(temporary);
    await replaceFile(path, temporary, text);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** A head is some hundred bytes; what is longer is none. */
const LONGEST_HEAD = 4096;

/** In this thread: another one would take ten times as long for a hundred bytes, and every record of the log is one of them. */
function readIfAny(path: string): string | undefined {
  const file = descriptorIfAny(path);
  if (file === undefined) return undefined;
  try {
    // As `openFileIfAny` has it: a pipe that nobody writes to has no end.
    if (!fstatSync(file).isFile()) throw new Error("it is not a regular file");
    const buffer = Buffer.alloc(LONGEST_HEAD);
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(file);
  }
}

function descriptorIfAny(path: string): number | undefined {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
