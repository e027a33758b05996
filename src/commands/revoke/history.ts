import type { Context } from "../../context.ts";
import type { AuditRecord } from "../../core/audit/audit.ts";
import { parseRecord } from "../../core/audit/record.ts";
import { isOf } from "../../core/audit/unfinished.ts";
import { itemsOf, type OrgSnapshot } from "../../core/model/org.ts";
import { parseTarget } from "../../core/model/target.ts";
import type { OffboardingPlan } from "../../core/offboarding/revocation.ts";

/** What this machine's audit log says of earlier revocations in an organization, and of whom apply has removed. */
export interface RevokeHistory {
  /**
   * The ids that people had who lost a role, were removed, or whose invitation was: their keys still name them. By e-mail in lower case;
   * without one where a revocation ended of which only the file spoke.
   */
  readonly formerIds: ReadonlyMap<string, readonly string[]>;
  /** Writes of `revoke` to what a plan is about, oldest first; a key that was disabled is in no plan any more. */
  readonly writesOf: (plan: OffboardingPlan, live: OrgSnapshot) => readonly AuditRecord[];
  /** Whether evidence of something finished was written since the last of some records. */
  readonly hasEvidence: (records: readonly AuditRecord[]) => boolean;
}

/** Reads it: what another API says of an organization of the same id is about another one. Throws Failure `file-unreadable`. */
export async function readHistory(context: Context, organizationId: string): Promise<RevokeHistory> {
  const to = { organizationId, host: context.api.spokenTo()?.host };
  const written = new Map<number, AuditRecord>();
  const formerIds = new Map<string, string[]>();
  const remember = (target = "", ids: readonly string[] = []) => {
    const email = parseTarget(target)?.email;
    if (email !== undefined) formerIds.set(email, [...new Set([...(formerIds.get(email) ?? []), ...ids])]);
  };
  const rememberWrite = ({ target, id }: AuditRecord) => id !== undefined && remember(target, [id]);
  let lastEvidence = 0;
  const log = await context.state.audit();
  await log.read(({ text }) => {
    const record = parseRecord(text);
    if (!record || !isOf(record, to)) return;
    // Of whoever apply has removed nothing else knows the id any more.
    if (record.command === "apply" && record.kind === "member" && record.action === "remove") rememberWrite(record);
    if (record.command !== "revoke") return;
    // What failed may be the file that the line before it told of.
    if (record.event === "evidence") {
      const isDone = record.outcome === "done";
      lastEvidence = isDone ? record.seq : 0;
      // Whoever was taken out of the file alone is in no write.
      for (const target of (isDone && record.about) || []) remember(target);
    }
    if (record.event !== "write") return;
    if (record.begun !== undefined) written.delete(record.begun);
    written.set(record.seq, record);
  });
  const writes = [...written.values()];
  // A removal whose answer was lost counts too: it may have taken effect. And a workspace role's line is often the last one of a run
  // that was killed while the person was being removed.
  for (const write of writes) rememberWrite(write);
  return {
    formerIds,
    writesOf: (plan, live) => {
      const { targets, emails } = subjectsOf(plan);
      const keys = keysOf(plan, live, formerIds);
      return writes.filter(
        ({ target = "", id = "" }) =>
          targets.has(target) || keys.has(id) || emails.some((email) => parseTarget(target)?.email === email),
      );
    },
    hasEvidence: (records) => records.every(({ seq }) => seq < lastEvidence),
  };
}

function subjectsOf({ changes, revocations }: OffboardingPlan) {
  const targets = new Set([
    ...changes.map(({ target }) => target),
    ...revocations.flatMap(({ keys, workspaces, invites }) =>
      [...keys, ...workspaces, ...invites].map(({ target }) => target),
    ),
  ]);
  const emails = revocations.flatMap(({ subject }) => (subject.kind === "person" ? subject.email : []));
  return { targets, emails };
}

/** The ids of every key that acts as somebody of a plan, or that they made, whatever became of it. */
function keysOf({ revocations }: OffboardingPlan, { keys }: OrgSnapshot, formerIds: RevokeHistory["formerIds"]) {
  const people = new Set(
    revocations.flatMap(({ subject }) =>
      subject.kind === "person" ? [subject.userId ?? "", ...(formerIds.get(subject.email) ?? [])] : [],
    ),
  );
  const theirs = itemsOf(keys).filter(
    ({ principal, createdBy }) =>
      (principal?.type === "user" && people.has(principal.id)) || people.has(createdBy?.id ?? "-"),
  );
  return new Set(theirs.map(({ id }) => id));
}
