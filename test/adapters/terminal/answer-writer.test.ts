import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAnswerWriter } from "../../../src/adapters/terminal/answer-writer.ts";
import { createSecrets, maskSecrets } from "../../../src/core/text/secret.ts";

const SECRET = "sk-ant-api03-fakefakefakefake";

/** What a reader gets of these pieces. */
async function shown(pieces: readonly string[], isTerminal = false): Promise<string> {
  const stream = new PassThrough();
  const writer = createAnswerWriter(stream, { secrets: createSecrets(), isTerminal });
  const all = text(stream);
  for (const piece of pieces) await writer.write(piece);
  await writer.end();
  stream.end();
  return all;
}

test("law: a pipe gets the text as it is, cut anywhere, with its secrets masked and a line break at its end", async () => {
  const whole = fc
    .array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(SECRET, "\u001b[2J", "\r\n", "😀")))
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(whole, fc.integer({ min: 1, max: 7 }), async (answer, size) => {
      const pieces = Array.from({ length: Math.ceil(answer.length / size) }, (_, index) =>
        answer.slice(index * size, (index + 1) * size),
      );
      const masked = maskSecrets(answer);
      expect(await shown(pieces)).toBe(masked === "" || masked.endsWith("\n") ? masked : `${masked}\n`);
    }),
  );
});

test("nothing was written: nothing is", async () => {
  expect(await shown([])).toBe("");
  expect(await shown([""])).toBe("");
});

test("on a terminal what would steer it is shown, and line breaks, tabs and letters stay", async () => {
  expect(await shown(["a\u001b", "[2Jb\u009b1m\u0007\u202ec\r", "\nd\te\rf"], true)).toBe(
    "a\\u{1b}[2Jb\\u{9b}1m\\u{7}\\u{202e}c\r\nd\te\\u{d}f\n",
  );
  const family = "👩‍👩‍👧 می‌خواهم";
  expect(await shown(family.split(""), true)).toBe(`${family}\n`);
  expect(await shown(["end\r"], true)).toBe("end\\u{d}\n");
  expect(await shown(["half \ud83d", "!"], true)).toBe("half \\u{d83d}!\n");
});

test("one answer after another: each ends its own line, and none holds the other's secrets together", async () => {
  const stream = new PassThrough();
  const writer = createAnswerWriter(stream, { secrets: createSecrets(), isTerminal: false });
  await writer.write("one sk-ant-");
  await writer.end();
  await writer.write(`two ${SECRET.slice(0, 20)}`);
  await writer.write(SECRET.slice(20));
  await writer.end();
  await writer.end();
  expect(String(stream.read())).toBe("one sk-ant-\ntwo sk-ant-api03-[masked]\n");
});

/** A reader that takes one piece only when it is told to. */
function slowReader() {
  const taken: string[] = [];
  let take = () => {};
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(chunk, _encoding, done) {
      taken.push(String(chunk));
      take = done;
    },
  });
  return { stream, taken, take: () => take() };
}

const settled = async (promise: Promise<void>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

test("a slow reader is waited for", async () => {
  const { stream, taken, take } = slowReader();
  const writer = createAnswerWriter(stream, { secrets: createSecrets(), isTerminal: false });
  const writing = writer.write("one.");
  expect(await settled(writing)).toBe(false);
  take();
  await writing;
  expect(taken).toEqual(["one."]);
});

test("a reader that goes away is waited for no longer, and nothing is thrown", async () => {
  for (const leave of [
    (stream: Writable) => stream.destroy(),
    (stream: Writable) => stream.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
  ]) {
    const { stream } = slowReader();
    const writer = createAnswerWriter(stream, { secrets: createSecrets(), isTerminal: false });
    const writing = writer.write("one.");
    leave(stream);
    await writing;
    await writer.write("two.");
    await writer.end();
    expect(stream.destroyed).toBe(true);
  }
});

test("Ctrl-C ends the waiting for a reader that takes nothing", async () => {
  const { stream } = slowReader();
  const interrupt = new AbortController();
  const writer = createAnswerWriter(stream, { secrets: createSecrets(), isTerminal: false, signal: interrupt.signal });
  const writing = writer.write("one.");
  expect(await settled(writing)).toBe(false);
  interrupt.abort();
  await writing;
  await writer.write("two.");
  expect(stream.writableLength).toBeGreaterThan(0);
});

test("what a full disk did not take is said once, at the latest at the end, and no other error is", async () => {
  for (const [code, says] of [
    ["ENOSPC", "cannot be written"],
    ["EPIPE", undefined],
  ] as const) {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => setImmediate(done, Object.assign(new Error(code), { code })),
    });
    const writer = createAnswerWriter(stream, { secrets: createSecrets(), isTerminal: false });
    await writer.write("half an answer");
    if (says === undefined) await writer.end();
    else {
      await expect(writer.end()).rejects.toMatchObject({
        code: "file-unreadable",
        message: expect.stringContaining(says),
      });
    }
    await writer.write("more");
    await writer.end();
  }
});
