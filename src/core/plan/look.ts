import type { ApiCall, Seen } from "../model/call.ts";
import type { Fields } from "../model/change.ts";
import { Failure } from "../model/failure.ts";
import type { OrgSnapshot, ReadResult } from "../model/org.ts";
import { maskCredentials } from "../text/credential-shape.ts";
import { canonicalText, cutAt, isObject } from "../text/text.ts";
import {
  geosWord,
  groupFacts,
  groupsText,
  issuerFacts,
  keysIn,
  limitFacts,
  ruleFacts,
  wholeWorkspace,
  workspaceFacts,
} from "./facts.ts";

/**
 * Makes sure that what a call is about to take away is still what was planned about: its name, its role, its status. What is as the
 * call wants it already, or gone, is no move. Throws Failure `moved-since-plan`.
 */
export function checkUnmoved(call: ApiCall, live: OrgSnapshot, now: Seen): void {
  const planned = plannedFacts(call, live);
  const wanted = wantedFacts(call);
  const moved = Object.entries(planned).flatMap(([field, was]) => {
    const is = now[field] ?? null;
    const isSo = is === wanted[field] || (field === "status" && is === "archived" && onlyDisables(call));
    return isSo ? [] : moveOf(field, was, is);
  });
  if (moved.length === 0) return;
  throw new Failure("moved-since-plan", {
    message: `moved since the plan: ${moved.join("; ")}`,
    fix: "look at a new plan, and run again",
  });
}

/** Whether a call does nothing but disable a key: of one that is archived by now there is nothing left to do. */
export function onlyDisables(call: ApiCall): boolean {
  return call.name === "update-key" && call.fields.status === "inactive" && call.fields.name === undefined;
}

/**
 * What somebody else has changed of an object since the plan, as the answers to the calls of one change show it: beside what these set,
 * for of that no answer tells what it was. Undefined where nothing did.
 */
export function movedBeside(
  calls: readonly ApiCall[],
  live: OrgSnapshot,
  seen: readonly (Seen | undefined)[],
): string | undefined {
  const set = new Set(calls.flatMap((call) => setBy(call)));
  const moved = calls.flatMap((call, index) => {
    const [was, is] = [wholeFacts(call, live), seen[index]];
    if (!was || !is) return [];
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((field) => !set.has(field));
    return fields.flatMap((field) => moveOf(field, was[field] ?? null, is[field] ?? null));
  });
  return moved.length === 0 ? undefined : [...new Set(moved)].join("; ");
}

function moveOf(field: string, was: unknown, is: unknown): readonly string[] {
  return is === was ? [] : [`${field} is ${wordOf(is)} now, and was ${wordOf(was)}`];
}

/** Fields of an object that a call sets, or that the API may set with them. */
function setBy(call: ApiCall): readonly string[] {
  const geos = call.name === "update-workspace" && call.fields.data_residency !== undefined;
  const set = Object.entries(wantedFacts(call)).flatMap(([field, value]) => (value === undefined ? [] : field));
  return [
    ...set,
    ...(geos ? ["allowed_inference_geos", "default_inference_geo"] : []),
    ...(setsWorkspaces(call) ? ["workspaces"] : []),
  ];
}

/** Whether a call changes where a rule is good. */
function setsWorkspaces(call: ApiCall): boolean {
  if (call.name !== "update-federation-rule") {
    return call.name === "add-federation-rule-workspace" || call.name === "remove-federation-rule-workspace";
  }
  const { workspace_id, applies_to_all_workspaces } = call.fields;
  return workspace_id !== undefined || applies_to_all_workspaces !== undefined;
}

/**
 * Whether calls replace as a whole what the plan has only a part of: the match of a rule. What somebody else has put there since
 * would go without having been shown, so that it is looked at as what takes away is.
 */
export function replacesWhole(calls: readonly ApiCall[]): boolean {
  return calls.some((call) => call.name === "update-federation-rule" && call.fields.match !== undefined);
}

/** All that the plan knew of the object that a call changes; undefined where that was not read, or the call's answer does not show it. */
function wholeFacts(call: ApiCall, live: OrgSnapshot): Seen | undefined {
  switch (call.name) {
    case "update-workspace": {
      const workspace = find(live.workspaces, ({ id }) => id === call.workspaceId);
      return workspace && wholeWorkspace(workspace);
    }
    case "update-rate-limit": {
      const overrides = live.workspaceRateLimits.get(call.workspaceId);
      if (!overrides?.known) return undefined;
      return find(overrides, ({ rateLimitId }) => rateLimitId === call.rateLimitId)?.overrides ?? {};
    }
    case "update-user": {
      const user = find(live.users, ({ id }) => id === call.userId);
      return user && { email: user.email };
    }
    case "update-key":
    case "update-service-account":
    case "update-federation-issuer":
    case "update-federation-rule": {
      const known = plannedFacts(call, live);
      return Object.keys(known).length > 0 ? known : undefined;
    }
    default:
      return undefined;
  }
}

/** What the plan was made from of the object that a call is about; nothing where that was not read. */
function plannedFacts(call: ApiCall, live: OrgSnapshot): Seen {
  switch (call.name) {
    case "update-key": {
      const key = find(live.keys, ({ id }) => id === call.keyId);
      return key ? { name: key.name, status: key.status } : {};
    }
    case "update-user":
    case "remove-user": {
      const user = find(live.users, ({ id }) => id === call.userId);
      return user ? { email: user.email, role: user.role } : {};
    }
    case "update-workspace-member":
    case "remove-workspace-member": {
      const members = live.workspaceMembers.get(call.workspaceId);
      const member = members && find(members, ({ userId }) => userId === call.userId);
      return member ? { role: member.role } : {};
    }
    case "archive-service-account":
    case "update-service-account": {
      const account = find(live.serviceAccounts, ({ id }) => id === call.serviceAccountId);
      return account ? { name: account.name, role: account.role } : {};
    }
    case "update-workspace-service-account":
    case "remove-workspace-service-account": {
      const accounts = live.workspaceServiceAccounts.get(call.workspaceId);
      const member = accounts && find(accounts, ({ serviceAccountId }) => serviceAccountId === call.serviceAccountId);
      return member ? { role: member.role } : {};
    }
    case "update-federation-issuer":
    case "archive-federation-issuer": {
      const issuer = find(live.federationIssuers, ({ id }) => id === call.issuerId);
      return issuer ? issuerFacts(issuer) : {};
    }
    case "update-federation-rule":
    case "archive-federation-rule":
    case "remove-federation-rule-workspace":
    case "add-federation-rule-workspace": {
      const rule = find(live.federationRules, ({ id }) => id === call.ruleId);
      return rule ? ruleFacts(rule) : {};
    }
    case "delete-invite": {
      const invite = find(live.invites, ({ id }) => id === call.inviteId);
      if (!invite) return {};
      const { email, role, status, groupIds } = invite;
      return { email, role, status, groups: groupsText(groupIds) };
    }
    case "delete-group": {
      const group = find(live.groups, ({ id }) => id === call.groupId);
      if (!group) return {};
      const { roles, ...facts } = groupFacts(group);
      // What could not be read is not compared.
      return group.roleIds === undefined ? facts : { ...facts, roles };
    }
    case "remove-group-member": {
      const { members } = find(live.groups, ({ id }) => id === call.groupId) ?? {};
      const member = members && find(members, ({ userId }) => userId === call.userId);
      return member ? { email: member.email } : {};
    }
    case "archive-workspace": {
      const workspace = find(live.workspaces, ({ id }) => id === call.workspaceId);
      return {
        ...(workspace && { name: workspace.name }),
        ...(live.keys.known && { keys: keysIn(call.workspaceId, live.keys.items) }),
      };
    }
    case "update-workspace": {
      const workspace = find(live.workspaces, ({ id }) => id === call.workspaceId);
      return workspace ? workspaceFacts(workspace, call.fields) : {};
    }
    case "update-rate-limit": {
      const overrides = live.workspaceRateLimits.get(call.workspaceId);
      if (!overrides?.known) return {};
      return limitFacts(find(overrides, ({ rateLimitId }) => rateLimitId === call.rateLimitId)?.overrides ?? {}, call);
    }
    case "set-spend-limit":
    case "delete-spend-limit": {
      const limit = find(live.spendLimits, ({ id, workspaceId }) =>
        call.name === "set-spend-limit" ? workspaceId === call.workspaceId : id === call.spendLimitId,
      );
      return limit ? { amount: limit.amountMinor ?? null } : {};
    }
    case "set-compliance": {
      const settings = find(live.compliance, () => true);
      return settings ? { state: settings.state } : {};
    }
    case "set-member-spend-limit":
    case "delete-member-spend-limit": {
      const limit = find(live.memberSpendLimits, ({ id }) => id === call.spendLimitId);
      return limit ? { amount: limit.amountMinor ?? null } : {};
    }
    default:
      return {};
  }
}

/** What a call makes of it. */
function wantedFacts(call: ApiCall): Seen {
  switch (call.name) {
    case "update-key":
      return { name: call.fields.name, status: call.fields.status };
    case "update-service-account":
      return { role: call.fields.organization_role };
    case "update-federation-issuer": {
      const { issuer_url: url, jwks, check_jti, max_jwt_lifetime_seconds: longest } = call.fields;
      return {
        ...(url !== undefined && { url }),
        ...(jwks !== undefined && { jwks: canonicalText(jwks) }),
        ...(check_jti !== undefined && { check_jti }),
        ...(longest !== undefined && { max_jwt_lifetime: longest }),
      };
    }
    case "update-federation-rule":
      return wantedOfRule(call.fields);
    case "update-user":
    case "update-workspace-member":
    case "update-workspace-service-account":
      return { role: call.role };
    case "update-workspace": {
      const { tags, data_residency, ...rest } = call.fields;
      const places = isObject(data_residency) ? Object.entries(data_residency) : [];
      return {
        ...rest,
        ...Object.fromEntries(Object.entries(isObject(tags) ? tags : {}).map(([tag, to]) => [`tags.${tag}`, to])),
        ...Object.fromEntries(places.map(([field, to]) => [field, geosWord(to)])),
      };
    }
    case "update-rate-limit":
      return Object.fromEntries(call.limits.map(({ type, value }) => [type, value]));
    case "set-compliance":
      return { state: call.state };
    case "set-spend-limit":
    case "set-member-spend-limit":
      return { amount: Number(call.amount) };
    default:
      return {};
  }
}

function wantedOfRule(fields: Fields): Seen {
  const { match, oauth_scope, target, workspace_id, applies_to_all_workspaces: all } = fields;
  const { subject_prefix: subject, ...asked } = isObject(match) ? match : {};
  return {
    ...(oauth_scope !== undefined && { oauth_scope }),
    ...(fields.token_lifetime_seconds !== undefined && { token_lifetime: fields.token_lifetime_seconds }),
    ...(isObject(match) && { match: canonicalText({ subject, ...asked }) }),
    ...(isObject(target) && { target: target.service_account_id }),
    ...(all === true && { workspaces: canonicalText("all") }),
    ...(workspace_id !== undefined && { workspaces: canonicalText([workspace_id]) }),
  };
}

function find<Item>(items: ReadResult<Item>, matches: (item: Item) => boolean): Item | undefined {
  return items.known ? items.items.find(matches) : undefined;
}

/** Longer than what a message quotes else: two values that differ are to be told apart, and the match of a rule is long. */
const LONGEST = 1000;

function wordOf(value: unknown): string {
  return value === null ? "none" : `"${cutAt(maskCredentials(String(value)), LONGEST)}"`;
}
