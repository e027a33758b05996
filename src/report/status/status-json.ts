import { type Invite, itemsOf, type ReadResult, type ServiceAccount, type User } from "../../core/model/org.ts";
import type { UnknownKind } from "../../core/model/plan.ts";
import { target } from "../../core/model/target.ts";
import { isoTime } from "../../core/model/time.ts";
import type { GroupStatus } from "../../core/status/group.ts";
import type { Actor } from "../../core/status/index-live.ts";
import type { KeyStatus } from "../../core/status/key.ts";
import type { StatusNote } from "../../core/status/note.ts";
import type { ServiceAccountStatus } from "../../core/status/service-account.ts";
import type { RequestStatus, SpendingStatus } from "../../core/status/spending.ts";
import type { Status } from "../../core/status/status.ts";
import type { SubjectStatus } from "../../core/status/subject.ts";
import type { UsageCount, UsageStatus } from "../../core/status/usage.ts";
import type { UserStatus } from "../../core/status/user.ts";
import type { LimitStatus, WorkspaceMemberStatus, WorkspaceStatus } from "../../core/status/workspace.ts";
import { issuerJson, ruleJson } from "./status-federation-json.ts";
import { ANSWERS } from "./status-subject-text.ts";
import { noteLevel, noteSentence } from "./status-words.ts";
import { refJson } from "./workspace-ref-json.ts";

/**
 * The fields that `--json` writes of a status. A list is null where the view does not show it or it could not be read; in the second
 * case `unknown` says why. Times are RFC 3339 in UTC; absent values are null, never left out.
 */
export function statusFields(status: Status) {
  const { organization, found, user, usage } = status;
  return {
    view: status.view,
    taken_at: isoTime(status.takenAt),
    organization: organization ? { id: organization.id, name: organization.name } : null,
    workspaces: listed(status.workspaces, workspaceJson),
    unlisted: status.unlisted.map(workspaceJson),
    members: listed(status.members, memberJson),
    invites: listed(status.invites, inviteJson),
    service_accounts: listed(status.serviceAccounts, accountJson),
    federation_issuers: listed(status.federationIssuers, issuerJson),
    federation_rules: listed(status.federationRules, ruleJson),
    groups: listed(status.groups, groupJson),
    compliance: itemsOf(status.compliance)[0]?.state ?? null,
    spending: listed(status.spending, spendingJson),
    spend_limit_requests: listed(status.requests, requestJson),
    keys: listed(status.keys, keyJson),
    ...(user && { user: userJson(user) }),
    ...(found && {
      key: { matches: found.map(({ key, notes }) => ({ ...keyJson(key), notes: notes.map(noteJson) })) },
    }),
    ...(status.serviceAccount && { service_account: machineJson(status.serviceAccount) }),
    ...(status.subject && { subject: subjectJson(status.subject) }),
    ...(usage && { usage: usageJson(usage) }),
    unknown: status.unknown.map(unknownJson),
    unavailable: status.unavailable.map(unknownJson),
  };
}

function listed<Item, Json>(reading: ReadResult<Item>, map: (item: Item) => Json): readonly Json[] | null {
  return reading.known ? reading.items.map(map) : null;
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : isoTime(at);
}

function unknownJson({ kind, reason, message }: UnknownKind) {
  return { kind, reason, message: message ?? null };
}

function workspaceJson(workspace: WorkspaceStatus) {
  return {
    ...refJson(workspace),
    members: listed(workspace.members, workspaceMemberJson),
    service_accounts: listed(workspace.serviceAccounts, ({ id, name, role }) => ({ id, name: name ?? null, role })),
    keys: listed(workspace.keys, keyJson),
    limits: listed(workspace.limits, limitJson),
    spend_limits: listed(workspace.spendLimits, ({ id, amountMinor, currency, period }) => ({
      id,
      amount_minor: amountMinor ?? null,
      currency,
      period,
    })),
  };
}

function workspaceMemberJson({ userId, email, role, how, from }: WorkspaceMemberStatus) {
  return { user_id: userId, email: email ?? null, role, how, from: from ?? null };
}

function limitJson({ group, models, limits }: LimitStatus) {
  return {
    group: { type: group.type, id: group.id, name: group.displayName ?? null },
    models,
    limits: limits.map(({ limiter, value, override, organization }) => ({
      type: limiter,
      value,
      override: override ?? null,
      organization: organization ?? null,
    })),
  };
}

function memberJson({ id, email, name, role }: User) {
  return { id, email, name, role };
}

function inviteJson({ id, email, role, status, expiresAt, groupIds = [] }: Invite) {
  return { id, email, role, status, expires_at: time(expiresAt), group_ids: groupIds };
}

function groupJson({ members, ...group }: GroupStatus) {
  return { ...groupRefJson(group), members: listed(members, ({ userId, email }) => ({ user_id: userId, email })) };
}

function groupRefJson({ id, name, source, roles, declared }: Omit<GroupStatus, "members">) {
  const given = roles?.map((role) => ({ id: role.id, name: role.name ?? null }));
  return { id, name, source, roles: given ?? null, declared: declared !== undefined };
}

function actorJson({ type, id, email, name, left }: Actor) {
  return { type, id, email: email ?? null, name: name ?? null, left: left ?? null };
}

function keyJson(key: KeyStatus) {
  const { workspace, actsAs, createdBy, declared, phase } = key;
  return {
    id: key.id,
    name: key.name,
    target: key.target,
    status: key.status,
    phase: phase?.phase ?? null,
    phase_at: time(phase?.at),
    created_at: isoTime(key.createdAt),
    age_days: key.ageDays,
    expires_at: time(key.expiresAt),
    hint: key.hint ?? null,
    workspace: workspace ? refJson(workspace) : null,
    acts_as: actsAs ? actorJson(actsAs) : null,
    created_by: createdBy ? actorJson(createdBy) : null,
    declared: declared ? { target: declared.target, owner: declared.owner ?? null } : null,
  };
}

function noteJson(note: StatusNote) {
  return { code: note.code, level: noteLevel(note), message: noteSentence(note) };
}

function spendingJson({
  userId,
  email,
  period,
  amountMinor,
  spentMinor,
  currency,
  source,
  sourceName,
}: SpendingStatus) {
  return {
    user_id: userId,
    email: email ?? null,
    period,
    amount_minor: amountMinor ?? null,
    spent_minor: spentMinor,
    currency,
    source: { type: source.type, id: source.id ?? null, name: sourceName ?? null },
  };
}

function requestJson({ id, userId, email, period, createdAt }: RequestStatus) {
  return { id, user_id: userId ?? null, email: email ?? null, period, created_at: isoTime(createdAt) };
}

function userJson(person: UserStatus) {
  const { email, user, invites, access, groups, spending, requests, keys, created, declared, notes } = person;
  return {
    email,
    id: user?.id ?? null,
    name: user?.name ?? null,
    role: user?.role ?? null,
    invites: listed(invites, inviteJson),
    workspaces: listed(access, (item) => ({
      workspace: refJson(item.workspace),
      state: item.state,
      role: "role" in item ? item.role : null,
      how: "how" in item ? item.how : null,
    })),
    groups: listed(groups, ({ members: _, ...group }) => groupRefJson(group)),
    spending: listed(spending, spendingJson),
    spend_limit_requests: listed(requests, requestJson),
    keys: listed(keys, keyJson),
    created_keys: listed(created, keyJson),
    declared: declared
      ? {
          role: declared.member?.role ?? null,
          app_role: declared.member?.appRole ?? null,
          until: declared.member?.until ?? null,
          reason: declared.member?.reason ?? null,
          workspaces: Object.fromEntries(declared.workspaces),
          owns: declared.owns,
        }
      : null,
    notes: notes.map(noteJson),
  };
}

function machineJson({ account, target: at, declared, access, keys }: ServiceAccountStatus) {
  return {
    ...accountJson(account),
    target: at,
    declared: declared ? { role: declared.role ?? null, description: declared.description ?? null } : null,
    workspaces: listed(access, (item) => ({
      workspace: refJson(item.workspace),
      state: item.state,
      role: "role" in item ? item.role : null,
    })),
    keys: listed(keys, keyJson),
  };
}

function subjectJson({ query, rules }: SubjectStatus) {
  return {
    subject: query.subject,
    issuer: query.issuer ?? null,
    claims: query.claims,
    rules: rules.map(({ rule, issuer, answer, open, account, workspaces }) => ({
      id: rule.id,
      name: rule.name,
      target: target.federationRule(rule.name),
      answer: ANSWERS[answer],
      open,
      condition: rule.match.condition ?? null,
      issuer: issuer ? { id: issuer.id, name: issuer.name, url: issuer.url } : null,
      service_account: account ? accountJson(account) : null,
      oauth_scope: rule.oauthScope,
      token_lifetime_seconds: rule.tokenLifetime,
      workspaces: workspaces.map(({ workspace, role, state, limits }) => ({
        workspace: refJson(workspace),
        state,
        role: role ?? null,
        limits: listed(limits, limitJson),
      })),
    })),
  };
}

function accountJson({ id, name, role, description }: ServiceAccount) {
  return { id, name, role, description: description ?? null };
}

function usageJson({ from, to, source, workspaces, silent, ...total }: UsageStatus) {
  return {
    ...countJson(total),
    from: isoTime(from),
    to: isoTime(to),
    source,
    workspaces: workspaces.map(({ workspace, keys, ...count }) => ({
      ...countJson(count),
      workspace: workspace ? refJson(workspace) : null,
      keys: keys.map(({ keyId, name, status, ...count }) => ({
        ...countJson(count),
        id: keyId ?? null,
        name: name ?? null,
        status: status ?? null,
      })),
    })),
    silent: silent.map(refJson),
  };
}

function countJson({ requests, inputTokens, outputTokens }: UsageCount) {
  return { requests: requests ?? null, input_tokens: inputTokens, output_tokens: outputTokens };
}
