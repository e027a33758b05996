import type { ChangeOf, Fields } from "../../model/change.ts";
import { parseTarget } from "../../model/target.ts";
import { nameIdentity } from "../../text/identity.ts";
import type { Kind } from "../kind.ts";
import { workspaceScope } from "../kind.ts";
import { workspaceFields } from "./export.ts";
import { planWorkspaces } from "./plan.ts";

/** Workspaces, and what they are besides what they hold. */
export const workspace: Kind<"workspace"> = {
  manage: "workspaces",
  order: 0,
  endsAt: 6,
  writtenBy: "api",
  needs: ["workspaces"],
  // Who and what ends with a workspace that goes is shown, and counted by the guardrails.
  scope: (request) => ({
    ...workspaceScope(request),
    ...(request.removes("workspaces") && { users: true, keys: true, membersOf: request.undeclared }),
  }),
  lists: { workspaces: "workspaces" },
  count: (_, { handles, undeclared }) => handles.size + undeclared.filter(({ isDefault }) => !isDefault).length,
  isPlace: true,
  plan: planWorkspaces,
  named: ({ target, before, after }) => {
    const name = (after ?? before)?.name;
    const { workspace: place = "" } = parseTarget(target) ?? {};
    return name === undefined ? undefined : { is: "workspace", place: "", name, path: ["workspaces", place, "name"] };
  },
  // Its live name, or its id where two share that.
  confirmedBy: ({ id, target }, { workspaces }) => {
    const live = workspaces.known ? workspaces.items : [];
    const name = live.find((item) => item.id === id)?.name;
    const bearers = name === undefined ? [] : live.filter((item) => nameIdentity(item.name) === nameIdentity(name));
    return name !== undefined && bearers.length === 1 ? name : (id ?? target);
  },
  calls: (change) => {
    if (change.action === "create") return [{ name: "create-workspace", fields: change.after }];
    const { id: workspaceId } = change;
    if (workspaceId === null) return undefined;
    if (change.action === "remove") return [{ name: "archive-workspace", workspaceId }];
    return [{ name: "update-workspace", workspaceId, fields: updateFields(change) }];
  },
  exported: [{ in: "workspace", field: "tags", section: (_, live) => workspaceFields(live) }],
};

/**
 * Only the tags that differ: the API keeps those that an update does not name, and drops those that are null (admin-api.md 2.4).
 * What was shown as a difference of one tag must not set the others back to what they were when they were read.
 */
function updateFields({ before, after }: ChangeOf<"workspace", "update">): Fields {
  const { tags, ...rest } = after;
  if (!tags) return rest;
  const live = before.tags ?? {};
  const dropped = Object.keys(live).filter((tag) => !Object.hasOwn(tags, tag));
  const set = Object.entries(tags).filter(([tag, value]) => !Object.hasOwn(live, tag) || live[tag] !== value);
  return { ...rest, tags: { ...Object.fromEntries(dropped.map((tag) => [tag, null])), ...Object.fromEntries(set) } };
}
