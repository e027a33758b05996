import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { main } from "../../../src/main.ts";
import type { Fault } from "../../../src/sandbox/state/faults.ts";
import { promptStage } from "../../support/prompt.ts";

describe("a call that fails", () => {
  const NOT_WHOLE = /not the whole answer|answer is not whole/;
  test.each<[Fault, string, number, boolean]>([
    [{ kind: "stream_overloaded" }, "api-error", 1, true],
    [{ kind: "stream_cut" }, "incomplete-answer", 1, true],
    [{ kind: "status", status: 401, times: null }, "credential-rejected", 4, false],
    [{ kind: "forbidden", times: null }, "permission-denied", 4, false],
    [{ kind: "status", status: 400, times: null }, "api-error", 1, false],
    [{ kind: "redirect", times: null }, "redirected", 1, false],
  ])("by %j is %s, once in the log, and never an answer", async (fault, code, exit, partly) => {
    const { prompt, sandbox, audited } = await promptStage();
    sandbox.control.configure({ reply: "one two three four five six" });
    sandbox.control.fault({ ...fault, times: null });
    const text = await prompt("uma", ["hi"]);
    expect(text.exitCode).toBe(exit);
    expect(text.stdout).toMatch(partly ? /^one[^\n]*\n$/ : /^$/);
    if (partly) expect(text.stderr).toMatch(NOT_WHOLE);
    expect(text.stderr).not.toContain("tokens in");
    const json = await prompt("uma", ["--json", "hi"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: "error", code, exit_code: exit });
    expect(json.stdout).not.toContain("one two");
    expect(audited().map(({ event, outcome, reason }) => [event, outcome, reason])).toEqual([
      ["prompt", "failed", code],
      ["prompt", "failed", code],
    ]);
    expect(audited()[0]?.key_hint).toContain("...");
  });

  test("for want of a key is found before anything is counted or logged", async () => {
    const { prompt, audited, sent } = await promptStage();
    const { exitCode, stderr } = await prompt("uma", ["hi"], { env: { ANTHROPIC_API_KEY: undefined } });
    expect([exitCode, sent(), audited()]).toEqual([4, 0, []]);
    expect(stderr).toContain("ANTHROPIC_API_KEY");
  });

  test("with a model that the API does not have is one request, and said", async () => {
    const { prompt, sent, audited } = await promptStage();
    const { exitCode, stderr } = await prompt("ann", ["--model", "claude-nothing-9", "hi"]);
    expect([exitCode, sent()]).toEqual([1, 1]);
    expect(stderr).toContain("claude-nothing-9");
    expect(audited()).toMatchObject([{ outcome: "failed", reason: "not-found", model: "claude-nothing-9" }]);
  });
});

describe("Ctrl-C in the middle of an answer", () => {
  test.each([[[]], [["--json"]]])("ends it, logs it, and says that it is not whole: %j", async (words) => {
    const { prompt, sandbox, audited, sent } = await promptStage();
    sandbox.control.configure({ reply: "word ".repeat(500), streamDelayMs: 20 });
    const ctrlC = new AbortController();
    const running = prompt("pat", [...words, "hi"], { signal: ctrlC.signal });
    const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
    while (sent() === 0) await turn();
    // Counted in turns of the event loop, each of which reads what has come: on a busy machine one long timer may be over before the
    // first word is read.
    for (let turns = 0; turns < 40; turns += 1) await turn();
    ctrlC.abort();
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode).toBe(130);
    if (words.length === 0) {
      expect(stdout).toMatch(/^word [^\n]*\n$/);
      expect(stderr).toContain("the text above is not the whole answer");
    } else {
      expect(JSON.parse(stdout)).toMatchObject({ kind: "error", code: "interrupted" });
    }
    expect(audited()).toMatchObject([{ event: "prompt", outcome: "failed", reason: "interrupted", role: "power" }]);
    expect(audited()[0]).toHaveProperty("input_tokens");
    expect(audited()[0]).not.toHaveProperty("output_tokens");
  });
});

test("an answer of a model that the role may not use is denied, and not shown", async () => {
  const { prompt, sandbox, audited, sent } = await promptStage();
  // The API resolves aliases: here one that leads elsewhere.
  sandbox.control.fault({
    kind: "body",
    status: 200,
    body: [
      "event: message_start",
      `data: ${JSON.stringify({ type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model: "claude-opus-5-5", content: [], usage: { input_tokens: 3, output_tokens: 1 } } })}`,
      "",
      "",
    ].join("\n"),
  });
  const { exitCode, stdout } = await prompt("uma", ["--json", "hi"]);
  expect([exitCode, sent()]).toEqual([6, 1]);
  expect(JSON.parse(stdout)).toMatchObject({ code: "answer-model-not-allowed", model: "claude-opus-5-5" });
  expect(audited()).toMatchObject([
    {
      event: "denial",
      outcome: "denied",
      reason: "answer-model-not-allowed",
      model: "claude-opus-5-5",
      input_tokens: 3,
    },
  ]);
});

describe("a full disk", () => {
  /** Runs the program as pat, whose stdout goes to such a disk, or whose stderr does. */
  async function onFullDisk(words: readonly string[], which: "stdout" | "stderr") {
    const { sandbox, folder, audited } = await promptStage();
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const full = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, error) }).on("error", () => {});
    const other = new PassThrough();
    const exitCode = await main(words, {
      cwd: folder,
      env: {
        ANTHROPIC_BASE_URL: sandbox.url,
        ANTHROPIC_API_KEY: sandbox.secretOf("dev-shared"),
        ANTH_RBAC_USER: "pat@acme.example",
        ANTH_RBAC_STATE_DIR: join(folder, "state"),
      },
      stdin: new PassThrough().end(),
      ...(which === "stdout" ? { stdout: full, stderr: other } : { stdout: other, stderr: full }),
      now: Date.now,
      signal: new AbortController().signal,
    });
    const logged = audited().map(({ outcome, reason }) => [outcome, reason]);
    return { exitCode, said: String(other.read() ?? ""), logged };
  }

  test.each([
    [["prompt", "hi"], [["failed", "file-unreadable"]]],
    [["prompt", "hi", "--json"], [["done", undefined]]],
    [["schema"], []],
  ])("under stdout is no success of %j, and is said", async (words, logged) => {
    const ran = await onFullDisk(words, "stdout");
    expect(ran).toMatchObject({ exitCode: 1, logged });
    expect(ran.said).toContain("the result cannot be written: ENOSPC");
  });

  test("under stderr changes no exit code", async () => {
    expect(await onFullDisk(["prompt", "hi"], "stderr")).toMatchObject({ exitCode: 0, logged: [["done", undefined]] });
    expect(await onFullDisk(["prompt", "--model", "x", "hi"], "stderr")).toMatchObject({ exitCode: 6, said: "" });
    expect(await onFullDisk(["drift", "-c", "none.yaml"], "stderr")).toMatchObject({ exitCode: 1, said: "" });
  });
});
