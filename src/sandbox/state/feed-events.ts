import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import { type Describe, type FeedEvent, recordWrites } from "./feed.ts";
import type { SandboxSeed } from "./seed.ts";
import type { SandboxSettings } from "./settings.ts";
import { createState, type SandboxState } from "./state.ts";

/** The tables of a seed, each write to which goes into the activity feed. */
export function createRecordedState(seed: SandboxSeed, overrides: Partial<SandboxSettings> = {}): SandboxState {
  const state = createState(seed, overrides);
  recordAllWrites(state);
  return state;
}

/**
 * The activities that writes are, by table. Source of the types and of their fields: the reference of the feed (D:api/compliance/activities),
 * but for those of service accounts, federation and spend limits of workspaces, of which only the types are documented.
 */
function recordAllWrites(state: SandboxState): void {
  recordWrites(state, state.users, (before, after) => {
    const isDirectory = state.feed.acting?.actor.type === "scim_directory_sync_actor";
    const userId = (after ?? before)?.id;
    if (!after) {
      return isDirectory
        ? [event("scim_user_deleted", { user_id: userId })]
        : [event("org_user_deleted", { deleted_user_id: userId, deleted_user_email: before?.email })];
    }
    if (isDirectory) return [event(before ? "scim_user_updated" : "scim_user_created", { user_id: userId })];
    if (!before || before.role === after.role) return [];
    const roles = { previous_role: before.role, current_role: after.role };
    return [event("claude_user_role_updated", { user_id: userId, user_email: after.email, ...roles })];
  });
  recordWrites(state, state.invites, (before, after) => {
    if (!before && after)
      return [event("org_user_invite_sent", { invited_email: after.email, invited_role: after.role })];
    const fields = { invite_id: (after ?? before)?.id };
    if (!after || after.status === "deleted") return [event("org_user_invite_deleted", fields)];
    return after.status === "accepted" && before?.status !== "accepted"
      ? [event("org_user_invite_accepted", fields)]
      : [];
  });
  recordWrites(state, state.workspaces, (before, after) => {
    const fields = { workspace_id: (after ?? before)?.id };
    if (!before) return [event("platform_workspace_created", fields)];
    if (!after || (after.archived_at !== null && before.archived_at === null))
      return [event("platform_workspace_archived", fields)];
    return [event("platform_workspace_updated", { ...fields, updates: updatesOf(before, after) })];
  });
  recordWrites(
    state,
    state.members,
    membership("platform_workspace_member", ({ workspace_id, user_id }) => ({ workspace_id, user_id })),
  );
  recordWrites(
    state,
    state.accountMembers,
    membership("platform_service_account_workspace_member", ({ workspace_id, service_account_id }) => ({
      workspace_id,
      service_account_id,
    })),
  );
  recordWrites(state, state.serviceAccounts, lifecycle("platform_service_account", "service_account_id"));
  recordWrites(state, state.federationIssuers, lifecycle("platform_federation_issuer", "federation_issuer_id"));
  recordWrites(state, state.federationRules, (before, after) => {
    const fields = { federation_rule_id: (after ?? before)?.id };
    const places = (rule: typeof after) => new Set(rule?.workspace_ids ?? []);
    const [old, current] = [places(before), places(after)];
    const moved = [
      ...[...current].filter((id) => !old.has(id)).map((id) => ["added", id] as const),
      ...[...old].filter((id) => !current.has(id)).map((id) => ["removed", id] as const),
    ];
    if (!before || !after || moved.length === 0 || after.archived_at !== null) {
      return lifecycle("platform_federation_rule", "federation_rule_id")(before, after);
    }
    return moved.map(([how, id]) =>
      event(`platform_federation_rule_workspace_${how}`, { ...fields, workspace_id: id }),
    );
  });
  recordWrites(state, state.groups, (before, after) => {
    const fields = { group_id: (after ?? before)?.id };
    if (!before) return [event("group_created", { ...fields, group_name: after?.name })];
    return [event(after ? "group_updated" : "group_deleted", fields)];
  });
  recordWrites(state, state.groupMembers, (before, after) => {
    const row = after ?? before;
    const fields = { group_id: row?.rbac_group_id, member_ids: [row?.user_id] };
    return before && after ? [] : [event(after ? "group_member_added" : "group_member_removed", fields)];
  });
  recordWrites(state, state.keys, (before, after) => {
    const fields = { api_key_id: (after ?? before)?.id };
    if (!before) return [event("platform_api_key_created", fields)];
    const updates = updatesOf(before, after ?? { ...before, status: "archived" });
    return [event("platform_api_key_updated", { ...fields, updates })];
  });
  recordWrites(state, state.workspaceRateLimits, (before, after) => {
    const row = after ?? before;
    const group = row && state.rateLimits.byId.get(row.rate_limit_id)?.row.group;
    const name = group && ("display_name" in group ? group.display_name : group.type);
    const fields = { workspace_id: row?.workspace_id, model_group: name ?? row?.rate_limit_id };
    const [old, current] = [before, after].map((one) => new Map(one?.limits.map(({ type, value }) => [type, value])));
    const types = [...new Set([...(old?.keys() ?? []), ...(current?.keys() ?? [])])];
    return types.flatMap((type) => {
      const value = current?.get(type);
      if (value === old?.get(type)) return [];
      if (value === undefined)
        return [event("platform_workspace_rate_limit_deleted", { ...fields, limiter_type: type })];
      return [event("platform_workspace_rate_limit_updated", { ...fields, limiter_type: type, value })];
    });
  });
  recordWrites(state, state.spendLimits, (before, after) => spendLimitEvents(before, after));
}

function event(type: string, fields: Readonly<Record<string, unknown>>): FeedEvent {
  return { type, fields };
}

function membership<Row>(type: string, fieldsOf: (row: Row) => Readonly<Record<string, unknown>>): Describe<Row> {
  return (before, after) => {
    const row = after ?? before;
    if (!row) return [];
    return [event(`${type}_${before ? (after ? "updated" : "removed") : "added"}`, fieldsOf(row))];
  };
}

interface Archivable {
  readonly id: string;
  readonly archived_at: string | null;
}

function lifecycle<Row extends Archivable>(type: string, idField: string): Describe<Row> {
  return (before, after) => {
    const fields = { [idField]: (after ?? before)?.id };
    if (!before) return [event(`${type}_created`, fields)];
    const isArchived = !after || (after.archived_at !== null && before.archived_at === null);
    return [event(`${type}_${isArchived ? "archived" : "updated"}`, fields)];
  };
}

/** The fields that differ, each as text. */
function updatesOf(before: object, after: object) {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).flatMap(([type, value]) => {
    const [previous_value, current_value] = [known.get(type), value].map((one) =>
      typeof one === "string" ? one : JSON.stringify(one ?? null),
    );
    return previous_value === current_value ? [] : [{ type, previous_value, current_value }];
  });
}

function spendLimitEvents(before: BetaSpendLimit | undefined, after: BetaSpendLimit | undefined) {
  const limit = after ?? before;
  if (!limit) return [];
  const { scope, amount } = limit;
  const how = before ? (after ? "updated" : "deleted") : "created";
  if (scope.type === "workspace") {
    const fields = { workspace_id: scope.workspace_id };
    return [event(after ? "workspace_spend_limit_created" : "workspace_spend_limit_deleted", { ...fields, amount })];
  }
  if (scope.type === "user") {
    const fields = { limit_type: "user", is_enabled: limit.is_enabled, amount, user_id: scope.user_id };
    return [event(`extra_usage_spend_limit_${how}`, fields)];
  }
  return [event(`platform_spend_limit_${how}`, { amount })];
}
