import { activitiesAbout, type Trace, traceOf } from "../kinds/feed-trace.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Matches } from "../match/matches.ts";
import type { Activity, OwnWrite } from "../model/activity.ts";
import type { Change, Unmanaged } from "../model/change.ts";
import { itemsOf, type OrgSnapshot } from "../model/org.ts";
import type { Plan } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { emailIdentity } from "../text/identity.ts";
import { idTable } from "./ids.ts";

/** Something of a plan that somebody made as it is. */
export type Differing = Change | Unmanaged;

/** Who changed an object last, as the activity feed has it. */
export interface Who {
  readonly activity: Activity;
  /** What the actor is called, where that is known. */
  readonly name?: string;
  /** The command of this program that did it on this machine, as the audit log says. */
  readonly own?: string;
}

/** Who made each difference of a plan, or why that is not known. */
export type WhoReport =
  | {
      readonly known: true;
      /** Undefined: nothing of it in what was read. */
      readonly of: (item: Differing) => Who | undefined;
      /** Epoch ms: nothing older was read, or asked for; absent where the feed was read to its beginning. */
      readonly since?: number;
      /** Where reading stopped. `not-asked`: nothing differs. */
      readonly stopped: "not-asked" | "found" | "last-run" | "limit" | "beginning";
    }
  | { readonly known: false; readonly reason: string; readonly message: string };

interface WhoInput {
  readonly plan: Pick<Plan, "changes" | "unmanaged">;
  readonly live: OrgSnapshot;
  readonly matches: Pick<Matches, "handles" | "people">;
}

/** What differs, and how its activities are known: made once, asked after each page. */
export interface Sought {
  /** Whether everything that can be found has been. */
  readonly isEnough: (activities: readonly Activity[]) => boolean;
  /** The newest activity about each; those about which none can be known are left out. */
  readonly newest: (activities: readonly Activity[]) => ReadonlyMap<Differing, Activity>;
}

/** How the feed tells who made the differences of a plan. */
export function soughtIn(input: WhoInput): Sought {
  const ids = idTable(input).facts;
  const traced = [...input.plan.changes, ...input.plan.unmanaged].map(
    (item) => [item, traceOfDiffering(item, ids)] as const,
  );
  const traces = traced.flatMap(([item, trace]) => (trace ? [[item, trace] as const] : []));
  const aboutWhat = activitiesAbout(traces, input.live);
  const found = new Map<Differing, Activity>();
  let seen = 0;
  const look = (activities: readonly Activity[]) => {
    for (const activity of activities.slice(seen)) {
      if (isRead(activity)) continue;
      for (const item of aboutWhat(activity, (one) => !found.has(one))) found.set(item, activity);
    }
    seen = Math.max(seen, activities.length);
    return found;
  };
  return { newest: look, isEnough: (activities) => look(activities).size === traces.length };
}

/** Reads change nothing. Each run of this program leaves several in the feed. Source: the types in the reference of the feed. */
function isRead({ type }: Activity): boolean {
  return /_(?:viewed|listed|accessed|downloaded|exported)$/.test(type);
}

type Ids = ReturnType<typeof idTable>["facts"];

function traceOfDiffering({ kind, target, id }: Differing, ids: Ids): Trace | undefined {
  const { workspace, email, name = "" } = parseTarget(target) ?? {};
  const words = {
    own: [id ?? (kind === "workspace" && workspace !== undefined ? ids.workspaceId(workspace) : undefined)],
    invited: [id ?? undefined, email && emailIdentity(email)],
    person: email === undefined ? [] : email.includes("@") ? [ids.userId(email), emailIdentity(email)] : [email],
    workspace: [workspace === undefined ? undefined : ids.workspaceId(workspace)],
    group: [ids.groupId(name)],
    service_account: [ids.serviceAccountId(name)],
  };
  return traceOf(kindOf(kind).feed, words, { name });
}

/** How the SDK calls itself: getUserAgent in its client.ts. A browser is none of this program's. */
const SDK = "Anthropic/JS";

/** Two minutes: how far the moment of a write may lie from that of its activity, once both are by one clock. */
const NEAR = 2 * 60_000;

/**
 * Whether this program wrote what an activity tells of, on this machine: its log has a write to the same object at that time.
 * `ahead`: how far the API's clock is ahead of this machine's, in milliseconds. What a directory or the API's own people did is never it.
 */
export function ownWriteOf(
  { target }: Differing,
  { at, actor }: Activity,
  writes: readonly OwnWrite[],
  ahead: number,
): OwnWrite | undefined {
  if (/scim|anthropic|system|unauthenticated/.test(actor.type)) return undefined;
  if (actor.userAgent !== undefined && !actor.userAgent.startsWith(SDK)) return undefined;
  return writes.findLast((write) => write.target === target && Math.abs(write.at + ahead - at) <= NEAR);
}

/** What an actor is called in the organization, as far as it was read: a person, a key, a service account. */
export function actorName({ actor: { id, email } }: Activity, live: OrgSnapshot): string | undefined {
  const users = itemsOf(live.users);
  const keys = itemsOf(live.keys);
  const accounts = itemsOf(live.serviceAccounts);
  const person = users.find((user) => user.id === id || (email !== undefined && emailIdentity(user.email) === email));
  return (person ?? keys.find((key) => key.id === id) ?? accounts.find((account) => account.id === id))?.name;
}
