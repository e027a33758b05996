import fc from "fast-check";
import { sha256 } from "../../src/adapters/files/sha256.ts";
import {
  AUDIT_COMMANDS,
  AUDIT_RESULTS,
  type AuditEntry,
  type AuditRecord,
  chain,
  GENESIS,
} from "../../src/core/audit/audit.ts";
import { anyCharacter } from "./any-character.ts";
import { NOW } from "./org.ts";

/** Any text that a program can hold: controls, formulas, quotes, halves of surrogate pairs. */
export const hostile = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 20 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    ' =cmd|"/c"!A1',
    "a;=1",
    '","',
    "\u202egnp.exe",
    "\u001b[2J",
  ),
);

const fields = fc.dictionary(hostile, fc.jsonValue(), { maxKeys: 3 });
const required = { command: fc.constantFrom(...AUDIT_COMMANDS), outcome: fc.constantFrom(...AUDIT_RESULTS) };
// A recovery is what the log itself writes, and is judged by the chain.
const events = fc.constantFrom("write", "refusal", "override", "delivery", "prompt", "denial", "evidence");
const optional = {
  by: hostile,
  organization: fc.record({ id: hostile, name: hostile }, { requiredKeys: [] }),
  target: hostile,
  id: hostile,
  before: fields,
  after: fields,
  reason: hostile,
  request_id: hostile,
  user: hostile,
  role: hostile,
  model: hostile,
  input_tokens: fc.nat(),
  key_hint: hostile,
};

export const entries: fc.Arbitrary<AuditEntry> = fc.record(
  { ...required, event: events, ...optional },
  { requiredKeys: ["command", "event", "outcome"] },
) as fc.Arbitrary<AuditEntry>;

/** The records of a log that was written without any accident. */
export function chained(list: readonly AuditEntry[]): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const entry of list) records.push(chain(records.at(-1) ?? GENESIS, entry, NOW + records.length * 1000, sha256));
  return records;
}

export const WRITE: AuditEntry = {
  command: "apply",
  event: "write",
  outcome: "done",
  action: "update",
  kind: "member",
  target: "members.ada@acme.example",
};
