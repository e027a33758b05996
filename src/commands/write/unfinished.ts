import type { Context } from "../../context.ts";
import type { AuditEntry, AuditRecord } from "../../core/audit/audit.ts";
import { unfinishedWrites } from "../../core/audit/unfinished.ts";
import type { ApiCall, OrgWriter } from "../../core/model/call.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Organization } from "../../core/model/org.ts";

interface Run {
  readonly context: Context;
  readonly organization: Organization;
}

/** The writes to the organization whose end is in no line of this machine's log: a run was killed, or is at work. Throws Failure. */
export async function findUnfinished({ context, organization }: Run): Promise<readonly AuditRecord[]> {
  const log = await context.state.audit();
  const unfinished = unfinishedWrites({ organizationId: organization.id, host: context.api.spokenTo()?.host });
  await log.scan(({ text }) => unfinished.visit(text));
  return unfinished.found();
}

/**
 * Reads back what runs that were killed were about to write, and closes each in the log. What cannot be read back now is left to the
 * next run. To be called under the lock. Throws Failure `audit-unwritable`, and what ends every run.
 */
export async function closeUnfinished(run: Run): Promise<void> {
  const open = await findUnfinished(run);
  if (open.length === 0) return;
  const { context } = run;
  const [log, writer] = await Promise.all([context.state.audit(), context.api.writer()]);
  for (const record of open) {
    try {
      await log.append({ ...endedLike(record), ...(await readBack(writer, record.calls ?? [])) });
    } catch (error) {
      if (!(error instanceof Failure) || ENDS_EVERYTHING.has(error.code)) throw error;
      context.terminal.notice(
        `note: a run that was killed was about to change ${record.target}; what became of it cannot be read back: ${error.details.message}`,
      );
    }
  }
}

const ENDS_EVERYTHING: ReadonlySet<string> = new Set([
  "audit-unwritable",
  "credential-rejected",
  "deadline-exceeded",
  "interrupted",
  "wrong-organization",
]);

type Became = Pick<AuditEntry, "outcome" | "reason"> & Partial<Pick<AuditEntry, "id" | "calls">>;

/** What became of the calls of one change: done where the organization is as the last of them wants it. */
async function readBack(writer: OrgWriter, calls: readonly ApiCall[]): Promise<Became> {
  let done = 0;
  let id: string | undefined;
  for (const call of calls) {
    const found = await writer.readBack(call);
    if (!found) break;
    done += 1;
    id = found.id ?? id;
  }
  if (calls.length === 0) return { outcome: "failed", reason: "nobody knows whether it was done: the run was killed" };
  if (done === calls.length) {
    return { outcome: "done", reason: "done, by a run that was killed", ...(id !== undefined && { id }) };
  }
  if (done === 0) return { outcome: "failed", reason: "not done: the run was killed" };
  return { outcome: "failed", reason: "done in part: the run was killed", calls: calls.slice(done) };
}

/** The second line of a write, as far as the first one tells it. */
function endedLike({ seq, command, because, organization, action, kind, target, id, before, after }: AuditRecord) {
  return {
    command,
    event: "write",
    phase: "ended",
    begun: seq,
    ...(because !== undefined && { because }),
    ...(organization && { organization }),
    ...(action && { action }),
    ...(kind && { kind }),
    ...(target !== undefined && { target }),
    ...(id !== undefined && { id }),
    ...(before && { before }),
    ...(after && { after }),
  } as const;
}
