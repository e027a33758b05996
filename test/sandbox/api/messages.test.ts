import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { open, refusal } from "../../support/open-sandbox.ts";

const ask = (content: string, more: object = {}) => ({
  model: "claude-haiku-5-5",
  max_tokens: 100,
  messages: [{ role: "user" as const, content }],
  ...more,
});

test("an answer quotes the prompt, counts tokens and names the workspace", async () => {
  const { sandbox, as } = await open();
  const client = as(sandbox.secretOf("prod-auth-service"));
  const { data, response, request_id } = await client.messages.create(ask("hello there")).withResponse();
  expect(data.content).toEqual([{ type: "text", text: "Sandbox answer to: hello there", citations: null }]);
  expect(data).toMatchObject({ model: "claude-haiku-5-5", stop_reason: "end_turn", role: "assistant" });
  expect(data.usage).toMatchObject({ input_tokens: 8, output_tokens: 5, inference_geo: "us" });
  expect(response.headers.get("anthropic-workspace-id")).toBe("wrkspc_01sandboxProduction");
  expect(request_id).toMatch(/^req_/);
});

test("max_tokens and stop sequences cut the answer", async () => {
  const { sandbox, as } = await open({ settings: { reply: "one two three four" } });
  const client = as(sandbox.secretOf("dev-shared"));
  const short = await client.messages.create(ask("x", { max_tokens: 2 }));
  expect(short).toMatchObject({
    stop_reason: "max_tokens",
    content: [{ text: "one two" }],
    usage: { output_tokens: 2 },
  });
  const stopped = await client.messages.create(ask("x", { stop_sequences: ["three"] }));
  expect(stopped).toMatchObject({
    stop_reason: "stop_sequence",
    stop_sequence: "three",
    content: [{ text: "one two " }],
  });
  const none = await client.messages.create(ask("x", { max_tokens: 0 }));
  expect(none).toMatchObject({ stop_reason: "max_tokens", content: [] });
});

test("thinking comes first where the model always thinks, where it is asked for, or by switch", async () => {
  const { sandbox, as, control } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  const types = async (more: object): Promise<string[]> =>
    (await client.messages.create(ask("x", more))).content.map((block) => block.type);
  expect(await types({ model: "claude-opus-5-5" })).toEqual(["thinking", "text"]);
  expect(await types({})).toEqual(["text"]);
  expect(await types({ thinking: { type: "adaptive" } })).toEqual(["thinking", "text"]);
  control.configure({ thinking: "never" });
  expect(await types({ model: "claude-opus-5-5" })).toEqual(["text"]);
  control.configure({ thinking: "always" });
  expect(await types({})).toEqual(["thinking", "text"]);
});

test("streaming gives the same message in pieces", async () => {
  const { sandbox, as } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  const stream = client.messages.stream(ask("stream\n\n  this, please", { model: "claude-opus-5-5" }));
  let text = "";
  stream.on("text", (delta) => {
    text += delta;
  });
  const message = await stream.finalMessage();
  expect(text).toBe("Sandbox answer to: stream\n\n  this, please");
  expect(message.content.map((block) => block.type)).toEqual(["thinking", "text"]);
  expect(message).toMatchObject({ stop_reason: "end_turn", model: "claude-opus-5-5" });
  const whole = await client.messages.create(ask("stream\n\n  this, please", { model: "claude-opus-5-5" }));
  expect(message.usage.output_tokens).toBe(whole.usage.output_tokens);
});

test("a refusal is a 200 that says so, streamed or not", async () => {
  const { sandbox, as, control } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  control.fault({ kind: "refusal", match: { path: "/v1/messages" }, times: 2 });
  const message = await client.messages.create(ask("x"));
  expect(message).toMatchObject({ stop_reason: "refusal", stop_details: { type: "refusal" } });
  const streamed = await client.messages.stream(ask("x")).finalMessage();
  expect(streamed).toMatchObject({ stop_reason: "refusal", stop_details: { category: "general_harms" } });
  expect((await client.messages.create(ask("x"))).stop_reason).toBe("end_turn");
});

test("a stream can end with an error or break off", async () => {
  const { sandbox, as, control } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  control.fault({ kind: "stream_overloaded" });
  const overloaded = await refusal(client.messages.stream(ask("a b c d e f")).finalMessage());
  expect(overloaded.type).toBe("overloaded_error");
  control.fault({ kind: "stream_cut" });
  const events: string[] = [];
  const cut = (async () => {
    const stream = await client.messages.create(ask("a b c d e f", { stream: true }) as never);
    for await (const event of stream as unknown as AsyncIterable<{ type: string }>) events.push(event.type);
  })();
  await expect(cut).rejects.toThrow();
  expect(events[0]).toBe("message_start");
  expect(events).not.toContain("message_stop");
});

test("a slow stream can be stopped by its reader", async () => {
  const { sandbox, as } = await open({ settings: { streamDelayMs: 20 } });
  const stream = as(sandbox.secretOf("dev-shared")).messages.stream(ask("a b c d e f g h"));
  stream.on("text", () => stream.abort());
  await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
});

test("unknown and retired models are 404, deprecated ones work until their day", async () => {
  const { sandbox, as, control } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  const quiet = (model: string) => client.post("/v1/messages", { body: ask("x", { model }) }) as Promise<unknown>;
  for (const model of ["claude-haiku-4-20250514", "claude-sonnet-4-20250514", "claude-opus-4-1"]) {
    expect(await refusal(quiet(model))).toMatchObject({ status: 404, type: "not_found_error" });
  }
  expect(await quiet("claude-sonnet-4-5")).toMatchObject({ model: "claude-sonnet-4-5-20250929" });
  control.clock.set("2026-11-30T00:00:00Z");
  expect((await refusal(quiet("claude-sonnet-4-5"))).status).toBe(404);
});

test("what the API refuses", async () => {
  const { sandbox, as } = await open();
  const client = as(sandbox.secretOf("prod-auth-service"));
  const post = (body: object) => refusal(client.post("/v1/messages", { body }) as Promise<unknown>);
  for (const field of ["temperature", "top_p", "top_k", "max_tokens_to_sample"]) {
    expect((await post(ask("x", { [field]: 1 }))).apiMessage).toBe(`${field}: Extra inputs are not permitted`);
  }
  const { max_tokens: _, ...unlimited } = ask("x");
  expect((await post(unlimited)).apiMessage).toBe("max_tokens: Field required");
  expect((await post(ask("x", { max_tokens: -1 }))).status).toBe(400);
  expect((await post(ask("x", { max_tokens: 128_001 }))).apiMessage).toContain("max_tokens");
  expect((await post(ask("x", { messages: [] }))).apiMessage).toContain("messages");
  expect((await post(ask("x", { inference_geo: "global" }))).apiMessage).toContain("inference_geo");
  const prefill = [
    { role: "user", content: "x" },
    { role: "assistant", content: "y" },
  ];
  expect((await post(ask("x", { messages: prefill }))).apiMessage).toContain("prefilled");
});

test("a tool runner of the SDK goes on without a thread, which the sandbox cannot hold", async () => {
  const { sandbox, as } = await open();
  const { beta } = as(sandbox.secretOf("dev-shared"));
  const message = await beta.messages.toolRunner({ ...ask("hello"), tools: [] });
  expect(message.content).toMatchObject([{ text: "Sandbox answer to: hello" }]);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([400, 200]);
  const refused = await refusal(beta.messages.create(ask("hello", { thread: { type: "create" } })));
  expect([refused.status, refused.errorCode]).toEqual([400, "thread_unsupported_request"]);
});

test("a key without a workspace names one by header", async () => {
  const { sandbox, as } = await open();
  const service = as(sandbox.secretOf("org-automation"));
  const missing = await refusal(service.messages.create(ask("x")));
  expect([missing.status, missing.apiMessage]).toEqual([400, expect.stringContaining("anthropic-workspace-id")]);
  const workspace_id = "wrkspc_01sandboxStaging";
  const { workspace_id: used } = await service.messages.create(ask("x", { workspace_id })).withResponse();
  expect(used).toBe(workspace_id);
  for (const wrong of ["wrkspc_no", "wrkspc_01sandboxPrototype"]) {
    expect((await refusal(service.messages.create(ask("x", { workspace_id: wrong })))).status).toBe(404);
  }
  const scoped = as(sandbox.secretOf("dev-shared"));
  expect((await refusal(scoped.messages.create(ask("x", { workspace_id })))).status).toBe(404);
});

test("count_tokens and a minimal batch", async () => {
  const { sandbox, as } = await open();
  const client = as(sandbox.secretOf("dev-shared"));
  const { model, messages } = ask("one two three");
  expect(await client.messages.countTokens({ model, messages, system: "be brief" })).toMatchObject({
    input_tokens: 11,
  });
  const batch = await client.messages.batches.create({ requests: [{ custom_id: "a", params: ask("x") }] });
  expect(batch).toMatchObject({ processing_status: "ended", request_counts: { succeeded: 1 } });
  const wrong = client.messages.batches.create({ requests: [{ custom_id: "a", params: ask("x", { top_k: 1 }) }] });
  expect((await refusal(wrong)).apiMessage).toContain("requests[0].params.top_k");
});
