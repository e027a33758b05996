import type { MachineAccess, ServiceAccountStatus } from "../../core/status/service-account.ts";
import type { Status } from "../../core/status/status.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { branch, type Node, renderTree } from "../formats/tree.ts";
import { keysNode } from "./status-key-text.ts";
import { count, label } from "./status-words.ts";

/** One service account: what it is for, where it may do what, and the keys that act as it. */
export function serviceAccountView(
  { declared: hasFile, organization }: Status,
  { account, declared, access, keys }: ServiceAccountStatus,
  style: Style,
): readonly string[] {
  const where = organization ? ` of ${organization.name}` : "";
  const who = [account.name, `service account${where}`, account.role, account.id].join("  ");
  const lines = [
    ...(account.description === undefined ? [] : [escapeTerminal(account.description)]),
    ...(account.role === "admin" ? [style.warning("! an admin: as strong as an admin of the organization")] : []),
    ...(hasFile && !declared ? [style.warning("! not in rbac.yaml")] : []),
  ];
  const nodes = [
    branch("workspaces", access, (items) => accessNodes(items, style), style),
    keysNode("keys that act as it", keys, hasFile, style),
  ];
  return [style.bold(escapeTerminal(who)), ...lines, ...renderTree(nodes)];
}

function accessNodes(items: readonly MachineAccess[], style: Style): readonly Node[] {
  const absent = items.filter(({ state }) => state === "absent").length;
  const shown = items.flatMap((item) => {
    if (item.state === "absent") return [];
    const place = label(item.workspace);
    if (item.state === "given") return { cells: [place, item.role] };
    if (item.state === "implicit") {
      return { cells: [place, item.role, { text: "as every service account is, at least", paint: style.dim }] };
    }
    return { cells: [place, { text: `not known (${item.reason})`, paint: style.warning }] };
  });
  const rest = { cells: [{ text: `not in ${count(absent, "other workspace")}`, paint: style.dim }] };
  return absent === 0 ? shown : [...shown, rest];
}
