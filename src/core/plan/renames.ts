import type { Change } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { groupBy } from "../text/text.ts";
import { namedBy } from "./look-alikes.ts";

/** So many names are enough to see what is meant. */
const MOST_NAMES = 5;

/**
 * What is said where one plan takes workspaces or keys away and adds others beside them: a new name in the file, without `previously`,
 * looks just so, and what bears the old one may be in use until somebody has made the new one.
 */
export function perhapsRenamed(changes: readonly Change[]): readonly Finding[] {
  if (!changes.some(({ kind, after }) => after === null && (kind === "workspace" || kind === "key"))) return [];
  const named = changes.flatMap((change) => {
    const { kind, action, id, before, after } = change;
    if (kind !== "workspace" && kind !== "key") return [];
    const isNew = before === null && id === null;
    const goes = action === "remove" && after === null;
    return isNew || goes ? namedBy(change).map((object) => ({ ...object, kind, target: change.target, goes })) : [];
  });
  const places = groupBy(named, ({ kind, place }) => `${kind}\n${place}`);
  return [...places.values()].flatMap((among) => {
    const removed = among.filter(({ goes }) => goes).map(({ name }) => name);
    const [created] = among.filter(({ goes }) => !goes);
    if (removed.length === 0 || !created) return [];
    const { kind, name, path, target } = created;
    const more = removed.length - MOST_NAMES;
    const args = { kind, removed: removed.slice(0, MOST_NAMES), ...(more > 0 && { more }), created: name };
    return [finding("perhaps-renamed", args, { path, target })];
  });
}
