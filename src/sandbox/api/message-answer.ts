import type {
  Message,
  StopReason,
  TextBlock,
  ThinkingBlock,
  Usage,
} from "@anthropic-ai/sdk/resources/messages/messages";
import type { SeedModel } from "../seed/seed.ts";
import type { MessageEffect } from "../state/call.ts";
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
export function composeMessage(prompt: Prompt, settings: SandboxSettings, effect: MessageEffect | null): Message {
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
