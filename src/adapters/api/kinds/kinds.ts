import type { ChangeKind } from "../../../core/model/change.ts";
import { invite } from "./invite.ts";
import { key } from "./key.ts";
import type { ApiKind, OrganizationLists, WorkspaceLists, Writes } from "./kind.ts";
import { member } from "./member.ts";
import { rate_limit } from "./rate-limit.ts";
import { spend_limit } from "./spend-limit.ts";
import { workspace } from "./workspace.ts";
import { workspace_member } from "./workspace-member.ts";

/** Every kind of change: what is missing here does not compile, and neither does a list or a call that no kind has. */
const KINDS = {
  workspace,
  invite,
  member,
  workspace_member,
  rate_limit,
  spend_limit,
  key,
  // No API reaches Admin API keys.
  admin_key: { lists: {}, workspaceLists: {}, writes: {} },
} satisfies Record<ChangeKind, ApiKind>;

/** Each list that an organization has once, by its name in a snapshot. */
export const ORGANIZATION_LISTS: OrganizationLists = {
  ...KINDS.workspace.lists,
  ...KINDS.invite.lists,
  ...KINDS.member.lists,
  ...KINDS.rate_limit.lists,
  ...KINDS.spend_limit.lists,
  ...KINDS.key.lists,
};

/** Each list that a workspace has. */
export const WORKSPACE_LISTS: WorkspaceLists = {
  ...KINDS.workspace_member.workspaceLists,
  ...KINDS.rate_limit.workspaceLists,
};

/** How each call of `core` is sent, and looked for afterwards. */
export const WRITES: Writes = {
  ...KINDS.workspace.writes,
  ...KINDS.invite.writes,
  ...KINDS.member.writes,
  ...KINDS.workspace_member.writes,
  ...KINDS.rate_limit.writes,
  ...KINDS.spend_limit.writes,
  ...KINDS.key.writes,
};
