import { Failure } from "../../core/model/failure.ts";
import {
  type Answer,
  type AnswerListener,
  type AnswerOrigin,
  type AnswerStart,
  type AnswerUsage,
  inputTokensOf,
} from "../../core/prompt/answer.ts";
import { isObject } from "../../core/text/text.ts";

export interface AnswerReading {
  /** The events of the stream, as they came; none of their fields is checked yet. */
  readonly events: AsyncIterable<unknown>;
  readonly headers: AnswerOrigin;
  readonly listener: Pick<AnswerListener, "onStart" | "onText">;
  /** For messages. */
  readonly what: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The answer that a stream of events tells, text by text to the listener. Only what `message_stop` ends is whole: anything else is
 * Failure `incomplete-answer`. What the stream or the listener throws passes through. Events and blocks that are not known are
 * skipped, as the API asks for (admin-api.md 5.6). Leaving it, in whatever way, closes the stream.
 */
export async function readAnswer({ events, headers, listener, what }: AnswerReading): Promise<Answer> {
  const fail = (why: string) => incompleteAnswer(`${what}: ${why}`, headers.requestId, start !== undefined);
  let start: AnswerStart | undefined;
  let usage: AnswerUsage = NO_USAGE;
  let end: Pick<Answer, "stopReason" | "refusal"> | undefined;
  let text = "";

  for await (const event of events) {
    if (!isObject(event)) continue;
    if (event.type === "message_start") {
      const { id, model, usage: counted } = fieldsOf(event.message);
      if (start || typeof id !== "string" || typeof model !== "string") throw fail("the answer begins wrongly");
      usage = countedOver(NO_USAGE, counted);
      start = { id, model, ...headers, inputTokens: inputTokensOf(usage) };
      listener.onStart(start);
    } else if (event.type === "message_delta") {
      usage = countedOver(usage, event.usage);
      end = endOf(fieldsOf(event.delta)) ?? end;
    } else if (event.type === "message_stop") {
      if (!start) break;
      if (!end) throw fail("the answer does not say why it ended");
      return { ...start, text, ...end, usage };
    } else {
      const piece = textOf(event);
      if (piece === "") continue;
      if (!start) break;
      text += piece;
      await listener.onText(piece);
    }
  }
  throw fail(
    start ? "the answer broke off" : "what came is no answer of the Messages API; is there a proxy in between?",
  );
}

/** Failure for an answer that is not whole; `begun`: it began as an answer does, and some of it may have been shown. */
export function incompleteAnswer(message: string, requestId: string | null, begun: boolean, cause?: unknown): Failure {
  const id = requestId === null ? {} : { requestId };
  const fix = begun
    ? "what came of it is not the whole answer: send the prompt again"
    : "check ANTHROPIC_BASE_URL and --base-url";
  return new Failure("incomplete-answer", { message, ...id, fix }, { cause });
}

/** The text that an event adds; thinking, signatures and the input of tools are none. */
function textOf({ type, delta, content_block: block }: Fields): string {
  if (type !== "content_block_delta" && type !== "content_block_start") return "";
  const added = fieldsOf(type === "content_block_delta" ? delta : block);
  const isText = added.type === (type === "content_block_delta" ? "text_delta" : "text");
  return isText && typeof added.text === "string" ? added.text : "";
}

function endOf({
  stop_reason: stopReason,
  stop_details: details,
}: Fields): Pick<Answer, "stopReason" | "refusal"> | undefined {
  if (typeof stopReason !== "string" || stopReason === "") return undefined;
  if (stopReason !== "refusal") return { stopReason };
  const { category, explanation } = fieldsOf(details);
  return { stopReason, refusal: { category: textOrNull(category), explanation: textOrNull(explanation) } };
}

const NO_USAGE: AnswerUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** Counts are of the whole call so far, never of one event; what an event does not tell stays. */
function countedOver(before: AnswerUsage, counted: unknown): AnswerUsage {
  const fields = fieldsOf(counted);
  const count = (name: keyof AnswerUsage) => {
    const value = fields[name];
    return typeof value === "number" && Number.isFinite(value) ? value : before[name];
  };
  return {
    input_tokens: count("input_tokens"),
    output_tokens: count("output_tokens"),
    cache_creation_input_tokens: count("cache_creation_input_tokens"),
    cache_read_input_tokens: count("cache_read_input_tokens"),
  };
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
