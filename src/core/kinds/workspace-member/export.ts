import type { ExportEntry } from "../../document/document.ts";
import { isAddress, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { LiveWorkspace } from "../../model/org.ts";
import { inheritedWorkspaceRole, WORKSPACE_ROLES } from "../../model/role.ts";
import { target } from "../../model/target.ts";
import type { ExportFacts, Section } from "../kind.ts";
import { undeclarable } from "../member/export.ts";

/** The members of one workspace, without the roles that come with an organization role. */
export function workspaceMembersSection(facts: ExportFacts, { id }: LiveWorkspace, handle: string): Section {
  const reading = facts.live.workspaceMembers.get(id);
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  if (!reading?.known) {
    return {
      entries,
      below: reading ? [`could not be read: ${reading.message ?? reading.reason}`] : [],
      leftOut,
    };
  }
  const { people } = facts;
  const rows = reading.items.map((member) => ({
    ...member,
    email: people.users.get(member.userId)?.email ?? member.userId,
  }));
  for (const { userId, email, role } of rows.sort((one, other) => (one.email < other.email ? -1 : 1))) {
    // A billing member who was raised to admin is no inheritance.
    if (role === "billing" || inheritedWorkspaceRole(people.users.get(userId)?.role ?? "") === "admin") continue;
    const at = target.workspaceMember(handle, email);
    const omit = (reason: LeftOut["reason"]) => leftOut.push({ reason, what: `${email}, ${role}`, target: at });
    const user = people.user(email);
    if (!people.users.has(userId)) omit("unknown-person");
    else if (!user) omit("person-twice");
    else if (!isAddress(email)) omit("unwritable-name");
    // Whoever a workspace names must be among the members, where the file declares them.
    else if (facts.has("members") && undeclarable(user)) omit("member-left-out");
    else if (!(WORKSPACE_ROLES as readonly string[]).includes(role)) omit("unknown-role");
    else entries.push({ key: email, value: role });
  }
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}
