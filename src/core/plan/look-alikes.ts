import { parseKeyName } from "../keys/key-name.ts";
import { keyPath, keyTarget } from "../match/key-place.ts";
import type { Change } from "../model/change.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { parseTarget } from "../model/target.ts";
import { lookOf } from "../text/identity.ts";

/** What a plan adds or takes away, by the name that a reader sees. */
interface Named {
  readonly change: Change;
  readonly kind: "workspace" | "person" | "key";
  /** Names are compared within one place: a workspace's keys with each other. */
  readonly place: string;
  readonly name: string;
  /** Where the file declares what is added. */
  readonly path: ConfigPath;
}

/** The changes of a plan without those that belong to a mistake of the file, and what is said of that. */
export interface WithoutLookAlikes {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/**
 * A removal and a creation in one plan whose names look the same are a mistake of the file: neither is planned, nor what would be
 * inside a workspace that is not created then. Whoever confirmed the one in good faith would lose the other.
 */
export function withoutLookAlikes(changes: readonly Change[]): WithoutLookAlikes {
  const removed = new Map<string, Named>();
  for (const change of changes) {
    const named = change.after === null ? namedBy(change) : undefined;
    if (named) removed.set(lookKey(named), named);
  }
  const dropped = new Set<Change>();
  const notCreated = new Set<string>();
  const findings: Finding[] = [];
  for (const change of removed.size === 0 ? [] : changes) {
    const created = change.before === null ? namedBy(change) : undefined;
    const other = created && removed.get(lookKey(created));
    if (!created || !other) continue;
    dropped.add(change).add(other.change);
    if (created.kind === "workspace") notCreated.add(created.place);
    const args = { kind: created.kind, removed: other.name, created: created.name };
    findings.push(finding("same-name-replaced", args, { path: created.path, target: change.target }));
  }
  const isInside = ({ target }: Change) => notCreated.has(parseTarget(target)?.workspace ?? "");
  return { changes: changes.filter((change) => !dropped.has(change) && !isInside(change)), findings };
}

function lookKey({ kind, place, name }: Named): string {
  return [kind, kind === "workspace" ? "" : place, lookOf(name)].join("\n");
}

function namedBy(change: Change): Named | undefined {
  const { kind, target, before, after } = change;
  const { workspace = "", email } = parseTarget(target) ?? {};
  switch (kind) {
    case "workspace": {
      const name = (after ?? before)?.name;
      return name === undefined
        ? undefined
        : { change, kind, place: workspace, name, path: ["workspaces", workspace, "name"] };
    }
    case "member":
    case "invite":
      return email === undefined
        ? undefined
        : { change, kind: "person", place: "", name: email, path: ["members", email] };
    case "workspace_member":
      return email === undefined
        ? undefined
        : { change, kind: "person", place: workspace, name: email, path: ["workspaces", workspace, "members", email] };
    case "key": {
      const place = workspace === "" ? null : workspace;
      const { base } = parseKeyName(target.slice(keyTarget(place, "").length));
      return { change, kind, place: workspace, name: base, path: keyPath(place, base) };
    }
    default:
      return undefined;
  }
}
