import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { main } from "../src/main.ts";
import { NOW } from "./support/org.ts";
import { script } from "./support/script.ts";

function sink() {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  return { stream, text: () => text };
}

test("a run that would end before its work is done says so and is exit 1, in JSON too", async () => {
  const [stdout, stderr] = [sink(), sink()];
  let begun = (_listener: () => void) => {};
  const listening = new Promise<() => void>((resolve) => {
    begun = resolve;
  });
  const ended = main(["validate", "-", "--json"], {
    cwd: "/",
    env: {},
    // Never ends and never says anything, as an input whose question nobody answers any more.
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    now: () => NOW,
    signal: new AbortController().signal,
    onIdle: (listener) => {
      begun(listener);
      return () => {};
    },
  });
  (await listening)();
  expect(await ended).toBe(1);
  expect(JSON.parse(stdout.text())).toMatchObject({ kind: "error", exit_code: 1 });
  expect(stderr.text()).toContain("the run ended before its work did");
});

/** Runs main as bin does, with an input that nobody ends. */
const PROGRAM = `
  import { main } from "./src/main.ts";
  const ended = main(["validate", "-"], undefined);
  process.stdout.write("ready");
  process.exitCode = await ended;
`;

test.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)(
  "%s ends a wait for input: exit 130, at once",
  async (signal) => {
    const child = spawn(process.execPath, [await script(PROGRAM)], { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    await once(child.stdout, "data");
    child.kill(signal);
    const [code] = await once(child, "close");
    expect([code, said]).toEqual([130, expect.stringContaining("interrupted")]);
  },
);

/** As bin does, with a stdin that has no end and keeps nothing alive. */
const ASLEEP = `
  import { PassThrough } from "node:stream";
  import { main, processHost } from "./src/main.ts";
  const { cwd, env, stdout, stderr, now, signal, onIdle } = processHost();
  process.exitCode = await main(["validate", "-"], { cwd, env, stdout, stderr, now, signal, onIdle, stdin: new PassThrough() });
`;

test("a process that falls asleep in the middle of a run ends with 1, and not with 0", async () => {
  const child = spawn(process.execPath, [await script(ASLEEP)], { stdio: ["ignore", "pipe", "pipe"] });
  const said = sink();
  child.stderr.pipe(said.stream);
  const [code] = await once(child, "close");
  expect([code, said.text()]).toEqual([1, expect.stringContaining("the run ended before its work did")]);
});
