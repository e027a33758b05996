import type { Context } from "../../context.ts";
import type { AuditEntry, AuditRecord } from "../../core/audit/audit.ts";
import { Failure } from "../../core/model/failure.ts";
import type { DecisionOutcome, MessageOutcome } from "../../core/outcome/outcome.ts";
import { mayAnswer, shownName } from "../../core/policy/decide.ts";
import type { Allowed, Denied } from "../../core/policy/policy.ts";
import {
  type Answer,
  type AnswerOrigin,
  type AnswerStart,
  inputTokensOf,
  type MessageSender,
  turnText,
} from "../../core/prompt/answer.ts";
import { checkSize, type PromptRequest, promptKey, type Turn } from "../../core/prompt/request.ts";
import { printable } from "../../core/text/printable.ts";
import { acquireRateSlot } from "./rate-slot.ts";
import { sayAnswer } from "./say-answer.ts";
import { decisionOutcome, judge, renewSession, type Session } from "./session.ts";

/** One call: what it sends, and what ends it. */
export interface Call {
  /** The conversation so far; the last turn is new. */
  readonly messages: readonly Turn[];
  /** Aborts with a Failure as its reason. */
  readonly signal: AbortSignal;
}

/**
 * One call under the role, from the decision to its line in the audit log. What is denied is not sent; what is sent streams to stdout
 * where the result is text. Throws Failure; whatever was sent has its line by then.
 */
export async function callModel(
  context: Context,
  session: Session,
  call: Call,
): Promise<DecisionOutcome | MessageOutcome> {
  const decision = judge(session, context.clock.now(), call.messages);
  if (decision.decision === "deny") return deny(context, session, decision, promptOf(session, call));
  checkSize(decision.request);
  const sender = await context.api.messages(promptKey(session.workspace));
  // What cannot be logged is not done, and takes no room from others.
  await (await context.state.audit()).ready();
  const full = await acquireRateSlot(context, session, decision, call.signal);
  if (full === "waited") return callRenewed(context, session, call);
  if (full) {
    const denied = await deny(context, session, full, promptOf(session, call));
    // Whoever waited and was stopped gets to know that, and not only that there was no room.
    call.signal.throwIfAborted();
    return denied;
  }
  return send({ context, session, call, decision, sender });
}

/**
 * One call of a session that was opened a while ago: decided by the file and the day as they are now, and not as they were before whoever
 * calls thought, typed or waited. Throws as `callModel`.
 */
export async function callRenewed(
  context: Context,
  session: Session,
  call: Call,
): Promise<DecisionOutcome | MessageOutcome> {
  const renewed = await renewSession(context, session);
  if ("denied" in renewed) return deny(context, renewed.session, renewed.denied, promptOf(renewed.session, call));
  return callModel(context, renewed, call);
}

/** Writes down a denial, and is its outcome. Throws Failure `audit-unwritable`. */
export async function deny(
  context: Context,
  session: Pick<Session, "policy" | "source" | "config" | "identity"> & Partial<Pick<Session, "caller">>,
  decision: Denied,
  more: Partial<AuditEntry> = {},
): Promise<DecisionOutcome> {
  const { identity: user } = session;
  const log = await context.state.audit();
  await log.append({
    command: "prompt",
    event: "denial",
    outcome: "denied",
    reason: decision.code,
    ...organization(session.config?.organization.id),
    ...(user !== undefined && { user }),
    ...(decision.role !== null && { role: decision.role }),
    ...(decision.model !== null && { model: decision.model }),
    ...more,
  });
  return decisionOutcome(session, decision);
}

interface Sending {
  readonly context: Context;
  readonly session: Session;
  readonly call: Call;
  readonly decision: Allowed<PromptRequest>;
  readonly sender: MessageSender;
}

async function send(sending: Sending): Promise<DecisionOutcome | MessageOutcome> {
  const { context, session, call, decision, sender } = sending;
  const streams = !context.options.json;
  const begun = await recordStart(sending);
  const began = context.clock.machine();
  let start: AnswerStart | undefined;
  let origin: AnswerOrigin | undefined;
  let refused: Denied | undefined;
  let shown = false;
  let answer: Answer;
  context.terminal.progress(0, 1, "answering");
  try {
    answer = await sender.send(decision.request, {
      signal: call.signal,
      // A model or a workspace of the file may be unknown only there.
      onRefused: (from) => {
        origin = from;
        checkOrganization(session, from);
      },
      onStart: (begun) => {
        start = begun;
        checkOrganization(session, begun);
        refused = wrongModel(session, begun);
        // Thrown only to end the call: what becomes of it is said below.
        if (refused) throw new Failure("permission-denied", { message: refused.message });
        sayOtherWorkspace(context, session, begun);
      },
      onText: async (text) => {
        if (!streams) return;
        context.terminal.progress(1, 1, "answering");
        shown ||= text !== "";
        await context.terminal.out.write(text);
      },
    });
    if (shown) await context.terminal.out.end();
  } catch (error) {
    if (refused) {
      return deny(context, session, refused, { ...begun, ...promptOf(session, call), ...known(sender, start) });
    }
    if (shown) await context.terminal.out.end();
    const reason = error instanceof Failure ? error.code : "internal";
    const failed = error instanceof Failure && error.details.requestId;
    const requestId = failed ? { request_id: failed } : {};
    const from = organization(origin?.organizationId);
    await record(sending, { ...begun, outcome: "failed", reason, ...requestId, ...from, ...known(sender, start) });
    throw shown ? incomplete(error) : error;
  } finally {
    context.terminal.progress(1, 1, "answering");
  }
  await record(sending, {
    ...begun,
    ...(answer.stopReason === "refusal" ? { outcome: "failed", reason: "refusal" } : { outcome: "done" }),
    ...known(sender, answer),
    // Those of the cache are counted for it too. Source: the SDK's `Usage`.
    input_tokens: inputTokensOf(answer.usage),
    output_tokens: answer.usage.output_tokens,
  });
  sayAnswer(context, { session, decision, answer, shown, milliseconds: context.clock.machine() - began });
  const { user } = session.caller;
  const rpmLimit = session.policy.roles.get(session.caller.role)?.rpmLimit;
  return {
    kind: "message",
    answer,
    decision,
    shown: streams,
    ...(user !== undefined && { user }),
    ...(rpmLimit !== undefined && { rpmLimit }),
    ...(sender.keyHint !== null && { keyHint: sender.keyHint }),
  };
}

/** Says in the log what is about to be sent; what the record of its end says of that. Throws Failure `audit-unwritable`. */
async function recordStart(sending: Sending): Promise<Pick<AuditEntry, "phase" | "begun">> {
  const { keyHint } = sending.sender;
  const hint = keyHint === null ? {} : { key_hint: keyHint };
  const { seq } = await record(sending, { outcome: "started", phase: "started", ...hint });
  return { phase: "ended", begun: seq };
}

async function record(
  { context, session, call, decision }: Sending,
  entry: Partial<AuditEntry> & Pick<AuditEntry, "outcome">,
): Promise<AuditRecord> {
  const { role, user } = session.caller;
  const log = await context.state.audit();
  return log.append({
    command: "prompt",
    event: "prompt",
    ...organization(session.config?.organization.id),
    ...(user !== undefined && { user }),
    role,
    model: decision.model,
    ...promptOf(session, call),
    ...entry,
  });
}

/** What an answer, or only its beginning, tells the audit log. */
function known({ keyHint }: MessageSender, start: AnswerStart | undefined): Partial<AuditEntry> {
  return {
    ...(keyHint !== null && { key_hint: keyHint }),
    ...(start && { model: start.model, input_tokens: start.inputTokens }),
    ...(start && organization(start.organizationId)),
    ...(start && start.requestId !== null && { request_id: start.requestId }),
  };
}

function organization(id: string | null | undefined): Pick<AuditEntry, "organization"> {
  return id ? { organization: { id } } : {};
}

function promptOf({ config }: Pick<Session, "config">, { messages }: Call): Pick<AuditEntry, "prompt"> {
  const last = messages.at(-1);
  return config?.audit.prompts && last ? { prompt: turnText(last) } : {};
}

function checkOrganization({ config, source }: Session, { organizationId, requestId }: AnswerOrigin): void {
  const declared = config?.organization.id;
  if (declared === undefined || organizationId === null) return;
  if (organizationId.toLowerCase() === declared.toLowerCase()) return;
  const file = printable(source?.file ?? "rbac.yaml");
  throw new Failure("wrong-organization", {
    message: `the key belongs to the organization ${organizationId}, but ${file} is for ${declared}; the answer is not shown`,
    fix: `use a key of that organization, or correct organization.id in ${file}`,
    ...(requestId !== null && { requestId }),
  });
}

function wrongModel({ policy, caller }: Session, { model }: AnswerStart): Denied | undefined {
  if (mayAnswer(policy, caller.role, model)) return undefined;
  return {
    decision: "deny",
    code: "answer-model-not-allowed",
    role: caller.role,
    model: shownName(model),
    message: `The API answered with the model ${shownName(model)}, which the role may not use; the answer is not shown`,
    fix: `list ${shownName(model)} under roles.${caller.role}.models if it is meant, or ask for another with --model`,
    rule: `roles.${caller.role}.models`,
  };
}

function sayOtherWorkspace({ terminal }: Context, { workspace }: Session, { workspaceId }: AnswerStart): void {
  const pinned = workspace?.id;
  if (!workspace || pinned === undefined || workspaceId === null || workspaceId === pinned) return;
  const { variable } = promptKey(workspace);
  terminal.notice(
    `note: the key in ${variable} belongs to another workspace (${workspaceId}) than "${workspace.handle}" (${pinned})`,
  );
}

/** A failure after some text was shown; those of the API's side say already that the answer is not whole. */
function incomplete(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code === "api-error" || error.code === "incomplete-answer") return error;
  const message = `${error.details.message}; the text above is not the whole answer`;
  return new Failure(error.code, { ...error.details, message }, { cause: error });
}
