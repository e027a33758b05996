import writeFileAtomic from "write-file-atomic";

/**
 * Writes a file whole or not at all; a link is followed. Without a mode, a new file gets what the system gives it and an
 * old one keeps its own. Throws the system's error.
 */
export async function writeAtomically(path: string, content: string | Buffer, mode?: number): Promise<void> {
  await writeFileAtomic(path, content, mode === undefined ? {} : { mode });
}
