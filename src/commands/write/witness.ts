import type { Context } from "../../context.ts";
import type { AuditEntry } from "../../core/audit/audit.ts";

interface Witness {
  readonly file: string;
  readonly text: string;
  /** Whether the file has one name whenever it is written: it is in the way of the next run then. */
  readonly isNamed: boolean;
  readonly entry: Omit<AuditEntry, "event" | "target" | "reason">;
}

/**
 * Writes evidence, and its digest into the audit log. What has one name is never overwritten, so the log is told of it first: a run that
 * is killed in between leaves no file that the log does not know, and none in the way of the run that ends it. Throws Failure.
 */
export async function writeWitness({ files, state }: Context, { file, text, isNamed, entry }: Witness): Promise<void> {
  const log = await state.audit();
  const line: AuditEntry = { ...entry, event: "evidence", target: file, reason: `sha256:${files.digest(text)}` };
  if (isNamed) await log.append(line);
  try {
    await files.write(file, text, 0o600);
  } catch (error) {
    if (isNamed) await log.append({ ...line, outcome: "failed" });
    throw error;
  }
  if (!isNamed) await log.append(line);
}
