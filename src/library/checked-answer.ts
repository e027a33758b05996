import { mayAnswer } from "../core/policy/decide.ts";
import type { Denied } from "../core/policy/policy.ts";
import { isObject, parseJson } from "../core/text/text.ts";
import type { PolicyContext } from "./named-models.ts";

/** The denial of an answer by a model that the role may not use; `model` is what the answer says. */
export function answerDenial({ policy, role }: PolicyContext, model: unknown): Denied | undefined {
  if (typeof model === "string" && mayAnswer(policy, role, model)) return undefined;
  const named = typeof model === "string" ? model : null;
  const message = named === null ? "The answer names no model" : `Role may not use the answer of model: ${named}`;
  return { decision: "deny", code: "answer-model-not-allowed", role: role ?? null, model: named, message };
}

/**
 * The same answer, once the model that it names is known to be allowed; the denial else. Of a stream nothing is handed on before. What
 * breaks on the way breaks for whoever reads, as it would without us.
 */
export async function checkedAnswer(response: Response, context: PolicyContext): Promise<Response | Denied> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("text/event-stream")) return checkedStream(response, context);
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    return copyOf(response, failing(error));
  }
  const message = parseJson(text);
  return answerDenial(context, isObject(message) ? message.model : undefined) ?? copyOf(response, text);
}

async function checkedStream(response: Response, context: PolicyContext): Promise<Response | Denied> {
  if (!response.body) return answerDenial(context, undefined) ?? response;
  const reader: Reader = response.body.getReader();
  const held: Uint8Array[] = [];
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    let part: Awaited<ReturnType<Reader["read"]>>;
    try {
      part = await reader.read();
    } catch (error) {
      return copyOf(response, failing(error));
    }
    if (part.value) held.push(part.value);
    text += decoder.decode(part.value, { stream: !part.done });
    const seen = modelIn(text, part.done);
    if (seen === "more" && !part.done) continue;
    const denied = seen === "more" || seen === "error" ? undefined : answerDenial(context, seen.model);
    if (denied) {
      await reader.cancel().catch(() => {});
      return denied;
    }
    return copyOf(response, resumed(held, part.done ? undefined : reader));
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** More than any beginning of an answer takes. */
const LONGEST_START = 1_048_576;

/**
 * What the beginning of an event stream says: the model of its `message_start`, that it fails, or nothing yet. An event that comes
 * before `message_start` and is none of those that may is an answer without a model.
 */
function modelIn(text: string, ended: boolean): { readonly model: unknown } | "error" | "more" {
  const blocks = text.replace(/^\uFEFF/, "").split(/\r\n\r\n|\n\n|\r\r/);
  // The last one is not complete before the end.
  for (const block of ended ? blocks : blocks.slice(0, -1)) {
    const fields = block.split(/\r\n|\n|\r/).map((line) => /^(?<name>[^:]*)(?:: ?(?<value>.*))?$/.exec(line)?.groups);
    const event = fields.findLast((field) => field?.name === "event")?.value;
    const lines = fields.flatMap((field) => (field?.name === "data" ? (field.value ?? "") : []));
    if (event === undefined || event === "ping") continue;
    if (event === "error") return "error";
    const data = parseJson(lines.join("\n"));
    const message = isObject(data) && data.type === "message_start" ? data.message : undefined;
    return { model: isObject(message) ? message.model : undefined };
  }
  return text.length > LONGEST_START ? { model: undefined } : "more";
}

/** What was held back, then the rest, read as fast as it is taken. */
function resumed(held: Uint8Array[], reader: Reader | undefined): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = held.shift();
        if (first) return controller.enqueue(first);
        const part = await reader?.read();
        if (part?.value) return controller.enqueue(part.value);
        controller.close();
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function failing(error: unknown): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({ start: (controller) => controller.error(error) });
}

/** `Response` takes an address from nobody; whoever logs reads it. */
function copyOf(response: Response, body: ReadableStream<Uint8Array> | string): Response {
  return Object.defineProperty(new Response(body, response), "url", { value: response.url });
}
