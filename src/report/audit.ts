import { type AuditRecord, type AuditResult, startedOnly } from "../core/audit/audit.ts";
import type { AuditBreak, AuditBreakCode, AuditVerification } from "../core/audit/chain.ts";
import { isoTime, parseTime } from "../core/model/time.ts";
import type { AuditList, AuditOutcome } from "../core/outcome/outcome.ts";
import { plural } from "./findings/sentence.ts";
import { csv } from "./formats/csv.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import type { Paint, Style } from "./formats/style.ts";
import { type Cell, renderRows } from "./formats/tree.ts";
import { actionWord } from "./kinds/kinds.ts";

/** The audit log: its records, or whether it is whole. */
export const auditForms = {
  text: auditText,
  json: (outcome, run) => jsonObject("audit", run, auditFields(outcome)),
  csv: auditCsv,
  html: "text",
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
} satisfies Forms<AuditOutcome>;

/** The log for people: its records as a table, or whether it is whole. */
function auditText(outcome: AuditOutcome, style: Style): string {
  const lines = outcome.list ? shown(outcome, outcome.list, style) : verified(outcome, style);
  return `${lines.join("\n")}\n`;
}

function shown({ path, exists, verification }: AuditOutcome, list: AuditList, style: Style): readonly string[] {
  if (!exists && verification.ok) return [none(path)];
  const { entries, matching, unreadable } = list;
  const newest = entries.length < matching ? `the newest ${entries.length} of ` : "";
  return [
    ...(entries.length > 0 ? [...table(entries, style), ""] : []),
    style.dim(escapeTerminal(`${newest}${plural(matching, "event")} of ${path}`)),
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
  const done = action && actionWord(action, kind);
  const what = [command, ...told, done, kind?.replaceAll("_", " "), model].filter((word) => word !== undefined);
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
    ["started", style.warning],
  ];
  return paints.find(([name]) => name === outcome)?.[1] ?? ((text) => text);
}

/** So much of a value fits below a line. */
const LONGEST = 300;

function details(record: AuditRecord | undefined, style: Style): readonly string[] {
  if (!record) return [];
  const { before, reason, because, about = [], input_tokens, output_tokens, api } = record;
  const after = endOf(record);
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const change = names.map((name) => `${name}: ${value(before?.[name])} → ${value(after?.[name])}`).join(", ");
  const tokens =
    input_tokens === undefined && output_tokens === undefined
      ? ""
      : `${input_tokens ?? 0} tokens in, ${output_tokens ?? 0} out`;
  const why = because === undefined ? "" : `because: ${because}`;
  const whom = about.length === 0 ? "" : `about ${about.join(", ")}`;
  return [change, tokens, reason ?? "", whom, why, api ? `at ${api.host}, not the official API` : "", unended(record)]
    .filter((text) => text !== "")
    .map((text) => style.dim(`    ${escapeTerminal(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)}`));
}

/** What is so afterwards. A key that is taken away is disabled, and stays. */
function endOf({ action, kind, before, after }: AuditRecord): AuditRecord["after"] {
  return action === "remove" && kind === "key" && before && !after ? { status: "inactive" } : after;
}

/** Why a line has no end. */
function unended(record: AuditRecord): string {
  if (!startedOnly(record)) return "";
  const open = "how it ended is not in the log: it is under way, or the process was killed";
  if (record.event === "prompt") return open;
  if (record.event === "evidence")
    return `${open}; evidence of the same sheet that is written later tells of these edits`;
  return `${open}; the next apply, rotate or revoke finds out`;
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

type Column = readonly [name: string, value: (record: AuditRecord) => string | number | undefined];

const fields = (value: AuditRecord["before"]) => value && JSON.stringify(value);

const COLUMNS: readonly Column[] = [
  ["seq", ({ seq }) => seq],
  ["at", ({ at }) => at],
  ["by", ({ by }) => by],
  ["command", ({ command }) => command],
  ["event", ({ event }) => event],
  ["action", ({ action }) => action],
  ["kind", ({ kind }) => kind],
  ["target", ({ target }) => target],
  ["id", ({ id }) => id],
  ["before", ({ before }) => fields(before)],
  ["after", ({ after }) => fields(after)],
  ["outcome", ({ outcome }) => outcome],
  ["reason", ({ reason }) => reason],
  ["because", ({ because }) => because],
  ["organization_id", ({ organization }) => organization?.id],
  ["organization_name", ({ organization }) => organization?.name],
  ["api_host", ({ api }) => api?.host],
  ["user", ({ user }) => user],
  ["role", ({ role }) => role],
  ["model", ({ model }) => model],
  ["input_tokens", ({ input_tokens }) => input_tokens],
  ["output_tokens", ({ output_tokens }) => output_tokens],
  ["key_hint", ({ key_hint }) => key_hint],
  ["prompt", ({ prompt }) => prompt],
  ["request_id", ({ request_id }) => request_id],
  ["hash", ({ hash }) => hash],
  ["about", ({ about }) => about?.join(" ")],
];

/** The records for a spreadsheet: RFC 4180, one record on one line, and no cell that a spreadsheet would run. */
function auditCsv({ list }: AuditOutcome): string {
  const rows = (list?.entries ?? []).map((record) => COLUMNS.map(([, value]) => String(value(record) ?? "")));
  return csv(
    COLUMNS.map(([name]) => name),
    rows,
  );
}

/** The log for programs: records as they stand in it, and whether it is whole. */
function auditFields({ path, exists, verification, list }: AuditOutcome) {
  return {
    log: path,
    exists,
    verification: verificationJson(verification),
    ...(list && { matching: list.matching, unreadable: list.unreadable, entries: list.entries }),
  };
}

function verificationJson(verification: AuditVerification) {
  const { ok, records } = verification;
  if (verification.ok) {
    const { head, recoveries } = verification;
    return { ok, records, head: records === 0 ? null : head, recoveries, line: null, code: null, message: null };
  }
  const { broken } = verification;
  const { line, code } = broken;
  return { ok, records, head: null, recoveries: [], line, code, message: breakWords(broken) };
}

/** What each break means. A break is a fact about the file; who did it, and why, it cannot say. */
const SENTENCES: { readonly [Code in AuditBreakCode]: (broken: AuditBreak) => string } = {
  "not-json": () => "the line is no record: it was overwritten, or another program wrote to the file",
  edited: () => "the record was edited after it was written",
  replaced: ({ line }) =>
    line === 1
      ? "the record is not the first one of a log"
      : `the record does not follow the one before it: line ${line - 1} or this one was replaced`,
  removed: ({ expected, missing = 1 }) =>
    missing === 1
      ? `record ${expected} was removed before this line`
      : `records ${expected} to ${expected + missing - 1} were removed before this line`,
  inserted: ({ expected }) => `the line was inserted: record ${expected} should stand here`,
  reordered: ({ expected }) =>
    `the lines were reordered: record ${expected} should stand here, and stands further down`,
  "half-written": () =>
    "the last line is half written, by a process that was killed or a disk that was full; the next write takes it out, and says so in the log",
  "cut-off": ({ expected, missing }) =>
    missing === undefined
      ? `the end of the log was cut off in the middle of record ${expected}`
      : `the end of the log was cut off: ${plural(missing, "record")} from number ${expected} on ${missing === 1 ? "is" : "are"} missing`,
  "head-missing": () =>
    "audit.head, which says where the log ends, is missing or not readable: whether the end was cut off cannot be told",
  "head-differs": () => "the record is not the one that was written here: audit.head has another hash for it",
  "head-lost": () =>
    "the log was continued here although its end did not fit audit.head, or there was none: records before this line may be missing",
  "kept-head": () =>
    "the log does not hold the record that --head names: it was written anew since, or it is another log",
};

/** What is broken, unescaped, without its place. */
function breakWords(broken: AuditBreak): string {
  return SENTENCES[broken.code](broken);
}
