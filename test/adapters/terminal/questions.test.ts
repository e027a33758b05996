import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { askChoice, askName, askText, askYesOrNo } from "../../../src/adapters/terminal/questions.ts";

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

describe("what was typed before a question is shown", () => {
  test.each([
    ["a question for consent", (at: ReturnType<typeof terminal>) => askYesOrNo("Apply?", at), "y", false, true],
    ["a name", (at: ReturnType<typeof terminal>) => askName("Type Old:", "Old", at), "Old", false, true],
    [
      "a choice",
      (at: ReturnType<typeof terminal>) =>
        askChoice(
          "Which?",
          [
            { value: "a", name: "a" },
            { value: "b", name: "b" },
          ],
          at,
        ),
      "",
      undefined,
      "b",
    ],
  ] as const)("does not answer %s", async (_, ask, answer, unanswered, answered) => {
    const questioner = terminal();
    // A terminal keeps it until it is read key by key.
    let ahead = `${answer}\r`;
    const setRawMode = (raw: boolean) => {
      if (!raw) return;
      setTimeout((text) => text && questioner.stdin.write(text), 5, ahead);
      ahead = "";
    };
    Object.assign(questioner.stdin, { setRawMode });
    const asked = ask(questioner);
    expect(await Promise.race([asked, moment().then(() => "waits")])).toBe("waits");
    questioner.stdin.end();
    expect(await asked).toBe(unanswered);

    const again = terminal();
    const meant = ask(again);
    await moment();
    again.stdin.write(`${answer}\r`);
    expect(await meant).toBe(answered);
  });
});

test("an input that pauses otherwise is an end", async () => {
  const questioner = terminal();
  const asked = askText("Name?", questioner);
  await moment();
  questioner.stdin.pause();
  expect(await asked).toBeUndefined();
});
