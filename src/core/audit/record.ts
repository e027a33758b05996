import * as z from "zod/mini";
import { API_CALL } from "../model/call.ts";
import type { Action, ChangeKind } from "../model/change.ts";
import { isObject, parseJson } from "../text/text.ts";
import type { AuditCommand, AuditEvent, AuditPhase, AuditRecord, AuditResult } from "./audit.ts";

const text = z.string();
const count = z.number();
// Not z.record(), which leaves a field of the name __proto__ out: that may be the name of a tag.
const fields = z.custom<Readonly<Record<string, unknown>>>(isObject);

/** A word of a set that grows: one that a later version wrote is shown as it stands, and counts as none of those known here. */
function word<Word extends string>() {
  return z.custom<Word>((value) => typeof value === "string");
}

/**
 * A line of the audit log. Only `seq` to `outcome` are in every record: the logs of earlier versions lack what came later. Fields that
 * are not known here are kept.
 */
const auditRecord = z.looseObject({
  seq: z.int(),
  at: text,
  prev: text,
  hash: text,
  command: word<AuditCommand>(),
  event: word<AuditEvent>(),
  outcome: word<AuditResult>(),
  by: z.exactOptional(text),
  organization: z.exactOptional(z.looseObject({ id: z.exactOptional(text), name: z.exactOptional(text) })),
  api: z.exactOptional(z.looseObject({ host: text })),
  phase: z.exactOptional(word<AuditPhase>()),
  begun: z.exactOptional(z.int()),
  // Calls that this version does not know are none: nobody can read them back.
  calls: z.exactOptional(z.catch(z.readonly(z.array(API_CALL)), [])),
  action: z.exactOptional(word<Action>()),
  kind: z.exactOptional(word<ChangeKind>()),
  target: z.exactOptional(text),
  about: z.exactOptional(z.readonly(z.array(text))),
  id: z.exactOptional(text),
  before: z.exactOptional(fields),
  after: z.exactOptional(fields),
  reason: z.exactOptional(text),
  because: z.exactOptional(text),
  request_id: z.exactOptional(text),
  user: z.exactOptional(text),
  role: z.exactOptional(text),
  model: z.exactOptional(text),
  input_tokens: z.exactOptional(count),
  output_tokens: z.exactOptional(count),
  key_hint: z.exactOptional(text),
  prompt: z.exactOptional(text),
});

/**
 * The record of a line, or undefined where the line holds none: anybody may have written the file, and whatever is shown of it has the
 * type that it should have. It may still have been edited: the chain tells.
 */
export function parseRecord(line: string): AuditRecord | undefined {
  // Compiling a checker takes longer than checking the lines of most logs does without.
  return auditRecord.safeParse(parseJson(line), { jitless: true }).data;
}
