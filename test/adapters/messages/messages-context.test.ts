/** What a run has for prompts: the key, the deadline, who asks. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import type { GlobalOptions } from "../../../src/adapters/host.ts";
import { gitEmail } from "../../../src/adapters/identity/identity.ts";
import { createContext } from "../../../src/context.ts";
import { createSecrets } from "../../../src/core/text/secret.ts";
import { ASK, ask, END, KEY, START, STOP, served, stream } from "../../support/messages.ts";
import { open } from "../../support/open-sandbox.ts";
import { NOW } from "../../support/org.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "anth-rbac-prompts-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function context(env: Readonly<Record<string, string>>, options: Partial<GlobalOptions> = {}) {
  const stderr = new PassThrough();
  const interrupt = new AbortController();
  const given = { json: false, quiet: false, debug: false, input: true, color: true, timeout: 20_000, apiRpm: 0 };
  const made = createContext(
    { ...given, ...options },
    {
      cwd: folder(),
      env: { ANTHROPIC_CONFIG_DIR: folder(), ...env },
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr,
      now: () => NOW,
      signal: interrupt.signal,
    },
    { secrets: createSecrets(), pasteable: (text) => text, onConfig: () => {} },
  );
  return { ...made.api, ...made.clock, ...made.machine, stderr: () => String(stderr.read() ?? ""), interrupt };
}

/** The key in this variable, which no file names. */
function key(variable: string) {
  return { variable, fromFile: false };
}

test.each([undefined, "", "  \n"])("a variable that holds %j is not set", async (value) => {
  const { messages } = context({
    ...(value !== undefined && { PROMPT_KEY: value }),
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_AUTH_TOKEN: "token-of-somebody",
  });
  await expect(messages(key("PROMPT_KEY"))).rejects.toMatchObject({
    code: "credential-missing",
    message: expect.stringContaining("PROMPT_KEY"),
    details: { fix: expect.stringMatching(/PROMPT_KEY.*anth-rbac sandbox/) },
  });
});

test("an admin key, and what is no key at all, are refused without being shown", async () => {
  const admin = "sk-ant-admin01-fake-secret-0123456789";
  for (const value of [admin, `${KEY}\n${KEY}`, `"${KEY}"`, `${KEY}\u00e9`]) {
    const error = await context({ ANTHROPIC_API_KEY: value })
      .messages(key("ANTHROPIC_API_KEY"))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "credential-rejected", message: expect.stringContaining("ANTHROPIC_API_KEY") });
    expect(JSON.stringify(error)).not.toContain("0123456789");
  }
});

test("the key of the named variable is sent, to the named host, which is named too", async () => {
  const { sandbox } = await open();
  const secret = sandbox.secretOf("prod-auth-service");
  const run = context({ PROMPT_KEY: ` ${secret}\n`, ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: sandbox.url });
  const sender = await run.messages(key("PROMPT_KEY"));
  expect(run.stderr()).toBe(`note: the API is ${new URL(sandbox.url).host}, not api.anthropic.com\n`);
  const { answer } = await ask(sender);
  expect(answer).toMatchObject({ workspaceId: "wrkspc_01sandboxProduction" });
});

test("a profile is the credential where one is named, in the workspace that it names", async () => {
  const directory = folder();
  for (const name of ["configs", "credentials"]) mkdirSync(join(directory, name), { mode: 0o700 });
  const settings = { authentication: { type: "user_oauth" }, workspace_id: "wrkspc_x" };
  writeFileSync(join(directory, "configs", "me.json"), JSON.stringify(settings));
  const tokens = { access_token: "token-of-the-profile", expires_at: 4_000_000_000 };
  writeFileSync(join(directory, "credentials", "me.json"), JSON.stringify(tokens), { mode: 0o600 });
  vi.stubEnv("ANTHROPIC_CONFIG_DIR", directory);
  onTestFinished(() => void vi.unstubAllEnvs());

  const server = await served(stream([START, END, STOP]));
  const env = { ANTHROPIC_CONFIG_DIR: directory, ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.url };
  const sender = await context(env, { profile: "me" }).messages(key("ANTHROPIC_API_KEY"));
  expect(sender.keyHint).toBeNull();
  expect((await ask(sender)).answer?.stopReason).toBe("end_turn");
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: "Bearer token-of-the-profile",
    "anthropic-workspace-id": "wrkspc_x",
  });
  const named = { ...key("ANTHROPIC_API_KEY"), workspace: "prod", workspaceId: "wrkspc_y" };
  await ask(await context(env, { profile: "me" }).messages(named));
  expect(server.requests[1]?.headers).toMatchObject({ "anthropic-workspace-id": "wrkspc_y" });
  await expect(context(env, { profile: "nobody" }).messages(key("ANTHROPIC_API_KEY"))).rejects.toMatchObject({
    code: "credential-missing",
    details: { fix: "ant auth login --profile nobody" },
  });
});

test("the run has one deadline, without any credential, and Ctrl-C ends it and what is asked", async () => {
  const server = await served((_, response) => void response.writeHead(200).flushHeaders());
  const run = context({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.url });
  const one = run.deadline();
  expect(run.deadline()).toBe(one);
  const asked = ask(await run.messages(key("ANTHROPIC_API_KEY")), ASK, { signal: one });
  setTimeout(() => run.interrupt.abort(), 20);
  expect((await asked).error).toMatchObject({ code: "interrupted" });
  expect(one.reason).toMatchObject({ code: "interrupted" });
});

test("git says who somebody is, and gets no credential to say it with", async () => {
  const home = folder();
  const env = { PATH: process.env.PATH ?? "", HOME: home, ANTHROPIC_API_KEY: KEY, SERVICE_TOKEN: "stolen" };
  expect(await gitEmail({ cwd: home, env })).toBeUndefined();
  writeFileSync(join(home, ".gitconfig"), "[user]\n  email = Ada@acme.example \n");
  expect(await gitEmail({ cwd: home, env })).toBe("Ada@acme.example");
  const project = folder();
  execFileSync("git", ["init", "--quiet"], { cwd: project });
  execFileSync("git", ["config", "user.email", "work@acme.example"], { cwd: project });
  expect(await gitEmail({ cwd: project, env })).toBe("work@acme.example");
  writeFileSync(join(home, ".gitconfig"), "[user]\n  email =\n");
  expect(await gitEmail({ cwd: home, env })).toBeUndefined();
  for (const where of [
    { cwd: join(home, "none"), env },
    { cwd: home, env: { PATH: home } },
    { cwd: "a\0b", env },
  ]) {
    expect(await gitEmail(where)).toBeUndefined();
  }
});

test.skipIf(process.platform === "win32")("what git is given", async () => {
  const bin = folder();
  writeFileSync(join(bin, "git"), "#!/bin/sh\n/usr/bin/env | /usr/bin/cut -d= -f1 | /usr/bin/tr '\\n' ,\n");
  chmodSync(join(bin, "git"), 0o755);
  const env = { PATH: bin, HOME: "h", GIT_CONFIG_COUNT: "0", ANTHROPIC_API_KEY: KEY, PROMPT_KEY: KEY, GIT_DIR: "d" };
  const given = (await gitEmail({ cwd: bin, env }))?.split(",") ?? [];
  expect(given).toEqual(expect.arrayContaining(["PATH", "HOME", "GIT_CONFIG_COUNT"]));
  expect(given.filter((name) => /KEY|GIT_DIR|TOKEN/.test(name))).toEqual([]);
});

test("the operator is a user at a machine", () => {
  expect(context({}).operator()).toMatch(/^.+@.+$/);
  expect(context({}).operator()).toContain(`@${hostname()}`);
});

test("a key without a workspace acts in the named one, or where none is named in that of the environment", async () => {
  const { sandbox, control } = await open();
  const { secret } = control.console.createKey({ name: "roaming", principal: { user: "ada@acme.example" } });
  const [production] = sandbox.state.workspaces?.filter(({ name }) => name === "Production") ?? [];
  const staging = sandbox.state.workspaces?.find(({ name }) => name === "Staging");
  const env = { ANTHROPIC_API_KEY: secret, ANTHROPIC_BASE_URL: sandbox.url };
  const asked = async (more: Record<string, string>, workspaceId?: string, workspace?: string) => {
    const named = { ...key("ANTHROPIC_API_KEY"), workspaceId, workspace };
    const sender = await context({ ...env, ...more }).messages(named);
    const { answer, error } = await ask(sender);
    return answer?.workspaceId ?? error?.details.fix;
  };
  expect(await asked({})).toBe(
    "the key in ANTHROPIC_API_KEY belongs to no workspace: name one with --workspace, or in ANTHROPIC_WORKSPACE_ID",
  );
  expect(await asked({ ANTHROPIC_WORKSPACE_ID: String(production?.id) })).toBe(production?.id);
  expect(await asked({ ANTHROPIC_WORKSPACE_ID: String(production?.id) }, staging?.id)).toBe(staging?.id);
  expect(await asked({ ANTHROPIC_WORKSPACE_ID: String(production?.id) }, undefined, "stg")).toBe(
    "the key in ANTHROPIC_API_KEY belongs to no workspace: give the file the id of this one, as workspaces.stg.id",
  );
  const { secret: bound } = control.console.createKey({ name: "bound", workspace: "Production" });
  const elsewhere = { ANTHROPIC_API_KEY: bound, ANTHROPIC_WORKSPACE_ID: String(staging?.id) };
  expect(await asked(elsewhere, undefined, "prod")).toBe(production?.id);
});
