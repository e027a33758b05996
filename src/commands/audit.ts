import type { Context } from "../context.ts";
import { type AuditRecord, startedOnly } from "../core/audit/audit.ts";
import type { AuditLine, KeptHead } from "../core/audit/chain.ts";
import { type AuditQuery, isAskedFor, parseMoment } from "../core/audit/query.ts";
import { parseRecord } from "../core/audit/record.ts";
import { Failure } from "../core/model/failure.ts";
import type { Outcome } from "../core/outcome/outcome.ts";
import { quoted } from "../core/text/text.ts";

export interface AuditShowOptions extends Omit<AuditQuery, "since" | "until"> {
  /** A duration or a UTC day, as written. */
  readonly since?: string;
  readonly until?: string;
  /** Only so many, the newest. */
  readonly limit?: number;
}

/** So many entries are held where nobody says how many: each is a few hundred bytes, and a log may be of any length. */
const MOST_ENTRIES = 50_000;

/**
 * The records that are asked for, newest last. What was about to be sent and how it ended are two records and one entry: the end, or
 * the beginning where there is no end. Whether the log is whole is found out on the way. Throws Failure. */
export async function auditShow(context: Context, options: AuditShowOptions): Promise<Outcome> {
  const { since, until, limit = MOST_ENTRIES, ...rest } = options;
  if (limit === 0) throw new Failure("usage", { message: "--limit 0 would show nothing", fix: "leave it out for all" });
  const query: AuditQuery = { ...rest, ...moment("since", since, context), ...moment("until", until, context) };

  const entries: AuditRecord[] = [];
  let matching = 0;
  let unreadable = 0;
  const begun = new Map<number, AuditRecord>();
  const visit = ({ text }: AuditLine) => {
    const record = parseRecord(text);
    if (record?.begun !== undefined) begun.delete(record.begun);
    if (!record) unreadable++;
    else if (!isAskedFor(record, query)) return;
    else if (startedOnly(record)) begun.set(record.seq, record);
    else {
      matching++;
      entries.push(record);
      // A log may be far longer than what is asked for.
      if (entries.length >= limit * 2) entries.splice(0, entries.length - limit);
    }
  };
  const log = await context.state.audit();
  const reading = await log.read(visit);
  const all = [...entries, ...begun.values()].sort((one, other) => one.seq - other.seq);
  const newest = all.length > limit ? all.slice(-limit) : all;
  if (options.limit === undefined && matching + begun.size > MOST_ENTRIES) {
    // A table for a spreadsheet has no room to say it.
    context.terminal.warning(
      `only the newest ${MOST_ENTRIES} of ${matching + begun.size} events: --since and --until narrow them, --limit N shows more`,
    );
  }
  return { kind: "audit", ...reading, list: { entries: newest, matching: matching + begun.size, unreadable } };
}

function moment(edge: "since" | "until", text: string | undefined, { clock }: Context): Pick<AuditQuery, typeof edge> {
  if (text === undefined) return {};
  const instant = parseMoment(text, edge, clock.now());
  if (instant !== undefined) return { [edge]: instant };
  throw new Failure("usage", {
    message: `--${edge} is ${quoted(text)}, which is neither a duration nor a day`,
    fix: "write 30m, 24h, 7d or 4w for so long ago, or a day such as 2026-11-23 (UTC)",
  });
}

/** Whether the log is as it was written. `head` is one that was kept elsewhere, as `audit verify` printed it. Throws Failure. */
export async function auditVerify(context: Context, { head }: { readonly head?: string }): Promise<Outcome> {
  const kept = head === undefined ? undefined : keptHead(head);
  const log = await context.state.audit();
  return { kind: "audit", ...(await log.read(undefined, kept)) };
}

function keptHead(text: string): KeptHead {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new Failure("usage", {
    message: `--head is ${quoted(text)}, which is no head of a log`,
    fix: "give it as audit verify printed it: the number of the record, a colon, and 64 hexadecimal digits",
  });
}
