import type { Context } from "../../context.ts";
import type { Outcome } from "../../core/outcome/outcome.ts";
import type { PromptInput } from "./input.ts";
import { decisionOutcome, judge, openSession, type SessionOptions } from "./session.ts";

export interface PromptOptions extends SessionOptions, PromptInput {
  /** Only what the policy says; nothing is read, logged or sent. */
  readonly dryRun: boolean;
}

/** What is read within so many milliseconds is sent under the policy that was read before it. */
const AT_ONCE = 1000;

/** Sends a prompt under the caller's role, or holds a conversation. What the policy denies reaches no network. Throws Failure. */
export async function prompt(context: Context, options: PromptOptions): Promise<Outcome> {
  const opened = await openSession(context, options);
  if ("kind" in opened) return opened;
  if ("denied" in opened) {
    const { session, denied } = opened;
    if (options.dryRun) return { ...decisionOutcome(session, denied), asked: true };
    const { deny } = await import("./call.ts");
    return deny(context, session, denied);
  }
  const decision = judge(opened, context.clock.now());
  if (options.dryRun) return { ...decisionOutcome(opened, decision), asked: true };
  // Whoever only asks what the policy says waits for none of this.
  const { callModel, callRenewed, deny } = await import("./call.ts");
  // A denied call waits for no stdin and reads no file.
  if (decision.decision === "deny") return deny(context, opened, decision);
  const { readInput } = await import("./input.ts");
  const began = context.clock.machine();
  const turn = await readInput(context, options);
  // What is piped in may take hours to come.
  const send = context.clock.machine() - began > AT_ONCE ? callRenewed : callModel;
  if (turn) return send(context, opened, { messages: [turn], signal: context.clock.deadline() });
  const { converse } = await import("./conversation.ts");
  return converse(context, opened);
}
