import { canHold } from "../config/schema.ts";
import { type ExportEntry, line } from "../document/document.ts";
import { isAddress, isKeyName, type LeftOut, leftOutComment } from "../document/left-out.ts";
import { finding } from "../model/finding.ts";
import { isWritableGroup } from "../model/group.ts";
import { type Group, itemsOf } from "../model/org.ts";
import { parseTarget, target } from "../model/target.ts";
import { nameIdentity } from "../text/identity.ts";
import { compareText, groupBy, onceFor } from "../text/text.ts";
import {
  collection,
  type ExportFacts,
  emptyKindPlan,
  type Kind,
  type KindPlan,
  type PlanInput,
  type ScopeRequest,
  type Section,
  sizeOf,
} from "./kind.ts";

/** A role of the group gives the rights of an owner, or may: the API neither changes who is in it nor deletes it (R:organization/rbac-groups). */
export const OWNER_REFUSALS = ["rbac_group_grants_owner_access", "rbac_group_owner_access_unconfirmed"] as const;

/** Groups of Claude Enterprise. A deleted one takes its roles with it for good, for the API cannot give any. */
export const group: Kind<"group"> = {
  manage: "groups",
  order: 10,
  endsAt: 4,
  writtenBy: "api",
  refusals: OWNER_REFUSALS,
  needs: ["groups"],
  scope: groupScope,
  lists: { groups: "groups" },
  count: ({ groups }) => sizeOf(groups),
  feed: { names: ["own"] },
  isPlace: false,
  plan: planGroups,
  named: (at) => {
    const { name } = parseTarget(at) ?? {};
    return name === undefined ? undefined : { is: "group", place: "", name, path: ["groups", name] };
  },
  confirmedBy: ({ target: at }) => parseTarget(at)?.name ?? at,
  calls: (change) => {
    if (change.action === "create") return [{ name: "create-group", group: change.after.name }];
    if (change.action === "update" || change.id === null) return undefined;
    return [{ name: "delete-group", groupId: change.id }];
  },
  exported: [{ in: "file", field: "groups", section: (facts) => collection("groups", groupsSection(facts), true) }],
};

/** Who is in a group is read of those that are declared, and of all where an undeclared one is to go with everybody in it. */
export function groupScope({ whole, groups }: ScopeRequest) {
  if (!whole) return {};
  return { groups: true, users: true, invites: true, groupMembersOf: groups };
}

/** The live groups by name, as names are compared. */
export function groupsByName({ live }: Pick<PlanInput, "live">): ReadonlyMap<string, readonly Group[]> {
  return byName(itemsOf(live.groups));
}

const byName = onceFor((groups: readonly Group[]) => groupBy(groups, ({ name }) => nameIdentity(name)));

/** The one live group that a declared name means; undefined where there is none yet, or several bear it. */
export function groupCalled(byName: ReturnType<typeof groupsByName>, name: string): Group | undefined {
  const [found, ...others] = byName.get(nameIdentity(name)) ?? [];
  return others.length === 0 ? found : undefined;
}

/** What is missing is created, and what is not declared is deleted under `full`; what the identity provider owns is for a person there. */
function planGroups(input: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { config, live } = input;
  if (config.manage.groups === "off" || !live.groups.known) return planned;
  const called = groupsByName(input);
  for (const name of config.groups.keys()) {
    const [found, ...others] = called.get(nameIdentity(name)) ?? [];
    const at = { path: ["groups", name], target: target.group(name) };
    if (others.length > 0 && found) {
      const ids = [found, ...others].map(({ id }) => id).sort();
      planned.findings.push(finding("ambiguous-name", { kind: "group", name, ids }, at));
    }
    if (found) continue;
    const change = { kind: "group", target: at.target, id: null, before: null, after: { name } } as const;
    planned.changes.push({ action: "create", ...change, risk: "widening", reason: "declared" });
  }
  const declared = new Set([...config.groups.keys()].map(nameIdentity));
  for (const one of live.groups.items) {
    const { id, name, source } = one;
    if (declared.has(nameIdentity(name))) continue;
    const at = { kind: "group", target: target.group(name), id } as const;
    if (config.manage.groups !== "full") {
      planned.unmanaged.push({ ...at, name, details: { source } });
      continue;
    }
    const takes = { ...at, before: { name }, after: null, risk: "irreversible" } as const;
    if (isWritableGroup(one)) planned.changes.push({ action: "remove", ...takes, reason: "not-declared" });
    else planned.changes.push({ action: "manual", ...takes, reason: "provider-owned" });
  }
  return planned;
}

/** Every group with who is in it. */
function groupsSection(facts: ExportFacts): Section {
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  const unread: string[] = [];
  const called = groupsByName(facts);
  const groups = itemsOf(facts.live.groups);
  for (const one of groups.toSorted((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))) {
    const { name, members } = one;
    const item = { what: `the group "${name}"`, target: target.group(name) };
    if (!groupCalled(called, name)) leftOut.push({ reason: "group-twice", ...item });
    else if (!canHold.text(name) || !isKeyName(name)) leftOut.push({ reason: "unwritable-name", ...item });
    else if (!members.known)
      unread.push(`${name}: who is in it could not be read: ${members.message ?? members.reason}`);
    else {
      const people = members.items.map(({ email }) => email).sort(compareText);
      const items = people.filter(isAddress);
      for (const email of people.filter((one) => !isAddress(one))) {
        leftOut.push({ reason: "unwritable-name", what: email, target: target.groupMember(name, email) });
      }
      const comment = isWritableGroup(one)
        ? {}
        : { comment: `owned by the identity provider (${one.source}): compared, never written` };
      entries.push({ key: name, value: line({ members: { kind: "list", items } }), ...comment });
    }
  }
  return { entries, below: [...unread, ...leftOut.map(leftOutComment)], leftOut };
}
