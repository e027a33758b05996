import type { AccessUse } from "../kinds/access.ts";
import type { ReviewGrant } from "../model/review.ts";
import { DAY } from "../model/time.ts";
import type { DailyUsage } from "../model/usage.ts";

/** The usage report of a review, and the span that was asked for (epoch ms). */
export interface AskedUsage {
  readonly days: number;
  readonly from: number;
  /** Absent where it could not be read. */
  readonly report?: DailyUsage;
}

/** When something was last used. */
export type LastUse = ReviewGrant["lastUsed"];

/** So much before its end a report may be behind and is still taken for whole (milliseconds). */
const TOLERATED_LAG = 15 * 60_000;

/** Answers when something was last used. A report that does not cover the whole span never says that something was not used. */
export function lastUses({ from, report }: AskedUsage): (use: AccessUse | undefined) => LastUse {
  if (!report) return (use) => ({ at: null, known: use?.by === "none", asOf: null });
  const days = new Map<string, string>();
  const note = (name: string, day: string) => {
    const last = days.get(name);
    if (last === undefined || last < day) days.set(name, day);
  };
  for (const { day, keyId, actorId, workspaceId, requests = 0, tokens } of report.rows) {
    if (requests + tokens === 0) continue;
    if (keyId !== undefined) note(keyName(keyId), day);
    if (actorId === undefined) continue;
    note(actorName(actorId), day);
    note(actorName(actorId, workspaceId), day);
  }
  const { asOf, to, namesActors } = report;
  // A report goes by whole days: what it begins in the middle of is asked from there.
  const covers = report.from <= Math.ceil(from / DAY) * DAY && asOf >= to - TOLERATED_LAG;
  return (use) => {
    if (!use) return { at: null, known: false, asOf };
    if (use.by === "none") return { at: null, known: true, asOf };
    const at = days.get(use.by === "key" ? keyName(use.id) : actorName(use.id, use.workspaceId)) ?? null;
    const counted = use.by === "key" || namesActors;
    return { at, known: at !== null || (covers && counted), asOf };
  };
}

function keyName(id: string): string {
  return `key ${id}`;
}

function actorName(id: string, workspaceId?: string): string {
  return workspaceId === undefined ? `actor ${id}` : `actor ${id} in ${workspaceId}`;
}
