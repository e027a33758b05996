import type {
  Message,
  RawMessageStreamEvent,
  StopReason,
  TextBlock,
  ThinkingBlock,
  Usage,
} from "@anthropic-ai/sdk/resources/messages/messages";
import * as z from "zod/mini";
import { problemOf, text } from "../http/schema.ts";
import type { CallEffect, EventStream } from "../state/call.ts";
import type { SeedModel } from "../state/seed.ts";
import type { SandboxSettings } from "../state/settings.ts";

/** What decides an answer. Tokens are counted as words, which is enough for limits and reports. */
export interface Prompt {
  readonly id: string;
  readonly model: SeedModel;
  readonly text: string;
  readonly inputTokens: number;
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  readonly thinkingAsked: boolean;
  readonly inferenceGeo: string | null;
}

const THOUGHT = "The sandbox thinks about this for a moment.";

/** The answer to a prompt: thinking first where the model does so, then text, cut at `max_tokens` or a stop sequence. */
export function composeMessage(prompt: Prompt, settings: SandboxSettings, effect: CallEffect | null): Message {
  const thinks = doesThink(prompt, settings);
  const thought = thinks ? tokensOf(THOUGHT).slice(0, Math.max(1, Math.floor(prompt.maxTokens / 2))) : [];
  const reply = tokensOf(settings.reply ?? `Sandbox answer to: ${prompt.text}`);
  const room = Math.max(0, prompt.maxTokens - thought.length);
  const kept = effect === "refusal" ? reply.slice(0, Math.min(2, room)) : reply.slice(0, room);
  const { text, sequence } = stopAt(kept.join(""), prompt.stopSequences);
  const cut = kept.length < reply.length;
  const stopReason: StopReason =
    effect === "refusal" ? "refusal" : sequence !== null ? "stop_sequence" : cut ? "max_tokens" : "end_turn";
  const content: (ThinkingBlock | TextBlock)[] = [];
  if (thought.length > 0) content.push({ type: "thinking", thinking: thought.join(""), signature: "c2FuZGJveA==" });
  if (text !== "") content.push({ type: "text", text, citations: null });
  return {
    id: prompt.id,
    container: null,
    content,
    diagnostics: null,
    model: prompt.model.id,
    role: "assistant",
    stop_details:
      stopReason === "refusal"
        ? { type: "refusal", category: "general_harms", explanation: "The sandbox was told to refuse." }
        : null,
    stop_reason: stopReason,
    stop_sequence: sequence,
    type: "message",
    usage: usageOf(prompt, tokensOf(text).length + thought.length, thought.length),
  };
}

/** The words of a text, each with the white space before it. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S+|\s+/g) ?? [];
}

function doesThink(prompt: Prompt, settings: SandboxSettings): boolean {
  if (prompt.maxTokens < 2 || settings.thinking === "never") return false;
  return settings.thinking === "always" || prompt.model.always_thinks || prompt.thinkingAsked;
}

function stopAt(text: string, sequences: readonly string[]): { text: string; sequence: string | null } {
  let first = text.length;
  let found: string | null = null;
  for (const sequence of sequences) {
    const at = sequence === "" ? -1 : text.indexOf(sequence);
    if (at === -1 || at >= first) continue;
    first = at;
    found = sequence;
  }
  return { text: text.slice(0, first), sequence: found };
}

function usageOf(prompt: Prompt, output: number, thinking: number): Usage {
  return {
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    inference_geo: prompt.inferenceGeo,
    input_tokens: prompt.inputTokens,
    output_tokens: output,
    output_tokens_details: { thinking_tokens: thinking },
    server_tool_use: null,
    service_tier: "standard",
    speed: "standard",
  };
}

const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/, { error: "Input should be valid base64" }));
const encoded = (mediaTypes: readonly [string, ...string[]]) =>
  z.looseObject({ type: z.literal("base64"), media_type: z.enum(mediaTypes), data: base64 });
const plainText = z.looseObject({ type: z.literal("text"), media_type: z.literal("text/plain"), data: text() });

/** The sources that are looked at, by the type of their block; others name a file or an address. */
const SOURCES: Readonly<Record<string, Readonly<Record<string, z.ZodMiniType>>>> = {
  image: { base64: encoded(["image/jpeg", "image/png", "image/gif", "image/webp"]) },
  document: { base64: encoded(["application/pdf"]), text: plainText },
};

const block = z
  .looseObject({
    type: text(1),
    text: z.exactOptional(text()),
    source: z.exactOptional(z.looseObject({ type: z.exactOptional(z.unknown()), data: z.exactOptional(z.unknown()) })),
  })
  .check((read) => {
    const { type, source } = read.value;
    const form = SOURCES[type]?.[String(source?.type)];
    const problem = form && problemOf(form, source);
    if (problem) {
      read.issues.push({ code: "custom", path: ["source", ...problem.path], message: problem.message, input: source });
    }
  });

/**
 * Reads the content of a turn down to its words: a string, or blocks, where text and documents of plain text count. Images and
 * PDFs have to look like what the API takes, and say nothing; blocks of other shapes pass.
 */
export const messageContent = z.union([
  text(),
  z.pipe(
    z.array(block),
    z.transform((blocks) => blocks.map(wordsOf).join("\n")),
  ),
]);

function wordsOf({ text: words, source }: z.output<typeof block>): string {
  return source?.type === "text" && typeof source.data === "string" ? source.data : (words ?? "");
}

/** The events of a streamed answer, one text delta per word; an effect ends it half way. Source: admin-api.md 5.6. */
export function streamOf(message: Message, effect: CallEffect | null): EventStream {
  const events = eventsOf(message);
  if (effect !== "stream_overloaded" && effect !== "stream_cut") {
    return { stream: events.map(named), cut: false };
  }
  const half = events.slice(0, Math.ceil(events.length / 2)).map(named);
  if (effect === "stream_cut") return { stream: half, cut: true };
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  return { stream: [...half, { event: "error", data: error }], cut: false };
}

function named(data: RawMessageStreamEvent): { event: string; data: unknown } {
  return { event: data.type, data };
}

function eventsOf(message: Message): RawMessageStreamEvent[] {
  const { usage } = message;
  const start: Message = {
    ...message,
    content: [],
    stop_details: null,
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1, output_tokens_details: null },
  };
  const events: RawMessageStreamEvent[] = [{ type: "message_start", message: start }];
  for (const [index, block] of message.content.entries()) {
    if (block.type === "thinking") {
      const empty = { type: "thinking", thinking: "", signature: "" } as const;
      events.push({ type: "content_block_start", index, content_block: empty });
      for (const thinking of tokensOf(block.thinking)) {
        events.push({ type: "content_block_delta", index, delta: { type: "thinking_delta", thinking } });
      }
      const { signature } = block;
      events.push({ type: "content_block_delta", index, delta: { type: "signature_delta", signature } });
    } else if (block.type === "text") {
      events.push({ type: "content_block_start", index, content_block: { type: "text", text: "", citations: null } });
      for (const text of tokensOf(block.text)) {
        events.push({ type: "content_block_delta", index, delta: { type: "text_delta", text } });
      }
    }
    events.push({ type: "content_block_stop", index });
  }
  const { container, stop_details, stop_reason, stop_sequence } = message;
  events.push({
    type: "message_delta",
    delta: { container, stop_details, stop_reason, stop_sequence },
    usage: {
      cache_creation_input_tokens: usage.cache_creation_input_tokens,
      cache_read_input_tokens: usage.cache_read_input_tokens,
      input_tokens: usage.input_tokens,
      output_tokens: usage.output_tokens,
      output_tokens_details: usage.output_tokens_details,
      server_tool_use: usage.server_tool_use,
    },
  });
  events.push({ type: "message_stop" });
  return events;
}
