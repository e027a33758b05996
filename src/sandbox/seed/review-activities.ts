import { DAY, iso } from "../state/clock.ts";
import { type FeedActivity, personActor } from "../state/feed.ts";
import type { SandboxSeed } from "../state/seed.ts";

/** Whoever sits at the Console: an address for documentation (RFC 5737). */
const CONSOLE = { ip_address: "192.0.2.7", user_agent: "Mozilla/5.0 (the sandbox's Console)" };

const user = (name: string) => ({ user_id: `user_01sandbox${name}` });
const at = (workspace: string, fields: object) => ({ workspace_id: `wrkspc_01sandbox${workspace}`, ...fields });
const account = (name: string) => ({ service_account_id: `svac_01sandbox${name}` });
const role = (name: string, previous_role: string, current_role: string) => ({
  ...user(name),
  user_email: `${name.toLowerCase()}@acme.example`,
  previous_role,
  current_role,
});
const invited = (name: string, invited_role: string) => ({
  invited_email: `${name.toLowerCase()}@acme.example`,
  invited_role,
});

/**
 * What the activity feed has of who gave what in the organization for reviews, since Grace switched it on; oldest first, by days ago and
 * who acted. What was given before then is in it nowhere, and of what was changed since nobody can say what it was before.
 */
export function reviewActivities(now: number, { organization, users }: SandboxSeed): FeedActivity[] {
  const happened: readonly (readonly [daysAgo: number, by: string, type: string, fields: object])[] = [
    [
      380,
      "Grace",
      "org_compliance_api_settings_updated",
      { compliance_api_enabled: true, compliance_api_logging_enabled: true },
    ],
    [222, "Alan", "org_user_invite_sent", invited("Bob", "developer")],
    [215, "Alan", "platform_workspace_member_added", at("Development", user("Bob"))],
    [214, "Grace", "platform_workspace_member_added", at("Staging", user("Bob"))],
    [182, "Grace", "org_user_invite_sent", invited("Dora", "developer")],
    [179, "Grace", "platform_workspace_member_added", at("Staging", user("Dora"))],
    [179, "Grace", "platform_workspace_member_added", at("Development", user("Dora"))],
    [150, "Alan", "platform_service_account_created", account("Automation")],
    [120, "Ada", "platform_workspace_member_added", at("Production", user("Dora"))],
    [100, "Alan", "claude_user_role_updated", role("Bob", "developer", "user")],
    [92, "Alan", "org_user_invite_sent", invited("Cleo", "claude_code_user")],
    [75, "Grace", "platform_workspace_member_updated", at("Development", user("Ada"))],
    [60, "Alan", "platform_service_account_created", account("Ingest")],
    [60, "Alan", "platform_service_account_workspace_member_added", at("Production", account("Ingest"))],
    [60, "Alan", "platform_federation_rule_created", { federation_rule_id: "fdrl_01sandboxIngestMain" }],
    // What was changed, the feed does not say: its role, or its description.
    [45, "Alan", "platform_service_account_updated", account("Automation")],
    [30, "Alan", "org_user_invite_sent", invited("Frank", "user")],
    [30, "Alan", "platform_federation_rule_created", { federation_rule_id: "fdrl_01sandboxNightly" }],
    [9, "Alan", "org_user_invite_sent", invited("Gina", "developer")],
    [3, "Grace", "org_user_invite_sent", invited("Erin", "developer")],
  ];
  return happened.map(([days, by, type, fields], index) => ({
    id: `activity_01sandbox${String(index + 1).padStart(7, "0")}`,
    created_at: iso(now - days * DAY),
    organization_id: `org_${organization.id.replaceAll("-", "")}`,
    organization_uuid: organization.id,
    actor: personActor(
      users.find(({ id }) => id === user(by).user_id),
      CONSOLE,
    ),
    type,
    ...fields,
  }));
}
