import type { ApiCall } from "../model/call.ts";
import type { Change } from "../model/change.ts";
import type { Plan } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { DAY, parseTime } from "../model/time.ts";
import { emailIdentity } from "../text/identity.ts";
import type { AuditRecord } from "./audit.ts";
import { parseRecord } from "./record.ts";

/** So long an invitation can be accepted (admin-api.md 3.6): what it would have brought along ends with it. */
const LIFETIME = 21 * DAY;

/** The groups of the invitations that a run cancelled and did not make anew, as the lines of a log are gone through, oldest first. */
export interface CancelledInvites {
  readonly visit: (text: string) => void;
  /** Whether there is none, in whichever organization. */
  readonly isNone: () => boolean;
  /** The ids of the groups by the e-mail as it is compared: of one organization, as far as those invitations would still be open. */
  readonly found: (organizationId: string, now: number) => ReadonlyMap<string, readonly string[]>;
}

interface Cancelled {
  readonly organizationId: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** When it was cancelled: epoch ms. */
  readonly at: number;
}

/** Begins to look for them, in what was done by one API (undefined: the official one). */
export function cancelledInvites(host: string | undefined): CancelledInvites {
  const open = new Map<string, Cancelled>();
  return {
    visit: (text) => {
      // Reading a line as a record takes longer than finding it.
      if (!text.includes('"target":"invites.') && !text.includes('"target":"members.')) return;
      const record = parseRecord(text);
      const { kind, email } = parseTarget(record?.target ?? "") ?? {};
      const organizationId = record?.organization?.id;
      const at = parseTime(record?.at ?? "");
      if (record?.event !== "write" || record.api?.host !== host || at === undefined) return;
      if ((kind !== "invite" && kind !== "member") || email === undefined || organizationId === undefined) return;
      const person = { organizationId, email: emailIdentity(email) };
      const key = JSON.stringify(person);
      const groups = groupsOf(record.calls);
      // An invitation that takes up the groups again does not make the one before it younger.
      const since = record.action === "update" && record.phase === "started" ? at : (open.get(key)?.at ?? at);
      if (groups.length > 0) open.set(key, { ...person, groups, at: since });
      else if (endsIt(record)) open.delete(key);
    },
    isNone: () => open.size === 0,
    found: (organizationId, now) =>
      new Map(
        [...open.values()].flatMap((one) =>
          one.organizationId === organizationId && now - one.at < LIFETIME ? [[one.email, one.groups] as const] : [],
        ),
      ),
  };
}

/** The groups that an invitation which is about to be sent, or was left unsent, brings along. */
function groupsOf(calls: readonly ApiCall[] = []): readonly string[] {
  return calls.flatMap((call) => (call.name === "create-invite" ? (call.groupIds ?? []) : []));
}

/**
 * Whether nothing is left of it: whatever was done to the person since then, and an invitation that was not cancelled after all. One that
 * could not be sent leaves everything as it was.
 */
function endsIt({ outcome, action }: AuditRecord): boolean {
  return outcome === "done" || action === "update";
}

/** The plan in which whoever is invited anew gets the groups of the invitation that was cancelled. */
export function withGroupsOfCancelled(plan: Plan, cancelled: ReadonlyMap<string, readonly string[]>): Plan {
  const changes = plan.changes.map((change): Change => {
    if (!isInvitation(change)) return change;
    const groups = cancelled.get(emailIdentity(parseTarget(change.target)?.email ?? ""));
    return groups ? { ...change, after: { ...change.after, groups }, reason: "cancelled-before" } : change;
  });
  return { ...plan, changes };
}

/** Whether somebody is invited who neither is a member nor has an invitation. */
export function isInvitation(change: Change): change is Extract<Change, { kind: "invite"; action: "create" }> {
  return change.kind === "invite" && change.action === "create";
}
