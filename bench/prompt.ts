import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { bundled, cleanEnvironment, cpuOf, PROGRAM, type Run, summary, type Taken } from "./measure.ts";
import { type Row, ratio } from "./rows.ts";
import { startSandbox } from "./sandbox-process.ts";

const WORDS = ["prompt", "--config", resolve("rbac.example.yaml"), "--user", "ada@acme.example"];
const ASKED = ["--model", "claude-sonnet-5-5", "hello"];

/** What a person who prompts all day waits for: the first word of the answer. */
export async function promptRows(scratch: string, rounds: number): Promise<readonly Row[]> {
  const alone = await bundled("bench/prompt-alone.ts", scratch);
  const sandbox = await startSandbox(PROGRAM, "small", 0);
  try {
    const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, ...env } = sandbox.environment;
    if (!ANTHROPIC_BASE_URL || !ANTHROPIC_API_KEY) throw new Error("the sandbox names no key for prompts");
    const ours: Run = {
      words: [PROGRAM, ...WORDS, ...ASKED],
      env: { ...env, ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, ANTH_RBAC_STATE_DIR: join(scratch, "state") },
    };
    const theirs: Run = { words: [alone], env: { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } };
    const taken: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      const pair = [await untilFirstToken(theirs), await untilFirstToken(ours)] as const;
      if (round === 0) continue;
      taken[1].push(pair[0]);
      taken[0].push(pair[1]);
    }
    return [
      ratio("`prompt`, to the first token", [summary(taken[0]), summary(taken[1])], "the bundled SDK alone", 1.15),
    ];
  } finally {
    await sandbox.stop();
  }
}

/** As `TIMED`, but says first which process it is, so that it can be ended while it answers. */
const TIMED = '"$@" 3>&- & echo $! >&3; wait $!; times >&3';

/** What one run took up to the first byte on its stdout; it is ended there. */
async function untilFirstToken({ words, env }: Run): Promise<Taken> {
  const begun = performance.now();
  const child = spawn("bash", ["-c", TIMED, "bash", process.execPath, ...words], {
    env: cleanEnvironment(env),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let said = "";
  let complaint = "";
  let wall: number | undefined;
  child.stdio[3]?.on("data", (bytes) => {
    said += bytes;
  });
  child.stderr?.on("data", (bytes) => {
    complaint += bytes;
  });
  child.stdout?.once("data", () => {
    wall = performance.now() - begun;
    process.kill(Number.parseInt(said, 10), "SIGKILL");
  });
  await once(child, "close");
  if (wall === undefined) throw new Error(`node ${words.join(" ")} ended before it said anything\n${complaint}`);
  const [, ...lines] = said.split("\n");
  return { wall, cpu: cpuOf(lines.join("\n")) };
}
