import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { cleanEnvironment } from "./measure.ts";

/** A sandbox in a process of its own, as `anth-rbac sandbox` starts it. */
export interface SandboxProcess {
  /** What to export for a client. */
  readonly environment: Readonly<Record<string, string>>;
  /** Forgets the requests so far. */
  readonly forget: () => Promise<void>;
  /** Those that came since. */
  readonly requests: () => Promise<readonly { readonly path: string; readonly query: string }[]>;
  readonly stop: () => Promise<void>;
}

/** Starts it on a free port and waits until it answers. `latency` is in milliseconds. */
export async function startSandbox(program: string, seed: string, latency: number): Promise<SandboxProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/_sandbox`;
  const words = [program, "sandbox", "--port", String(port), "--seed", seed, "--latency", String(latency)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"], env: cleanEnvironment() });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const { environment } = await untilUp(url, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  await control(`${url}/settings`, "POST", { requestLog: 1_000_000 });
  return {
    environment,
    forget: async () => void (await control(`${url}/requests`, "DELETE")),
    requests: async () => control(`${url}/requests`),
    stop,
  };
}

async function untilUp(url: string, child: { readonly exitCode: number | null }) {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`the sandbox ended with ${child.exitCode}`);
    const answer = await control(url).catch(() => undefined);
    if (answer) return answer;
    await setTimeout(100);
  }
  throw new Error("the sandbox did not start within a minute");
}

async function control(url: string, method = "GET", body?: unknown) {
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(url, { method, ...sent });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`);
  return JSON.parse(await response.text());
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
