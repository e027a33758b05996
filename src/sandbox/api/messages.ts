import type { MessageBatch } from "@anthropic-ai/sdk/resources/messages/batches";
import type {
  Message,
  MessageCountTokensParams,
  MessageCreateParamsBase,
  MessageTokensCount,
} from "@anthropic-ai/sdk/resources/messages/messages";
import * as z from "zod/mini";
import { badRequest, notFound, rateLimited } from "../http/errors.ts";
import { integer, text } from "../http/schema.ts";
import { type Call, type EventStream, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import type { SeedModel } from "../state/seed.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, rowsOf } from "../state/table.ts";
import { composeMessage, messageContent, type Prompt, streamOf, tokensOf } from "./message-answer.ts";
import { findModel, lifecycleOf } from "./models.ts";
import { recordUsage } from "./usage.ts";

type Sent = Record<keyof Omit<MessageCreateParamsBase, "workspace_id">, unknown>;

const conversation = {
  model: text(1, 256),
  messages: z
    .array(z.strictObject({ role: z.enum(["user", "assistant"]), content: messageContent }))
    .check(z.minLength(1), z.maxLength(100_000)),
  system: z.exactOptional(messageContent),
  cache_control: z.exactOptional(z.unknown()),
  output_config: z.exactOptional(z.unknown()),
  speed: z.exactOptional(z.unknown()),
  thinking: z.exactOptional(z.unknown()),
  tool_choice: z.exactOptional(z.unknown()),
  tools: z.exactOptional(z.unknown()),
  user_profile_id: z.exactOptional(text(1)),
} as const;

/** Reads a body of `messages.create`; `temperature`, `top_p` and `top_k` are unknown fields since 2026-10-21. */
export const messageBody = z.strictObject({
  ...({
    ...conversation,
    max_tokens: integer(0),
    container: z.exactOptional(z.unknown()),
    diagnostics: z.exactOptional(z.unknown()),
    inference_geo: z.exactOptional(z.nullable(text(1))),
    metadata: z.exactOptional(z.unknown()),
    service_tier: z.exactOptional(z.enum(["auto", "standard_only"])),
    stop_sequences: z.exactOptional(z.array(text())),
    stream: z.exactOptional(z.boolean()),
  } satisfies Sent),
  // Of the beta alone. A tool runner of the SDK sends it first, and goes on without it where it hears that it cannot be.
  thread: z.exactOptional(z.unknown()),
});

const countBody = z.strictObject(
  conversation satisfies Record<keyof Omit<MessageCountTokensParams, "workspace_id">, unknown>,
);

/** A body of `messages.create` that has the right shape. */
export type MessageBody = z.output<typeof messageBody>;

/** `/v1/messages` and `count_tokens`. Source: admin-api.md 5.4 to 5.7. */
export const messageRoutes: readonly Route[] = [
  { method: "POST", path: "/v1/messages", access: "inference", query: [], handle: createMessage },
  { method: "POST", path: "/v1/messages/count_tokens", access: "inference", query: [], handle: countTokens },
];

function createMessage(call: Call): Message | EventStream {
  const wanted = readBody(call, messageBody);
  const message = answerMessage(call, wanted);
  return wanted.stream === true ? streamOf(message, call.effect) : message;
}

/** Answers a conversation and books its use; 404 for a model that is unknown or retired, 400 for what the model refuses. */
function answerMessage(call: Call, wanted: MessageBody): Message {
  const { state } = call;
  const model = callableModel(call, wanted.model);
  if (wanted.max_tokens > model.max_tokens) {
    throw badRequest(`max_tokens: ${wanted.max_tokens} > ${model.max_tokens}, the most that ${model.id} allows`);
  }
  if (wanted.thread !== undefined && wanted.thread !== null) {
    throw badRequest("thread: the sandbox holds no conversations", "thread_unsupported_request");
  }
  if (wanted.messages.at(-1)?.role === "assistant" && model.max_tokens >= 128_000) {
    throw badRequest("messages: this model does not support a prefilled assistant turn");
  }
  const geo = inferenceGeo(call, wanted.inference_geo ?? null);
  enforceLimit(call, model);
  const prompt: Prompt = {
    id: nextId(state, "msg"),
    model,
    text: wanted.messages.at(-1)?.content ?? "",
    inputTokens: countWords(wanted),
    maxTokens: wanted.max_tokens,
    stopSequences: wanted.stop_sequences ?? [],
    thinkingAsked: asksToThink(wanted.thinking),
    inferenceGeo: geo,
  };
  const message = composeMessage(prompt, state.settings, call.effect);
  recordUsage(call, model.id, message.usage);
  return message;
}

function countTokens(call: Call): MessageTokensCount {
  const wanted = readBody(call, countBody);
  callableModel(call, wanted.model);
  return { input_tokens: countWords(wanted) };
}

function countWords(wanted: { system?: string; messages: readonly { content: string }[] }): number {
  const texts = [wanted.system ?? "", ...wanted.messages.map((message) => message.content)];
  return texts.reduce((sum, words) => sum + tokensOf(words).length + 3, 0);
}

function callableModel(call: Call, name: string): SeedModel {
  const model = findModel(call.state.models, name);
  if (model === undefined || lifecycleOf(model, call.now) === "retired") throw notFound("model", name);
  return model;
}

function asksToThink(thinking: unknown): boolean {
  if (typeof thinking !== "object" || thinking === null || !("type" in thinking)) return false;
  return thinking.type === "enabled" || thinking.type === "adaptive";
}

function inferenceGeo(call: Call, asked: string | null): string | null {
  const residency = getRow(call.state.workspaces, call.caller.workspaceId ?? "")?.data_residency;
  const geo = asked ?? residency?.default_inference_geo ?? null;
  const allowed = residency?.allowed_inference_geos ?? "unrestricted";
  if (asked !== null && allowed !== "unrestricted" && !allowed.some((other) => other === asked)) {
    throw badRequest(`inference_geo: ${asked} is not allowed in this workspace`);
  }
  return geo;
}

/** The lower of the workspace's and the organization's `requests_per_minute`, over a sliding minute of the sandbox clock. */
function enforceLimit(call: Call, model: SeedModel): void {
  const { state, now, caller } = call;
  if (!state.settings.enforceRateLimits) return;
  const limit = rowsOf(state.rateLimits).find((row) => row.models?.includes(model.id) === true);
  if (limit === undefined) return;
  const override = getRow(state.workspaceRateLimits, `${caller.workspaceId}/${limit.id}`);
  const scopes = [["organization", limit.limits] as const, [caller.workspaceId ?? "", override?.limits ?? []] as const];
  for (const [scope, limits] of scopes) {
    const most = limits.find((entry) => entry.type === "requests_per_minute")?.value;
    if (most !== undefined) takeFromBucket(state, `${scope}/${limit.id}`, most, now);
  }
}

function takeFromBucket(state: SandboxState, bucket: string, most: number, now: number): void {
  const recent = (state.recentCalls.get(bucket) ?? []).filter((at) => at > now - 60_000 && at <= now);
  if (recent.length >= most) {
    const wait = Math.ceil(((recent[0] ?? now) + 60_000 - now) / 1000);
    throw rateLimited(`This request would exceed the rate limit of ${most} requests per minute`, wait);
  }
  state.recentCalls.set(bucket, [...recent, now]);
}

const newBatch = z.strictObject({
  requests: z
    .array(z.strictObject({ custom_id: text(1, 64), params: messageBody }))
    .check(z.minLength(1), z.maxLength(100_000)),
  user_profile_id: z.exactOptional(text(1)),
});

/** `/v1/messages/batches`: creation only; a batch ends at once and its results are not kept. */
export const messageBatchRoutes: readonly Route[] = [
  { method: "POST", path: "/v1/messages/batches", access: "inference", query: [], handle: createBatch },
];

function createBatch(call: Call): MessageBatch {
  const { requests } = readBody(call, newBatch);
  for (const { params } of requests) answerMessage(call, params);
  return {
    id: nextId(call.state, "msgbatch"),
    archived_at: null,
    cancel_initiated_at: null,
    created_at: iso(call.now),
    ended_at: iso(call.now),
    expires_at: iso(call.now + 86_400_000),
    processing_status: "ended",
    request_counts: { canceled: 0, errored: 0, expired: 0, processing: 0, succeeded: requests.length },
    results_url: null,
    type: "message_batch",
  };
}
