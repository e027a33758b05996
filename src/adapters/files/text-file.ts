import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Failure } from "../../core/model/failure.ts";

/** The text of a file, as a flag names it. Throws Failure `file-unreadable`. */
export async function readText(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure("file-unreadable", { message: `"${file}" cannot be read: ${message}` }, { cause: error });
  }
}

/** SHA-256 of a text or of bytes, lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  // Not imported: it takes longer to load than many a run, and not every run needs a digest.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(content).digest("hex");
}
