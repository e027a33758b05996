import type { PlanInput } from "../kinds/kind.ts";
import { isForeignKind, kindOf, unreadLists } from "../kinds/kinds.ts";
import { groupCalled } from "../kinds/rate-limit/rate-limit.ts";
import type { Change, Unmanaged } from "../model/change.ts";
import { finding } from "../model/finding.ts";
import type { OrgSnapshot } from "../model/org.ts";
import type { Accepted, Plan } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { hasPassed } from "../model/time.ts";
import { nameIdentity } from "../text/identity.ts";

/** Sets aside what the file accepts until a day that has not passed; says which acceptances nothing needs any more. */
export function setAside(
  facts: PlanInput,
  { changes, unmanaged, findings }: Pick<Plan, "changes" | "unmanaged" | "findings">,
) {
  const { config, live, now } = facts;
  if (config.accept.length === 0) return { changes, unmanaged, findings, accepted: [] };
  const identity = (target: string) => targetIdentity(target, facts);
  const inForce = new Map(
    config.accept.filter(({ until }) => !hasPassed(until, now)).map((entry) => [identity(entry.target), entry]),
  );
  const accepted: Accepted[] = [];
  const isOpen = (item: Change | Unmanaged): boolean => {
    const entry = inForce.size === 0 ? undefined : inForce.get(identity(item.target));
    if (!entry) return true;
    const action = "action" in item ? item.action : "unmanaged";
    const { until, owner, reason } = entry;
    accepted.push({ target: item.target, kind: item.kind, action, until, owner, reason });
    return false;
  };
  const open = { changes: changes.filter(isOpen), unmanaged: unmanaged.filter(isOpen) };
  const needed = new Set(accepted.map(({ target }) => identity(target)));
  const isNeeded = (target: string) => needed.size > 0 && needed.has(identity(target));
  const unused = config.accept.flatMap((entry, index) =>
    inForce.has(identity(entry.target)) && !isNeeded(entry.target) && isRead(entry.target, live)
      ? finding("accept-unused", { target: entry.target }, { path: ["accept", index], target: entry.target })
      : [],
  );
  const remaining = findings.filter(({ target }) => target === undefined || !isNeeded(target));
  return { ...open, accepted, findings: [...remaining, ...unused] };
}

/**
 * Whether everything was read that can show a difference at a target: of what was not, or is not there in this sort of organization, nobody
 * knows that nothing differs.
 */
function isRead(target: string, live: OrgSnapshot): boolean {
  const at = parseTarget(target);
  if (!at) return true;
  const kind = kindOf(at.kind);
  const unread = unreadLists(live, (id) => id, { isWanted: (one) => one === kind });
  return unread.length === 0 && !isForeignKind(kind, live) && kind.needs.every((list) => live[list].known);
}

/**
 * A target as it is compared: whatever it names may be spelt in two forms of Unicode, a workspace that nothing declared by its id when
 * the entry was written may be declared by now, and what is in it by another of its names.
 */
function targetIdentity(target: string, { matches, live }: Pick<PlanInput, "matches" | "live">): string {
  const at = parseTarget(target);
  if (!at) return nameIdentity(target);
  const { workspace = "", name = "" } = at;
  const called = at.kind === "rate_limit" ? groupCalled(name, live)?.id : undefined;
  const spelt = called === undefined ? at.target : at.target.slice(0, at.target.length - name.length) + called;
  const handle = matches.handles.get(workspace) ?? workspace;
  const place = `workspaces.${workspace}`;
  return nameIdentity(workspace === "" ? spelt : `workspaces.${handle}${spelt.slice(place.length)}`);
}
