import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { AuditHead } from "../../core/audit/audit.ts";
import type { AuditReading } from "../../core/audit/audit-log.ts";
import { type AuditLine, endVerifying, type KeptHead, startVerifying, verifyLine } from "../../core/audit/chain.ts";
import { Failure } from "../../core/model/failure.ts";
import { sha256 } from "../digest.ts";
import { readHead } from "./audit-head.ts";
import { readLines } from "./file-lines.ts";
import { acquireLock } from "./file-lock.ts";

export const LOG_FILE = "audit.jsonl";
export const LOCK_FILE = "audit.lock";
const READER_PATIENCE = 2000;

/**
 * Reads the log of a state directory from its beginning and verifies it on the way. `visit` is given every line. Throws Failure.
 */
export async function readAuditLog(
  directory: string,
  visit: (line: AuditLine) => void = () => {},
  kept?: KeptHead,
): Promise<AuditReading> {
  const path = join(directory, LOG_FILE);
  try {
    const { head, handle, size } = await snapshot(directory);
    let state = startVerifying(head, kept);
    try {
      if (handle) {
        for await (const line of readLines(handle, 0, size)) {
          state = verifyLine(state, line, sha256);
          visit(line);
        }
      }
    } finally {
      await handle?.close();
    }
    const exists = size > 0 || (head?.seq ?? 0) > 0;
    return { path, exists, verification: endVerifying(state) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the audit log "${path}" cannot be read: ${reason}`;
    throw new Failure("file-unreadable", { message }, { cause: error });
  }
}

interface Snapshot {
  readonly head: AuditHead | undefined;
  readonly handle: FileHandle | undefined;
  readonly size: number;
}

/** The head, and as much of the log as there is now; the lock keeps an append that is under way from looking half written. */
async function snapshot(directory: string): Promise<Snapshot> {
  // A log in a folder that is read-only (a copy, an archive) has no lock to take, and nobody who writes to it.
  const lock = await acquireLock(join(directory, LOCK_FILE), READER_PATIENCE).catch(() => undefined);
  try {
    const head = await readHead(directory);
    const handle = await openIfAny(join(directory, LOG_FILE));
    return { head, handle, size: handle ? (await handle.stat()).size : 0 };
  } finally {
    await lock?.release();
  }
}

async function openIfAny(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
