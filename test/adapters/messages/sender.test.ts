/** Prompts against the sandbox, and against servers that break every promise. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hintOf, matchesHint } from "../../../src/core/keys/secret-match.ts";
import { Failure } from "../../../src/core/model/failure.ts";
import { apiError, json } from "../../support/http-server.ts";
import {
  ASK,
  ask,
  begin,
  delta,
  END,
  event,
  KEY,
  START,
  STOP,
  sender,
  served,
  stream,
} from "../../support/messages.ts";
import { open } from "../../support/open-sandbox.ts";

describe("an answer", () => {
  test("comes in pieces, whole, with its ids and tokens; thinking is no part of it", async () => {
    const { sandbox } = await open({ settings: { thinking: "always", reply: "one  two\r\nthree" } });
    const secret = sandbox.secretOf("prod-auth-service");
    const { answer, starts, pieces } = await ask(sender(sandbox.url, { secret }));
    expect(pieces).toEqual(["one", "  two", "\r\nthree"]);
    expect(answer).toMatchObject({
      text: "one  two\r\nthree",
      stopReason: "end_turn",
      model: "claude-haiku-5-5",
      requestId: expect.stringMatching(/^req_/),
      workspaceId: "wrkspc_01sandboxProduction",
      organizationId: sandbox.state.organization?.id,
      inputTokens: 7,
      usage: { input_tokens: 7, output_tokens: expect.any(Number), cache_read_input_tokens: 0 },
    });
    expect(answer?.refusal).toBeUndefined();
    expect(starts).toEqual([expect.objectContaining({ id: answer?.id, inputTokens: 7 })]);
  });

  test("is its text deltas and nothing else, however they are cut into blocks", async () => {
    const piece = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    const noise = fc.constantFrom(
      { type: "ping" },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm", text: "no" } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: "{}" } },
      { type: "content_block_delta", index: 1, delta: null },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", text: "no" } },
      { type: "something_new", delta: { type: "text_delta", text: "no" } },
      { type: "__proto__" },
    );
    const spoken = fc.array(
      fc.oneof(
        piece.map((text) => delta(text)),
        noise,
      ),
      { maxLength: 20 },
    );
    let events: Parameters<typeof stream>[0] = [];
    const server = await served((...call) => stream([START, ...events, END, STOP])(...call));
    await fc.assert(
      fc.asyncProperty(spoken, async (between) => {
        events = between;
        const texts = between.flatMap((data) =>
          data.type === "content_block_delta" && "delta" in data && data.delta && "text" in (data.delta as object)
            ? [data.delta as { type: string; text: string }]
            : [],
        );
        const wanted = texts.filter(({ type }) => type === "text_delta").map(({ text }) => text);
        const { answer, pieces } = await ask(sender(server.url));
        expect(pieces).toEqual(wanted);
        expect(answer?.text).toBe(wanted.join(""));
      }),
      { numRuns: 25 },
    );
  });

  test("counts tokens of the whole call; what the last event leaves out is as it was", async () => {
    const server = await served(stream([START, delta("a"), END, STOP]));
    const { answer, starts } = await ask(sender(server.url));
    expect(starts[0]?.inputTokens).toBe(10);
    expect(answer?.usage).toEqual({
      input_tokens: 5,
      output_tokens: 7,
      cache_creation_input_tokens: 2,
      cache_read_input_tokens: 3,
    });
  });

  test("may be a refusal, after some text or none", async () => {
    const { sandbox, control } = await open();
    control.fault({ kind: "refusal", match: { path: "/v1/messages" } });
    const { answer } = await ask(sender(sandbox.url, { secret: sandbox.secretOf("dev-shared") }));
    expect(answer).toMatchObject({ stopReason: "refusal", refusal: { category: "general_harms" } });
    const bare = { type: "message_delta", delta: { stop_reason: "refusal" } };
    const server = await served(stream([START, bare, STOP]));
    expect((await ask(sender(server.url))).answer).toMatchObject({
      text: "",
      refusal: { category: null, explanation: null },
    });
  });

  test("is over with message_stop, even where the server never hangs up", async () => {
    const server = await served((_, response) => {
      begin(response);
      for (const data of [START, delta("all"), END, STOP]) event(response, data);
    });
    expect((await ask(sender(server.url))).answer?.text).toBe("all");
  });
});

describe("an answer that is not whole", () => {
  test("broken off, it is a failure, and is not asked for again", async () => {
    const { sandbox, control } = await open();
    control.fault({ kind: "stream_cut", match: { path: "/v1/messages" } });
    const { error, pieces } = await ask(sender(sandbox.url, { secret: sandbox.secretOf("dev-shared") }));
    expect(error).toMatchObject({ code: "incomplete-answer", details: { requestId: expect.stringMatching(/^req_/) } });
    expect(error?.message).toContain("broke off");
    expect(pieces.length).toBeGreaterThan(0);
    expect(sandbox.requests).toHaveLength(1);
  });

  test("ended by an error of the API, it is that error", async () => {
    const { sandbox, control } = await open();
    control.fault({ kind: "stream_overloaded", match: { path: "/v1/messages" } });
    const { error } = await ask(sender(sandbox.url, { secret: sandbox.secretOf("dev-shared") }));
    expect(error).toMatchObject({ code: "api-error", details: { errorCode: "overloaded_error" } });
    expect(error?.message).toMatch(/Overloaded .*the answer is not whole/);
    expect(sandbox.requests).toHaveLength(1);
  });

  test("cut anywhere, by a polite end or a hard one, it is never an answer", async () => {
    const events = [START, delta("a"), delta("b"), END, STOP];
    for (const [hard, kept] of [true, false].flatMap((way) => events.map((_, at) => [way, at] as const))) {
      const server = await served((_, response) => {
        begin(response);
        response.flushHeaders();
        for (const data of events.slice(0, kept)) event(response, data);
        if (hard) response.write("event: mess", () => response.destroy());
        else response.end();
      });
      const { error, pieces } = await ask(sender(server.url));
      // Before its beginning nothing was shown, and a cut there is any lost connection.
      expect(error?.code).toBe(hard && kept === 0 ? "unreachable" : "incomplete-answer");
      expect("ab".startsWith(pieces.join(""))).toBe(true);
      expect(server.requests).toHaveLength(1);
    }
  });

  test.each([
    ["without a stop", [START, delta("a"), END], "broke off"],
    ["without a reason", [START, delta("a"), STOP], "does not say why it ended"],
    ["without a beginning", [delta("a"), END, STOP], "is no answer of the Messages API"],
    ["without a model", [{ type: "message_start", message: { id: "m" } }, STOP], "begins wrongly"],
    ["begun twice", [START, START, END, STOP], "begins wrongly"],
    ["empty", [], "is no answer of the Messages API"],
  ])("%s", async (_, events, words) => {
    const server = await served(stream(events));
    const { error } = await ask(sender(server.url));
    expect(error).toMatchObject({ code: "incomplete-answer", message: expect.stringContaining(words) });
    expect(server.requests).toHaveLength(1);
  });

  test("a page of a proxy, an event that is no JSON, an error before the beginning", async () => {
    const page = await served((_, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html>log in</html>");
    });
    expect((await ask(sender(page.url))).error).toMatchObject({ code: "incomplete-answer" });

    const broken = await served((_, response) => {
      begin(response);
      event(response, START);
      response.end("event: content_block_delta\ndata: {private words\n\n");
    });
    const talker = sender(broken.url, { debug: true });
    expect((await ask(talker)).error).toMatchObject({ code: "incomplete-answer" });
    expect(talker.lines.join("\n")).not.toContain("private words");

    const early = await served(stream([{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }]));
    const { error } = await ask(sender(early.url));
    expect(error).toMatchObject({ code: "api-error", message: expect.stringContaining("there is no answer") });
  });
});

describe("before an answer has begun", () => {
  test.each([[429], [500], [529]])("%i is tried again twice, and no more", async (status) => {
    const server = await served((_, response, count) =>
      count < 3
        ? apiError(response, status, "not now", { headers: { "retry-after-ms": "1" } })
        : stream([START, delta("now"), END, STOP])(new URL("http://server/"), response, count),
    );
    expect((await ask(sender(server.url))).answer?.text).toBe("now");
    expect(server.requests).toHaveLength(3);
    const never = await served((_, response) =>
      apiError(response, status, "not now", { headers: { "retry-after-ms": "1" } }),
    );
    expect((await ask(sender(never.url))).error?.details.status).toBe(status);
    expect(never.requests).toHaveLength(3);
  });

  test("a retry-after beyond the deadline is not waited for", async () => {
    const server = await served((_, response) =>
      apiError(response, 429, "slow", { headers: { "retry-after": "3600" } }),
    );
    const talker = sender(server.url);
    expect((await ask(talker)).error).toMatchObject({
      code: "rate-limited",
      details: { retryAfter: 3_600_000, fix: expect.not.stringContaining("--api-rpm") },
    });
    expect(server.requests).toHaveLength(1);
    expect(talker.waits).toEqual([]);
  });

  test("a redirect is an error, and nothing goes there", async () => {
    const there = await served((_, response) => json(response, {}));
    const server = await served((_, response) => {
      response.writeHead(307, { location: there.url });
      response.end();
    });
    expect((await ask(sender(server.url))).error?.code).toBe("redirected");
    expect(server.requests).toHaveLength(1);
    expect(there.requests).toEqual([]);
  });

  test.each([
    [400, undefined, "You have reached your specified API usage limits", "api-error", undefined],
    [401, undefined, "invalid key", "credential-rejected", "ANTHROPIC_API_KEY"],
    [403, undefined, "not here", "permission-denied", "ANTHROPIC_API_KEY"],
    [404, undefined, "model: claude-haiku-5-5", "not-found", "validate --live"],
    [413, undefined, "too large", "api-error", "32 MB"],
  ])("%i keeps the words of the API and says what to do", async (status, code, said, failure, fix) => {
    const server = await served((_, response) => apiError(response, status, said, code === undefined ? {} : { code }));
    const { error, starts } = await ask(sender(server.url));
    expect(error).toMatchObject({ code: failure, details: { status, requestId: "req_test" } });
    expect(error?.message).toContain(said);
    expect(error?.message).toContain('"claude-haiku-5-5"');
    expect(error?.details.fix ?? "").toContain(fix ?? "");
    expect(error?.details.fix ?? "").not.toMatch(/admin/);
    expect(starts).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test("a cap of spending says so", async () => {
    const server = await served((_, response) =>
      apiError(response, 429, "monthly cap", {
        code: "enforced_spend_limit_reached",
        headers: { "retry-after-ms": "1" },
      }),
    );
    expect((await ask(sender(server.url))).error?.details).toMatchObject({
      errorCode: "enforced_spend_limit_reached",
      fix: expect.stringContaining("spending"),
    });
  });

  test("--api-rpm holds", async () => {
    const server = await served(stream([START, END, STOP]));
    const talker = sender(server.url, { perMinute: 1, timeout: 500 });
    expect((await ask(talker)).answer?.stopReason).toBe("end_turn");
    expect((await ask(talker)).error?.code).toBe("deadline-exceeded");
    expect(talker.waits).toEqual([{ reason: "pace", perMinute: 1 }]);
    expect(server.requests).toHaveLength(1);
  });

  test("nobody there", async () => {
    const server = await served((_, response) => response.destroy());
    expect((await ask(sender(server.url))).error?.code).toBe("unreachable");
    expect(server.requests).toHaveLength(3);
  });
});

describe("ending a call", () => {
  /** A server that never ends its answer; `closed` is kept when the client hangs up. */
  async function endless() {
    let closed: Promise<unknown> = Promise.resolve();
    const server = await served((_, response: ServerResponse) => {
      closed = once(response, "close");
      begin(response);
      event(response, START);
      event(response, delta("word"));
    });
    return { url: server.url, closed: () => closed };
  }

  test("the listener's signal ends it, with its own reason, and the socket is closed", async () => {
    const server = await endless();
    const stop = new AbortController();
    const reason = new Failure("interrupted", { message: "stopped here" });
    const { error } = await ask(sender(server.url), ASK, {
      signal: stop.signal,
      onText: async () => stop.abort(reason),
    });
    expect(error).toBe(reason);
    await server.closed();
    const plain = await ask(sender(server.url), ASK, { signal: AbortSignal.abort() });
    expect(plain.error).toMatchObject({ code: "interrupted" });
  });

  test("so does the end of the run, also while whoever takes the text is never done with it", async () => {
    const server = await endless();
    const onText = () => new Promise<void>(() => {});
    const { error } = await ask(sender(server.url, { timeout: 150 }), ASK, { onText });
    expect(error?.code).toBe("deadline-exceeded");
    await server.closed();
  });

  test.each(["onStart", "onText"] as const)("what %s throws comes out, and the socket is closed", async (where) => {
    const server = await endless();
    const thrown = where === "onText" ? new Error("EPIPE") : new Failure("wrong-organization", { message: "not ours" });
    const throwing = () => {
      throw thrown;
    };
    expect((await ask(sender(server.url), ASK, { [where]: throwing })).error).toBe(thrown);
    await server.closed();
  });

  test("nothing is read ahead of a slow reader but what fits in buffers", async () => {
    let sent = 0;
    const server = await served((_, response) => {
      begin(response);
      event(response, START);
      const more = () => {
        while (sent < 2_000) {
          sent += 1;
          if (!event(response, delta("x".repeat(50_000)))) return void response.once("drain", more);
        }
      };
      more();
    });
    const { error } = await ask(sender(server.url, { timeout: 400 }), ASK, {
      onText: () => new Promise<void>(() => {}),
    });
    expect(error?.code).toBe("deadline-exceeded");
    expect(sent).toBeLessThan(1_000);
  });
});

describe("what leaves", () => {
  test("the request, the key, and no header that the environment adds", async () => {
    const before = process.env.ANTHROPIC_CUSTOM_HEADERS;
    process.env.ANTHROPIC_CUSTOM_HEADERS = "Authorization: Bearer stolen\nX-Leak: stolen";
    try {
      const server = await served(stream([START, END, STOP]));
      await ask(sender(server.url));
      expect(server.requests[0]).toMatchObject({ path: "/v1/messages", headers: { authorization: `Bearer ${KEY}` } });
      expect(JSON.stringify(server.requests)).not.toContain("stolen");
      expect(server.requests[0]?.headers["x-api-key"]).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env.ANTHROPIC_CUSTOM_HEADERS;
      else process.env.ANTHROPIC_CUSTOM_HEADERS = before;
    }
  });

  test("--debug tells of the request, but neither the prompt nor the key", async () => {
    const server = await served(stream([START, delta("private answer"), END, STOP]));
    const talker = sender(server.url, { debug: true });
    await ask(talker, { ...ASK, system: "private system", messages: [{ role: "user", content: "private prompt" }] });
    const log = talker.lines.join("\n");
    expect(log).toContain("/v1/messages");
    expect(log).toContain("response start");
    expect(log).not.toContain("Headers {");
    expect(log).not.toContain("private");
    expect(log).not.toContain(KEY);
    const quiet = sender(server.url);
    await ask(quiet, { ...ASK, model: "claude-sonnet-4-5" });
    expect(quiet.lines).toEqual([]);
  });

  test("an attached text counts as words of the prompt", async () => {
    const { sandbox } = await open();
    const secret = sandbox.secretOf("dev-shared");
    const source = { type: "text", media_type: "text/plain", data: "of a file" } as const;
    const content = [
      { type: "document", source, title: "a.txt" },
      { type: "text", text: "words" },
    ] as const;
    const { answer } = await ask(sender(sandbox.url, { secret }), { ...ASK, messages: [{ role: "user", content }] });
    expect(answer?.text).toBe("Sandbox answer to: of a file\nwords");
  });
});

describe("the hint of a key", () => {
  test("is the one that the API lists", async () => {
    const { sandbox } = await open();
    const secret = sandbox.secretOf("prod-auth-service");
    const listed = sandbox.state.api_keys?.find(({ name }) => name === "prod-auth-service")?.partial_key_hint;
    expect(sender(sandbox.url, { secret }).keyHint).toBe(listed);
    const profile = { kind: "profile", profile: "default", source: 'profile "default"', credentialsFile: "" } as const;
    expect(sender(sandbox.url, { credential: profile }).keyHint).toBeNull();
  });

  test("matches its secret, and shows little of it", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."abcXYZ019_-"), maxLength: 90 });
    const prefix = fc.constantFrom("sk-ant-api03-", "sk-ant-oat01-", "sk-ant-", "sk-ant-admin01-", "other-");
    fc.assert(
      fc.property(prefix, letters, (begin, body) => {
        const secret = `${begin}${body}`;
        const hint = hintOf(secret);
        const shown = hint.replace("...", "").length;
        expect(shown).toBeLessThanOrEqual(20);
        expect(secret.length - shown).toBeGreaterThanOrEqual(Math.min(16, secret.length * 0.8));
        if (secret.length >= 8) expect(matchesHint(secret, hint)).toBe(true);
      }),
    );
  });
});
