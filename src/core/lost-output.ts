import { Failure } from "./model/failure.ts";

/** What the system says where it did not take what was written. A reader that went away is another thing: nobody misses it. */
const LOST: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO"]);

/** The Failure for an error of stdout or stderr by which a part of the result is lost; undefined for any other. */
export function lostOutput(error: unknown): Failure | undefined {
  if (!(error instanceof Error && "code" in error && LOST.has(error.code))) return undefined;
  const message = `the result cannot be written: ${error.message}`;
  return new Failure("file-unreadable", { message, fix: "make room where it goes, and run again" }, { cause: error });
}
