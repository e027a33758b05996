import type { Key } from "../config/config.ts";
import { formatKeyName, type KeyLabel, parseKeyName } from "../keys/key-name.ts";
import { contradictionIn, isNearEnd } from "../keys/key-phase.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { ApiKey } from "../model/org.ts";
import { DAY, dayOf, startOfDay } from "../model/time.ts";
import { nameIdentity } from "../text/identity.ts";
import { scopeText } from "./key-place.ts";
import { type DeclaredKey, whereOf } from "./keys.ts";

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
  /** The key that a replacement has to act like: the current one, else the newest that was rotated away, a leaked one say. */
  readonly model?: ApiKey;
  readonly superseded: readonly SupersededKey[];
  /** All that are not archived, the current one first, then the replacement, then the rest, newest first. */
  readonly live: readonly ApiKey[];
  /** Why nobody can tell which key is which, or what is to become of it: nothing may be done while there is an error among them. */
  readonly findings: readonly Finding[];
  /** Keys of this name in other places: a rotation stops there, because one of them may have been meant for it. */
  readonly misplaced: readonly Finding[];
}

/** Tells the live keys of a declared one apart. `now` is epoch ms. */
export function keyParts(declared: DeclaredKey, now: number): KeyParts {
  const { key, here, contested } = declared;
  const [only] = here;
  // Nearly every key is the only one of its name, and in no rotation; there may be 20,000 of them.
  if (here.length === 1 && only?.status === "active" && key.id === undefined && bears(only, key) && !contested) {
    return { current: only, model: only, superseded: [], live: here, findings: [], misplaced: misplacedKeys(declared) };
  }
  const pin = pinOf(declared);
  const currents = pin.current ? [pin.current] : currentCandidates(here, key);
  const ofRotations = here.flatMap((one) => {
    const label = labelOf(one, key);
    return label ? [{ one, label }] : [];
  });
  const labelled = ofRotations.filter(({ one }) => one.status !== "archived");
  const nexts = labelled.flatMap(({ one, label }) => (label.kind === "next" && one.status === "active" ? one : []));
  const superseded = labelled.flatMap(({ one, label }): readonly SupersededKey[] =>
    label.kind === "next" ? [] : [{ key: one, kind: label.kind, since: startOfDay(label.day) }],
  );
  const [current] = currents;
  const [next] = nexts;
  const left = ofRotations.flatMap(({ one, label }) => (label.kind === "next" ? [] : one));
  const model = current ?? left.toSorted((one, other) => other.createdAt - one.createdAt)[0];
  const first = new Set([...currents, ...nexts]);
  const rest = labelled.map(({ one }) => one).filter((one) => !first.has(one));
  return {
    ...(current && { current }),
    ...(next && { next }),
    ...(model && { model }),
    superseded,
    live: [...first, ...rest.toSorted((one, other) => other.createdAt - one.createdAt)],
    findings: [
      ...(contested ? [contest(declared, contested)] : pin.findings),
      ...severalOf(declared, currents),
      ...severalOf(declared, nexts, true),
      ...here.flatMap((one) => contradiction(declared, one, now)),
      ...actingOtherwise(declared, model, next),
    ],
    misplaced: misplacedKeys(declared),
  };
}

/** Whether a live key has the very name that is declared. */
function bears({ name }: ApiKey, key: Key): boolean {
  return nameIdentity(name) === nameIdentity(key.name);
}

/** The label of a live key of this declared one; undefined on its current key, and on a key of another name. */
function labelOf({ name }: ApiKey, key: Key): KeyLabel | undefined {
  const { base, label } = parseKeyName(name);
  return nameIdentity(base) === nameIdentity(key.name) ? label : undefined;
}

/**
 * The keys that bear a declared key's name, else an earlier one; the active ones where there are any, else the newest. More than
 * one means that nobody can tell which is meant.
 */
function currentCandidates(here: readonly ApiKey[], key: Key): readonly ApiKey[] {
  const usable = here.filter(({ status }) => status !== "archived");
  for (const names of [new Set([nameIdentity(key.name)]), new Set(key.previously.map(nameIdentity))]) {
    const bearers = usable.filter(({ name }) => names.has(nameIdentity(name)));
    const active = bearers.filter(({ status }) => status === "active");
    if (active.length > 0) return active;
    const newest = bearers.toSorted((a, b) => b.createdAt - a.createdAt)[0];
    if (newest) return [newest];
  }
  return [];
}

/** Whether the key that took over is there to stay: it bears the declared name, is active, and does not end soon. */
export function hasSoundSuccessor({ key }: DeclaredKey, { current }: KeyParts, now: number): boolean {
  return current !== undefined && current.status === "active" && bears(current, key) && !isNearEnd(current, key, now);
}

/** Whether a key was there already when another was rotated away: made on the day of its label or before. */
export function madeBefore({ since }: SupersededKey, createdAt: number): boolean {
  return since + DAY > createdAt;
}

/** Whether a key was rotated away today. */
export function isOfToday({ since }: SupersededKey, now: number): boolean {
  return since === startOfDay(dayOf(now));
}

/** The key that `id` pins, unless it has been rotated away since or is the replacement; or why it cannot be used. */
function pinOf(declared: DeclaredKey): { readonly current?: ApiKey; readonly findings: readonly Finding[] } {
  const { key, workspace, here, pinned } = declared;
  const { id } = key;
  if (id === undefined) return { findings: [] };
  const at = whereOf(declared);
  if (!pinned) return { findings: [finding("pinned-id-not-found", { kind: "key", id }, at)] };
  if (!here.includes(pinned)) {
    const args = { key: key.name, declared: workspace ?? "organization", live: scopeText(pinned) };
    return { findings: [finding("key-in-other-workspace", args, { ...at, severity: "error" })] };
  }
  const label = labelOf(pinned, key);
  // A rotation ends with the archive of the key that was pinned: that is no reason to stop the next one.
  if (pinned.status === "archived" || (label && label.kind !== "next")) {
    const [current] = currentCandidates(here, key);
    const args = { key: key.name, id, ...(current && { current: current.id }) };
    return { findings: [finding("pinned-id-superseded", args, at)] };
  }
  if (label) return { findings: [] };
  const rivals = bears(pinned, key) ? [] : here.filter((one) => one.status === "active" && bears(one, key));
  // To rename it would make a second one of that name: the id may be another's.
  if (rivals.length === 0) return { current: pinned, findings: [] };
  const ids = [...rivals, pinned].map((one) => one.id).sort();
  return { findings: [finding("ambiguous-name", { kind: "key", name: key.name, ids, pinned: id }, at)] };
}

function contest(declared: DeclaredKey, { key, other }: NonNullable<DeclaredKey["contested"]>): Finding {
  const pinning = declared.pinned ? declared.key.name : other;
  const args = { kind: "key", name: pinning, ids: [key.id], pinned: key.id, other: key.name };
  return finding("ambiguous-name", args, whereOf(declared));
}

function severalOf(declared: DeclaredKey, keys: readonly ApiKey[], wait?: true): readonly Finding[] {
  const [one, another] = keys;
  if (!one || !another) return [];
  const ids = keys.map(({ id }) => id).sort();
  return [finding("ambiguous-name", { kind: "key", name: one.name, ids, ...(wait && { wait }) }, whereOf(declared))];
}

/** More misplaced keys of one name than these are not told one by one: the first ones have to be looked at anyway. */
const MOST_STRAYS = 10;

/** Active keys of this name, or replacements for it, that somebody made in a place that does not declare it. */
function misplacedKeys(declared: DeclaredKey): readonly Finding[] {
  const { key, workspace, elsewhere } = declared;
  const found: Finding[] = [];
  for (const one of elsewhere) {
    const label = labelOf(one, key);
    if (one.status !== "active" || one.id === key.id || (label && label.kind !== "next")) continue;
    const args = { key: one.name, declared: workspace ?? "organization", live: scopeText(one) };
    found.push(finding("key-in-other-workspace", args, { ...whereOf(declared), severity: "error" }));
    if (found.length === MOST_STRAYS) break;
  }
  return found;
}

/**
 * A replacement that acts as a person as whom the key that it is to replace does not act: the service would get that person's access, and
 * lose it on the day they leave. The Console makes such a key for whoever asks it for one without a workspace. Nor does what acts as
 * one service account go on as another. To act as an account rather than as a person or as nobody, or as nobody from now on, is plain to
 * see, and nobody's access.
 */
function actingOtherwise(
  declared: DeclaredKey,
  model: ApiKey | undefined,
  next: ApiKey | undefined,
): readonly Finding[] {
  if (!model || !next) return [];
  if (!next.principal || actorOf(next) === actorOf(model)) return [];
  const isPerson = next.principal.type === "user";
  if (!isPerson && model.principal?.type !== "service_account") return [];
  const problem = isPerson ? "replacement-acts-as-person" : "replacement-acts-otherwise";
  const as = actorName(declared, model);
  return [finding("key-unsettled", { key: next.name, problem, ...(as !== undefined && { as }) }, whereOf(declared))];
}

function actorOf({ principal }: ApiKey): string | undefined {
  return principal && `${principal.type} ${"id" in principal ? principal.id : ""}`;
}

/** As whom a key acts, by the word that people know them by; undefined where it acts as nobody, or that was not read. */
function actorName({ accounts, people }: DeclaredKey, { principal }: ApiKey): string | undefined {
  if (principal?.type === "user") return people?.users.get(principal.id)?.email;
  return principal?.type === "service_account" ? accounts?.get(principal.id) : undefined;
}

/** What a person has to explain about a live key before the rotation can go on: anything else would be a guess. */
function contradiction(declared: DeclaredKey, one: ApiKey, now: number): readonly Finding[] {
  const { key } = declared;
  const label = labelOf(one, key);
  const problem = label && contradictionIn(one, key, now);
  if (!problem) return [];
  if (problem === "label-no-day") {
    const expected = "a day of the calendar at the end of the key's live name";
    return [finding("invalid-format", { value: one.name, expected }, whereOf(declared))];
  }
  const kind = problem === "disabled-but-active" ? "previous" : label.kind;
  const rename =
    kind === "next" || one.status === "archived"
      ? {}
      : { rename: formatKeyName({ base: key.name, label: { kind, day: dayOf(now) } }) };
  return [finding("key-unsettled", { key: one.name, problem, ...rename }, whereOf(declared))];
}
