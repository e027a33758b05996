/** The window of calls, on this machine and in Redis: one suite for what both promise. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRateWindow } from "../../../src/adapters/rate/rate-window.ts";
import { RATE_WINDOW } from "../../../src/core/policy/rate-window.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { HOLDER } from "../../support/lock.ts";
import { finished, script, start } from "../../support/script.ts";
import { runMain } from "../../support/stage.ts";
import { HAS_OPENSSL, makeCertificate, startTlsFront } from "../../support/tls.ts";

const SCOPE = { organization: "org", role: "user", user: "a@example.com" };
const REDIS = spawnSync("redis-server", ["--version"]).status === 0;
if (!REDIS) console.warn("redis-server is not installed: the tests of the Redis rate window are skipped");

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "anth-rbac-rate-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const PASSWORD = "open-sesame";
const PASSWORD_ENV = { ANTH_RBAC_RATE_STORE_PASSWORD: PASSWORD };

interface Redis {
  readonly child: ChildProcess;
  readonly port: number;
  readonly store: string;
}

/** A server of its own, with a password, that keeps nothing. Nobody has used it yet. */
async function startRedis(known?: number): Promise<Redis> {
  const port = known ?? (await freePort());
  const words = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD];
  const child = spawn("redis-server", words, { cwd: tmpdir(), stdio: ["ignore", "pipe", "ignore"] });
  for await (const text of child.stdout) if (String(text).includes("Ready to accept")) break;
  return { child, port, store: `redis://127.0.0.1:${port}` };
}

/** What the server says to these commands, one after the other. */
async function ask(port: number, ...commands: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(["AUTH open-sesame", ...commands, "QUIT", ""].join("\r\n"));
  let said = "";
  for await (const text of socket) said += String(text);
  return said;
}

const MARKER = "anth-rbac:rate:server";

/** As if the server had run, and had been counted on, for longer than the window. */
async function age(port: number): Promise<void> {
  const [, run] = /run_id:(\w+)/.exec(await ask(port, "INFO server")) ?? [];
  const [, evicted] = /evicted_keys:(\d+)/.exec(await ask(port, "INFO stats")) ?? [];
  await ask(port, `HSET ${MARKER} state ${run}:${evicted} since ${Date.now() - RATE_WINDOW - 1000}`);
}

/** Takes once, and says whether it may. */
const TAKER = `
  import { openRateWindow } from "./src/adapters/rate/rate-window.ts";
  const window = await openRateWindow(process.argv[2], { env: process.env, now: Date.now });
  const answer = await window.take(${JSON.stringify(SCOPE)}, 10);
  process.stdout.write(answer.allowed ? "yes" : String(answer.retryAt));
  await window.close();
`;

let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
beforeAll(async () => {
  if (!REDIS) return;
  redis = await startRedis();
  await age(redis.port);
});
afterAll(() => {
  redis?.child.kill("SIGKILL");
});

describe.each([["local"], ["redis"]])("%s", (kind) => {
  const skipped = kind === "redis" && !REDIS;
  const storeOf = () => (kind === "redis" ? (redis?.store ?? "") : "local");
  let count = 0;
  const scope = (more = {}) => ({ ...SCOPE, organization: `${kind}-${++count}`, ...more });
  const open = async () => {
    const env = { ANTH_RBAC_STATE_DIR: scratch(), ...PASSWORD_ENV };
    const window = await openRateWindow(storeOf(), { env, now: Date.now });
    onTestFinished(() => window.close());
    return window;
  };

  test.skipIf(skipped)("so many calls and no more; each organization, role and user by itself", async () => {
    const window = await open();
    const one = scope();
    const begun = Date.now();
    for (let call = 0; call < 3; call++) expect(await window.take(one, 3)).toEqual({ allowed: true });
    const refused = await window.take(one, 3);
    const retryAt = refused.allowed ? 0 : refused.retryAt;
    expect(retryAt).toBeGreaterThanOrEqual(begun + RATE_WINDOW - 50);
    expect(retryAt).toBeLessThanOrEqual(Date.now() + RATE_WINDOW);
    for (const other of [scope(), { ...one, role: "x" }, { ...one, user: "x" }])
      expect(await window.take(other, 3)).toEqual({ allowed: true });
    expect(await window.take(one, 4)).toEqual({ allowed: true });
    expect(await window.take(one, 0)).toMatchObject({ allowed: false });
    expect(await window.take(one, Number.NaN)).toMatchObject({ allowed: false });
  });

  test.skipIf(skipped)("several calls at once are counted all or not at all", async () => {
    const window = await open();
    const one = scope();
    expect(await window.take(one, 5, 6)).toMatchObject({ allowed: false });
    expect(await window.take(one, 5, 3)).toEqual({ allowed: true });
    const begun = Date.now();
    const refused = await window.take(one, 5, 3);
    expect(refused).toMatchObject({ allowed: false });
    expect(refused.allowed ? 0 : refused.retryAt).toBeGreaterThanOrEqual(begun + RATE_WINDOW - 1000);
    expect(await window.take(one, 5, 2)).toEqual({ allowed: true });
    expect(await window.take(one, 5)).toMatchObject({ allowed: false });
    for (const count of [0, -1, 1.5, Number.NaN])
      expect(await window.take(scope(), 5, count)).toMatchObject({ allowed: false });
  });

  test.skipIf(skipped)("calls made at once in one process share the window", async () => {
    const window = await open();
    const one = scope();
    const answers = await Promise.all(Array.from({ length: 12 }, () => window.take(one, 5)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(5);
  });

  test.skipIf(skipped)("twenty processes started at once against a limit of ten: exactly ten", async () => {
    const taker = await script(TAKER);
    const env = { ANTH_RBAC_STATE_DIR: scratch(), ...PASSWORD_ENV };
    const children = Array.from({ length: 20 }, () => start(taker, env, storeOf()));
    const answers = await Promise.all(children.map(finished));
    expect(answers.filter((answer) => answer === "yes")).toHaveLength(10);
  });
});

describe("on this machine", () => {
  const openAt = async (directory: string, clock: { at: number }) =>
    openRateWindow("local", { env: { ANTH_RBAC_STATE_DIR: directory }, now: () => clock.at });

  test("any 60 seconds hold at most the limit, and no call is refused that has room", async () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (gaps, limit) => {
        const directory = mkdtempSync(join(tmpdir(), "anth-rbac-rate-"));
        const clock = { at: 1_800_000_000_000 };
        const window = await openAt(directory, clock);
        const taken: number[] = [];
        try {
          for (const gap of gaps) {
            clock.at += gap;
            const live = taken.filter((at) => at > clock.at - RATE_WINDOW);
            const answer = await window.take(SCOPE, limit);
            expect(answer.allowed).toBe(live.length < limit);
            if (answer.allowed) taken.push(clock.at);
            else expect(answer.retryAt).toBe((live.at(-limit) ?? 0) + RATE_WINDOW);
          }
        } finally {
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: 25 },
    );
  });

  test("several calls have room when the last one in their way has run out", async () => {
    const clock = { at: 1_800_000_000_000 };
    const window = await openAt(scratch(), clock);
    const begun = clock.at;
    for (let call = 0; call < 4; call++, clock.at += 1000) await window.take(SCOPE, 4);
    const refused = { allowed: false, retryAt: begun + 1000 + RATE_WINDOW };
    expect(await window.take(SCOPE, 4, 2)).toEqual(refused);
    clock.at = refused.retryAt;
    expect(await window.take(SCOPE, 4, 2)).toEqual({ allowed: true });
  });

  test("a clock that is put back blocks nobody for longer than the window", async () => {
    const clock = { at: 1_800_000_000_000 };
    const window = await openAt(scratch(), clock);
    for (let call = 0; call < 2; call++) await window.take(SCOPE, 2);
    clock.at -= 86_400_000;
    const retryAt = clock.at + RATE_WINDOW;
    expect(await window.take(SCOPE, 2)).toEqual({ allowed: false, retryAt });
    clock.at += 30_000;
    expect(await window.take(SCOPE, 2)).toEqual({ allowed: false, retryAt });
    clock.at = retryAt;
    expect(await window.take(SCOPE, 2)).toEqual({ allowed: true });
  });

  test("files are small, ours alone, say nothing of who calls, and old ones go", async () => {
    const directory = scratch();
    const clock = { at: Date.now() };
    const window = await openAt(directory, clock);
    for (let call = 0; call < 30; call++) await window.take(SCOPE, 5);
    const folder = join(directory, "rate");
    const [name = ""] = readdirSync(folder);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
    expect(JSON.parse(readFileSync(join(folder, name), "utf8"))).toHaveLength(5);
    if (process.platform !== "win32") expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    utimesSync(join(folder, name), 0, 0);
    await window.take({ ...SCOPE, user: "other" }, 5);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(readdirSync(folder)).not.toContain(name);
  });

  test("what cannot be read or written to is a failure, and no permission", async () => {
    const directory = scratch();
    const window = await openAt(directory, { at: Date.now() });
    await window.take(SCOPE, 5);
    const [name = ""] = readdirSync(join(directory, "rate"));
    for (const text of ["", "{}", '["x"]', "[1.5]"]) {
      writeFileSync(join(directory, "rate", name), text);
      await expect(window.take(SCOPE, 5)).rejects.toMatchObject({ code: "rate-store-unreachable" });
    }
    const other = scratch();
    writeFileSync(join(other, "rate"), "");
    const broken = await openAt(other, { at: Date.now() });
    await expect(broken.take(SCOPE, 5)).rejects.toMatchObject({ code: "rate-store-unreachable" });
  });

  test("a process killed while it holds the lock holds nobody up", async () => {
    const directory = scratch();
    const window = await openAt(directory, { at: Date.now() });
    await window.take(SCOPE, 5);
    const [name = ""] = readdirSync(join(directory, "rate"));
    const child = start(await script(HOLDER), {}, join(directory, "rate", name.replace(".json", ".lock")));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await window.take(SCOPE, 5)).toEqual({ allowed: true });
  });
});

describe.skipIf(!REDIS)("in Redis", () => {
  const failureOf = async (store: string, password = "hush-hush") => {
    const env = { ANTH_RBAC_RATE_STORE_PASSWORD: password };
    const window = await openRateWindow(store, { env, now: Date.now });
    const begun = Date.now();
    const failure = await window.take(SCOPE, 5).catch((error: unknown) => error);
    await window.close();
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(failure).toMatchObject({ code: "rate-store-unreachable" });
    return failure as Error;
  };

  /** A server that was used for longer than the window, and a window on it. */
  const used = async () => {
    const own = await startRedis();
    onTestFinished(() => void own.child.kill("SIGKILL"));
    await age(own.port);
    const window = await openRateWindow(own.store, { env: PASSWORD_ENV, now: Date.now });
    onTestFinished(() => window.close());
    return { own, window };
  };

  /** Full, because nobody can tell what was forgotten. */
  const expectForgotten = (answer: unknown, begun: number) => {
    expect(answer).toEqual({ allowed: false, retryAt: expect.any(Number), mayHaveForgotten: true });
    const { retryAt } = answer as { retryAt: number };
    expect(retryAt).toBeGreaterThan(begun + RATE_WINDOW - 1000);
    expect(retryAt).toBeLessThanOrEqual(Date.now() + RATE_WINDOW);
  };

  test("nobody there, a wrong password, a server that is silent: a failure in time, without the password", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const places = [await freePort(), redis?.port, port].map((at) => `127.0.0.1:${at}`);
    for (const place of [...places, ":x:y"]) {
      for (const store of [`redis://:hush-hush@${place}`, `redis://${place}`]) {
        const failure = await failureOf(store);
        expect(JSON.stringify([failure.message, failure, failure.cause, failure.stack])).not.toContain("hush-hush");
      }
    }
  });

  test("without its password the failure names the variable", async () => {
    expect(await failureOf(redis?.store ?? "", "")).toMatchObject({
      details: { fix: expect.stringContaining("ANTH_RBAC_RATE_STORE_PASSWORD") },
    });
  });

  test.skipIf(!HAS_OPENSSL)(
    "where its certificate is not trusted the failure names the variable for that",
    async () => {
      const front = await startTlsFront("http://127.0.0.1:1", makeCertificate("cache.test"));
      onTestFinished(() => front.close());
      for (const host of ["127.0.0.1", "localhost"]) {
        expect(await failureOf(`rediss://${host}:${front.port}`, "")).toMatchObject({
          details: { fix: expect.stringContaining("NODE_EXTRA_CA_CERTS") },
        });
      }
    },
  );

  test("a password in the address goes before the one of the variable", async () => {
    const store = `redis://:${PASSWORD}@127.0.0.1:${redis?.port}`;
    const window = await openRateWindow(store, { env: { ANTH_RBAC_RATE_STORE_PASSWORD: "other" }, now: Date.now });
    onTestFinished(() => window.close());
    expect(await window.take({ ...SCOPE, user: "address" }, 5)).toEqual({ allowed: true });
  });

  test("a server that stopped and came back is found again; keys have our prefix and end with the window", async () => {
    const { own, window } = await used();
    expect(await window.take(SCOPE, 5)).toEqual({ allowed: true });
    const [key = ""] = /anth-rbac:rate:[0-9a-f]{64}/.exec(await ask(own.port, "KEYS *")) ?? [];
    const [, ttl] = /:(\d+)/.exec(await ask(own.port, `PTTL ${key}`)) ?? [];
    expect(Number(ttl)).toBeGreaterThan(RATE_WINDOW - 10_000);
    // As if the server's clock had been put back by a day.
    await ask(own.port, `ZADD ${key} ${Date.now() + 86_400_000} future`);
    expect(await window.take(SCOPE, 2)).toMatchObject({ allowed: false });
    const [, score] = /(\d{13})/.exec(await ask(own.port, `ZSCORE ${key} future`)) ?? [];
    expect(Number(score)).toBeLessThanOrEqual(Date.now());
    own.child.kill("SIGSTOP");
    await expect(window.take(SCOPE, 5)).rejects.toMatchObject({ code: "rate-store-unreachable" });
    own.child.kill("SIGCONT");
    await sleep(50);
    expect(await window.take({ ...SCOPE, user: "later" }, 5)).toEqual({ allowed: true });
  });

  test("a server that is new, was restarted, emptied, or took over from another one is full for the window", async () => {
    const { own, window } = await used();
    const forgets = async () => {
      const begun = Date.now();
      expectForgotten(await window.take(SCOPE, 5), begun);
      expectForgotten(await window.take({ ...SCOPE, user: "other" }, 5), begun);
      await age(own.port);
      expect(await window.take(SCOPE, 5)).toEqual({ allowed: true });
    };
    expect(await window.take(SCOPE, 5)).toEqual({ allowed: true });
    await ask(own.port, "FLUSHALL");
    await forgets();
    // A replica has what the first one wrote, the marker too, but for the last moments.
    await ask(own.port, `HSET ${MARKER} state ${"0".repeat(40)}:0`);
    await forgets();
    // Somebody's clock was ahead.
    await ask(own.port, `HSET ${MARKER} since ${Date.now() + 86_400_000}`);
    await forgets();
    own.child.kill("SIGKILL");
    await once(own.child, "close");
    const again = await startRedis(own.port);
    onTestFinished(() => void again.child.kill("SIGKILL"));
    await window.take(SCOPE, 5).catch(() => {});
    await forgets();
  });

  test("says by which policy it drops entries: nothing of one that drops none", async () => {
    const {
      own: { port, store },
      window,
    } = await used();
    expect(await window.evictsBy()).toBeUndefined();
    await ask(port, "CONFIG SET maxmemory-policy allkeys-lru");
    expect(await window.evictsBy()).toBe("allkeys-lru");
    const folder = scratch();
    const file = join(folder, "rbac.yaml");
    writeFileSync(file, `version: 1\nrate_store: ${store}\n`);
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const env = { ...PASSWORD_ENV, ANTHROPIC_ADMIN_KEY: sandbox.adminKey, ANTHROPIC_BASE_URL: sandbox.url };
    const live = await runMain(["validate", "--live", "--json", file], { env });
    expect([live.exitCode, live.json().findings]).toEqual([
      0,
      [expect.objectContaining({ code: "rate-store-evicts", severity: "warning", line: 2 })],
    ]);
    const lost = await runMain(["validate", "--live", "--json", file], {
      env: { ...env, ANTH_RBAC_RATE_STORE_PASSWORD: "" },
    });
    expect(lost.json().findings).toEqual([expect.objectContaining({ code: "live-unchecked" })]);
  });

  test("a server that evicts keys is full, whatever its policy", async () => {
    for (const policy of ["allkeys-lru", "volatile-lru"]) {
      const { own, window } = await used();
      for (let call = 0; call < 3; call++) expect(await window.take(SCOPE, 3)).toEqual({ allowed: true });
      // Room for nothing: with the next command something goes.
      await ask(own.port, `CONFIG SET maxmemory-policy ${policy}`, "SETEX filler 900 x", "CONFIG SET maxmemory 1mb");
      for (let call = 0; call < 6; call++) {
        const answer = await window.take(SCOPE, 3).catch((error: unknown) => error);
        expect(answer).not.toEqual({ allowed: true });
      }
      // With room again it counts again, and not before it is known to have forgotten nothing.
      await ask(own.port, "CONFIG SET maxmemory 0");
      expect(await window.take(SCOPE, 3)).toMatchObject({ allowed: false, mayHaveForgotten: true });
    }
  });

  test("an answer that the script never gives is no permission", async () => {
    for (const reply of [
      "*2\r\n:60001\r\n:0",
      "*2\r\n:-2\r\n:0",
      "*2\r\n:-1\r\n:2",
      "*1\r\n:-1",
      ":-1",
      "$-1",
      "*2\r\n$2\r\n-1\r\n:0",
    ]) {
      const server = createServer((socket) =>
        socket.on("data", (data) => {
          // Whatever else the client says when it connects is fine.
          for (const word of String(data).match(/\r\n(?:EVAL|HELLO|CLIENT|AUTH|SELECT)\r\n/g) ?? [])
            socket.write(word.includes("EVAL") ? `${reply}\r\n` : "+OK\r\n");
        }),
      ).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const failure = await failureOf(`redis://127.0.0.1:${port}`, "");
      expect(failure.message).toContain("its answer is no time within the window");
      server.close();
    }
  });
});
