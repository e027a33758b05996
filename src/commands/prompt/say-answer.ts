import type { Context } from "../../context.ts";
import type { Allowed } from "../../core/policy/policy.ts";
import type { Answer } from "../../core/prompt/answer.ts";
import { printable } from "../../core/text/printable.ts";
import type { Session } from "./session.ts";

interface Answered {
  readonly session: Session;
  readonly decision: Allowed;
  readonly answer: Answer;
  /** Whether any of it is on stdout. */
  readonly shown: boolean;
  readonly milliseconds: number;
}

/** Says on stderr what an answer cost, and, even under --quiet, where it is not what it looks like. */
export function sayAnswer({ terminal }: Context, answered: Answered): void {
  const ending = endingOf(answered);
  if (ending !== undefined) terminal.warning(printable(ending));
  terminal.notice(printable(usageLine(answered)));
}

function usageLine({ answer, milliseconds }: Answered): string {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = answer.usage;
  return [
    answer.model,
    `${input_tokens} tokens in, ${output_tokens} out`,
    ...(cache_read_input_tokens > 0 ? [`${cache_read_input_tokens} from the cache`] : []),
    ...(cache_creation_input_tokens > 0 ? [`${cache_creation_input_tokens} into the cache`] : []),
    `${(milliseconds / 1000).toFixed(1)} s`,
    ...(answer.requestId === null ? [] : [answer.requestId]),
  ].join(" · ");
}

/** What has to be known about how an answer ended; undefined where it simply did. */
function endingOf({ session, decision, answer, shown }: Answered): string | undefined {
  const { stopReason, refusal } = answer;
  switch (stopReason) {
    case "end_turn":
    case "stop_sequence":
      return undefined;
    case "max_tokens": {
      const { role, request } = decision;
      const most = session.policy.roles.get(role)?.maxTokens;
      const why =
        request.max_tokens === most
          ? `the role ${role} allows no more (roles.${role}.max_tokens)`
          : "ask for more with --max-tokens";
      return `warning: the answer is cut off at ${request.max_tokens} tokens: ${why}`;
    }
    case "model_context_window_exceeded":
      return "warning: the answer is cut off: the model can hold no more; send less, or ask another model";
    case "refusal": {
      const category = refusal?.category ? ` (${refusal.category})` : "";
      const explanation = refusal?.explanation ? `: ${refusal.explanation}` : "";
      const above = shown ? ", and the text above is no answer" : "";
      return `warning: the model refused to answer${category}${above}${explanation}`;
    }
    default:
      return `warning: the answer ended for a reason that is not usual: ${stopReason}`;
  }
}
