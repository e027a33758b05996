import type { MessageBatch } from "@anthropic-ai/sdk/resources/messages/batches";
import { answerMessage, messageBody } from "./api/messages.ts";
import { listOf, object, optional, text } from "./http/shape.ts";
import { type Call, type Route, readBody } from "./state/call.ts";
import { iso } from "./state/clock.ts";
import { nextId } from "./state/state.ts";

const newBatch = object({
  requests: listOf(object({ custom_id: text(1, 64), params: messageBody }), 1, 100_000),
  user_profile_id: optional(text(1)),
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
