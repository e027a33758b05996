import { itemsOf } from "../../core/model/org.ts";
import { dayOf } from "../../core/model/time.ts";
import type { GroupStatus } from "../../core/status/group.ts";
import type { Status } from "../../core/status/status.ts";
import type { Access, UserStatus } from "../../core/status/user.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { branch, type Node, renderTree } from "../formats/tree.ts";
import { groupCells } from "./status-group-text.ts";
import { keysNode, noteLines } from "./status-key-text.ts";
import { spendingNodes } from "./status-spending-text.ts";
import { count, groupWords, label } from "./status-words.ts";

/** One person: what they reach in a sentence, what stands in their way, then everything. */
export function userView({ organization, declared }: Status, person: UserStatus, style: Style): readonly string[] {
  const { email, user, access, groups, keys, created, notes } = person;
  const where = organization ? ` of ${organization.name}` : " of the organization";
  const who = [email, user?.name ?? "", user ? `${user.role}${where}` : `not a member${where}`].filter(
    (text) => text !== "",
  );
  const nodes: Node[] = [];
  if (user) {
    nodes.push(branch("workspaces", access, (items) => accessNodes(items, style), style));
    if (groups.known ? groups.items.length > 0 : groups.reason !== "not-read") {
      const shown = (items: readonly GroupStatus[]) =>
        items.map((item) => ({ cells: groupCells(item, declared, style) }));
      nodes.push(branch("groups", groups, shown, style));
    }
    nodes.push(...spendingNodes(person, style));
    nodes.push(keysNode("keys that act as them", keys, declared, style));
    if (!created.known || created.items.length > 0) {
      nodes.push(keysNode("keys they created that act as no person, or as somebody else", created, declared, style));
    }
  }
  nodes.push(...invitationNodes(person), ...declaredNodes(person));
  const reach = user ? [escapeTerminal(reachLine(person))] : [];
  return [style.bold(escapeTerminal(who.join("  "))), ...reach, ...noteLines(notes, style), ...renderTree(nodes)];
}

const NAMED = 6;

function reachLine({ access, keys }: UserStatus): string {
  const owned = keys.known
    ? `, ${count(keys.items.filter(({ status }) => status === "active").length, "active key")}`
    : "";
  if (!access.known) return `which workspaces they reach is not known (${access.reason})${owned}`;
  const reached = access.items.filter(({ state }) => state === "member" || state === "by-organization-role");
  const total = access.items.length;
  if (reached.length === 0) return `reaches none of ${count(total, "workspace")}${owned}`;
  const names = reached.slice(0, NAMED).map((item) => `${label(item.workspace)} as ${roleOf(item)}`);
  const rest = reached.length > NAMED ? ` and ${reached.length - NAMED} more` : "";
  const share =
    reached.length === total ? `all ${count(total, "workspace")}` : `${reached.length} of ${count(total, "workspace")}`;
  return `reaches ${share}: ${names.join(", ")}${rest}${owned}`;
}

function roleOf(access: Access): string {
  return access.state === "member" || access.state === "by-organization-role" ? access.role : access.state;
}

/** More workspaces that somebody is not in than this are counted: they are not what the question was about. */
const ABSENT = 20;

function accessNodes(items: readonly Access[], style: Style): readonly Node[] {
  const absent = items.filter(({ state }) => state === "absent");
  const shown = absent.length > ABSENT ? items.filter(({ state }) => state !== "absent") : items;
  const nodes: Node[] = shown.map((item) => ({ cells: accessCells(item, style) }));
  if (shown !== items)
    nodes.push({ cells: [{ text: `not a member of ${count(absent.length, "other workspace")}`, paint: style.dim }] });
  return nodes;
}

function accessCells(access: Access, style: Style): Node["cells"] {
  const name = label(access.workspace);
  switch (access.state) {
    case "member":
      return [
        name,
        { text: access.role, paint: style.add },
        access.how === "inherited" ? "inherited from the organization role" : "direct member",
      ];
    case "by-organization-role":
      return [name, { text: access.role, paint: style.add }, "the organization role: it has no members of its own"];
    case "absent":
      return [name, { text: "not a member", paint: style.dim }];
    case "unknown":
      return [name, { text: `not known (${access.reason})`, paint: style.warning }];
  }
}

function invitationNodes({ invites, invitedTo }: UserStatus): readonly Node[] {
  return itemsOf(invites).map(({ id, role, status, expiresAt }) => {
    const on =
      expiresAt === undefined ? "" : `, ${status === "expired" ? "expired" : "good until"} ${dayOf(expiresAt)}`;
    return { cells: [`invited as ${role}: ${status}${on}`, groupWords(invitedTo.get(id))] };
  });
}

function declaredNodes({ declared }: UserStatus): readonly Node[] {
  if (!declared) return [];
  const { member, workspaces, owns } = declared;
  const children: Node[] = [];
  if (member) {
    children.push({ cells: ["role", member.role ?? "not managed"] });
    children.push({ cells: ["app_role", member.appRole ?? "none: prompt refuses them"] });
    if (member.until !== undefined) children.push({ cells: ["until", member.until] });
    if (member.reason !== undefined) children.push({ cells: ["reason", member.reason] });
  }
  for (const [handle, role] of workspaces) children.push({ cells: [`workspaces.${handle}.members`, role] });
  for (const target of owns) children.push({ cells: ["owns", target] });
  return [{ cells: ["declared in rbac.yaml"], children }];
}
