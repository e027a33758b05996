import type { Key } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import type { ApiKey } from "../model/org.ts";

/**
 * The keys of one place that bear a declared key's name, else an earlier one; the active ones where there are any, else the
 * newest. More than one means that nobody can tell which is meant.
 */
export function currentCandidates(live: readonly ApiKey[], key: Key): readonly ApiKey[] {
  const usable = live.filter(({ status }) => status !== "archived");
  for (const names of [[key.name], key.previously]) {
    const namesakes = usable.filter(({ name }) => names.includes(name));
    const active = namesakes.filter(({ status }) => status === "active");
    if (active.length > 0) return active;
    const newest = namesakes.toSorted((a, b) => b.createdAt - a.createdAt)[0];
    if (newest) return [newest];
  }
  return [];
}

/** Whether a pinned key has been rotated away since: it bears one of our labels on the declared name. */
export function isSuperseded(pinned: ApiKey, key: Key): boolean {
  const { base, label } = parseKeyName(pinned.name);
  return base === key.name && label !== undefined && label.kind !== "next";
}
