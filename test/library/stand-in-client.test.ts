/** What has `messages.create` and no middleware: a stand-in, an older SDK; and `createMessage`, which needs no more of any client. */
import { describe, expect, test } from "vitest";
import { createMessage, guardClient, PolicyDeniedError } from "../../src/index.ts";
import { ask, denial, guarded, HAIKU, OPUS, POLICY, SONNET } from "../support/guarded.ts";

interface Request {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream?: boolean;
}

/** A client that remembers what it was asked, and answers as the model that it is told. */
function standIn(answers?: string) {
  const calls: unknown[][] = [];
  const events = (model: string) => [{ type: "message_start", message: { model } }, { type: "message_stop" }];
  const client = {
    secret: "not for everybody",
    messages: {
      create: async (params: Request, options?: object): Promise<unknown> => {
        calls.push(options === undefined ? [params] : [params, options]);
        const model = answers ?? params.model;
        if (!params.stream) return { type: "message", model };
        return (async function* () {
          yield* events(model);
        })();
      },
      countTokens: async (params: object) => {
        calls.push([params]);
        return { input_tokens: 1 };
      },
      stream: (params: Request) => {
        calls.push([params]);
        const listeners: ((event: unknown) => void)[] = [];
        return {
          on: (_: string, listener: (event: unknown) => void) => listeners.push(listener),
          play: () =>
            events(answers ?? params.model).forEach((event) => {
              for (const tell of listeners) tell(event);
            }),
        };
      },
      batches: {
        create: async (params: object) => {
          calls.push([params]);
          return { id: "b" };
        },
        list: async () => [],
      },
      delete: async () => {},
    },
  };
  return { client, calls };
}

describe("createMessage", () => {
  test("sends what may be sent, and answers as the client does", async () => {
    const { client, calls } = standIn();
    const params = { ...ask(HAIKU), max_tokens: 9000 };
    expect(await createMessage(client, POLICY, "user", params)).toEqual({ type: "message", model: HAIKU });
    const { signal } = new AbortController();
    await createMessage(client, POLICY, "user", params, { signal, timeout: 7 });
    const sent = { ...params, max_tokens: 512 };
    expect(calls).toEqual([[sent], [sent, { signal, timeout: 7 }]]);
    expect(params.max_tokens).toBe(9000);
  });

  test.each<[string, string, unknown, string]>([
    ["another model", "user", ask(OPUS), "model-not-allowed"],
    ["another model by the way", "user", ask(HAIKU, { fallbacks: [{ model: OPUS }] }), "model-not-allowed"],
    ["a role that may not", "viewer", ask(HAIKU), "role-not-allowed"],
    ["an unknown role", "constructor", ask(HAIKU), "unknown-role"],
    ["no request", "user", undefined, "invalid-request"],
    ["a list", "user", [ask(HAIKU)], "invalid-request"],
    [
      "a request that throws",
      "user",
      {
        get model() {
          throw new Error("no");
        },
      },
      "call-not-guarded",
    ],
  ])("%s: a rejection, and no call", async (_, role, params, code) => {
    const { client, calls } = standIn();
    const promise = createMessage(client, POLICY, role, params as Request);
    await expect(promise).rejects.toBeInstanceOf(PolicyDeniedError);
    await expect(promise).rejects.toMatchObject({ code, role });
    await expect(createMessage(client, undefined, role, params as Request)).rejects.toMatchObject({
      code: "policy-missing",
    });
    expect(calls).toEqual([]);
  });

  test("an option that would change the request is denied", async () => {
    const { client, calls } = standIn();
    const options = { body: ask(OPUS) } as object;
    const denied = await denial(() => createMessage(client, POLICY, "user", ask(HAIKU), options));
    expect(denied).toMatchObject({ code: "call-not-guarded" });
    expect(denied.message).toContain("the option body");
    expect(calls).toEqual([]);
  });

  test("the answer of another model is denied, streamed too, before its first event", async () => {
    const { client } = standIn(OPUS);
    for (const stream of [false, true]) {
      const denied = await denial(() => createMessage(client, POLICY, "user", { ...ask(HAIKU), stream }));
      expect(denied).toMatchObject({ code: "answer-model-not-allowed", model: OPUS });
    }
  });

  test("with a client of the SDK: messages, streams that stay streams, and the window of calls", async () => {
    const { client, env, arrived } = await guarded();
    const sdk = client();
    const options = { user: "ada@acme.example", env };
    const plain = await createMessage(sdk, POLICY, "counted", ask(HAIKU), options);
    expect(plain.content).toHaveLength(1);
    const stream = await createMessage(sdk, POLICY, "counted", { ...ask(HAIKU), stream: true }, options);
    const [left, right] = stream.tee();
    const types: string[][] = [[], []];
    for await (const event of left) types[0]?.push(event.type);
    for await (const event of right) types[1]?.push(event.type);
    expect(types[0]?.slice(0, 2)).toEqual(["message_start", "content_block_start"]);
    expect(types[1]).toEqual(types[0]);
    expect(types[0]?.at(-1)).toBe("message_stop");
    const aborted = await createMessage(sdk, POLICY, "counted", { ...ask(HAIKU), stream: true }, options);
    let seen = 0;
    for await (const _ of aborted) if (++seen === 2) break;
    expect(aborted.controller.signal.aborted).toBe(true);
    const full = await denial(() => createMessage(sdk, POLICY, "counted", ask(HAIKU), options));
    expect(full).toMatchObject({ code: "rate-limited", model: HAIKU });
    await createMessage(sdk, POLICY, "counted", ask(HAIKU), { ...options, user: "bob@acme.example" });
    expect(arrived()).toHaveLength(4);
  });
});

describe("guardClient of a stand-in", () => {
  test("has what it can guard, and nothing else", async () => {
    const { client } = standIn();
    const guard = guardClient(client, { policy: POLICY, role: "user" });
    expect(Object.keys(guard)).toEqual(["messages"]);
    expect(Object.keys(guard.messages)).toEqual(["create", "countTokens", "stream", "batches"]);
    expect(Object.keys(guard.messages.batches)).toEqual(["create"]);
    const create = async () => ({ model: HAIKU });
    const least = guardClient({ messages: { create } }, { policy: POLICY, role: "user" });
    expect(Object.keys(least.messages)).toEqual(["create"]);
  });

  test("decides each of them", async () => {
    const { client, calls } = standIn();
    const guard = guardClient(client, { policy: POLICY, role: "power" });
    const requests = (model: string) => ({ requests: [{ custom_id: "a", params: ask(model, { max_tokens: 9999 }) }] });
    for (const call of [
      () => guard.messages.create(ask(OPUS)),
      () => guard.messages.countTokens({ model: OPUS }),
      () => guard.messages.stream(ask(OPUS)),
      () => guard.messages.batches.create(requests(OPUS)),
    ])
      expect(await denial(call)).toMatchObject({ code: "model-not-allowed", model: OPUS, role: "power" });
    expect(calls).toEqual([]);
    await guard.messages.countTokens({ model: SONNET });
    await guard.messages.batches.create(requests(SONNET));
    guard.messages.stream(ask(SONNET, { max_tokens: 9999 }) as Request);
    const lowered = ask(SONNET, { max_tokens: 2048 });
    expect(calls).toEqual([[{ model: SONNET }], [{ requests: [{ custom_id: "a", params: lowered }] }], [lowered]]);
  });

  test("a stream of another model ends when it says so; one of a counted role is not begun", async () => {
    const other = standIn(OPUS);
    const stream = guardClient(other.client, { policy: POLICY, role: "user" }).messages.stream(ask(HAIKU));
    expect((await denial(() => stream.play())).code).toBe("answer-model-not-allowed");
    const { client, calls } = standIn();
    const denied = await denial(() =>
      guardClient(client, { policy: POLICY, role: "counted" }).messages.stream(ask(HAIKU)),
    );
    expect(denied).toMatchObject({ code: "call-not-guarded", fix: "use create with stream: true" });
    expect(calls).toEqual([]);
  });

  test("never throws when it is made, whatever it is given", () => {
    for (const client of [
      null,
      undefined,
      1,
      {},
      { messages: null },
      { middleware: [], withOptions: () => null, baseURL: "" },
    ])
      expect(() => guardClient(client as never, { policy: POLICY, role: "user" })).not.toThrow();
  });
});
