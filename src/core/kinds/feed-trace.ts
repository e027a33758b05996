import type { Activity } from "../model/activity.ts";
import type { OrgSnapshot } from "../model/org.ts";
import { groupBy } from "../text/text.ts";
import type { FeedTrace } from "./feed.ts";
import { NAMED_KINDS } from "./kinds.ts";

/** How the activities that are about one object are known. */
export interface Trace {
  readonly feed: FeedTrace;
  /** Each has to be named, by one of its words. */
  readonly parts: readonly (readonly string[])[];
  /** The name in its target. */
  readonly name: string;
  /** The id of the one workspace that is meant: an activity that names another is about that one. */
  readonly place?: string;
}

/** The ids and e-mails that each part of an object may be named by. */
export type TraceWords = Readonly<Record<FeedTrace["names"][number], readonly (string | null | undefined)[]>>;

/** The trace of one object; undefined where an id that is needed is not known, for nothing is guessed. */
export function traceOf(
  feed: FeedTrace,
  words: TraceWords,
  { name = "", place }: { readonly name?: string; readonly place?: string } = {},
): Trace | undefined {
  if (feed.names.length === 0 && !feed.says) return undefined;
  const parts = feed.names.map((part) => words[part].flatMap((word) => word ?? []));
  if (parts.some(({ length }) => length === 0)) return undefined;
  return { feed, parts, name, ...(place !== undefined && { place }) };
}

/**
 * Tells what an activity is about, of some objects: of those alone that are still looked for. A page may hold a thousand activities and
 * there may be thousands of objects: each activity is held against what it names, and no more.
 */
export function activitiesAbout<Item>(
  traced: readonly (readonly [Item, Trace])[],
  live: OrgSnapshot,
): (activity: Activity, isSought: (item: Item) => boolean) => readonly Item[] {
  const named = traced.flatMap((entry) => {
    const words = entry[1].parts.length === 0 ? [""] : entry[1].parts.flat();
    return words.map((word) => ({ word, entry }));
  });
  const byWord = groupBy(named, ({ word }) => word);
  return (activity, isSought) => {
    const near = new Set(
      [...activity.ids, ...activity.emails, ""].flatMap((word) => byWord.get(word) ?? []).map(({ entry }) => entry),
    );
    return [...near].flatMap(([item, trace]) => (isSought(item) && isAbout(activity, trace, live) ? [item] : []));
  };
}

/**
 * Whether an activity is about an object: it names it, is of no type that another kind has for its own, and names nothing beside that
 * is as much an object of its own: that somebody was added to a workspace is no change of the person, or of the workspace.
 */
function isAbout(
  { ids, emails, type, modelGroup }: Activity,
  { feed: { says, fits }, parts, name, place }: Trace,
  live: OrgSnapshot,
): boolean {
  if (says ? !says.test(type) : NAMED_KINDS.some(([, { feed }]) => feed.says?.test(type))) return false;
  if (modelGroup !== undefined && fits && !fits(modelGroup, name, live)) return false;
  const named = new Set([...ids, ...emails]);
  if (!parts.every((words) => words.some((word) => named.has(word)))) return false;
  const places = place === undefined ? [] : ids.filter((id) => id.startsWith("wrkspc_"));
  if (places.length > 0 && !places.some((id) => id === place)) return false;
  const own = new Set(parts.flat());
  // Whoever is named by their e-mail may be named by their id as well, which nobody may know any more.
  const people = ids.filter((id) => id.startsWith("user_"));
  if (emails.some((email) => own.has(email)) && people.length === 1) own.add(people[0] ?? "");
  const rank = parts.length > 1 ? SPECIFIC : Math.max(0, ...[...own].map(rankOf));
  return ids.every((id) => own.has(id) || rankOf(id) < rank);
}

/** An object that belongs to one place, and is known by its id alone. */
const SPECIFIC = 3;
/** What ids begin with, by how specific their object is: others are in it, or it is made of them. Others say nothing. */
const RANKS: readonly (readonly [RegExp, number])[] = [
  [/^(?:user|wrkspc|svac|rbac_group|group)_/, 1],
  [/^fdis_/, 2],
  [/^(?:fdrl|apikey|invite|spl)_/, SPECIFIC],
];

function rankOf(id: string): number {
  return RANKS.find(([prefix]) => prefix.test(id))?.[1] ?? 0;
}
