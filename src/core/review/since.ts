import type { Access } from "../kinds/access.ts";
import { activitiesAbout, traceOf } from "../kinds/feed-trace.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Activity, ActivityRead } from "../model/activity.ts";
import type { ChangeKind } from "../model/change.ts";
import type { OrgSnapshot } from "../model/org.ts";
import type { FeedReading } from "../model/review.ts";

/** The activities that gave what there is: made once, asked after each page. */
export interface SoughtGivers {
  /** The types that tell of it. */
  readonly types: readonly string[];
  /** Whether nothing more can be found. */
  readonly isEnough: (activities: readonly Activity[]) => boolean;
  /** The newest activity by which each way to access was given as it is. */
  readonly givers: (activities: readonly Activity[]) => ReadonlyMap<Access, Activity>;
  /** How far back that tells. */
  readonly reading: (read: ActivityRead) => FeedReading;
}

/** What switches the feed on or off: what happened while it was off is in it nowhere. Source: the reference of the feed. */
const SWITCHED = "org_compliance_api_settings_updated";

/** Two minutes: how far an object's own time may lie from that of the activity that made it. */
const NEAR = 2 * 60_000;

/**
 * How the feed tells who gave each way to access, of those that do not say it themselves. The newest activity that may have changed it
 * decides: one that does not say so surely, and one from before the feed was switched off and on, leave it unknown.
 */
export function soughtGivers(
  access: readonly (readonly [Kind<ChangeKind>, Access])[],
  live: OrgSnapshot,
): SoughtGivers {
  const traced = access.flatMap(([{ feed }, one]) => {
    if (!feed.gives || (one.since !== undefined && one.by)) return [];
    const trace = traceOf(feed, wordsOf(one), one.on.type === "workspace" ? { place: one.on.id } : {});
    return trace ? [[one, trace] as const] : [];
  });
  const feeds = new Map(traced.map(([one, { feed }]) => [one, feed]));
  const types = new Set([...feeds.values()].flatMap(({ gives = [], blurs = [] }) => [...gives, ...blurs]));
  const aboutWhat = activitiesAbout(traced, live);
  const settled = new Set<Access>();
  const given = new Map<Access, Activity>();
  let seen = 0;
  let switchedAt: number | undefined;
  const look = (activities: readonly Activity[]) => {
    for (const activity of activities.slice(seen)) {
      if (activity.type === SWITCHED) switchedAt ??= activity.at;
      if (switchedAt !== undefined) break;
      for (const one of aboutWhat(activity, (item) => !settled.has(item))) {
        const { gives = [], blurs = [] } = feeds.get(one) ?? {};
        const isGiver = gives.includes(activity.type);
        // What has a time of its own is known by it: others may have been there before, for the same person.
        const isAnother = one.since !== undefined && Math.abs(activity.at - one.since) > NEAR;
        if (isGiver ? isAnother : !blurs.includes(activity.type)) continue;
        settled.add(one);
        if (isGiver) given.set(one, activity);
      }
    }
    seen = Math.max(seen, activities.length);
    return given;
  };
  const isFound = (activities: readonly Activity[]) => {
    look(activities);
    return settled.size === traced.length;
  };
  return {
    types: [...types, SWITCHED],
    givers: look,
    isEnough: (activities) => isFound(activities) || switchedAt !== undefined,
    reading: ({ activities, stopped }) => {
      if (isFound(activities)) return { known: true, stopped: "found" };
      if (switchedAt !== undefined) return { known: true, stopped: "switched-on", since: switchedAt };
      const oldest = activities.at(-1)?.at;
      if (stopped !== "pages" || oldest === undefined) return { known: true, stopped: "beginning" };
      return { known: true, stopped: "limit", since: oldest };
    },
  };
}

/** What each part of it is named by in the feed. */
function wordsOf({ subject: { id, email }, on }: Access) {
  const place = "id" in on ? [on.id] : [];
  return {
    own: [id],
    invited: [id, email],
    person: [id, email],
    service_account: [id],
    workspace: place,
    group: place,
  };
}
