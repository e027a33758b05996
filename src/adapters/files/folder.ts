import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "./system-error.ts";

/**
 * Makes a folder, and those above it that are missing, for this user alone; one that is there stays as it is. Not by node's recursive
 * mkdir: where a file system takes no folders (/proc) that tries for ever and does not end on a signal, and of one that is read-only it
 * says that there is no such folder. Rejects with the system's error.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (systemCode(error) !== "ENOENT" || (await isFolder(above))) throw error;
    await makeFolder(above);
    await makeFolder(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
