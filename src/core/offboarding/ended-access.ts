import { groupCalled, groupsByName } from "../kinds/group.ts";
import type { ApiKey } from "../model/org.ts";
import { target } from "../model/target.ts";
import type { OffboardingFacts } from "./input.ts";
import type { EndedAccess, RevokedPerson } from "./revocation.ts";
import type { KeyRelation } from "./revoked-key.ts";
import { liveKeyTarget } from "./revoked-key.ts";

/*
 * A run that is killed in mid-write leaves no line of that write in the audit log. What the organization still shows of it is
 * found here: a key that somebody disabled, a role that the file declares and nobody has.
 */

/** A key that was disabled or archived already; one that expired did so by itself. */
export function endedKey({ index }: OffboardingFacts, key: ApiKey): readonly EndedAccess[] {
  const { id, status } = key;
  if (status !== "inactive" && status !== "archived") return [];
  return [{ kind: "key", target: liveKeyTarget(index, key), id, state: status }];
}

/** The keys of a person that were ended already. One that they made is never archived by a revocation: that was a rotation. */
export function endedKeys(facts: OffboardingFacts, theirs: ReadonlyMap<ApiKey, KeyRelation>): readonly EndedAccess[] {
  return [...theirs].flatMap(([key, relation]) =>
    relation === "created" && key.status === "archived" ? [] : endedKey(facts, key),
  );
}

/** The roles that the file gives a person and that the organization has not, as far as it was read; none of whoever never came. */
export function endedRoles(
  { input: { config, live }, index }: OffboardingFacts,
  { email, standing }: RevokedPerson,
  roles: readonly { readonly target: string }[],
): readonly EndedAccess[] {
  if (standing !== "member" && standing !== "gone") return [];
  const ended = (kind: EndedAccess["kind"], at: string): EndedAccess => ({
    kind,
    target: at,
    id: null,
    state: "absent",
  });
  const held = new Set(roles.map(({ target: at }) => at));
  const workspaces = index.workspaces.flatMap(({ id, handle }) => {
    if (handle === undefined || !config.workspaces.get(handle)?.members?.has(email)) return [];
    const at = target.workspaceMember(handle, email);
    const wasRead = standing === "gone" || (live.workspaceMembers.get(id)?.known ?? false);
    return wasRead && !held.has(at) ? [ended("workspace_member", at)] : [];
  });
  const groups = [...config.groups.values()].flatMap(({ name, members = [] }) => {
    const group = groupCalled(groupsByName({ live }), name);
    if (!group?.members.known || !members.includes(email)) return [];
    // By the live name, as what is held and what was done has it: the file may spell an accent otherwise.
    const at = target.groupMember(group.name, email);
    return held.has(at) ? [] : [ended("group_member", at)];
  });
  const left = standing === "gone" && config.members.has(email);
  return [...workspaces, ...groups, ...(left ? [ended("member", target.member(email))] : [])];
}
