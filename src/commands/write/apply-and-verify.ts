import type { Context } from "../../context.ts";
import type { AuditRecord } from "../../core/audit/audit.ts";
import type { Matches } from "../../core/match/matches.ts";
import type { Change } from "../../core/model/change.ts";
import { Failure } from "../../core/model/failure.ts";
import { finding } from "../../core/model/finding.ts";
import type { OrgSnapshot } from "../../core/model/org.ts";
import type { ChangeResult, Plan, RunLock } from "../../core/model/plan.ts";
import type { ResultOutcome } from "../../core/outcome/outcome.ts";
import { applyChanges } from "../../core/plan/apply-changes.ts";
import { type After, incompleteChanges, type Verification, verify } from "../../core/plan/verify.ts";
import { endOf, recordOverrides, startOf } from "./audit.ts";
import type { Author } from "./refuse.ts";

/** What a second look at the organization finds to be done. */
export type Look = After;

/** A plan that was agreed to, and what it takes to carry it out. */
interface ApplyRequest {
  readonly context: Context;
  /** Who writes, for the audit log. */
  readonly author: Author;
  readonly plan: Plan;
  readonly live: OrgSnapshot;
  /** Which live objects the targets of the changes name. */
  readonly matches: Matches;
  /** Absent where there is nothing to write. */
  readonly lock?: RunLock;
  /** The plan made anew, of as much as this one can have changed: what is still in it is not done. Throws Failure. */
  readonly look: () => Promise<Look>;
  /** What has to succeed before a change may be written. A Failure that it throws fails the change. */
  readonly prepare?: (change: Change) => Promise<void>;
}

/** Milliseconds before each further look: lists may lag behind writes, and nobody promises by how much (admin-api.md 3.9). */
const VERIFY_DELAYS_MS = [0, 500, 1_000, 2_000, 3_000, 3_500] as const;

/**
 * Carries out a plan that was agreed to, one change at a time, each in the audit log before it is sent, and its end before the next
 * one begins; then reads again what the plan touched. Throws only where nothing has been written yet.
 */
export async function applyAndVerify(request: ApplyRequest): Promise<Omit<ResultOutcome, "locate">> {
  const { context, author, plan, live, matches, lock, prepare } = request;
  const writes = plan.changes.filter(({ action }) => action !== "manual").length;
  const deadline = context.clock.deadline();
  let unrecorded: Failure | undefined;
  // Known only once it is looked for: what was read then is another organization's.
  let elsewhere: Failure | undefined;
  const stopped = () => unrecorded ?? (lock && lockLost(lock)) ?? reasonOf(deadline) ?? elsewhere;

  const log = writes > 0 ? await context.state.audit() : undefined;
  await log?.ready();
  if (log) await recordOverrides(context, author, plan);
  let done = 0;
  const begun = new Map<Change, number>();
  const onInterrupt = () => context.terminal.notice("finishing the change in flight; Ctrl-C again ends at once");
  if (writes > 0) context.signal.addEventListener("abort", onInterrupt, { once: true });
  const logging = async (append: () => Promise<AuditRecord> | undefined) => {
    try {
      return await append();
    } catch (error) {
      if (error instanceof Failure) unrecorded ??= error;
      throw error;
    }
  };
  const results = await applyChanges({
    changes: plan.changes,
    live,
    matches,
    writer: await context.api.writer(),
    now: context.clock.now,
    stopped,
    ...(prepare && { prepare }),
    onBegin: async (change, calls) => {
      const record = await logging(() => log?.append(startOf(author, change, calls, plan)));
      if (record) begun.set(change, record.seq);
    },
    onResult: async (result) => {
      if (result.status !== "manual") done += 1;
      context.terminal.progress(done, writes, "writing");
      const entry = endOf(author, result, begun.get(result.change), plan);
      // What was written cannot be taken back: where its end cannot be logged, it is still in the results.
      if (entry) await logging(() => log?.append(entry)).catch(unlessFailure);
    },
  });
  context.signal.removeEventListener("abort", onInterrupt);
  // Out of time nothing can be read any more: what is left is what was not carried out.
  const checked = deadline.aborted
    ? undefined
    : await verifyEffect(request, results, (failure) => {
        if (failure.code === "wrong-organization") elsewhere = failure;
      });
  const end = stopped();
  const { verified, remaining } = checked ?? { verified: false, remaining: incompleteChanges(results) };
  return {
    kind: "result",
    plan: withWarnings(plan, results),
    results,
    verified,
    remaining,
    ...(end && { stopped: end }),
  };
}

/** Reads and plans again until nothing differs any more, or waiting cannot help; undefined where nothing can be read. */
async function verifyEffect(
  request: ApplyRequest,
  results: readonly ChangeResult[],
  onFailure: (failure: Failure) => void,
): Promise<Verification | undefined> {
  const { context, plan, look } = request;
  const tried = results.some(({ status }) => status === "done" || status === "failed");
  if (!tried) return verify(results, { ...plan, changes: incompleteChanges(results) });
  const signal = context.clock.deadline();
  let last: Verification | undefined;
  for (const pause of VERIFY_DELAYS_MS) {
    if (pause > 0) {
      context.terminal.progress(0, 1, "verifying");
      await context.clock.sleep(pause, signal);
      context.terminal.progress(1, 1, "verifying");
    }
    try {
      last = verify(results, await look());
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      onFailure(error);
      return last;
    }
    if (signal.aborted) return undefined;
    if (last.verified || !last.mayLag) return last;
  }
  return last;
}

/** What shows only when something is written: that a preview is missing, and what the API remarks of what it carried out. */
function withWarnings(plan: Plan, results: readonly ChangeResult[]): Plan {
  const previews = results.flatMap(({ change: { kind }, error }) =>
    error?.code === "preview-not-enabled" ? (kind === "session" ? "sign-outs" : "spend limits") : [],
  );
  const findings = [
    ...plan.findings,
    ...[...new Set(previews)].map((feature) => finding("preview-not-enabled", { feature })),
    ...results.flatMap(({ change: { target }, remark }) =>
      remark ? finding(remark.code, { target, said: remark.message }, { target }) : [],
    ),
  ];
  return { ...plan, findings };
}

function unlessFailure(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
}

function lockLost(lock: RunLock): Failure | undefined {
  if (lock.isHeld()) return undefined;
  return new Failure("busy", {
    message: "another run took over, because this one did not move for too long",
    fix: "run again",
  });
}

function reasonOf(signal: AbortSignal): Failure | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason instanceof Failure ? signal.reason : new Failure("interrupted", { message: "interrupted" });
}
