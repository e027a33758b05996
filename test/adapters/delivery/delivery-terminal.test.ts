import { PassThrough, Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createTerminal } from "../../../src/adapters/terminal/terminal.ts";
import { createSecrets } from "../../../src/core/text/secret.ts";

const HEADING = "waiting for sk-ant-api03-fakefakefakefake";

function terminal(stdin: Readable & { isTTY?: boolean }, { quiet = false, input = true, isTTY = false } = {}) {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  let text = "";
  stderr.on("data", (chunk) => {
    text += chunk;
    stdin.emit("shown", stripVTControlCharacters(text));
  });
  stderr.end = () => stderr;
  const world = { stdin, stdout: new PassThrough(), stderr, now: () => 0, signal: new AbortController().signal };
  const made = createTerminal(world, { quiet, input }, createSecrets());
  return { spin: made.terminal.spin, ...made.prompt, said: () => stripVTControlCharacters(text) };
}

/** Somebody who types once, as soon as the question is on the screen. */
const typing = (words: string) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let waits = true;
  stdin.on("shown", (text: string) => {
    if (!waits || !text.includes("The secret")) return;
    waits = false;
    setTimeout(() => stdin.write(`${words}\r`), 10);
  });
  return stdin;
};

test("where nothing spins, what is waited for is said once, masked, and not under --quiet", () => {
  const plain = terminal(Readable.from([]), { isTTY: true });
  plain.spin(HEADING).stop();
  expect(plain.said()).toBe("waiting for sk-ant-api03-[masked]\n");
  const quiet = terminal(Readable.from([]), { quiet: true });
  quiet.spin(HEADING).stop();
  expect(quiet.said()).toBe("");
});

test("an answer to askSecret is not shown, and an empty one is a skip", async () => {
  const asked = terminal(typing("fake-secret"));
  expect(await asked.askSecret("The secret")).toBe("fake-secret");
  expect(asked.said()).toContain("The secret");
  expect(asked.said()).not.toContain("fake-secret");
  expect(await terminal(typing("")).askSecret("The secret")).toBeUndefined();
  await expect(terminal(Readable.from([])).askSecret("The secret")).rejects.toMatchObject({ code: "input-needed" });
});

test("an empty stdin is told with the fix of whoever reads it", async () => {
  const read = (fix?: string) => terminal(Readable.from([" \n"])).readSecret("The secret", fix);
  await expect(read()).rejects.toMatchObject({ details: { fix: "pipe the secret to stdin" } });
  await expect(read("do this")).rejects.toMatchObject({ code: "input-needed", details: { fix: "do this" } });
});
