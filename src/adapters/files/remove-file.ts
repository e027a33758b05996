import { unlink } from "node:fs/promises";
import { systemCode } from "./system-error.ts";

/** Removes a file, where there is one: one call to the system, of which `rm` makes two. Throws the system's error. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
