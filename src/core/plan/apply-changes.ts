import type { CallIds } from "../kinds/kind.ts";
import { callsOf, kindOf } from "../kinds/kinds.ts";
import type { Matches } from "../match/matches.ts";
import type { ApiCall, OrgWriter, Seen, WriteRemark, Written } from "../model/call.ts";
import type { Change, ChangeKind } from "../model/change.ts";
import { Failure, type FailureCode, messageWithFix } from "../model/failure.ts";
import type { OrgSnapshot } from "../model/org.ts";
import type { ChangeResult, ResultError } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { quoted } from "../text/text.ts";
import { blockerOf, blockerWords, isReduction } from "./blocker.ts";
import { idTable } from "./ids.ts";
import { checkUnmoved, movedBeside, replacesWhole } from "./look.ts";

export interface CarryOutInput {
  /** In the order of the plan, which is the order of the writes. */
  readonly changes: readonly Change[];
  readonly live: OrgSnapshot;
  /** Which live objects the targets of the changes name. */
  readonly matches: Pick<Matches, "handles" | "people">;
  readonly writer: OrgWriter;
  /** Epoch ms. */
  readonly now: () => number;
  /** Why nothing more may be begun (interrupted, out of time), asked before each change. */
  readonly stopped: () => Failure | undefined;
  /** What has to succeed before a change is written, such as the delivery of a secret. A Failure that it throws fails the change. */
  readonly prepare?: (change: Change) => Promise<void>;
  /** Called before the first call of a change is sent, and waited for: a Failure that it throws keeps it from being sent. */
  readonly onBegin: (change: Change, calls: readonly ApiCall[]) => Promise<void>;
  /** Called when something has become of a change, and waited for before the next one. What it throws ends the run. */
  readonly onResult: (result: ChangeResult) => Promise<void>;
}

/** Failures that say nothing of the change that they meet. */
const ENDS_THE_RUN: ReadonlySet<FailureCode> = new Set(["deadline-exceeded", "interrupted", "audit-unwritable"]);
/** Failures that every further write would meet as well. */
const FATAL: ReadonlySet<FailureCode> = new Set([
  ...ENDS_THE_RUN,
  "credential-missing",
  "credential-rejected",
  "wrong-organization",
  "redirected",
  "rate-limited",
]);

/**
 * Carries out changes one by one, in their order. A failure does not stop what is independent of it; what depends on it is
 * skipped. After an interrupt, or a failure that no other change can escape, the rest is skipped. Never throws for a write.
 */
export async function applyChanges(input: CarryOutInput): Promise<readonly ChangeResult[]> {
  const { changes, stopped, onResult } = input;
  const ids = idTable(input);
  const undone: Change[] = [];
  /** Workspaces that exist, but without all that was asked for. */
  const incomplete = new Set<Change>();
  const results: ChangeResult[] = [];
  let fatal: Failure | undefined;
  const withoutPreview = new Map<ChangeKind, Failure>();

  for (const change of changes) {
    fatal ??= stopped();
    const preview = withoutPreview.get(change.kind);
    let result: ChangeResult;
    if (change.action === "manual") result = resultOf(change, "manual");
    else if (fatal) result = resultOf(change, "skipped", { error: stoppedError(fatal) });
    else if (preview) result = resultOf(change, "skipped", { error: stoppedError(preview) });
    else {
      const blocker = blockerOf(change, undone, incomplete);
      result = blocker
        ? resultOf(change, "skipped", { error: { code: "blocked", message: blockerWords(blocker) } })
        : await attempt(change, ids.facts, input, (failure) => {
            if (FATAL.has(failure.code)) fatal = failure;
            if (failure.code === "preview-not-enabled") withoutPreview.set(change.kind, failure);
          });
    }
    if (change.action === "create" && result.id !== null) ids.created(change.target, result.id);
    if (result.status !== "done" && change.action !== "manual") undone.push(change);
    if (result.remark?.code === "workspace-incomplete" && result.id !== null) incomplete.add(change);
    results.push(result);
    await onResult(result);
  }
  return results;
}

async function attempt(
  change: Change,
  facts: CallIds,
  { writer, live, now, prepare, onBegin }: CarryOutInput,
  onFailure: (failure: Failure) => void,
): Promise<ChangeResult> {
  const calls = callsOf(change, facts);
  if (!calls) return resultOf(change, "skipped", { error: missing(change) });
  let written: Written | undefined;
  const seen: (Seen | undefined)[] = [];
  let isBegun = false;
  try {
    if (isReduction(change) || replacesWhole(calls)) await checkStill(calls, live, writer);
    await prepare?.(change);
    await onBegin(change, calls);
    isBegun = true;
    for (const call of calls) {
      written = await writeOne(writer, call, written);
      seen.push(written.seen);
    }
    const { code, message } = written?.remark ?? {};
    // It exists, and what is inside it can be carried out; what the API left out of it cannot be told from here.
    if (code === "workspace-incomplete" && message !== undefined)
      return resultOf(change, "failed", { ...written, at: now(), error: { code, message } });
    const moved = movedBeside(calls, live, seen);
    const remark = moved === undefined ? {} : { remark: { code: "moved-since-plan", message: moved } as const };
    return resultOf(change, "done", { ...remark, ...written, at: now() });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    onFailure(error);
    const isUnsent = !isBegun || (written === undefined && error.details.isUnsent === true);
    if (isUnsent && ENDS_THE_RUN.has(error.code)) return resultOf(change, "skipped", { error: stoppedError(error) });
    // Without the preview nobody can set a spend limit here: that is a warning, not a failure.
    const status = error.code === "preview-not-enabled" ? "skipped" : isForPeople(change, error) ? "manual" : "failed";
    const requestId = error.details.requestId ?? written?.requestId ?? null;
    const failed = written === undefined ? undefined : calls[seen.length];
    const unsent = calls[seen.length];
    const lost = status === "failed" && unsent ? kindOf(change.kind).lost?.(unsent, seen.length) : undefined;
    const rest = { requestId, at: now(), error: errorOf(change, error, lost) };
    // One call that failed leaves nothing that its first line does not say.
    const mayBePartly = calls.length > 1 && (failed !== undefined || !(isUnsent || isRefusal(error)));
    return resultOf(change, status, { ...rest, ...(mayBePartly && { left: calls.slice(seen.length) }) });
  }
}

/** Whether the API has answered that it did not do it: of a request whose answer is lost, or late, nobody knows. */
function isRefusal({ details: { status = 0 } }: Failure): boolean {
  return status >= 400 && status < 500;
}

/** Whether the API leaves a change to a person. */
function isForPeople({ kind }: Change, { details: { errorCode } }: Failure): boolean {
  return errorCode !== undefined && kindOf(kind).refusals?.includes(errorCode) === true;
}

/** One look at what is about to be taken away: minutes may lie between the plan and the write. Throws Failure `moved-since-plan`. */
async function checkStill([call]: readonly ApiCall[], live: OrgSnapshot, writer: OrgWriter): Promise<void> {
  const seen = call && (await writer.look(call));
  if (seen) checkUnmoved(call, live, seen);
}

/** A call that found its effect there already has no request of its own: the one before it stays the last that wrote. */
async function writeOne(writer: OrgWriter, call: ApiCall, before: Written | undefined): Promise<Written> {
  const written = await writer.write(withMadeId(call, before?.id));
  const id = written.id ?? before?.id;
  return { ...written, ...(id !== undefined && { id }), requestId: written.requestId ?? before?.requestId ?? null };
}

/** The id that a call before it made, where it is about that object. */
function withMadeId(call: ApiCall, id: string | undefined): ApiCall {
  return call.name === "add-federation-rule-workspace" ? { ...call, ruleId: call.ruleId ?? id ?? null } : call;
}

interface ResultRest {
  readonly id?: string;
  readonly requestId?: string | null;
  readonly at?: number;
  readonly error?: ResultError;
  readonly left?: readonly ApiCall[];
  readonly remark?: WriteRemark;
}

function resultOf(change: Change, status: ChangeResult["status"], rest: ResultRest = {}): ChangeResult {
  const { id = change.id, requestId = null, at = null, error = null, left, remark } = rest;
  return { change, status, id, requestId, at, error, ...(left && { left }), ...(remark && { remark }) };
}

function errorOf(change: Change, failure: Failure, lost?: string): ResultError {
  const { code, details } = failure;
  // The advice for a refusal of the credential would lead nowhere: another one is refused as well.
  const said = isForPeople(change, failure)
    ? { message: `${details.message} (${details.errorCode})`, fix: "a person has to do it in Claude" }
    : details;
  return { code, message: lost === undefined ? messageWithFix(said) : `${messageWithFix(said)}; ${lost}` };
}

function stoppedError({ code, details }: Failure): ResultError {
  return { code, message: `not begun: ${details.message}` };
}

function missing({ target: at }: Change): ResultError {
  const { workspace, email } = parseTarget(at) ?? {};
  const whoever = email === undefined ? "what is to be in it" : "the person";
  const what = workspace === undefined ? "the object" : `the workspace ${quoted(workspace)}, or ${whoever},`;
  return { code: "not-found", message: `${what} does not exist, and nothing in this run creates it` };
}
