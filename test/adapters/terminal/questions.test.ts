import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { askText, askYesOrNo } from "../../../src/adapters/terminal/questions.ts";

function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = new PassThrough();
  return { stdin, stderr, signal: new AbortController().signal };
}

/** Longer than an answer that ended the reading itself may take. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 100));

describe("a question at which the program is stopped and goes on (Ctrl-Z, fg)", () => {
  test("waits on: node's readline pauses the input then, and that is no end", async () => {
    const questioner = terminal();
    const listeners = process.listenerCount("SIGCONT");
    const asked = askYesOrNo("Apply?", questioner);
    await moment();
    for (const _ of ["once", "twice"]) {
      process.emit("SIGCONT");
      questioner.stdin.pause();
      await moment();
    }
    questioner.stdin.write("y\r");
    expect(await asked).toBe(true);
    expect(process.listenerCount("SIGCONT")).toBe(listeners);
  });

  test("ends where the input has ended meanwhile", async () => {
    const questioner = terminal();
    const asked = askYesOrNo("Apply?", questioner);
    await moment();
    questioner.stdin.end();
    await moment();
    process.emit("SIGCONT");
    expect(await asked).toBe(false);
  });
});

test("an input that pauses otherwise is an end", async () => {
  const questioner = terminal();
  const asked = askText("Name?", questioner);
  await moment();
  questioner.stdin.pause();
  expect(await asked).toBe("");
});
