/** Files that go with a prompt, told by what is in them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readAttachment } from "../../../src/adapters/messages/attachment.ts";
import { anyCharacter } from "../../support/any-character.ts";
import { ASK, ask, sender } from "../../support/messages.ts";
import { open } from "../../support/open-sandbox.ts";

const never = new AbortController().signal;

function folder(): string {
  const cwd = mkdtempSync(join(tmpdir(), "anth-rbac-attachment-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  return cwd;
}

function read(content: Uint8Array | string, name = "file") {
  const cwd = folder();
  writeFileSync(join(cwd, name), content);
  return readAttachment({ file: name, cwd, signal: never });
}

const PNG = Buffer.from("89504e470d0a1a0a0000000d", "hex");

test("what a text file holds is what is sent, whatever it is called", async () => {
  const cwd = folder();
  const texts = fc
    .string({ unit: anyCharacter, minLength: 1 })
    .filter((text) => !text.includes("\0") && text[0] !== "\ufeff");
  const binary = /^(?:\x89PNG|\u00ff|GIF8|RIFF|%PDF-)/;
  await fc.assert(
    fc.asyncProperty(
      texts.filter((text) => !binary.test(text)),
      fc.constantFrom<(text: string) => Uint8Array>(
        (text) => Buffer.from(text),
        (text) => Buffer.from(`\ufeff${text}`),
        (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
        (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
      ),
      async (text, encode) => {
        await writeFile(join(cwd, "picture.png"), encode(text));
        expect(await readAttachment({ file: "picture.png", cwd, signal: never })).toEqual({
          type: "document",
          source: { type: "text", media_type: "text/plain", data: text },
          title: "picture.png",
        });
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ["image/png", PNG],
  ["image/jpeg", Buffer.from("ffd8ffe000104a46", "hex")],
  ["image/gif", Buffer.from("GIF89a\x01\0")],
  ["image/gif", Buffer.from("GIF87a\x01\0")],
  ["image/webp", Buffer.from("RIFF\x10\0\0\0WEBPVP8 ")],
])("%s, whatever it is called", async (mediaType, bytes) => {
  expect(await read(bytes, "notes.txt")).toEqual({
    type: "image",
    source: { type: "base64", media_type: mediaType, data: bytes.toString("base64") },
  });
});

test("a PDF is a document with its name", async () => {
  const bytes = Buffer.from("%PDF-1.7\n\xff\0", "latin1");
  expect(await read(bytes, "report")).toEqual({
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: bytes.toString("base64") },
    title: "report",
  });
});

test.each([
  ["nothing", "", "is empty"],
  ["a mark alone", "\ufeff", "is empty"],
  ["a NUL", "a\0b", "neither text"],
  ["Latin-1", Buffer.from("caf\xe9 au lait", "latin1"), "neither text"],
  ["half a UTF-16 letter", Buffer.from([0xff, 0xfe, 0x41]), "neither text"],
  ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), "neither text"],
  ["a sound", Buffer.from("RIFF\x10\0\0\0WAVEfmt\x81"), "neither text"],
  ["the beginning of a PNG", PNG.subarray(0, 4), "neither text"],
])("%s is refused", async (_, content, words) => {
  await expect(read(content)).rejects.toMatchObject({
    code: "file-unreadable",
    message: expect.stringContaining(words),
  });
});

test("so is what is not there, a folder, a name with a NUL, and what no request has room for", async () => {
  const cwd = folder();
  mkdirSync(join(cwd, "sub"));
  writeFileSync(join(cwd, "long.txt"), "");
  truncateSync(join(cwd, "long.txt"), 32 * 1024 * 1024 + 1);
  writeFileSync(join(cwd, "large.png"), PNG);
  truncateSync(join(cwd, "large.png"), 24 * 1024 * 1024 + 1);
  const refused = (file: string) => expect(readAttachment({ file, cwd, signal: never })).rejects;
  await refused("none.txt").toMatchObject({ code: "file-unreadable", message: expect.stringContaining("none.txt") });
  await refused("sub").toMatchObject({ message: '"sub" is a directory' });
  await refused("a\0b").toMatchObject({ code: "file-unreadable" });
  await refused("long.txt").toMatchObject({ message: expect.stringContaining("32 MB") });
  await refused("large.png").toMatchObject({ message: expect.stringContaining("24 MB") });
});

test.skipIf(process.platform === "win32")("a pipe is read to its end, and one without an end can be left", async () => {
  const cwd = folder();
  execFileSync("mkfifo", [join(cwd, "pipe"), join(cwd, "silent")]);
  const [block] = await Promise.all([
    readAttachment({ file: "pipe", cwd, signal: never }),
    writeFile(join(cwd, "pipe"), "from a pipe\r\n"),
  ]);
  expect(block).toMatchObject({ source: { data: "from a pipe\r\n" }, title: "pipe" });

  const stop = new AbortController();
  const waiting = readAttachment({ file: "silent", cwd, signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(waiting).rejects.toMatchObject({ code: "interrupted" });
  const late = readAttachment({ file: "silent", cwd, signal: stop.signal });
  await expect(late).rejects.toMatchObject({ code: "interrupted" });
  await expect(readAttachment({ file: "/dev/zero", cwd, signal: never })).rejects.toMatchObject({
    message: expect.stringContaining("32 MB"),
  });
});

test("the API takes each kind", async () => {
  const { sandbox } = await open();
  const talker = sender(sandbox.url, { secret: sandbox.secretOf("dev-shared") });
  for (const content of [PNG, "%PDF-1.7\n", "words in a file\r\n"]) {
    const block = await read(content);
    const request = {
      ...ASK,
      messages: [{ role: "user" as const, content: [block, { type: "text" as const, text: "?" }] }],
    };
    const { answer, error } = await ask(talker, request);
    expect(error).toBeUndefined();
    expect(answer?.text.includes("words in a file\r\n")).toBe(content === "words in a file\r\n");
  }
});
