import type { AuditRecord, AuditResult } from "../core/audit/audit.ts";
import type { AuditVerification } from "../core/audit/chain.ts";
import { isoTime, parseTime } from "../core/model/time.ts";
import type { AuditList, AuditOutcome } from "../core/outcome/outcome.ts";
import { breakWords } from "./audit/audit-words.ts";
import { plural } from "./findings/sentence.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Paint, Style } from "./formats/style.ts";
import { type Cell, renderRows } from "./formats/tree.ts";

/** The log for people: its records as a table, or whether it is whole. */
export function auditText(outcome: AuditOutcome, style: Style): string {
  const lines = outcome.list ? shown(outcome, outcome.list, style) : verified(outcome, style);
  return `${lines.join("\n")}\n`;
}

function shown({ path, exists, verification }: AuditOutcome, list: AuditList, style: Style): readonly string[] {
  if (!exists && verification.ok) return [none(path)];
  const { entries, matching, unreadable } = list;
  const newest = entries.length < matching ? `the newest ${entries.length} of ` : "";
  return [
    ...(entries.length > 0 ? [...table(entries, style), ""] : []),
    style.dim(escapeTerminal(`${newest}${plural(matching, "record")} of ${path}`)),
    ...(unreadable > 0 ? [style.warning(`${plural(unreadable, "line")} of it cannot be read`)] : []),
    ...(verification.ok ? [] : broken(path, verification, style)),
  ];
}

const HEADINGS = ["when (UTC)", "who", "what", "target", "outcome", "request"] as const;

function table(records: readonly AuditRecord[], style: Style): readonly string[] {
  const heading = HEADINGS.map((text) => ({ text, paint: style.dim }));
  const [first = "", ...rows] = renderRows([heading, ...records.map((record) => cells(record, style))]);
  return [first, ...rows.flatMap((row, index) => [row, ...details(records[index], style)])];
}

function cells(record: AuditRecord, style: Style): readonly (Cell | string)[] {
  const {
    at,
    by = "",
    user,
    role,
    command,
    event,
    action,
    kind,
    model,
    target = "",
    outcome,
    request_id = "",
  } = record;
  const instant = parseTime(at);
  const when = instant === undefined ? at : isoTime(instant).slice(0, 19).replace("T", " ");
  const who = user === undefined ? by : `${user}${role === undefined ? "" : ` (${role})`}`;
  // A write is told by its action, a prompt by its model.
  const told = (event === "write" && action !== undefined) || event === "prompt" ? [] : [event];
  const what = [command, ...told, action, kind?.replaceAll("_", " "), model].filter((word) => word !== undefined);
  return [when, who, what.join(" "), target, { text: outcome, paint: paintOf(outcome, style) }, request_id];
}

function paintOf(outcome: string, style: Style): Paint {
  const paints: readonly (readonly [AuditResult, Paint])[] = [
    ["done", style.add],
    ["failed", style.error],
    ["refused", style.error],
    ["denied", style.error],
    ["overridden", style.warning],
    ["manual", style.manual],
    ["skipped", style.dim],
  ];
  return paints.find(([name]) => name === outcome)?.[1] ?? ((text) => text);
}

/** So much of a value fits below a line. */
const LONGEST = 300;

function details(record: AuditRecord | undefined, style: Style): readonly string[] {
  if (!record) return [];
  const { before, after, reason, input_tokens, output_tokens } = record;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const change = names.map((name) => `${name}: ${value(before?.[name])} → ${value(after?.[name])}`).join(", ");
  const tokens =
    input_tokens === undefined && output_tokens === undefined
      ? ""
      : `${input_tokens ?? 0} tokens in, ${output_tokens ?? 0} out`;
  return [change, tokens, reason ?? ""]
    .filter((text) => text !== "")
    .map((text) => style.dim(`    ${escapeTerminal(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)}`));
}

function value(field: unknown): string {
  if (field === undefined || field === null) return "none";
  return typeof field === "string" ? field : JSON.stringify(field);
}

function verified({ path, exists, verification }: AuditOutcome, style: Style): readonly string[] {
  if (!verification.ok) return broken(path, verification, style);
  if (!exists) return [none(path)];
  const { records, head, recoveries } = verification;
  const kept = `${head.seq}:${head.hash}`;
  return [
    `${escapeTerminal(path)}: ${plural(records, "record")}, and the chain is ${style.add("whole")}`,
    ...recoveries.map(({ line, at, reason }) => style.warning(escapeTerminal(`  line ${line} (${at}): ${reason}`))),
    style.dim(`kept elsewhere, its head shows later whether anything up to here was changed:`),
    style.dim(`  anth-rbac audit verify --head ${kept}`),
  ];
}

function broken(path: string, verification: AuditVerification & { readonly ok: false }, style: Style) {
  const { broken: found, records } = verification;
  const place = style.bold(escapeTerminal(`${path}:${found.line}`));
  return [
    `${place}: ${style.error("error")}: ${breakWords(found)} ${style.dim(`[${found.code}]`)}`,
    style.dim(`  ${plural(records, "record")} before it ${records === 1 ? "is" : "are"} whole`),
  ];
}

function none(path: string): string {
  return escapeTerminal(`there is no audit log yet (${path}): nothing has been written from here`);
}
