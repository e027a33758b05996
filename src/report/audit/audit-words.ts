import type { AuditBreak, AuditBreakCode } from "../../core/audit/chain.ts";
import { plural } from "../findings/sentence.ts";

/** What each break means. A break is a fact about the file; who did it, and why, it cannot say. */
const SENTENCES: { readonly [Code in AuditBreakCode]: (broken: AuditBreak) => string } = {
  "not-json": () => "the line is no record: it was overwritten, or another program wrote to the file",
  edited: () => "the record was edited after it was written",
  replaced: ({ line }) =>
    line === 1
      ? "the record is not the first one of a log"
      : `the record does not follow the one before it: line ${line - 1} or this one was replaced`,
  removed: ({ expected, missing = 1 }) =>
    missing === 1
      ? `record ${expected} was removed before this line`
      : `records ${expected} to ${expected + missing - 1} were removed before this line`,
  inserted: ({ expected }) => `the line was inserted: record ${expected} should stand here`,
  reordered: ({ expected }) =>
    `the lines were reordered: record ${expected} should stand here, and stands further down`,
  "half-written": () =>
    "the last line is half written, by a process that was killed or a disk that was full; the next write takes it out, and says so in the log",
  "cut-off": ({ expected, missing }) =>
    missing === undefined
      ? `the end of the log was cut off in the middle of record ${expected}`
      : `the end of the log was cut off: ${plural(missing, "record")} from number ${expected} on ${missing === 1 ? "is" : "are"} missing`,
  "head-missing": () =>
    "audit.head, which says where the log ends, is missing or not readable: whether the end was cut off cannot be told",
  "head-differs": () => "the record is not the one that was written here: audit.head has another hash for it",
  "head-lost": () =>
    "the log was continued here although its end did not fit audit.head, or there was none: records before this line may be missing",
  "kept-head": () =>
    "the log does not hold the record that --head names: it was written anew since, or it is another log",
};

/** What is broken, unescaped, without its place. */
export function breakWords(broken: AuditBreak): string {
  return SENTENCES[broken.code](broken);
}
