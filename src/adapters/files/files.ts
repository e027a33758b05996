import { dirname, join, resolve } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import type { ContentBlock } from "../../core/prompt/request.ts";
import type { PeopleTable } from "../../core/review/people.ts";
import type { Secrets } from "../../core/text/secret.ts";
import { quotedPath } from "../../core/text/text.ts";
import type { Clock } from "../clock/clock.ts";
import type { Host } from "../host.ts";
import { sha256 } from "./sha256.ts";

/** Files that flags name. Paths are relative to the working directory. */
export interface Files {
  /** The text of a file, without a byte order mark. Throws Failure `file-unreadable`. */
  readonly read: (file: string) => Promise<string>;
  /** A file of people: CSV, or a JSON object a line. Throws Failure `file-unreadable`, naming the line. */
  readonly people: (file: string) => Promise<PeopleTable>;
  /** A file that goes with a prompt: text, an image or a PDF. Throws Failure `file-unreadable`. */
  readonly attachment: (file: string) => Promise<ContentBlock>;
  /**
   * Writes a file whole or not at all, secrets masked, with the given mode; without one, a new file gets what the system gives it and
   * an old one keeps its own. A pipe or a device is written to as it is. Answers whether there is a file now that can be read again.
   * Throws Failure `file-unreadable`.
   */
  readonly write: (file: string, text: string, mode?: number) => Promise<boolean>;
  /** Writes the new text of a file that was read and edited. As `write`, and a byte order mark that it begins with stays. */
  readonly rewrite: (file: string, text: string) => Promise<void>;
  /** Makes sure that a file can be written, and leaves nothing. Throws Failure `file-unreadable`. */
  readonly tryToWrite: (file: string) => Promise<void>;
  /** Whether there is a file or a folder at a path. A pipe or a device holds nothing that could be lost. */
  readonly exists: (file: string) => Promise<boolean>;
  /** Whether two paths lead to one file that is there, by whatever links. */
  readonly isSame: (one: string, other: string) => Promise<boolean>;
  /** How a file calls another one in its folder, or undefined where there is no such file. */
  readonly beside: (file: string, name: string) => Promise<string | undefined>;
  /** SHA-256 of a text, whole or in pieces; lower-case hex. */
  readonly digest: (content: string | Iterable<string>) => string;
}

/** The most that is read of a file that a flag names: a plan of 10,000 changes takes 2.5 MB. */
const MOST_BYTES = 64 * 2 ** 20;

/** The files that this process can reach. */
export function createFiles({ cwd, signal }: Host, clock: Clock, secrets: Pick<Secrets, "mask">): Files {
  const exists = async (file: string) => {
    const [{ existsSync }, { holdsFile }] = await Promise.all([import("node:fs"), import("./atomic-write.ts")]);
    return existsSync(resolve(cwd, file)) && holdsFile(resolve(cwd, file));
  };
  const read = async (file: string, asText = "save it as UTF-8, or look at its path") => {
    const [{ readBounded }, { isForbidden, systemReason }] = await Promise.all([
      import("./bounded-read.ts"),
      import("./system-error.ts"),
    ]);
    const failure = (why: string, fix: string, cause?: unknown) =>
      new Failure("file-unreadable", { message: `${quotedPath(file)} cannot be read: ${why}`, fix }, { cause });
    try {
      const content = await readBounded(resolve(cwd, file), { limit: MOST_BYTES, signal: clock.deadline });
      if ("bytes" in content) return new TextDecoder("utf-8", { fatal: true }).decode(content.bytes);
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof TypeError) throw failure("it is not UTF-8 text", asText, error);
      throw failure(
        systemReason(error),
        isForbidden(error) ? "make it readable for this user" : "look at its path",
        error,
      );
    }
    throw failure(`it is larger than ${MOST_BYTES / 2 ** 20} MB`, "look at its path");
  };
  /** Turns what goes wrong with writing a file into one sentence. */
  const writing = async <Made>(file: string, work: (path: string) => Promise<Made>): Promise<Made> => {
    const path = resolve(cwd, file);
    try {
      return await work(path);
    } catch (error) {
      const { whyUnwritable } = await import("./atomic-write.ts");
      const message = `${quotedPath(file)} cannot be written: ${whyUnwritable(error, file, path)}`;
      throw new Failure("file-unreadable", { message }, { cause: error });
    }
  };
  return {
    read: (file) => read(file),
    people: async (file) => {
      const { peopleTable } = await import("../people/people-table.ts");
      return peopleTable(await read(file, 'save it as UTF-8: in Excel "CSV UTF-8 (Comma delimited)"'), file);
    },
    attachment: async (file) => {
      const { readAttachment } = await import("../messages/attachment.ts");
      return readAttachment({ file, cwd, signal });
    },
    write: (file, text, mode) =>
      writing(file, async (path) => {
        const { holdsFile, writeAtomically } = await import("./atomic-write.ts");
        await writeAtomically(path, secrets.mask(text), mode);
        return holdsFile(path);
      }),
    rewrite: (file, text) =>
      writing(file, async (path) => {
        const { hasByteOrderMark, writeAtomically } = await import("./atomic-write.ts");
        const mark = (await hasByteOrderMark(path)) ? "\ufeff" : "";
        await writeAtomically(path, `${mark}${secrets.mask(text)}`);
      }),
    tryToWrite: (file) =>
      writing(file, async (path) => {
        const { tryToWrite } = await import("./atomic-write.ts");
        await tryToWrite(path);
      }),
    exists,
    isSame: async (one, other) => {
      const { existsSync, statSync } = await import("node:fs");
      const [left, right] = [one, other].map((file) => {
        const path = resolve(cwd, file);
        return existsSync(path) ? statSync(path, { bigint: true }) : undefined;
      });
      return left !== undefined && left.dev === right?.dev && left.ino === right.ino;
    },
    beside: async (file, name) => ((await exists(join(dirname(file), name))) ? `./${name}` : undefined),
    digest: sha256,
  };
}
