import { join, resolve } from "node:path";
import { type FileWords, fileWords, NO_WORDS } from "../../core/config/words.ts";
import { readBounded } from "../files/bounded-read.ts";
import type { Host } from "../host.ts";
import { decodeConfig } from "./bounded-file.ts";
import { findConfig } from "./find-config.ts";
import { readPlainYaml } from "./plain-yaml.ts";

/** A person waits with a finger on the key: a larger file would take longer to read than anybody waits. */
const MOST_BYTES = 512 * 2 ** 10;

/** The words of a file, named as it is typed, or of the one that is found; none where it cannot be read. Never throws. */
export async function readWords(
  named: string | undefined,
  { cwd, env }: Pick<Host, "cwd" | "env">,
  signal: () => AbortSignal,
): Promise<FileWords> {
  try {
    const file = named === undefined ? await findConfig(cwd) : resolve(cwd, inHome(named, env));
    if (file === undefined) return NO_WORDS;
    const content = await readBounded(file, { limit: MOST_BYTES, signal });
    if (!("bytes" in content)) return NO_WORDS;
    // What is wrong with the file takes as long to find out as the words do, and nobody asked.
    const decoded = decodeConfig(content.bytes);
    if (!("text" in decoded)) return NO_WORDS;
    const plain = readPlainYaml(decoded.text);
    return fileWords((plain ?? (await import("./yaml-document.ts")).readYaml(decoded.text)).value);
  } catch {
    return NO_WORDS;
  }
}

/** The shell has not expanded what is still being typed. */
function inHome(file: string, env: Host["env"]): string {
  return file.startsWith("~/") && env.HOME ? join(env.HOME, file.slice(2)) : file;
}
