import { constants, fstatSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import {
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
  chain,
  GENESIS,
  recordLine,
} from "../../core/audit/audit.ts";
import {
  type AuditLine,
  type AuditLog,
  type AuditReading,
  endVerifying,
  type KeptHead,
  startVerifying,
  type Verifying,
  verifyLine,
} from "../../core/audit/chain.ts";
import { Failure } from "../../core/model/failure.ts";
import type { OtherApi } from "../../core/model/other-api.ts";
import { quotedPath } from "../../core/text/text.ts";
import { removeFile } from "../files/remove-file.ts";
import { sha256 } from "../files/sha256.ts";
import { systemCode, systemReason } from "../files/system-error.ts";
import { operator } from "../identity/identity.ts";
import { inspectTail, readHead, writeHead } from "./audit-tail.ts";
import { openFileIfAny, readLines } from "./file-lines.ts";
import { acquireLock, type FileLock, holderWords } from "./file-lock.ts";
import { stateDirectory } from "./state-directory.ts";
import { stateDirectoryPath } from "./state-path.ts";

interface AuditLogOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A line for the person, where the log had to be repaired. */
  readonly notice: (text: string) => void;
  /** Takes the secrets out of a text. */
  readonly mask: (text: string) => string;
  /** The API that the run speaks to by then, where it is not the official one. */
  readonly spokenTo: () => OtherApi | undefined;
}

/** An append takes milliseconds, and a killed process blocks for five seconds. */
const WRITER_PATIENCE = 30_000;
/** As much as a run of a few hundred changes writes. */
const PROBE_BYTES = 1 << 16;

/** The audit log in the state directory: `audit.jsonl`, and `audit.head` beside it. */
export function createAuditLog({ env, now, notice, mask, spokenTo }: AuditLogOptions): AuditLog {
  const by = operator();
  let queue: Promise<unknown> = Promise.resolve();
  // The lock is between processes: within this one, entries wait for each other here, and so keep their order.
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };
  return {
    ready: () => inTurn(() => writing(env, ({ directory }) => probe(directory))),
    append: (entry) =>
      inTurn(() =>
        writing(env, (log) => {
          const other = spokenTo();
          const whole = { by, ...(other && { api: { host: other.host } }), ...entry };
          return append(log, JSON.parse(mask(JSON.stringify(whole))), { now, notice });
        }),
      ),
    read: (visit, kept) => readAuditLog(stateDirectoryPath(env), visit, kept),
    scan: (visit) => scanAuditLog(stateDirectoryPath(env), visit),
  };
}

interface OpenLog {
  readonly directory: string;
  readonly handle: FileHandle;
  /** Of the log, in bytes: it stays so while its lock is held. */
  readonly size: number;
  readonly lock: FileLock;
}

/** Opens the log under its lock, does the work, and turns what goes wrong into one sentence. */
async function writing<Value>(env: AuditLogOptions["env"], work: (log: OpenLog) => Promise<Value>): Promise<Value> {
  const directory = await stateDirectory(env);
  const path = join(directory, LOG_FILE);
  try {
    const lockFile = join(directory, LOCK_FILE);
    const lock = await acquireLock(lockFile, WRITER_PATIENCE);
    if (!lock) {
      const holder = holderWords(lockFile);
      throw new Error(`another process${holder} has been holding its lock "${lockFile}" for half a minute`);
    }
    try {
      const { handle, size } = await openLog(path);
      try {
        return await work({ directory, handle, size, lock });
      } finally {
        await handle.close();
      }
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function openLog(path: string): Promise<Pick<OpenLog, "handle" | "size">> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW = 0 } = constants;
  const handle = await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    const stats = fstatSync(handle.fd);
    if (!stats.isFile()) throw new Error("it is not a regular file");
    const { mode, size } = stats;
    if (process.platform !== "win32" && (mode & 0o077) !== 0) await handle.chmod(0o600);
    return { handle, size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function append(
  { directory, handle, size, lock }: OpenLog,
  entry: AuditEntry,
  { now, notice }: Pick<AuditLogOptions, "now" | "notice">,
): Promise<AuditRecord> {
  const known = readHead(directory);
  // Before the first record, so that a log without a head is never the work of a crash.
  if (!known && size === 0) await writeHead(directory, GENESIS);
  const tail = await inspectTail(handle, size, known);
  const recovery = tail.recovery && chain(tail.head, tail.recovery, now(), sha256);
  const record = chain(recovery ?? tail.head, entry, now(), sha256);
  const text = `${tail.unended ? "\n" : ""}${recovery ? recordLine(recovery) : ""}${recordLine(record)}`;

  if (!lock.isHeld()) throw new Error("its lock was lost, because this process was stopped for a while");
  const start = tail.cutAt ?? size;
  if (tail.cutAt !== undefined) await handle.truncate(start);
  try {
    // In this thread, as it is with the head: only the disk is waited for.
    writeFileSync(handle.fd, text);
    await handle.datasync();
  } catch (error) {
    // Half a line would be found and taken out by the next append; here it can still be avoided.
    await handle.truncate(start).catch(() => {});
    throw error;
  }
  await writeHead(directory, { seq: record.seq, hash: record.hash, size: start + Buffer.byteLength(text) });
  if (recovery) notice(`note: the audit log was repaired, see its record ${recovery.seq}: ${recovery.reason}`);
  return record;
}

/** Writes and removes a file beside the log: a full disk, a quota and a read-only folder show before anything is changed. */
async function probe(directory: string): Promise<void> {
  const path = join(directory, "audit.probe");
  await removeFile(path);
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(Buffer.alloc(PROBE_BYTES));
    await handle.datasync();
  } finally {
    await handle.close();
    await removeFile(path);
  }
}

const FULL: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function unwritable(path: string, error: unknown): Failure {
  const full = FULL.has(systemCode(error));
  const message = `the audit log ${quotedPath(path)} cannot be written: ${full ? "the disk is full" : systemReason(error)}`;
  const remedy = full ? "free some space" : "make it writable, or set ANTH_RBAC_STATE_DIR to another directory";
  return new Failure(
    "audit-unwritable",
    { message, fix: `${remedy}: nothing is changed that cannot be logged` },
    { cause: error },
  );
}

const LOG_FILE = "audit.jsonl";
const LOCK_FILE = "audit.lock";
const READER_PATIENCE = 2000;

/**
 * Reads the log of a state directory from its beginning and verifies it on the way. `visit` is given every line. Throws Failure.
 */
async function readAuditLog(
  directory: string,
  visit: (line: AuditLine) => void = () => {},
  kept?: KeptHead,
): Promise<AuditReading> {
  let state: Verifying | undefined;
  const path = join(directory, LOG_FILE);
  const { head, size } = await eachLine(directory, (line, known) => {
    state = verifyLine(state ?? startVerifying(known, kept), line, sha256);
    visit(line);
  });
  const exists = size > 0 || (head?.seq ?? 0) > 0;
  return { path, exists, verification: endVerifying(state ?? startVerifying(head, kept)) };
}

/** Reads the lines of a log without verifying them. Throws Failure. */
async function scanAuditLog(directory: string, visit: (line: AuditLine) => void): Promise<void> {
  await eachLine(directory, visit);
}

/** Calls `visit` with each line of a log, and the head that was known when it was opened. Throws Failure `file-unreadable`. */
async function eachLine(
  directory: string,
  visit: (line: AuditLine, head: AuditHead | undefined) => void,
): Promise<Omit<Snapshot, "handle">> {
  try {
    const { head, handle, size } = await snapshot(directory);
    try {
      if (handle) for await (const line of readLines(handle, 0, size)) visit(line, head);
    } finally {
      await handle?.close();
    }
    return { head, size };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = `the audit log ${quotedPath(join(directory, LOG_FILE))} cannot be read: ${systemReason(error)}`;
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
    const head = readHead(directory);
    const handle = await openFileIfAny(join(directory, LOG_FILE));
    return { head, handle, size: handle ? (await handle.stat()).size : 0 };
  } finally {
    await lock?.release();
  }
}
