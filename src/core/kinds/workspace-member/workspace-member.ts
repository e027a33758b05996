import { parseTarget } from "../../model/target.ts";
import { collection, type Kind, sizeOfAll, workspaceScope } from "../kind.ts";
import { workspaceMembersSection } from "./export.ts";
import { planWorkspaceMembers } from "./plan.ts";

/** Who holds which role in which workspace. The API knows people by their ids, so those are read too. */
export const workspace_member: Kind<"workspace_member"> = {
  manage: "workspace_members",
  order: 3,
  endsAt: 3,
  needs: ["workspaces", "users"],
  scope: (request) => ({ users: true, invites: true, ...workspaceScope(request), membersOf: request.places }),
  readings: ({ workspaceMembers }, placeOf) =>
    [...workspaceMembers].map(([id, reading]) => [`workspaces.${placeOf(id)}.members`, reading]),
  count: ({ workspaceMembers }) => sizeOfAll(workspaceMembers),
  grants: ({ workspaceMembers }) =>
    [...workspaceMembers].flatMap(([workspaceId, reading]) =>
      (reading.known ? reading.items : []).map(({ userId: id, role }) => {
        return { id, workspaceId, to: { type: "user" as const, id }, role };
      }),
    ),
  isPlace: false,
  plan: planWorkspaceMembers,
  granted: ({ id, target, after }) => ({ userId: id, ...parseTarget(target), ...(after && { role: after.role }) }),
  named: ({ target }) => {
    const { workspace = "", email } = parseTarget(target) ?? {};
    if (email === undefined) return undefined;
    return { is: "person", place: workspace, name: email, path: ["workspaces", workspace, "members", email] };
  },
  confirmedBy: ({ target }) => target,
  calls: (change, ids) => {
    const { workspace, email } = parseTarget(change.target) ?? {};
    const workspaceId = workspace && ids.workspaceId(workspace);
    const userId = change.id ?? (email === undefined ? undefined : ids.userId(email));
    if (workspaceId === undefined || userId === undefined) return undefined;
    if (change.action === "remove") return [{ name: "remove-workspace-member", workspaceId, userId }];
    const name = change.action === "create" ? "add-workspace-member" : "update-workspace-member";
    return [{ name, workspaceId, userId, role: change.after.role }];
  },
  exported: [
    {
      in: "workspace",
      field: "members",
      section: (facts, workspace, handle) => collection("members", workspaceMembersSection(facts, workspace, handle)),
    },
  ],
};
