import { PassThrough } from "node:stream";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type Conversation, createConversation } from "../../../src/adapters/terminal/conversation.ts";
import { createTypedInput } from "../../../src/adapters/terminal/typed-input.ts";
import { anyCharacter } from "../../support/any-character.ts";

const PASTE = (text: string) => `\u001b[200~${text}\u001b[201~`;
const open: Conversation[] = [];
afterEach(() => {
  for (const conversation of open.splice(0)) conversation.close();
});

/** A conversation on a terminal of the test's own; `modes` is every switch of raw mode. */
function talk({ kind = "xterm", signal = new AbortController().signal, isTTY = true } = {}) {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) });
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  stderr.end = () => stderr;
  let shown = "";
  stderr.on("data", (chunk) => {
    shown += chunk;
  });
  const conversation = createConversation({ stdin, stderr, kind, signal });
  open.push(conversation);
  const type = async (text: string) => {
    stdin.write(text);
    await turn();
  };
  return { ...conversation, stdin, modes, type, shown: () => shown };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What has come of a promise so far. */
function watch<Value>(promise: Promise<Value>) {
  const state: { value?: Value; error?: unknown; done: boolean } = { done: false };
  promise.then(
    (value) => Object.assign(state, { value, done: true }),
    (error) => Object.assign(state, { error, done: true }),
  );
  return state;
}

test("a line is a message; editing, and the lines before it, are at hand", async () => {
  const { next, type, shown } = talk();
  const first = next();
  await type("helo\u001b[Dl\r");
  expect(await first).toBe("hello");
  const again = next();
  await type("\u001b[A!\r");
  expect(await again).toBe("hello!");
  expect(shown()).toContain("> ");
});

test("a blank line is no message", async () => {
  const { next, type } = talk();
  const message = watch(next());
  await type("\r  \r\r");
  expect(message.done).toBe(false);
  await type("x\r");
  expect(message.value).toBe("x");
});

test("a backslash at its end carries a line on", async () => {
  const { next, type } = talk();
  const message = next();
  await type("one\\\rtwo\\\r\rthree");
  expect(await message).toBe("one\ntwo");
  const second = next();
  await type("\r");
  expect(await second).toBe("three");
});

test("what is pasted is one message, shown, and sent on Return only", async () => {
  const { next, type, shown } = talk();
  const message = watch(next());
  await type(`see: ${PASTE("one\r\ntwo\\\rthree\n")}`);
  expect(message.done).toBe(false);
  for (const line of ["see: one", "two", "three"]) expect(shown()).toContain(line);
  await type("\r");
  expect(message.value).toBe("see: one\ntwo\\\nthree");
});

test("a paste into the middle of a line leaves the rest behind it", async () => {
  const { next, type } = talk();
  const message = next();
  await type(`ad\u001b[D${PASTE("b\nc")}\r`);
  expect(await message).toBe("ab\ncd");
});

test("a long line is pasted at once", async () => {
  const { next, type, stdin } = talk();
  const long = "x".repeat(300_000);
  const message = next();
  for (const part of PASTE(long).match(/.{1,4096}/gs) ?? []) stdin.write(part);
  await turn();
  await type("\r");
  expect(await message).toBe(long);
});

test("law: a paste is the same however it arrives, and holds nothing that steers the terminal", () => {
  const pasted = fc.string({ unit: anyCharacter }).map((text) => text.replaceAll("\u001b[201~", ""));
  fc.assert(
    fc.property(pasted, fc.integer({ min: 1, max: 9 }), (text, size) => {
      const cut = (size: number) => {
        const take = createTypedInput();
        const all = `a${PASTE(text)}b`;
        const count = Math.ceil(all.length / size);
        const parts = Array.from({ length: count }, (_, at) => take(all.slice(at * size, (at + 1) * size))).flat();
        return parts.map(({ kind, text }) => `${kind} ${text}`);
      };
      // A read of nothing but Ctrl-C is the way out of a paste that has no end.
      fc.pre(size > 1 || !text.includes("\u0003"));
      const whole = cut(Number.MAX_SAFE_INTEGER);
      expect(cut(size)).toEqual(whole);
      for (const part of whole) expect(part).not.toMatch(/(?![\n\t])\p{Cc}/u);
    }),
    // A read that begins the paste and goes on with Ctrl-C.
    { examples: [["\u0003", 8]] },
  );
});

test("Ctrl-C empties the line, also one of several, and at an empty one ends it all", async () => {
  const { next, type, modes, shown } = talk();
  const message = watch(next());
  await type("wrong\u0003right\r");
  expect(message.value).toBe("right");
  const second = watch(next());
  await type("one\\\rtwo\u0003right\r");
  expect(second.value).toBe("right");
  const third = watch(next());
  await type("\u0003");
  expect(third.error).toMatchObject({ code: "interrupted" });
  expect(modes.at(-1)).toBe(false);
  expect(shown().endsWith("\u001b[?2004l")).toBe(true);
});

test("Ctrl-C is the way out of a paste that has no end", async () => {
  const { next, type } = talk();
  const end = watchEnd(next());
  await type("\u001b[200~lost");
  await type("\u0003");
  expect(await end).toMatchObject({ code: "interrupted" });
});

const watchEnd = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);

test("Ctrl-D at an empty line, and a terminal that hangs up, are the end", async () => {
  const first = talk();
  const message = first.next();
  await first.type("\u0004");
  expect(await message).toBeUndefined();
  const second = talk();
  const hungUp = second.next();
  second.stdin.end();
  expect(await hungUp).toBeUndefined();
  expect(await second.next()).toBeUndefined();
  const third = talk();
  const broken = third.next();
  third.stdin.destroy(new Error("read EIO"));
  expect(await broken).toBeUndefined();
});

test("what is typed during an answer is not shown, and waits for the next message", async () => {
  const { next, during, type, shown } = talk();
  const before = shown();
  await during(async () => {
    await type("later\rand then");
  });
  expect(shown()).toBe(before);
  expect(await next()).toBe("later");
  expect(shown()).not.toContain("and then");
  const second = next();
  expect(shown()).toContain("and then");
  await type("\r");
  expect(await second).toBe("and then");
});

test("Ctrl-C during an answer aborts that, forgets what was typed, and the conversation goes on", async () => {
  const { next, during, type, modes } = talk();
  const reason = await during(async (interrupted) => {
    await type("typed\r\u0003");
    return interrupted.reason;
  });
  expect(reason).toMatchObject({ code: "interrupted" });
  const message = next();
  await type("next\r");
  expect(await message).toBe("next");
  expect(modes).toEqual([true]);
  expect(await during(async (interrupted) => interrupted.aborted)).toBe(false);
});

test("an answer that fails leaves the conversation as it was", async () => {
  const { next, during, type } = talk();
  await expect(during(() => Promise.reject(new Error("no answer")))).rejects.toThrow("no answer");
  const message = next();
  await type("again\r");
  expect(await message).toBe("again");
});

test("the end of the program ends the question and the answer, and raw mode", async () => {
  const controller = new AbortController();
  const { next, during, modes } = talk({ signal: controller.signal });
  const waiting = watchEnd(next());
  const working = during(async (interrupted) => {
    controller.abort();
    return interrupted.aborted;
  });
  expect(await working).toBe(true);
  expect(await waiting).toMatchObject({ code: "interrupted" });
  expect(modes.at(-1)).toBe(false);
  await expect(next()).rejects.toMatchObject({ code: "interrupted" });
});

test("close gives the terminal back, once, and lets stdin go", () => {
  const listeners = process.listenerCount("exit");
  const { close, modes, stdin, shown } = talk();
  close();
  close();
  expect(modes).toEqual([true, false]);
  expect(shown()).toBe("\u001b[?2004h\u001b[?2004l");
  expect(stdin.isPaused()).toBe(true);
  expect(process.listenerCount("exit")).toBe(listeners);
});

test.each([
  { name: "TERM=dumb", options: { kind: "dumb" } },
  { name: "stderr in a file", options: { isTTY: false } },
])("$name: no escape codes, and the terminal edits the line itself", async ({ options }) => {
  const { next, during, type, close, modes, shown } = talk(options);
  const message = next();
  await type("one\\\ntwo\n");
  expect(await message).toBe("one\ntwo");
  await during(async () => expect(modes.at(-1)).toBe(true));
  expect(modes.at(-1)).toBe(false);
  close();
  expect(shown()).toBe("> … ");
});
