import { isObject, parseJson } from "../text/text.ts";
import { type AuditEntry, type AuditHead, type AuditRecord, canonicalJson, type Digest, GENESIS } from "./audit.ts";

/** A line of the log; `ended` is false for a last one without its line break. */
export interface AuditLine {
  readonly text: string;
  readonly ended: boolean;
}

/**
 * How a log is broken. `replaced`: a line holds together but does not follow the one before it; `head-differs`: the last record
 * is not the one that was written last; `head-lost`: the head was missing when the log was continued; `kept-head`: the head
 * that was kept elsewhere is not of this log.
 */
export type AuditBreakCode =
  | "not-json"
  | "edited"
  | "replaced"
  | "removed"
  | "inserted"
  | "reordered"
  | "half-written"
  | "cut-off"
  | "head-missing"
  | "head-differs"
  | "head-lost"
  | "kept-head";

/** The first thing that is wrong, and where. */
export interface AuditBreak {
  /** From 1 up; one past the last where the lines that should follow are missing. */
  readonly line: number;
  readonly code: AuditBreakCode;
  /** The number of the record that should have been there. */
  readonly expected: number;
  /** Records that are missing there, where that can be told. */
  readonly missing?: number;
}

/** Where the log was continued after a crash. */
export interface AuditRecovery {
  readonly line: number;
  readonly at: string;
  readonly reason: string;
}

export type AuditVerification =
  | {
      readonly ok: true;
      readonly records: number;
      readonly head: KeptHead;
      readonly recoveries: readonly AuditRecovery[];
    }
  /** `records`: how many are good before the break. */
  | { readonly ok: false; readonly records: number; readonly broken: AuditBreak };

/** A head as a person keeps it: the number and the hash of a record. */
export type KeptHead = Pick<AuditHead, "seq" | "hash">;

/** How far a verification has come. */
export interface Verifying {
  readonly head: KeptHead | undefined;
  readonly kept: KeptHead | undefined;
  readonly lines: number;
  /** The last good record. */
  readonly last: KeptHead;
  readonly recoveries: readonly AuditRecovery[];
  readonly broken?: AuditBreak;
  /** A record came too early; what follows tells whether others were removed, or are elsewhere. */
  readonly early?: { readonly hash: string; readonly again: boolean; readonly expectedLater: boolean };
}

/**
 * The lines of a whole log against the head beside it; `kept` is one kept elsewhere.
 * @internal
 */
export function verifyChain(
  lines: Iterable<AuditLine>,
  head: KeptHead | undefined,
  digest: Digest,
  kept?: KeptHead,
): AuditVerification {
  let state = startVerifying(head, kept);
  for (const line of lines) state = verifyLine(state, line, digest);
  return endVerifying(state);
}

/** Before the first line. */
export function startVerifying(head: KeptHead | undefined, kept?: KeptHead): Verifying {
  return { head, kept, lines: 0, last: GENESIS, recoveries: [] };
}

/** After one more line. Only the first break counts, but what follows it can tell what it was. */
export function verifyLine(state: Verifying, line: AuditLine, digest: Digest): Verifying {
  const next = { ...state, lines: state.lines + 1 };
  if (state.broken)
    return state.early ? { ...next, early: lookFurther(state.early, state.broken, line, digest) } : next;
  const expected = state.last.seq + 1;
  const breakOf = (code: AuditBreakCode) => ({ ...next, broken: { line: next.lines, code, expected } });

  if (!line.ended) return breakOf(expected <= (state.head?.seq ?? 0) ? "cut-off" : "half-written");
  const link = linkOf(line.text, digest);
  if (typeof link === "string") return breakOf(link);
  if (link.seq > expected) {
    const early = { hash: link.hash, again: false, expectedLater: false };
    const broken = { line: next.lines, code: "removed", expected, missing: link.seq - expected } as const;
    return { ...next, broken, early };
  }
  if (link.seq < expected) return breakOf("inserted");
  if (link.prev !== state.last.hash) return breakOf("replaced");
  if (isOther(link, state.head)) return breakOf("head-differs");
  if (isOther(link, state.kept)) return breakOf("kept-head");
  const { event, outcome, at, reason } = link.record;
  if (event !== "recovery") return { ...next, last: link };
  if (outcome === "failed") return breakOf("head-lost");
  const recovery = { line: next.lines, at: String(at), reason: String(reason) };
  return { ...next, last: link, recoveries: [...state.recoveries, recovery] };
}

/** After the last line. */
export function endVerifying({ head, kept, lines, last, recoveries, broken, early }: Verifying): AuditVerification {
  const fail = (found: AuditBreak) => ({ ok: false, records: last.seq, broken: found }) as const;
  if (broken) return fail(early ? judged(broken, early) : broken);
  const expected = last.seq + 1;
  if (!head && lines > 0) return fail({ line: lines, code: "head-missing", expected });
  if (head && head.seq > last.seq) {
    return fail({ line: lines + 1, code: "cut-off", expected, missing: head.seq - last.seq });
  }
  if (kept && kept.seq > last.seq) return fail({ line: lines + 1, code: "kept-head", expected });
  return { ok: true, records: last.seq, head: { seq: last.seq, hash: last.hash }, recoveries };
}

/** What a line that holds together says of its place. */
interface Link extends KeptHead {
  readonly prev: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The link of one line, or how that line by itself is broken. */
export function linkOf(text: string, digest: Digest): Link | "not-json" | "edited" {
  const value = parseJson(text);
  if (!isObject(value)) return "not-json";
  const { hash, ...record } = value;
  const { seq, prev } = record;
  if (typeof hash !== "string" || typeof prev !== "string" || typeof seq !== "number") return "edited";
  // Spaces, a doubled field, another spelling of a character: the same value, and yet not what was written.
  if (JSON.stringify(value) !== text || digest(canonicalJson(record)) !== hash) return "edited";
  return { seq, prev, hash, record };
}

function isOther(link: KeptHead, head: KeptHead | undefined): boolean {
  return head !== undefined && head.seq === link.seq && head.hash !== link.hash;
}

function lookFurther(
  early: NonNullable<Verifying["early"]>,
  { expected }: AuditBreak,
  { text }: AuditLine,
  digest: Digest,
): NonNullable<Verifying["early"]> {
  const link = linkOf(text, digest);
  if (typeof link === "string") return early;
  return {
    ...early,
    again: early.again || link.hash === early.hash,
    expectedLater: early.expectedLater || link.seq === expected,
  };
}

function judged(
  { line, expected, missing }: AuditBreak,
  { again, expectedLater }: NonNullable<Verifying["early"]>,
): AuditBreak {
  if (!expectedLater) return { line, expected, code: "removed", ...(missing !== undefined && { missing }) };
  return { line, expected, code: again ? "inserted" : "reordered" };
}

/** The log of this machine. `ready` and `append` throw Failure `audit-unwritable`; after that nothing may be changed any more. */
export interface AuditLog {
  /** Makes sure that a line can be written. To be asked before the first write of a run. */
  readonly ready: () => Promise<void>;
  /** Writes one line, and is done when it is on the disk. */
  readonly append: (entry: AuditEntry) => Promise<AuditRecord>;
  /** Reads the log from its beginning and verifies it. `visit` is given every line, broken ones too. Throws Failure. */
  readonly read: (visit?: (line: AuditLine) => void, kept?: KeptHead) => Promise<AuditReading>;
  /** Gives `visit` every line without verifying any, which takes a fraction of the time. Throws Failure. */
  readonly scan: (visit: (line: AuditLine) => void) => Promise<void>;
}

/** What reading the log found out beside its lines. */
export interface AuditReading {
  readonly path: string;
  /** False where nothing has been logged here. */
  readonly exists: boolean;
  readonly verification: AuditVerification;
}
