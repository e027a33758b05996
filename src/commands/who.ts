import type { Context } from "../context.ts";
import { writeHistory } from "../core/audit/own-writes.ts";
import type { Config } from "../core/config/config.ts";
import { matchLive } from "../core/match/matches.ts";
import type { Activity } from "../core/model/activity.ts";
import { EMPTY_SCOPE, type OrgReader, type OrgSnapshot } from "../core/model/org.ts";
import type { Plan } from "../core/model/plan.ts";
import { actorName, type Differing, ownWriteOf, soughtIn, type WhoReport } from "../core/plan/who.ts";
import { FEED_PAGES, feedOrWhyNot } from "./feed.ts";

/** A minute: two clocks that count as agreeing may be some seconds apart. */
const CLOCKS = 60_000;

/** What `--who` is asked about. */
export interface WhoRequest {
  readonly context: Context;
  readonly org: OrgReader;
  readonly config: Config;
  readonly plan: Plan;
  readonly live: OrgSnapshot;
}

/**
 * Who made each difference of a plan, by the activity feed: back to the last run of `apply` that this machine knows to have carried out
 * everything, and no further than ten pages. Why it cannot be read is an answer too. Throws Failure for what ends the run.
 */
export async function whoChanged({ context, org, config, plan, live }: WhoRequest): Promise<WhoReport> {
  const sought = soughtIn({ plan, live, matches: matchLive(config, live) });
  if (sought.isEnough([])) return { known: true, of: () => undefined, stopped: "not-asked" };
  const history = writeHistory({ organizationId: plan.organization.id ?? "", host: context.api.spokenTo()?.host });
  const log = await context.state.audit();
  await log.scan(({ text }) => history.visit(text));
  const ahead = context.clock.now() - context.clock.machine();
  const whole = history.lastWholeRun();
  const since = whole === undefined ? undefined : whole + ahead - CLOCKS;
  return feedOrWhyNot(async () => {
    const { isEnough } = sought;
    const read = await org.activities({ ...FEED_PAGES, isEnough, ...(since !== undefined && { since }) });
    const newest = sought.newest(read.activities);
    const known = await withKeys(org, live, [...newest.values()]);
    const writes = history.writes();
    return {
      known: true as const,
      of: (item: Differing) => {
        const activity = newest.get(item);
        if (!activity) return undefined;
        const name = actorName(activity, known);
        const own = ownWriteOf(item, activity, writes, ahead)?.command;
        return { activity, ...(name !== undefined && { name }), ...(own !== undefined && { own }) };
      },
      ...stopOf(read.stopped, since, read.activities, isEnough(read.activities)),
    };
  });
}

function stopOf(
  stopped: "whole" | "enough" | "pages",
  since: number | undefined,
  read: readonly Activity[],
  isEverything: boolean,
): Pick<Extract<WhoReport, { known: true }>, "stopped" | "since"> {
  if (isEverything) return { stopped: "found" };
  const oldest = read.at(-1)?.at;
  if (stopped === "pages") return { stopped: "limit", ...(oldest !== undefined && { since: oldest }) };
  return since === undefined ? { stopped: "beginning" } : { stopped: "last-run", since };
}

/** The snapshot with the keys, where one of them acted and nobody has read them: a key is known by its name. */
async function withKeys(org: OrgReader, live: OrgSnapshot, activities: readonly Activity[]): Promise<OrgSnapshot> {
  const isNeeded = activities.some(({ actor }) => actor.type === "api_actor");
  if (!isNeeded || live.keys.known) return live;
  const { keys } = await org.read({ ...EMPTY_SCOPE, keys: true });
  return { ...live, keys };
}
