import type { ChangeKind } from "../../../core/model/change.ts";
import { compliance } from "./compliance.ts";
import { federation_issuer } from "./federation-issuer.ts";
import { federation_rule } from "./federation-rule.ts";
import { group } from "./group.ts";
import { group_member } from "./group-member.ts";
import { invite } from "./invite.ts";
import { key } from "./key.ts";
import type { ApiKind, OrganizationLists, WorkspaceLists, Writes } from "./kind.ts";
import { member } from "./member.ts";
import { member_spend_limit } from "./member-spend-limit.ts";
import { rate_limit } from "./rate-limit.ts";
import { service_account } from "./service-account.ts";
import { session } from "./session.ts";
import { spend_limit } from "./spend-limit.ts";
import { workspace } from "./workspace.ts";
import { workspace_member } from "./workspace-member.ts";
import { workspace_service_account } from "./workspace-service-account.ts";

/** Every kind of change: what is missing here does not compile, and neither does a list or a call that no kind has. */
const KINDS = {
  workspace,
  invite,
  member,
  workspace_member,
  rate_limit,
  spend_limit,
  member_spend_limit,
  key,
  service_account,
  workspace_service_account,
  group,
  group_member,
  session,
  federation_issuer,
  federation_rule,
  compliance,
  // No API reaches Admin API keys.
  admin_key: { lists: {}, workspaceLists: {}, writes: {} },
} satisfies Record<ChangeKind, ApiKind>;

type Together<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** One part of every kind, together; the compiler knows what is in it. */
function together<Part extends keyof ApiKind>(part: Part): Together<(typeof KINDS)[ChangeKind][Part]> {
  return Object.assign({}, ...Object.values(KINDS).map((kind) => kind[part]));
}

/** Each list that an organization has once, by its name in a snapshot. */
export const ORGANIZATION_LISTS: OrganizationLists = together("lists");

/** Each list that a workspace has. */
export const WORKSPACE_LISTS: WorkspaceLists = together("workspaceLists");

/** How each call of `core` is sent, and looked for afterwards. */
export const WRITES: Writes = together("writes");
