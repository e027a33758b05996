import type { Message, RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages/messages";
import { tokensOf } from "./api/message-answer.ts";
import type { EventStream, MessageEffect } from "./state/call.ts";

/** The events of a streamed answer, one text delta per word; an effect ends it half way. Source: admin-api.md 5.6. */
export function streamOf(message: Message, effect: MessageEffect | null): EventStream {
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
