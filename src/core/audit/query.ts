import { DAY, parseSpan, parseTime, startOfDay } from "../model/time.ts";
import { matchesGlob } from "../text/glob.ts";
import type { AuditRecord } from "./audit.ts";

/** Which records are asked for; what is absent does not narrow. */
export interface AuditQuery {
  /** Epoch ms, inclusive. */
  readonly since?: number;
  /** Epoch ms, exclusive. */
  readonly until?: number;
  readonly command?: string;
  /** A pattern with `*` and `?`. */
  readonly target?: string;
  readonly outcome?: string;
  /** An id or a name. */
  readonly organization?: string;
  /** An e-mail; case does not count. */
  readonly user?: string;
  readonly role?: string;
  /** Only calls that the role policy denied. */
  readonly denied?: boolean;
}

/** Whether a record is asked for. */
export function isAskedFor(record: AuditRecord, query: AuditQuery): boolean {
  const { command, target, outcome, organization, user, role, denied } = query;
  const { id, name } = record.organization ?? {};
  return (
    isWithin(record, query) &&
    (command === undefined || record.command === command) &&
    (outcome === undefined || record.outcome === outcome) &&
    (organization === undefined || id === organization || name === organization) &&
    (user === undefined || record.user?.toLowerCase() === user.toLowerCase()) &&
    (role === undefined || record.role === role) &&
    (!denied || record.event === "denial") &&
    (target === undefined ||
      [record.target, ...(record.about ?? [])].some((one) => one !== undefined && matchesGlob(target, one)))
  );
}

function isWithin({ at }: AuditRecord, { since, until }: AuditQuery): boolean {
  if (since === undefined && until === undefined) return true;
  const instant = parseTime(at);
  if (instant === undefined) return false;
  return (since === undefined || instant >= since) && (until === undefined || instant < until);
}

/** The instant that `--since` or `--until` means: so long ago, or a UTC day, of which `until` means the end; undefined for neither. */
export function parseMoment(text: string, edge: "since" | "until", now: number): number | undefined {
  const duration = parseSpan(text);
  if (duration !== undefined) return now - duration;
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? startOfDay(text) : Number.NaN;
  if (Number.isNaN(day)) return undefined;
  return edge === "since" ? day : day + DAY;
}
