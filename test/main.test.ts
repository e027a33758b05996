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

/** Runs main as bin does, with work that nothing keeps alive and nobody ends, or that waits for a signal. */
const PROGRAM = `
  import { main } from "./src/main.ts";
  process.exitCode = await main(["validate", "-"], undefined);
`;

test.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)(
  "%s ends a wait for input: exit 130, at once",
  async (signal) => {
    const child = spawn(process.execPath, [await script(PROGRAM)], { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.kill(signal);
    const [code] = await once(child, "close");
    expect([code, said]).toEqual([130, expect.stringContaining("interrupted")]);
  },
);
