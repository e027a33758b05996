import { dirname, join, resolve } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import type { ContentBlock } from "../../core/prompt/request.ts";
import type { Secrets } from "../../core/text/secret.ts";
import type { Host } from "../host.ts";
import { readText, sha256 } from "./text-file.ts";

/** Files that flags name. Paths are relative to the working directory. */
export interface Files {
  /** The text of a file. Throws Failure `file-unreadable`. */
  readonly read: (file: string) => Promise<string>;
  /** A file that goes with a prompt: text, an image or a PDF. Throws Failure `file-unreadable`. */
  readonly attachment: (file: string) => Promise<ContentBlock>;
  /**
   * Writes a file whole or not at all, secrets masked, with the given mode; without one, a new file gets what the system gives it and
   * an old one keeps its own. Throws Failure `file-unreadable`.
   */
  readonly write: (file: string, text: string, mode?: number) => Promise<void>;
  /** Whether there is something at a path, whatever it is. */
  readonly exists: (file: string) => Promise<boolean>;
  /** How a file calls another one in its folder, or undefined where there is no such file. */
  readonly beside: (file: string, name: string) => Promise<string | undefined>;
  /** SHA-256 of a text, lower-case hex. */
  readonly digest: (text: string) => string;
}

/** The files that this process can reach. */
export function createFiles({ cwd, signal }: Host, secrets: Pick<Secrets, "mask">): Files {
  const exists = async (file: string) => {
    const { access } = await import("node:fs/promises");
    return access(resolve(cwd, file)).then(
      () => true,
      () => false,
    );
  };
  return {
    read: async (file) => readText(file, cwd),
    attachment: async (file) => {
      const { readAttachment } = await import("../messages/attachment.ts");
      return readAttachment({ file, cwd, signal });
    },
    write: async (file, text, mode) => {
      const { writeAtomically } = await import("./atomic-write.ts");
      try {
        await writeAtomically(resolve(cwd, file), secrets.mask(text), mode);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Failure("file-unreadable", { message: `"${file}" cannot be written: ${message}` }, { cause: error });
      }
    },
    exists,
    beside: async (file, name) => ((await exists(join(dirname(file), name))) ? `./${name}` : undefined),
    digest: sha256,
  };
}
