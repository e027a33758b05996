import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import { FAILURE_EXIT_REASONS } from "../../core/outcome/exit-reason.ts";
import type { Outcome } from "../../core/outcome/outcome.ts";
import { callsAMinute } from "../../core/policy/rate-window.ts";
import type { Turn } from "../../core/prompt/request.ts";
import { printable } from "../../core/text/printable.ts";
import { callModel, deny } from "./call.ts";
import { commandOf, type Talk } from "./conversation-commands.ts";
import { isBlank } from "./input.ts";
import { judge, renewSession, type Session } from "./session.ts";

/**
 * A conversation until the person ends it. Each turn is a call like any other: decided, counted, logged. Throws Failure where it cannot go
 * on: credentials, time, Ctrl-C at an empty line.
 */
export async function converse(context: Context, session: Session): Promise<Outcome> {
  const { terminal } = context;
  const conversation = await context.prompt.converse();
  try {
    terminal.notice(`${limits(session, context.clock.now())} · /help says more, Ctrl-D ends`);
    let talk: Talk = { session, turns: [] };
    for (;;) {
      const line = await conversation.next();
      if (line === undefined) break;
      if (isBlank(line)) continue;
      const command = commandOf(line, talk, context.clock.now());
      if (command.kind === "exit") break;
      if (command.kind === "send") {
        talk = await takeTurn({ context, conversation, talk }, command.text);
        continue;
      }
      if (command.denied) terminal.notice((await context.render(command.denied)).trimEnd());
      for (const text of command.lines) terminal.notice(printable(text));
      if (command.talk.session !== talk.session) terminal.notice(limits(command.talk.session, context.clock.now()));
      talk = command.talk;
    }
  } finally {
    conversation.close();
  }
  return { kind: "document", text: "" };
}

interface Taking {
  readonly context: Context;
  readonly conversation: Awaited<ReturnType<Context["prompt"]["converse"]>>;
  readonly talk: Talk;
}

/** One turn, and the conversation after it: without this turn where it has no answer. */
async function takeTurn({ context, conversation, talk }: Taking, text: string): Promise<Talk> {
  const { terminal } = context;
  const turn: Turn = { role: "user", content: text };
  const messages = [...talk.turns, turn];
  const over = new AbortController();
  const session = await renewSession(context, talk.session);
  try {
    const outcome =
      "denied" in session
        ? await deny(context, session.session, session.denied)
        : await conversation.during((interrupted) => {
            const signal = endOfTurn(context, interrupted, over.signal);
            return callModel(context, session, { messages, signal });
          });
    if (outcome.kind === "decision") {
      terminal.warning((await context.render(outcome)).trimEnd());
    } else if (outcome.answer.stopReason !== "refusal" && !isBlank(outcome.answer.text)) {
      return { ...talk, turns: [...messages, { role: "assistant", content: outcome.answer.text }] };
    }
  } catch (error) {
    if (!(error instanceof Failure) || endsTalk(error) || context.signal.aborted) throw error;
    terminal.warning((await context.render({ kind: "failure", failure: error })).trimEnd());
  } finally {
    over.abort();
  }
  terminal.notice("this turn is taken out of the conversation");
  return talk;
}

function endsTalk({ code }: Failure): boolean {
  return FAILURE_EXIT_REASONS[code] === "credentials" || code === "deadline-exceeded";
}

/** What a timer can hold, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Aborts when a turn has taken as long as --timeout allows a run: people think for longer than that between two turns. Nothing is
 * listened to any more once the turn is `over`.
 */
function endOfTurn({ options, signal: ended }: Context, interrupted: AbortSignal, over: AbortSignal): AbortSignal {
  const { timeout } = options;
  const turn = new AbortController();
  const abortWith = (failure: Failure) => () => turn.abort(failure);
  const interrupt = abortWith(new Failure("interrupted", { message: "interrupted" }));
  const expire = abortWith(
    new Failure("deadline-exceeded", {
      message: `the answer took longer than ${Math.round(timeout / 100) / 10} s`,
      fix: "give more time with --timeout",
    }),
  );
  const sources = [
    [interrupted, interrupt],
    [ended, interrupt],
    [AbortSignal.timeout(Math.min(timeout, LONGEST_TIMER)), expire],
  ] as const;
  for (const [source, abort] of sources) {
    if (source.aborted) abort();
    else source.addEventListener("abort", abort, { once: true, signal: over });
  }
  return turn.signal;
}

/** What holds for the next turn, on one line. */
function limits(session: Session, now: number): string {
  const { policy, caller } = session;
  const decision = judge(session, now);
  const rpm = policy.roles.get(caller.role)?.rpmLimit;
  return printable(
    [
      caller.role,
      decision.model ?? "no model",
      ...(decision.decision === "allow" ? [`at most ${decision.request.max_tokens} tokens an answer`] : []),
      ...(rpm === undefined ? [] : [callsAMinute(rpm)]),
    ].join(" · "),
  );
}
