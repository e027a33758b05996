import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { type Row, ratio, wallRatio } from "./cases.ts";
import { BARE, cleanEnvironment, compare, median, PROGRAM, type Run, time } from "./measure.ts";

const ROUNDS = 25;
const WORDS = ["prompt", "--config", resolve("rbac.example.yaml"), "--user", "ada@acme.example"];
const ASKED = ["--model", "claude-sonnet-5-5", "hello"];

/** What a person who prompts all day waits for before the network does. */
export async function promptCases(scratch: string): Promise<readonly Row[]> {
  const dryRun: Run = { words: [PROGRAM, ...WORDS, "--dry-run", ...ASKED] };
  return [
    ratio("`prompt --dry-run`", compare(dryRun, BARE, ROUNDS), "`node -e 0`", 2),
    wallRatio("`prompt`, from its start to the first byte sent", await firstBytes(scratch), "`node -e 0`", 3.5),
  ];
}

/** Medians of the time until a server gets the first byte, and of bare node, in turns. One round is for warming up. */
async function firstBytes(scratch: string): Promise<readonly [number, number]> {
  let arrived = (_socket: Socket) => {};
  const server = createServer((socket) => socket.on("error", () => {}).once("data", () => arrived(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const env = cleanEnvironment({
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
    ANTHROPIC_API_KEY: "sk-ant-api03-sandbox-for-the-benchmark",
    ANTH_RBAC_STATE_DIR: join(scratch, "state"),
  });
  const firstByte = async (): Promise<number> => {
    const begun = performance.now();
    const child = spawn(process.execPath, [PROGRAM, ...WORDS, ...ASKED], {
      env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    const byte = new Promise<number>((done) => {
      arrived = (socket) => {
        done(performance.now() - begun);
        child.kill("SIGKILL");
        socket.destroy();
      };
    });
    const ended = once(child, "exit");
    const taken = await Promise.race([byte, ended]);
    await ended;
    if (typeof taken !== "number") throw new Error(`prompt ended with ${child.exitCode} before it sent anything`);
    return taken;
  };
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const { wall: bare } = time(BARE);
    const taken = await firstByte();
    if (round === 0) continue;
    times[0].push(taken);
    times[1].push(bare);
  }
  server.close();
  return [median(times[0]), median(times[1])];
}
