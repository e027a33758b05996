import { type ExportEntry, line } from "../../document/document.ts";
import { isKeyName, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import { parseKeyName } from "../../keys/key-name.ts";
import { keyTarget } from "../../match/key-place.ts";
import type { ApiKey } from "../../model/org.ts";
import { dayOf, daysBetween } from "../../model/time.ts";
import { groupBy } from "../../text/text.ts";
import type { ExportFacts, Section } from "../kind.ts";

/** The keys of one place by name, newest first. */
type ByName = ReadonlyMap<string, readonly ApiKey[]>;

/** The names that more than one place declares: only ids can tell their keys apart. */
export function namesOfSeveral(
  { keys }: Pick<ExportFacts, "keys">,
  places: readonly (string | undefined)[],
): ReadonlySet<string> {
  const seen = new Set<string>();
  const several = new Set<string>();
  for (const place of places) {
    for (const name of current(keys.get(place) ?? []).keys()) {
      if (seen.has(name)) several.add(name);
      seen.add(name);
    }
  }
  return several;
}

/** The active keys of one place, those that a file can declare: with a name of their own that is no label of a rotation. */
function current(keys: readonly ApiKey[]): ByName {
  const active = keys.filter(({ status, name }) => status === "active" && !parseKeyName(name).label && isKeyName(name));
  return groupBy(
    active.toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)),
    ({ name }) => name,
  );
}

/**
 * The keys of a workspace, or of the organization where there is no handle. Keys of a rotation belong to the one that it is
 * about; keys that are not in force give nobody access and are comments.
 */
export function keysSection(facts: ExportFacts, place: { readonly id?: string; readonly handle?: string }): Section {
  const keys = facts.keys.get(place.id) ?? [];
  const declared = current(keys);
  const entries: ExportEntry[] = [];
  const below: string[] = [];
  const leftOut: LeftOut[] = [];
  const omit = (reason: LeftOut["reason"], key: ApiKey) => {
    const item = { reason, what: `${key.name}, ${about(facts, key)}`, target: keyTarget(place.handle, key.name) };
    leftOut.push(item);
    below.push(leftOutComment(item));
  };

  for (const key of keys) {
    const { base, label } = parseKeyName(key.name);
    const bearers = declared.get(key.name);
    if (key.status === "archived") continue;
    if (key.status !== "active") below.push(`${key.name}: ${key.status}, ${about(facts, key)}`);
    else if (label && declared.has(base)) below.push(`${key.name}: of the rotation of ${base}, ${about(facts, key)}`);
    else if (label) omit("label-without-key", key);
    else if (!bearers) omit("unwritable-name", key);
    else if (bearers[0] !== key) omit("name-twice", key);
    else {
      const pinned = bearers.length > 1 || facts.sharedKeyNames.has(key.name);
      entries.push({ key: key.name, value: pinned ? line({ id: key.id }) : null, comment: about(facts, key) });
    }
  }
  return { entries, below, leftOut };
}

/** What somebody who reviews a key wants to know: never the secret, only its hint. */
function about({ people, now }: ExportFacts, { hint, createdAt, principal, expiresAt }: ApiKey): string {
  const days = Math.max(0, daysBetween(createdAt, now));
  const id = principal?.type === "unknown" ? principal.word : principal?.id;
  const actor = principal?.type === "user" ? (people.users.get(principal.id)?.email ?? id) : id;
  return [
    ...(hint === undefined ? [] : [hint]),
    `${days} ${days === 1 ? "day" : "days"} old`,
    `acts as ${actor ?? "nobody"}`,
    ...(expiresAt === undefined ? [] : [`${expiresAt > now ? "expires" : "expired"} ${dayOf(expiresAt)}`]),
  ].join(", ");
}
