import { open, rename } from "node:fs/promises";

/**
 * Replaces a file of the program's own whole or not at all, by way of `temporary` beside it, which must not be there; nobody else may
 * read it. Unlike `writeAtomically`, a link in its place is replaced and never followed. Throws the system's error.
 */
export async function replaceFile(path: string, temporary: string, text: string): Promise<void> {
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}
