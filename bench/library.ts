import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { cpu } from "./measure.ts";
import { atMost, microseconds, type Row } from "./rows.ts";

const CALLS = 200;
const REQUEST = {
  model: "claude-sonnet-5-5",
  max_tokens: 256,
  messages: [{ role: "user" as const, content: "hello" }],
};
const ANSWER = JSON.stringify({
  id: "msg_bench",
  type: "message",
  role: "assistant",
  model: REQUEST.model,
  content: [{ type: "text", text: "Hello." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 8, output_tokens: 3 },
});

/** What a guarded call costs beside one of the SDK alone, and counting it in a window of this machine; the answer comes at once. */
export async function libraryRows(scratch: string, rounds: number): Promise<readonly Row[]> {
  // As it is published. Its types are those of the source.
  const library = await import(pathToFileURL(resolve("dist/library/index.js")).href);
  const { guardClient }: typeof import("../src/index.ts") = library;
  const client = new Anthropic({
    apiKey: "sk-ant-api03-sandbox-for-the-benchmark",
    baseURL: "http://127.0.0.1:1",
    maxRetries: 0,
    fetch: async () => new Response(ANSWER, { headers: { "content-type": "application/json" } }),
  });
  const role = { name: "power", allowed: true, models: ["claude-*"], maxTokens: 4096, mayAssume: [] };
  const policyOf = (rpmLimit?: number) => ({
    roles: new Map([["power", { ...role, ...(rpmLimit !== undefined && { rpmLimit }) }]]),
    people: new Map(),
    rateStore: "local",
    organization: "",
  });
  const env = { ANTH_RBAC_STATE_DIR: join(scratch, "state") };
  const guarded = guardClient(client, { policy: policyOf(), role: "power" });
  const limited = policyOf(CALLS);

  const least = {
    bare: Number.POSITIVE_INFINITY,
    guarded: Number.POSITIVE_INFINITY,
    counted: Number.POSITIVE_INFINITY,
  };
  for (let round = 0; round <= rounds; round++) {
    // A window of its own for each round: it takes no more calls than it may hold.
    const counted = guardClient(client, { policy: limited, role: "power", user: `round-${round}@acme.example`, env });
    for (const [name, caller] of Object.entries({ bare: client, guarded, counted })) {
      const taken = await cpu(async () => {
        for (let call = 0; call < CALLS; call++) await caller.messages.create(REQUEST);
      });
      const kind = name as keyof typeof least;
      // One round is for warming up.
      if (round > 0) least[kind] = Math.min(least[kind], (taken / CALLS) * 1000);
    }
  }
  const row = (what: string, measured: number, against: string, reference: number, most: number): Row => ({
    what,
    measured: `${microseconds(measured)} CPU`,
    against: `${against}: ${microseconds(reference)}`,
    value: `+${microseconds(measured - reference)}`,
    ...atMost(measured - reference, most, (value) => `+${microseconds(value)}`),
  });
  return [
    row("a guarded call of the library", least.guarded, "the SDK alone", least.bare, 100),
    row("that under `rpm_limit`", least.counted, "without one", least.guarded, 1500),
  ];
}
