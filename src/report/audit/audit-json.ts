import type { AuditVerification } from "../../core/audit/chain.ts";
import type { AuditOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { breakWords } from "./audit-words.ts";

/** The log for programs: records as they stand in it, and whether it is whole. */
export function auditJson({ path, exists, verification, list }: AuditOutcome, exitCode: number): string {
  const object = {
    format_version: FORMAT_VERSION,
    kind: "audit",
    exit_code: exitCode,
    log: path,
    exists,
    verification: verificationJson(verification),
    ...(list && { matching: list.matching, unreadable: list.unreadable, entries: list.entries }),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
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
