import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AuditHead } from "../../core/audit/audit.ts";
import { isObject, parseJson } from "../../core/json.ts";

const HEAD = "audit.head";

/** The head record beside the log, or undefined where it is missing or holds something else. Throws the system's error. */
export async function readHead(directory: string): Promise<AuditHead | undefined> {
  const text = await readIfAny(join(directory, HEAD));
  const value = text === undefined ? undefined : parseJson(text);
  if (!isObject(value)) return undefined;
  const { seq, hash, size } = value;
  if (!isCount(seq) || !isCount(size) || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  return { seq, hash, size };
}

/** Replaces the head whole or not at all. It may be lost to a power cut, never half written: the log comes first. */
export async function writeHead(directory: string, head: AuditHead): Promise<void> {
  const path = join(directory, HEAD);
  const draft = `${path}.new`;
  // One that was left behind by a crash; whoever calls holds the lock.
  await rm(draft, { force: true });
  const handle = await open(draft, "wx", 0o600);
  await writeAndClose(handle, `${JSON.stringify(head)}\n`);
  await rename(draft, path);
}

async function writeAndClose(handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

async function readIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
