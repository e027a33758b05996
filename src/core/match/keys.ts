import type { Key } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { ApiKey } from "../model/org.ts";
import { DAY, dayOf, startOfDay } from "../model/time.ts";
import { type DeclaredKey, scopeText, whereOf } from "./key-place.ts";

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

/** A key that was rotated away, and the first instant of the day on its label. */
export interface SupersededKey {
  readonly key: ApiKey;
  readonly kind: "previous" | "disabled";
  readonly since: number;
}

/** The live keys of one declared key by the part that each plays. */
export interface KeyParts {
  readonly current?: ApiKey;
  /** The replacement that waits, where there is an active one. */
  readonly next?: ApiKey;
  readonly superseded: readonly SupersededKey[];
  /** All that are not archived, the current one first, then the replacement, then the rest, newest first. */
  readonly live: readonly ApiKey[];
  /** Why nobody can tell which key is which; nothing may be done while there is one of severity error. */
  readonly findings: readonly Finding[];
}

/** Tells the live keys of a declared one apart. */
export function keyParts(declared: DeclaredKey): KeyParts {
  const { key, here } = declared;
  const usable = here.filter(({ status }) => status !== "archived");
  const pin = pinOf(declared);
  const currents = pin.pinned ? [pin.pinned] : currentCandidates(here, key);
  const labelled = usable.filter(({ name }) => {
    const { base, label } = parseKeyName(name);
    return base === key.name && label !== undefined;
  });
  const nexts = labelled.filter(({ name, status }) => isNext(name) && status === "active");
  const superseded = labelled.flatMap((one): readonly SupersededKey[] => {
    const { label } = parseKeyName(one.name);
    return label && label.kind !== "next" ? [{ key: one, kind: label.kind, since: startOfDay(label.day) }] : [];
  });
  const [current] = currents;
  const [next] = nexts;
  const first = [...currents, ...nexts];
  const rest = labelled.filter((one) => !first.includes(one)).toSorted((one, other) => other.createdAt - one.createdAt);
  return {
    ...(current && { current }),
    ...(next && { next }),
    superseded,
    live: [...first, ...rest],
    findings: [
      ...pin.findings,
      ...severalOf(declared, currents),
      ...severalOf(declared, nexts),
      ...misplacedKeys(declared),
      ...superseded.flatMap(({ key: { name }, since }) => (Number.isNaN(since) ? badDay(declared, name) : [])),
    ],
  };
}

/** Whether a key was there already when another was rotated away: made on the day of its label or before. */
export function madeBefore({ since }: SupersededKey, createdAt: number): boolean {
  return since + DAY > createdAt;
}

/** Whether a key was rotated away today, or on a later day that a clock ahead of ours wrote. */
export function isOfToday({ since }: SupersededKey, now: number): boolean {
  return since >= startOfDay(dayOf(now));
}

/** The key that `id` pins, unless it has been rotated away since or is the replacement; or why it cannot be used. */
function pinOf(declared: DeclaredKey): { readonly pinned?: ApiKey; readonly findings: readonly Finding[] } {
  const { key, workspace, here, elsewhere } = declared;
  const { id } = key;
  if (id === undefined) return { findings: [] };
  const pinned = here.find((one) => one.id === id && one.status !== "archived");
  const at = whereOf(declared);
  if (pinned && isSuperseded(pinned, key)) {
    return { findings: [finding("pinned-id-superseded", { key: key.name, id }, at)] };
  }
  if (pinned) return isNext(pinned.name) ? { findings: [] } : { pinned, findings: [] };
  // A rotation ends with the archive of the key that was pinned: that is no reason to stop the next one.
  const archived = here.find((one) => one.id === id);
  if (archived) return { findings: [finding("pinned-id-superseded", { key: key.name, id }, at)] };
  const stray = elsewhere.find((one) => one.id === id);
  if (!stray) return { findings: [finding("pinned-id-not-found", { kind: "key", id }, at)] };
  const args = { key: key.name, declared: workspace ?? "organization", live: scopeText(stray) };
  return { findings: [finding("key-in-other-workspace", args, { ...at, severity: "error" })] };
}

function severalOf(declared: DeclaredKey, keys: readonly ApiKey[]): readonly Finding[] {
  const [one, another] = keys;
  if (!one || !another) return [];
  const ids = keys.map(({ id }) => id).sort();
  return [finding("ambiguous-name", { kind: "key", name: one.name, ids }, whereOf(declared))];
}

/** Active keys of this name, or replacements for it, that somebody made in a place that does not declare it. */
function misplacedKeys(declared: DeclaredKey): readonly Finding[] {
  const { key, workspace, elsewhere } = declared;
  return elsewhere.flatMap((one) => {
    const { base, label } = parseKeyName(one.name);
    if (base !== key.name || one.status !== "active" || one.id === key.id) return [];
    if (label !== undefined && label.kind !== "next") return [];
    const args = { key: one.name, declared: workspace ?? "organization", live: scopeText(one) };
    return finding("key-in-other-workspace", args, { ...whereOf(declared), severity: "error" });
  });
}

function badDay(declared: DeclaredKey, name: string): readonly Finding[] {
  const expected = "a day of the calendar at the end of the key's live name";
  return [finding("invalid-format", { value: name, expected }, whereOf(declared))];
}

function isNext(name: string): boolean {
  return parseKeyName(name).label?.kind === "next";
}
