import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { MAX_ANSWER_BYTES } from "../../../src/adapters/api/answer-body.ts";
import { connect, type Handler, scope, serve } from "../../support/http-server.ts";
import { ASK, ask, delta, END, START, STOP, sender, stream } from "../../support/messages.ts";

async function opened(handle: Handler) {
  const server = await serve(handle);
  onTestFinished(() => server.close());
  return server;
}

test("an answer that unpacks to more than 64 MB is not read to its end, and asked for once", async () => {
  const packed = gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1024, "a"));
  const server = await opened((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(packed);
  });
  const { reader } = connect(server.url);
  await expect(reader.organization()).rejects.toMatchObject({
    code: "incomplete-answer",
    message: expect.stringContaining("GET /v1/organizations/me: the answer is larger than 64 MB unpacked"),
  });
  expect(server.requests).toHaveLength(1);
  const { users } = await reader.read(scope({ users: true }));
  expect(users).toMatchObject({ known: false, reason: "incomplete-answer" });
});

test.each(["gzip", undefined])("an answer that is smaller is read, packed with %s or not", async (encoding) => {
  const text = JSON.stringify({ id: "org", name: "A".repeat(1024 * 1024), type: "organization" });
  const server = await opened((_, response) => {
    response.writeHead(200, { "content-type": "application/json", ...(encoding && { "content-encoding": encoding }) });
    response.end(encoding ? gzipSync(text) : text);
  });
  expect((await connect(server.url).reader.organization()).name).toHaveLength(1024 * 1024);
});

test("one event of a stream has the same bound, however much comes in all", async () => {
  const line = `data: ${"x".repeat(1024 * 1024)}\n`;
  const server = await opened(async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`event: message_start\ndata: ${JSON.stringify(START)}\n\n`);
    // Many events that are not too large, and then one that is.
    for (let sent = 0; sent < 200 && !response.destroyed; sent += 1) {
      const flowing = response.write(sent < 80 ? `event: ping\ndata: {"type": "ping"}\n: ${line}\n` : line);
      if (!flowing) await setImmediate();
    }
    response.end();
  });
  const { error } = await ask(sender(server.url), ASK);
  expect(error).toMatchObject({ code: "incomplete-answer", message: expect.stringContaining("larger than 64 MB") });
  expect(server.requests).toHaveLength(1);
});

test("an answer that is passed over without a look at its body is left at once, and the prompt is sent again", async () => {
  const left: Promise<unknown>[] = [];
  const server = await opened((_, response, count) => {
    if (count > 1) return void stream([START, delta("Hi"), END, STOP])(_, response, count);
    left.push(once(response, "close"));
    response.writeHead(529, { "content-type": "application/json", "retry-after-ms": "1" });
    // Never ended: whoever does not leave waits for the rest of it.
    response.write("{");
  });
  const { answer } = await ask(sender(server.url), ASK);
  expect(answer?.text).toBe("Hi");
  expect(await Promise.all(left)).toHaveLength(1);
});
