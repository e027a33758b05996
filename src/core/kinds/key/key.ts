import { type ExportEntry, line } from "../../document/document.ts";
import { isKeyName, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import { parseKeyName } from "../../keys/key-name.ts";
import { keyPath, keyTarget } from "../../match/key-place.ts";
import { claudeCodeIds } from "../../match/workspaces.ts";
import { type ApiKey, itemsOf, type OrgSnapshot } from "../../model/org.ts";
import { parseTarget } from "../../model/target.ts";
import { ageInDays, dayOf } from "../../model/time.ts";
import { groupBy, repeated } from "../../text/text.ts";
import { collection, type ExportFacts, type Grant, type Kind, type Section } from "../kind.ts";
import { keyAccess } from "./access.ts";
import { keyHygiene } from "./findings.ts";
import { planKeys } from "./plan.ts";

/** API keys. Nothing is ever archived by leaving it out of the file: a key that goes is disabled. */
export const key: Kind<"key"> = {
  manage: "keys",
  order: 6,
  endsAt: 0,
  writtenBy: "api",
  needs: ["workspaces", "keys"],
  scope: () => ({ workspaces: true, keys: true }),
  lists: { keys: "keys" },
  count: ({ keys }) => (keys.known ? keys.items.filter(({ status }) => status === "active").length : 0),
  grants: keyGrants,
  access: keyAccess,
  feed: { names: ["own"], gives: ["platform_api_key_created"] },
  isPlace: false,
  plan: (input) => {
    const planned = planKeys(input);
    return { ...planned, findings: [...planned.findings, ...keyHygiene(input)] };
  },
  named: (target) => {
    const { workspace = null } = parseTarget(target) ?? {};
    const { base } = parseKeyName(target.slice(keyTarget(workspace, "").length));
    return { is: "key", place: workspace ?? "", name: base, path: keyPath(workspace, base) };
  },
  renamed: ({ action, before, after }) =>
    action === "update"
      ? { ...(before.name !== undefined && { from: before.name }), ...(after.name !== undefined && { to: after.name }) }
      : {},
  // The name that it is declared by, without the label of its rotation.
  confirmedBy: ({ id, target }, { keys }) => {
    const live = keys.known ? keys.items.find((item) => item.id === id) : undefined;
    return live ? parseKeyName(live.name).base : (id ?? target);
  },
  calls: (change) => {
    const { id: keyId } = change;
    if (keyId === null) return undefined;
    const fields = change.action === "remove" ? { status: "inactive" } : change.after;
    return [{ name: "update-key", keyId, fields }];
  },
  exported: [
    {
      in: "organization",
      field: "keys",
      section: (facts) => {
        const held = collection("keys", keysSection(facts, {}));
        return { ...held, entries: held.entries.map((entry) => ({ ...entry, comment: "that no workspace holds" })) };
      },
    },
    {
      in: "workspace",
      field: "keys",
      section: (facts, { id }, handle) => collection("keys", keysSection(facts, { id, handle })),
    },
  ],
};

/** Whom each key acts as; and who else knows its secret, for having made it. */
function keyGrants(live: OrgSnapshot): readonly Grant[] {
  const minting = claudeCodeIds(live);
  return itemsOf(live.keys).flatMap(({ id, status, scope, principal, createdBy }): readonly Grant[] => {
    const at = scope.type === "workspace" ? { workspaceId: scope.workspaceId } : {};
    const grant = { id, ...at, inForce: status === "active" };
    const maker = createdBy?.type === "user" ? { type: "user" as const, id: createdBy.id } : undefined;
    // Keys that Claude Code mints name nobody, yet live and die with their maker.
    const isMinted = !principal && scope.type === "workspace" && minting.has(scope.workspaceId);
    const holder = principal ?? (isMinted ? maker : undefined);
    const isOwn = isMinted || (principal?.type === "user" && principal.id === maker?.id);
    const known = maker && !isOwn ? [{ ...grant, to: maker, how: "created" as const }] : [];
    return [{ ...grant, ...(holder && { to: holder }), how: "acts-as" }, ...known];
  });
}

/** The keys of one place by name, newest first. */
type ByName = ReadonlyMap<string, readonly ApiKey[]>;

/** The names that more than one place declares: only ids can tell their keys apart. */
export function namesOfSeveral(
  { keys }: Pick<ExportFacts, "keys">,
  places: readonly (string | undefined)[],
): ReadonlySet<string> {
  return repeated(places.flatMap((place) => [...current(keys.get(place) ?? []).keys()]));
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
function keysSection(facts: ExportFacts, place: { readonly id?: string; readonly handle?: string }): Section {
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
function about({ people, now, live }: ExportFacts, { hint, createdAt, principal, expiresAt }: ApiKey): string {
  const days = ageInDays(createdAt, now);
  const id = principal?.type === "unknown" ? principal.word : principal?.id;
  const machines = itemsOf(live.serviceAccounts);
  const machine = principal?.type === "service_account" ? machines.find((one) => one.id === id)?.name : undefined;
  const actor = principal?.type === "user" ? (people.users.get(principal.id)?.email ?? id) : (machine ?? id);
  return [
    ...(hint === undefined ? [] : [hint]),
    `${days} ${days === 1 ? "day" : "days"} old`,
    `acts as ${actor ?? "nobody"}`,
    ...(expiresAt === undefined ? [] : [`${expiresAt > now ? "expires" : "expired"} ${dayOf(expiresAt)}`]),
  ].join(", ");
}
