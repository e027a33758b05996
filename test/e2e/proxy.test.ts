import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { childEnvironment } from "../support/child-environment.ts";
import {
  type Certificate,
  HAS_OPENSSL,
  makeCertificate,
  type Running,
  startProxy,
  startTlsFront,
} from "../support/tls.ts";

const { command } = inject("installed");
const HOST = "api.anth-rbac.test";
const NAMED = { HTTPS_PROXY: "http://127.0.0.1:9", https_proxy: "" };

let sandbox: Sandbox;
let front: Running;
let certificate: Certificate;
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-proxy-"));

beforeAll(async () => {
  if (!HAS_OPENSSL) return;
  sandbox = await startSandbox();
  certificate = makeCertificate(HOST);
  front = await startTlsFront(sandbox.url, certificate);
  const config = {
    version: 1,
    // Who answers is asked first, by itself: each try of a request that fails can be counted.
    organization: { id: "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47" },
    members: { "ada@acme.example": { role: "developer", app_role: "user" } },
    workspaces: { prod: { name: "Production", keys: { "prod-auth-service": {} } } },
    roles: { user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 64 } },
  };
  writeFileSync(join(folder, "rbac.yaml"), JSON.stringify(config));
});
afterAll(async () => {
  await front?.close();
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

function run(words: readonly string[], more: NodeJS.ProcessEnv, stdin = ""): Promise<Ran> {
  const env = childEnvironment(sandbox, folder, {
    ANTHROPIC_BASE_URL: `https://${HOST}:${front.port}`,
    NODE_EXTRA_CA_CERTS: certificate.file,
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
    ANTHROPIC_API_KEY: sandbox.secretOf("prod-search-service"),
    ANTH_RBAC_USER: "ada@acme.example",
    ...more,
  });
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: folder, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (output += piece));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
    child.stdin.end(stdin);
  });
}

async function proxy(status?: number) {
  const started = await startProxy(status);
  onTestFinished(started.close);
  return { ...started, address: `http://127.0.0.1:${started.port}` };
}

// A machine without openssl has nothing to make a certificate with.
describe.skipIf(!HAS_OPENSSL)("a network whose only way out is a proxy", () => {
  test("admin calls, prompts, and tests of keys go through its tunnel, and TLS with them", async () => {
    const { tunnels, address } = await proxy();
    const env = { HTTPS_PROXY: address };
    const key = { name: "prod-auth-service@next", workspace: "Production", created_by: "ada@acme.example" };
    const made = await fetch(`${sandbox.url}/_sandbox/console/keys`, { method: "POST", body: JSON.stringify(key) });
    const { secret } = (await made.json()) as { secret: string };
    const runs: readonly (readonly [readonly string[], string])[] = [
      [["drift"], ""],
      [["prompt", "hello"], ""],
      [["validate", "--live"], ""],
      [["rotate", "--key", "prod-auth-service", "--secret-stdin", "--force", "--yes"], secret],
    ];
    for (const [words, stdin] of runs) {
      const before = tunnels.length;
      const { output } = await run(words, env, stdin);
      expect(output, words.join(" ")).not.toMatch(/connection|proxy/);
      expect(tunnels.length, words.join(" ")).toBeGreaterThan(before);
    }
    for (const { target, authorization, first } of tunnels) {
      expect(target).toBe(`${HOST}:${front.port}`);
      expect(authorization).toBeUndefined();
      // A TLS handshake, and no HTTP.
      expect(first.charCodeAt(0)).toBe(22);
    }
  });

  test("its user and password are sent to it, and shown nowhere", async () => {
    const { tunnels, port } = await proxy();
    const env = { HTTPS_PROXY: `http://gate:pass%21word-fake@127.0.0.1:${port}`, DEBUG: "*" };
    const { output } = await run(["drift", "--debug"], env);
    const expected = Buffer.from("gate:pass!word-fake").toString("base64");
    expect(new Set(tunnels.map(({ authorization }) => authorization))).toEqual(new Set([`Basic ${expected}`]));
    expect(output).not.toMatch(/pass(%21|!)word-fake/);
    expect(output).not.toContain(expected);
  });

  test("NO_PROXY goes past it", async () => {
    const { tunnels, address } = await proxy();
    const direct = { HTTPS_PROXY: address, ANTHROPIC_BASE_URL: `https://127.0.0.1:${front.port}` };
    const { code } = await run(["drift"], { ...direct, NO_PROXY: "localhost,127.0.0.1" });
    expect(code).toBe(2);
    expect(tunnels).toEqual([]);
  });

  test("plain http on loopback is never proxied", async () => {
    const { tunnels, address } = await proxy();
    const env = { HTTPS_PROXY: address, HTTP_PROXY: address, ALL_PROXY: address, ANTHROPIC_BASE_URL: sandbox.url };
    expect((await run(["drift"], env)).code).toBe(2);
    expect(tunnels).toEqual([]);
  });

  test.each([
    [407, "the proxy wants a user and a password"],
    [404, "refused the way to the API with 404"],
    [502, "refused the way to the API with 502"],
  ])("a proxy that answers %i is not taken for the API, and is asked once", async (status, words) => {
    const { tunnels, address } = await proxy(status);
    const { code, output } = await run(["drift"], { HTTPS_PROXY: address });
    expect(code).toBe(1);
    expect(output).toContain(words);
    expect(output).toContain("(HTTPS_PROXY)");
    expect(tunnels).toHaveLength(1);
  });

  test("an error says which way was tried", async () => {
    const dead = await run(["drift"], NAMED);
    expect(dead.output).toContain("through the proxy 127.0.0.1:9 (HTTPS_PROXY)");
    const none = await run(["drift"], { ANTHROPIC_BASE_URL: "https://127.0.0.1:9" });
    expect(none.output).toContain("no proxy is set in HTTPS_PROXY");
    const past = await run(["drift"], { ...NAMED, NO_PROXY: "*" });
    expect(past.output).toContain("past the proxy of HTTPS_PROXY, because NO_PROXY names");
  });

  test("a certificate that nobody signed is refused unless NODE_EXTRA_CA_CERTS names it", async () => {
    const env = { ANTHROPIC_BASE_URL: `https://127.0.0.1:${front.port}` };
    expect((await run(["drift"], env)).code).toBe(2);
    const { code, output } = await run(["drift"], { ...env, NODE_EXTRA_CA_CERTS: "" });
    expect(code).toBe(1);
    expect(output).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("a certificate that is not trusted does not get better: it is asked for once", async () => {
    const { tunnels, address } = await proxy();
    const env = { HTTPS_PROXY: address, https_proxy: "", NODE_EXTRA_CA_CERTS: "" };
    for (const words of [["drift"], ["prompt", "hello"]]) {
      tunnels.length = 0;
      const { code, output } = await run(words, env);
      expect(output).toContain("the certificate of the server is not trusted");
      expect([code, tunnels.length]).toEqual([1, 1]);
    }
  });
});
