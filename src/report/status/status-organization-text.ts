import type { Limiter } from "../../core/model/limit.ts";
import { type Invite, itemsOf, type ReadResult, type ServiceAccount, type User } from "../../core/model/org.ts";
import type { SpendLimit } from "../../core/model/spend-limit.ts";
import { dayOf, isoTime } from "../../core/model/time.ts";
import { groupNames } from "../../core/status/group.ts";
import type { KeyStatus } from "../../core/status/key.ts";
import type { Status } from "../../core/status/status.ts";
import type {
  AccountAccess,
  LimiterStatus,
  LimitStatus,
  WorkspaceMemberStatus,
  WorkspaceStatus,
} from "../../core/status/workspace.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { branch, type Cell, type Node, renderTree, unknownCell } from "../formats/tree.ts";
import { issuerNodes, ruleNodes } from "./status-federation-text.ts";
import { groupNodes } from "./status-group-text.ts";
import { keysNode } from "./status-key-text.ts";
import { spendingNodes } from "./status-spending-text.ts";
import { amountText, count, grouped, groupWords } from "./status-words.ts";

/** The whole organization as a tree. */
export function organizationView(status: Status, style: Style): readonly string[] {
  const { organization, workspaces, unlisted, members, invites, keys } = status;
  const name = organization ? `${organization.name}  ${organization.id}` : "organization";
  const every = [...itemsOf(workspaces), ...unlisted];
  const nodes = every.map((workspace): Node => workspaceNode(workspace, status, style));
  if (!workspaces.known) nodes.push({ cells: [unknownCell("workspaces", workspaces, style)] });
  if (!keys.known || keys.items.length > 0) {
    nodes.push(keysNode("keys of the organization", keys, status.declared, style));
  }
  nodes.push(branch("people", members, (people) => people.map(personNode), style));
  if (!invites.known || invites.items.length > 0) {
    nodes.push(branch("invitations", invites, (items) => items.map((item) => inviteNode(item, status, style)), style));
  }
  const { serviceAccounts, federationIssuers: issuers, federationRules: rules } = status;
  if (serviceAccounts.known ? serviceAccounts.items.length > 0 : isWorthSaying(serviceAccounts)) {
    nodes.push(branch("service accounts", serviceAccounts, (accounts) => accounts.map(accountNode), style));
  }
  if (issuers.known ? issuers.items.length > 0 : isWorthSaying(issuers)) {
    nodes.push(branch("federation issuers", issuers, (items) => issuerNodes(items, status.declared, style), style));
  }
  if (rules.known ? rules.items.length > 0 : isWorthSaying(rules)) {
    nodes.push(branch("federation rules", rules, (items) => ruleNodes(items, status.declared, style), style));
  }
  nodes.push(...complianceNodes(status), ...spendingNodes(status, style));
  const { groups } = status;
  if (groups.known ? groups.items.length > 0 : isWorthSaying(groups)) {
    nodes.push(branch("groups", groups, (items) => groupNodes(items, status.declared, style), style));
  }
  return [style.bold(escapeTerminal(name)), summary(status), attention(status, style), ...renderTree(nodes)];
}

function complianceNodes({ compliance }: Status): readonly Node[] {
  return itemsOf(compliance).map(({ state }) => {
    const word =
      state === "enabled" ? "on" : state === "disabled" ? "off: nothing of who changes what is recorded" : state;
    return { cells: [`activity feed: ${word}`] };
  });
}

/** One workspace, with every limit that holds in it. */
export function workspaceView(status: Status, style: Style): readonly string[] {
  const [workspace] = itemsOf(status.workspaces);
  if (!workspace) return [];
  const { cells, children = [] } = workspaceNode(workspace, status, style, true);
  const title = cells.map((cell) => (typeof cell === "string" ? cell : cell.text)).filter((text) => text !== "");
  return [style.bold(escapeTerminal(title.join("  "))), attention(status, style), ...renderTree(children)];
}

function summary({ type, workspaces, members, groups, keys, unlisted, takenAt }: Status): string {
  const every = [...itemsOf(workspaces), ...unlisted];
  const at = `at ${isoTime(takenAt).slice(0, 16).replace("T", " ")} UTC`;
  const people = members.known ? count(members.items.length, "member") : "members not known";
  if (type === "enterprise")
    return [people, groups.known ? count(groups.items.length, "group") : "groups not known", at].join(", ");
  const parts = [
    workspaces.known ? count(workspaces.items.length, "workspace") : "workspaces not known",
    people,
    keys.known
      ? count([keys, ...every.map((workspace) => workspace.keys)].flatMap(alive).length, "key")
      : "keys not known",
  ];
  return [...parts, at].join(", ");
}

/** What somebody should look at, as one line. */
function attention(status: Status, style: Style): string {
  const { workspaces, unlisted, keys, invites, federationRules, unavailable, unknown } = status;
  const every = [...itemsOf(workspaces), ...unlisted];
  const all = [keys, ...every.map((workspace) => workspace.keys)].flatMap(alive);
  const phases = (phase: string) => all.filter((key) => key.phase?.phase === phase).length;
  const misplaced = all.filter(({ declared }) => declared?.elsewhere).length;
  const left = all.filter(({ status, actsAs }) => status === "active" && actsAs?.left).length;
  const expired = invites.known ? invites.items.filter((invite) => isExpired(invite, status)).length : 0;
  const found = [
    [phases("expired"), "expired key"],
    [phases("due"), "key due for rotation", "keys due for rotation"],
    [misplaced, "key in another workspace than rbac.yaml says", "keys in other workspaces than rbac.yaml says"],
    [left, "key of somebody who has left", "keys of people who have left"],
    [phases("disabled"), "disabled key"],
    [expired, "expired invitation"],
    [
      itemsOf(federationRules).filter(({ loose }) => loose.length > 0).length,
      "loose rule of federation",
      "loose rules of federation",
    ],
  ] as const;
  const parts = found.flatMap(([number, one, many = `${one}s`]) =>
    number === 0 ? [] : `${number} ${number === 1 ? one : many}`,
  );
  for (const { kind, reason } of unavailable) {
    const why =
      reason === "oauth-required" ? "not shown: they need a token of OAuth" : "not offered to this organization";
    parts.push(`${kind.replaceAll("_", " ")} ${why}`);
  }
  if (unknown.length > 0) parts.push(`${count(unknown.length, "part")} could not be read`);
  if (parts.length === 0) return style.dim("nothing needs attention");
  return style.warning(escapeTerminal(parts.join(", ")));
}

function alive(reading: ReadResult<KeyStatus>): readonly KeyStatus[] {
  return reading.known ? reading.items.filter(({ status }) => status !== "archived") : [];
}

function workspaceNode(workspace: WorkspaceStatus, status: Status, style: Style, everyLimit = false): Node {
  const { id, name, handle, special, members, serviceAccounts, keys } = workspace;
  const remark =
    name === undefined
      ? "not listed (archived?)"
      : special === "default"
        ? "the default workspace"
        : special === "claude-code"
          ? "kept by Claude Code"
          : status.declared && handle === undefined
            ? "not in rbac.yaml"
            : "";
  const cells: readonly Cell[] = [
    { text: name ?? id, paint: style.bold },
    { text: handle === name ? "" : (handle ?? "") },
    { text: name === undefined ? "" : id, paint: style.dim },
    { text: remark, paint: style.dim },
  ];
  const children: Node[] = [];
  if (special === "default") children.push({ cells: ["members: everybody, as their organization role allows"] });
  else if (name !== undefined)
    children.push(branch("members", members, (items) => items.map((item) => memberNode(item, style)), style));
  if (serviceAccounts.known ? serviceAccounts.items.length > 0 : isWorthSaying(serviceAccounts)) {
    const machines = (items: readonly AccountAccess[]) =>
      items.map((item) => ({ cells: [item.name ?? `${item.id} (not known)`, item.role] }));
    children.push(branch("service accounts", serviceAccounts, machines, style));
  }
  children.push(keysNode("keys", keys, status.declared, style));
  if (name !== undefined) children.push(limitsNode(workspace, everyLimit, style), ...spendNodes(workspace, style));
  return { cells, children };
}

function memberNode({ email, userId, role, how, from }: WorkspaceMemberStatus, style: Style): Node {
  const why = how === "inherited" ? `inherited from the organization role ${from}` : "";
  const who = email ?? `${userId} (not known)`;
  return { cells: [who, role, { text: why, paint: style.dim }] };
}

function limitsNode({ limits }: WorkspaceStatus, everyLimit: boolean, style: Style): Node {
  if (!limits.known) return { cells: [unknownCell("limits", limits, style)] };
  const own = ({ limits }: LimitStatus) => limits.some(({ override }) => override !== undefined);
  const shown = everyLimit ? limits.items : limits.items.filter(own);
  if (shown.length === 0) return { cells: ["limits: the organization's"] };
  const rest = everyLimit || shown.length === limits.items.length ? "" : "  (elsewhere the organization's)";
  return { cells: [`limits${rest}`], children: shown.map((limit) => ({ cells: limitCells(limit, style) })) };
}

function spendNodes({ spendLimits, special }: WorkspaceStatus, style: Style): readonly Node[] {
  // Said once, at the top, where the organization does not have them at all.
  if (special === "default" || (!spendLimits.known && spendLimits.reason === "preview-not-enabled")) return [];
  if (!spendLimits.known) return [{ cells: [unknownCell("spend limit", spendLimits, style)] }];
  const set = spendLimits.items.filter(({ amountMinor }) => amountMinor !== undefined);
  if (set.length === 0) return [{ cells: ["no spend limit"] }];
  return set.map((limit: SpendLimit) => ({ cells: [`spend limit ${money(limit)}`] }));
}

function personNode({ email, role, name, id }: User): Node {
  return { cells: [email, role, name, id] };
}

function accountNode({ name, role, description, id }: ServiceAccount): Node {
  return { cells: [name, role, description ?? "", id] };
}

/** What needs another credential is said once, at the top. */
function isWorthSaying({ reason }: { readonly reason: string }): boolean {
  return reason !== "oauth-required" && reason !== "organization-type-unknown" && reason !== "not-read";
}

function inviteNode(invite: Invite, status: Status, style: Style): Node {
  const on = invite.expiresAt === undefined ? "" : ` ${dayOf(invite.expiresAt)}`;
  const state = isExpired(invite, status)
    ? { text: `expired${on}`, paint: style.warning }
    : { text: on === "" ? "pending" : `pending until${on}` };
  return { cells: [invite.email, invite.role, state, groupWords(groupNames(status, invite.groupIds))] };
}

function isExpired({ status, expiresAt }: Invite, { takenAt }: Status): boolean {
  return status === "expired" || (expiresAt !== undefined && expiresAt <= takenAt);
}

const UNITS = {
  requests_per_minute: "requests/min",
  input_tokens_per_minute: "input tokens/min",
  input_tokens_per_minute_cache_aware: "uncached input tokens/min",
  output_tokens_per_minute: "output tokens/min",
  tokens_per_minute: "tokens/min",
  tokens_per_day: "tokens/day",
  tool_uses_per_second: "tool uses/s",
  fast_itpmca: "fast uncached input tokens/min",
  fast_otpm: "fast output tokens/min",
} as const satisfies Record<Limiter, string>;

/** A group's limits as cells: its name, then each limiter with where it comes from. */
export function limitCells({ group, models, limits }: LimitStatus, style: Style): Node["cells"] {
  const name = group.displayName ?? (group.type === "model_group" ? models.slice(0, 2).join(", ") : group.type);
  return [name === "" ? group.id : name, ...limits.map((limit) => limiterCell(limit, style))];
}

function limiterCell({ limiter, value, override, organization }: LimiterStatus, style: Style) {
  const text = `${grouped(value)} ${UNITS[limiter]}`;
  if (override === undefined) return { text, paint: style.dim };
  if (organization === undefined || override === organization) return { text };
  if (override > organization)
    return { text: `${text} (set to ${grouped(override)}, above the organization's)`, paint: style.warning };
  return { text: `${text} (of ${grouped(organization)})`, ...(value === 0 && { paint: style.error }) };
}

/** A spend limit in the currency's major unit, as the file has it. */
function money({ amountMinor = 0, currency, period }: SpendLimit): string {
  return `${amountText(amountMinor, currency)} ${currency} ${period}`;
}
