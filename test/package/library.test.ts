/** The library as its users get it: types that compile without ours, and the example that runs. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { environmentOf, startSandbox } from "../../src/sandbox/sandbox.ts";
import { finished } from "../support/script.ts";

const { package: installed } = inject("installed");

/** A project of somebody's, with the installed package and the SDK. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-user-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules", "@anthropic-ai"), { recursive: true });
  symlinkSync(installed, join(folder, "node_modules", "anth-rbac"));
  symlinkSync(resolve("node_modules/@anthropic-ai/sdk"), join(folder, "node_modules", "@anthropic-ai", "sdk"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

const WITHOUT_SDK = `
import { createMessage, type Decision, decide, guardClient, loadPolicy, type Policy, PolicyDeniedError, PolicyFileError, type Role } from "anth-rbac";
const role: Role = { name: "user", allowed: true, models: ["m"], mayAssume: [] };
const byHand: Policy = { roles: new Map([["user", role]]), people: new Map(), rateStore: "local", organization: "" };
const decision: Decision = decide(byHand, "user", { model: "m", temperature: 1 });
const tokens: number = decision.decision === "allow" ? decision.request.max_tokens : 0;
const standIn = { messages: { create: async (params: { model: string }) => ({ model: params.model, extra: tokens }) } };
const answer: { extra: number } = await createMessage(standIn, await loadPolicy(), "user", { model: "m" });
const same: typeof standIn = guardClient(standIn, { policy: byHand, role: "user", user: "a@b.example" });
// @ts-expect-error: a client without messages
guardClient({}, { policy: byHand, role: "user" });
// @ts-expect-error: no such parameter
await createMessage(standIn, byHand, "user", { modell: "m" });
try { throw new Error(); } catch (error) {
  if (error instanceof PolicyDeniedError) { const code: "rate-limited" | string = error.code; const at: number | undefined = error.retryAt; console.log(code, at); }
  if (error instanceof PolicyFileError) { const line: number | null | undefined = error.problems[0]?.line; console.log(line); }
}
export { answer, same };
`;

const WITH_SDK = `
import Anthropic from "@anthropic-ai/sdk";
import { createMessage, guardClient, type Policy } from "anth-rbac";
declare const policy: Policy;
const client: Anthropic = guardClient(new Anthropic(), { policy, role: "user" });
const request = { model: "claude-haiku-5-5", max_tokens: 5, messages: [{ role: "user" as const, content: "x" }] };
const message = await createMessage(client, policy, "user", request);
const model: string = message.model;
const stream = await createMessage(client, policy, "user", { ...request, stream: true });
for await (const event of stream) { const type: string = event.type; console.log(type); }
const plain = await createMessage(client, policy, "user", { ...request, stream: false }, { signal: new AbortController().signal });
const id: string = plain.id;
// @ts-expect-error: a stream has no id
stream.id;
// @ts-expect-error: max_tokens is missing
await createMessage(client, policy, "user", { model: "x", messages: [] });
export { id, model };
`;

test("a denial that nobody catches prints its message, and not the source of a bundle", () => {
  const folder = project();
  writeFileSync(
    join(folder, "rbac.yaml"),
    "version: 1\nroles: { user: { allowed: true, models: [claude-haiku-5-5], max_tokens: 10 } }\n",
  );
  const source = `
    import { createMessage, loadPolicy } from "anth-rbac";
    const client = { messages: { create: async (params) => params } };
    await createMessage(client, await loadPolicy("rbac.yaml"), "user", { model: "claude-opus-5-5", max_tokens: 5, messages: [] });
  `;
  writeFileSync(join(folder, "uncaught.mjs"), source);
  const { status, stderr } = spawnSync(process.execPath, ["uncaught.mjs"], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("PolicyDeniedError: Role cannot access model")]);
  expect(stderr.length).toBeLessThan(3_000);
});

test.each(["nodenext", "bundler"])("its types are whole, by the rules of %s", (resolution) => {
  const folder = project();
  const tsc = (name: string, source: string, skipLibCheck: boolean) => {
    writeFileSync(join(folder, `${name}.ts`), source);
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: "es2023",
      lib: ["es2023", "dom"],
      types: [],
      module: resolution === "bundler" ? "esnext" : "nodenext",
      moduleResolution: resolution,
      skipLibCheck,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: [`${name}.ts`] }));
    return spawnSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" })
      .stdout;
  };
  expect(tsc("without-sdk", WITHOUT_SDK, false)).toBe("");
  expect(tsc("with-sdk", WITH_SDK, true)).toBe("");
});

test("its types name no package, and only files that are there", () => {
  const types = join(installed, "dist", "types");
  const files = readdirSync(types, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".d.ts"));
  expect(files).toContain("index.d.ts");
  for (const file of files) {
    for (const [, name = ""] of readFileSync(join(types, file), "utf8").matchAll(
      /^(?:im|ex)port[^;"]* from "([^"]+)"/gm,
    )) {
      expect(name).toMatch(/^\.{1,2}\/.+\.js$/);
      expect(files).toContain(join(file, "..", name.replace(/\.js$/, ".d.ts")));
    }
  }
});

test("it exports what is documented, and writes nothing by being imported", () => {
  const source = 'console.log(Object.keys(await import("anth-rbac")).sort().join(" "))';
  const words = ["--input-type=module", "--eval", source];
  const names = "PolicyDeniedError PolicyFileError createMessage decide guardClient loadPolicy";
  expect(execFileSync(process.execPath, words, { cwd: project(), encoding: "utf8" })).toBe(`${names}\n`);
});

test("the example answers whoever may ask, and says why others may not", async () => {
  const folder = project();
  const sandbox = await startSandbox({ settings: { reply: "Drift is what differs." } });
  onTestFinished(() => sandbox.close());
  copyFileSync("examples/guarded-service.js", join(folder, "guarded-service.js"));
  copyFileSync("rbac.example.yaml", join(folder, "rbac.yaml"));
  const env = { ...environmentOf(sandbox), ANTH_RBAC_STATE_DIR: join(folder, "state") };
  const run = (email: string) => answerOf(folder, env, email);
  const lines = (await run("bob@acme.example")).split("\n");
  expect(lines[0]).toMatch(/^claude-haiku-5-5: Drift is what differs\. \(\d+ tokens\)$/);
  expect(lines[1]).toBe("claude-opus-5-5: denied, model-not-allowed: Role cannot access model: claude-opus-5-5");
  expect(await run("bill@acme.example")).toMatch(
    /^claude-haiku-5-5: denied, role-not-allowed: .+\nclaude-opus-5-5: denied, /,
  );
  expect(await run("mallory@evil.example")).toMatch(/^claude-haiku-5-5: denied, unknown-role: /);
  expect(sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /v1/messages"]);
});

const REDIS = spawnSync("redis-server", ["--version"]).status === 0;
if (!REDIS) console.warn("redis-server is not installed: the test of the bundled Redis client is skipped");

test.skipIf(!REDIS)(
  "the bundled client for Redis asks the server, and an open connection keeps no program alive",
  async () => {
    const folder = project();
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const words = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", ""];
    const server = spawn("redis-server", words, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void server.kill("SIGKILL"));
    for await (const text of server.stdout) if (String(text).includes("Ready to accept")) break;
    writeFileSync(
      join(folder, "count.js"),
      `import { createMessage } from "anth-rbac";
    const role = { name: "u", allowed: true, models: ["m"], mayAssume: [], rpmLimit: 2 };
    const policy = { roles: new Map([["u", role]]), people: new Map(), rateStore: "redis://127.0.0.1:${port}", organization: "" };
    const client = { messages: { create: async ({ model }) => ({ model }) } };
    for (let call = 0; call < 3; call++)
      console.log(await createMessage(client, policy, "u", { model: "m" }).then(() => "sent", ({ code }) => code));`,
    );
    const child = spawn(process.execPath, [join(folder, "count.js")], { cwd: folder, timeout: 10_000 });
    // A server that is new may have forgotten calls, so its window is full: whoever says so has asked it.
    expect(await finished(child)).toBe("rate-limited\nrate-limited\nrate-limited\n");
  },
);

/** What the example prints. Not run synchronously: the sandbox is in this process. */
function answerOf(folder: string, env: NodeJS.ProcessEnv, email: string): Promise<string> {
  const words = [join(folder, "guarded-service.js"), email, "What is drift?"];
  const child = spawn(process.execPath, words, { cwd: folder, env: { ...process.env, ...env } });
  return finished(child);
}
