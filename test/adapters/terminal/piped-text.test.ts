import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sleep, startDeadline } from "../../../src/adapters/api/deadline.ts";
import { readPipedText } from "../../../src/adapters/terminal/piped-text.ts";
import { createTerminal } from "../../../src/adapters/terminal/terminal.ts";
import { createSecrets } from "../../../src/core/text/secret.ts";

const never = new AbortController().signal;
const read = (stdin: Readable, options: { patience?: number; signal?: AbortSignal } = {}) =>
  readPipedText(stdin, { signal: never, sleep, ...options });
const bytes = (...chunks: readonly Uint8Array[]) => Readable.from(chunks);

test("law: what is piped in is what is read, however it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 5 }), async (text, size) => {
      const all = Buffer.from(text);
      const count = Math.ceil(all.length / size);
      const chunks = Array.from({ length: count }, (_, index) => all.subarray(index * size, (index + 1) * size));
      expect(await read(bytes(...chunks), { patience: 60_000 })).toBe(text.replace(/^\ufeff/, ""));
    }),
  );
});

test("an empty stdin is an empty text, and so is one that was read before or is gone", async () => {
  const stdin = Readable.from([]);
  expect(await read(stdin)).toBe("");
  expect(await read(stdin)).toBe("");
  const gone = new PassThrough();
  gone.destroy();
  expect(await read(gone)).toBe("");
  const going = new PassThrough();
  const reading = read(going);
  going.write("half");
  setImmediate(() => going.destroy());
  expect(await reading).toBe("half");
});

test("a byte order mark is no text, and UTF-16 that says so is read", async () => {
  expect(await read(bytes(Buffer.from("\ufeffa")))).toBe("a");
  expect(await read(bytes(Buffer.from("\ufeffa😀", "utf16le")))).toBe("a😀");
  expect(await read(bytes(Buffer.from("\ufeffa", "utf16le").swap16()))).toBe("a");
});

test("what is no text is refused, with the byte", async () => {
  const broken = Buffer.concat([Buffer.from("é\ufffd, "), Buffer.from([0xff, 0x61])]);
  await expect(read(bytes(broken))).rejects.toMatchObject({
    code: "usage",
    message: "stdin is no text in UTF-8 (byte 8 is 0xff)",
  });
  await expect(read(bytes(Buffer.from([0xff, 0xfe, 0x61])))).rejects.toMatchObject({ code: "usage" });
});

test("a stream without an end is refused where the API would refuse it", async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(1_000_000, "y\n"));
    },
  });
  await expect(read(endless)).rejects.toMatchObject({ code: "usage", message: "stdin holds more than 32 MB" });
  expect(endless.isPaused()).toBe(true);
});

test("one that cannot be read says why", async () => {
  const stdin = new PassThrough();
  setImmediate(() => stdin.destroy(new Error("EISDIR: illegal operation on a directory, read")));
  await expect(read(stdin)).rejects.toMatchObject({
    code: "file-unreadable",
    message: expect.stringContaining("EISDIR"),
  });
});

test("where nothing comes in time it is let go; where something has begun it is read to its end", async () => {
  const silent = new PassThrough();
  expect(await read(silent, { patience: 1 })).toBeUndefined();
  expect(silent.isPaused()).toBe(true);
  expect(silent.listenerCount("data")).toBe(0);

  const slow = new PassThrough();
  let pass = () => {};
  const patient = readPipedText(slow, {
    signal: never,
    patience: 1,
    sleep: () => new Promise<void>((resolve) => (pass = resolve)),
  });
  slow.write("first");
  await new Promise(setImmediate);
  pass();
  await new Promise(setImmediate);
  slow.end(", last");
  expect(await patient).toBe("first, last");
});

test("Ctrl-C ends the reading", async () => {
  const interrupt = new AbortController();
  const stdin = new PassThrough();
  const reading = read(stdin, { signal: interrupt.signal });
  interrupt.abort();
  await expect(reading).rejects.toMatchObject({ code: "interrupted" });
  await expect(read(new PassThrough(), { signal: interrupt.signal })).rejects.toMatchObject({ code: "interrupted" });
  expect(stdin.listenerCount("data")).toBe(0);
});

interface Ends {
  /** Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly deadline?: () => AbortSignal;
}

function terminal(stdin: Readable & { isTTY?: boolean }, { signal = never, deadline }: Ends = {}) {
  const stderr = new PassThrough();
  const world = { stdin, stdout: new PassThrough(), stderr, now: () => 0, signal, sleep: async () => {} };
  return {
    ...createTerminal(world, { quiet: false, input: true, deadline }, createSecrets()).prompt,
    said: () => String(stderr.read() ?? ""),
  };
}

test("the terminal says that it goes on without a silent stdin, and reads no terminal", async () => {
  const silent = terminal(new PassThrough());
  expect(await silent.readPiped(3000)).toBeUndefined();
  expect(silent.said()).toBe(
    "stdin is open, but nothing came within 3 s: going on without it; close it with < /dev/null, or wait for it with --file -\n",
  );
  const typed = terminal(Object.assign(new PassThrough(), { isTTY: true }));
  expect(await typed.readPiped()).toBeUndefined();
  expect(typed.said()).toBe("");
  expect(await terminal(Readable.from(["text"])).readPiped(3000)).toBe("text");
});

test.each(["readSecret", "readPiped"] as const)("Ctrl-C and the time that was given end %s", async (how) => {
  const interrupt = new AbortController();
  const waiting = terminal(new PassThrough(), { signal: interrupt.signal });
  const reading = how === "readSecret" ? waiting.readSecret("The secret") : waiting.readPiped();
  interrupt.abort();
  await expect(reading).rejects.toMatchObject({ code: "interrupted" });

  const { signal } = startDeadline({ milliseconds: 1 });
  const timed = terminal(new PassThrough(), { deadline: () => signal });
  const late = how === "readSecret" ? timed.readSecret("The secret") : timed.readPiped();
  // Neither the timer nor a silent pipe keeps a process alive; the test has to.
  const awake = setTimeout(() => {}, 60_000);
  await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
  clearTimeout(awake);
});

test("a secret from stdin has a bound, as everything that is piped in", async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(1_000_000, "y\n"));
    },
  });
  await expect(terminal(endless).readSecret("The secret")).rejects.toMatchObject({ code: "usage" });
});
