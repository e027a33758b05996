import { DAY, isoTime } from "../../core/model/time.ts";
import type { KeyUsage, UsageCount, UsageStatus, WorkspaceUsage } from "../../core/status/usage.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { type Node, renderTree } from "../formats/tree.ts";
import { count, grouped, label } from "./status-words.ts";

/** Who used how much: the total, the largest and the silent ones first, then every key. */
export function usageView(usage: UsageStatus, style: Style): readonly string[] {
  const { from, to, workspaces, silent, source } = usage;
  const span = `in ${count(Math.round((to - from) / DAY), "day")}, ${minute(from)} to ${minute(to)} UTC`;
  const requests = usage.requests === undefined ? "" : `, ${count(usage.requests, "request")}`;
  const lines = [style.bold(`${count(tokens(usage), "token")}${requests} ${span}`)];
  const largest = workspaces.slice(0, 3).map((place) => `${placeName(place)} ${share(place, usage)}`);
  if (largest.length > 0) lines.push(escapeTerminal(`most in ${largest.join(", ")}`));
  else lines.push(style.warning("no usage in that time; what is newer than about five minutes does not show yet"));
  if (silent.length > 0) lines.push(escapeTerminal(`none in ${named(silent.map(label))}`));
  lines.push(...renderTree(workspaces.map((place) => placeNode(place, usage, style))));
  if (source === "legacy" && workspaces.length > 0) {
    lines.push(style.dim("requests are not counted: the organization has only the older usage report"));
  }
  return lines;
}

const NAMED = 8;

function named(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(", ")} and ${rest} more` : names.join(", ");
}

function placeNode(place: WorkspaceUsage, total: UsageCount, style: Style): Node {
  return {
    cells: [{ text: placeName(place), paint: style.bold }, ...countCells(place, total)],
    children: place.keys.map((key) => ({ cells: [...keyCells(key, style), ...countCells(key, total)] })),
  };
}

function keyCells({ keyId, name, status }: KeyUsage, style: Style): Node["cells"] {
  if (keyId === undefined) return ["no key (Workbench, federation)", ""];
  if (name === undefined) return [`${keyId} (not listed)`, ""];
  return [name, status === "active" ? "" : { text: status ?? "", paint: style.error }];
}

function countCells(usage: UsageCount, total: UsageCount): Node["cells"] {
  const right = (text: string) => ({ text, align: "right" }) as const;
  return [
    right(usage.requests === undefined ? "" : count(usage.requests, "request")),
    right(`${grouped(usage.inputTokens)} in`),
    right(`${grouped(usage.outputTokens)} out`),
    right(share(usage, total)),
  ];
}

function placeName({ workspace }: WorkspaceUsage): string {
  if (!workspace) return "no workspace";
  return workspace.special === "default" ? `${workspace.name} (the default workspace)` : label(workspace);
}

function share(part: UsageCount, total: UsageCount): string {
  const all = tokens(total);
  if (all === 0) return "0%";
  const percent = (100 * tokens(part)) / all;
  if (percent > 0 && percent < 1) return "<1%";
  return percent > 99 && percent < 100 ? ">99%" : `${Math.round(percent)}%`;
}

function tokens({ inputTokens, outputTokens }: UsageCount): number {
  return inputTokens + outputTokens;
}

function minute(at: number): string {
  return isoTime(at).slice(0, 16).replace("T", " ");
}
