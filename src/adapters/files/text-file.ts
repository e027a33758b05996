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
