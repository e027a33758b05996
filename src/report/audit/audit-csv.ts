import type { AuditRecord } from "../../core/audit/audit.ts";
import type { AuditOutcome } from "../../core/outcome/outcome.ts";
import { escapeCsv } from "../formats/escape.ts";

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
  ["organization_id", ({ organization }) => organization?.id],
  ["organization_name", ({ organization }) => organization?.name],
  ["user", ({ user }) => user],
  ["role", ({ role }) => role],
  ["model", ({ model }) => model],
  ["input_tokens", ({ input_tokens }) => input_tokens],
  ["output_tokens", ({ output_tokens }) => output_tokens],
  ["key_hint", ({ key_hint }) => key_hint],
  ["prompt", ({ prompt }) => prompt],
  ["request_id", ({ request_id }) => request_id],
  ["hash", ({ hash }) => hash],
];

/** The records for a spreadsheet: RFC 4180, one record on one line, and no cell that a spreadsheet would run. */
export function auditCsv({ list }: AuditOutcome): string {
  const rows = (list?.entries ?? []).map((record) => COLUMNS.map(([, value]) => String(value(record) ?? "")));
  return [COLUMNS.map(([name]) => name), ...rows].map((cells) => `${cells.map(escapeCsv).join(",")}\r\n`).join("");
}
