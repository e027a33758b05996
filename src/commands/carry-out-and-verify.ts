import { carryOut } from "../core/apply/carry-out.ts";
import type { ChangeResult } from "../core/apply/result.ts";
import type { RunLock } from "../core/apply/run-lock.ts";
import { left, type Verification, verify } from "../core/apply/verify.ts";
import { managedKindOf, type Selection } from "../core/converge/selection.ts";
import { matchWorkspaces } from "../core/converge/workspace-match.ts";
import { Failure } from "../core/failure.ts";
import { finding } from "../core/finding.ts";
import type { OrgSnapshot } from "../core/org.ts";
import type { ResultOutcome } from "../core/outcome.ts";
import { parseTarget } from "../core/parse-target.ts";
import type { Plan } from "../core/plan.ts";
import { type PlanRequest, planLive } from "./plan-live.ts";
import { entryOf, recordOverrides } from "./record.ts";

export interface CarryOutRequest extends PlanRequest {
  readonly plan: Plan;
  readonly live: OrgSnapshot;
  readonly lock: RunLock;
  readonly selection: Selection;
}

/** Milliseconds before each further look: lists may lag behind writes, and nobody promises by how much (admin-api.md 3.9). */
const LOOKS = [0, 500, 1_000, 2_000, 3_000, 3_500] as const;

/**
 * Carries out a plan that was agreed to, one change at a time, each in the audit log before the next one begins; then reads
 * again what the plan touched. Throws only where nothing has been written yet.
 */
export async function carryOutAndVerify(request: CarryOutRequest): Promise<Omit<ResultOutcome, "locate">> {
  const { context, config, plan, live, lock } = request;
  const writes = plan.changes.filter(({ action }) => action !== "manual").length;
  const deadline = await context.deadline();
  let unrecorded: Failure | undefined;
  const stopped = () => unrecorded ?? takenOver(lock) ?? reasonOf(deadline);

  const log = writes > 0 ? await context.audit() : undefined;
  await log?.ready();
  if (log) await recordOverrides(context, plan);
  const matches = matchWorkspaces(config, live.workspaces.known ? live.workspaces.items : undefined, keysOf(live));
  let done = 0;
  const onInterrupt = () => context.terminal.notice("finishing the change in flight; Ctrl-C again ends at once");
  if (writes > 0) context.signal.addEventListener("abort", onInterrupt, { once: true });
  const results = await carryOut({
    changes: plan.changes,
    live,
    matches,
    writer: await context.writer(),
    stopped,
    onResult: async (result) => {
      if (result.status !== "manual") done += 1;
      context.terminal.progress(done, writes, "writing");
      const entry = entryOf(result, plan);
      try {
        if (entry) await log?.append(entry);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        // What was written cannot be taken back: it is still in the results.
        unrecorded ??= error;
      }
    },
  });
  context.signal.removeEventListener("abort", onInterrupt);
  const end = stopped();
  // Out of time nothing can be read any more: what is left is what was not carried out.
  const checked = deadline.aborted ? undefined : await look(request, results);
  const { verified, remaining } = checked ?? { verified: false, remaining: left(results) };
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
async function look(request: CarryOutRequest, results: readonly ChangeResult[]): Promise<Verification | undefined> {
  const { context, plan } = request;
  const tried = results.some(({ status }) => status === "done" || status === "failed");
  if (!tried) return verify(results, { ...plan, changes: left(results) });
  const signal = await context.deadline();
  let last: Verification | undefined;
  for (const pause of LOOKS) {
    if (pause > 0) {
      context.terminal.progress(0, 1, "verifying");
      await context.sleep(pause, signal);
      context.terminal.progress(1, 1, "verifying");
    }
    try {
      const again = await planLive({ ...request, selection: touchedBy(request) });
      last = verify(results, again.plan);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return last;
    }
    if (signal.aborted) return undefined;
    if (last.verified || !last.mayLag) return last;
  }
  return last;
}

/** What a plan can have changed: only that is read again, since every list costs requests of a shared limit. */
function touchedBy({ plan, config, selection }: CarryOutRequest): Selection {
  const kinds = new Set(plan.changes.map(({ target }) => managedKindOf(target)));
  // Who leaves or changes role in the organization does so in every workspace.
  if (kinds.has("members") && (selection.kinds?.has("workspace_members") ?? true)) kinds.add("workspace_members");
  const places = plan.changes.map(({ target }) => parseTarget(target)?.workspace);
  const declared = places.flatMap((place) => (place !== undefined && config.workspaces.has(place) ? place : []));
  const isWithin = declared.length === places.length;
  return { ...selection, kinds, ...(isWithin && { workspaces: [...new Set(declared)] }) };
}

/** That a preview is missing may show only when something is written: it is the same warning then. */
function withWarnings(plan: Plan, results: readonly ChangeResult[]): Plan {
  if (!results.some(({ error }) => error?.code === "preview-not-enabled")) return plan;
  return { ...plan, findings: [...plan.findings, finding("preview-not-enabled", { feature: "spend limits" })] };
}

function takenOver(lock: RunLock): Failure | undefined {
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

function keysOf({ keys }: OrgSnapshot) {
  return keys.known ? keys.items : [];
}
