import * as z from "zod/mini";
import type { ManageWord } from "./config.ts";
import { optional } from "./fields.ts";

const mode = z.enum(["off", "additive", "full"]);
/** How far each kind is managed, as people type it. */
export const manage = z.strictObject({
  members: optional(mode, "People in the organization. `full`: whoever is not declared leaves it."),
  workspaces: optional(mode, "Workspaces. `full`: one that is not declared is archived, for good."),
  workspace_members: optional(mode, "Who is in which workspace. `full`: whoever is not declared there leaves it."),
  rate_limits: optional(mode, "Overrides of rate limits. `full`: one that is not declared is cleared."),
  spend_limits: optional(
    mode,
    "Spend limits of workspaces, and of people on Claude Enterprise. `full`: one that is not declared is cleared.",
  ),
  keys: optional(mode, "API keys. `full`: one that is not declared is disabled, never archived."),
  service_accounts: optional(
    mode,
    "Service accounts, and their roles in workspaces. `full`: an account that is not declared is archived, for good; a role that is not declared is taken away. Needs a token of OAuth: an Admin key cannot read them.",
  ),
  groups: optional(
    mode,
    "Groups of Claude Enterprise, and who is in them. `full`: a group that is not declared is deleted, for good; whoever is not declared in one leaves it.",
  ),
  federation: optional(
    mode,
    "Federation: issuers and rules. `full`: one that is not declared is archived, for good. Needs a token of OAuth: an Admin key cannot read them.",
  ),
} satisfies Record<ManageWord, z.ZodMiniType>);
