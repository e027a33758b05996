import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { resolveCredential } from "../../../src/adapters/api/credentials.ts";
import { connect, json, serve } from "../../support/http-server.ts";
import { runMain } from "../../support/stage.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "anth-rbac-profile-"));
  vi.stubEnv("ANTHROPIC_CONFIG_DIR", directory);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function writeProfile(name: string, credentials: unknown, config: object = {}): void {
  mkdirSync(join(directory, "configs"), { recursive: true });
  mkdirSync(join(directory, "credentials"), { recursive: true, mode: 0o700 });
  const settings = { authentication: { type: "user_oauth" }, workspace_id: "wrkspc_x", ...config };
  writeFileSync(join(directory, "configs", `${name}.json`), JSON.stringify(settings));
  writeFileSync(join(directory, "credentials", `${name}.json`), JSON.stringify(credentials), { mode: 0o600 });
}

async function open(profile: string) {
  const server = await serve((_, response) => json(response, { id: "org", name: "Acme", type: "organization" }));
  onTestFinished(() => server.close());
  const credential = resolveCredential({ env: process.env, profile });
  return { server, ...connect(server.url, { credential }) };
}

test("a profile's token is sent, whatever the environment says", async () => {
  vi.stubEnv("ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer stolen\nX-Leak: stolen");
  vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-api03-stolen");
  writeProfile("admin", { access_token: "token-of-the-profile", expires_at: 4_000_000_000 });
  const { server, reader } = await open("admin");
  await reader.organization();
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: "Bearer token-of-the-profile",
    "anthropic-beta": "oauth-2025-04-20",
  });
  expect(JSON.stringify(server.requests)).not.toContain("stolen");
});

describe("a base URL in the profile", () => {
  const REFRESHABLE = { access_token: "old-token-fake", refresh_token: "refresh-token-fake", expires_at: 100 };
  const OAUTH = { authentication: { type: "user_oauth", client_id: "client" } };

  /** An API that gives new tokens, and what it was sent. */
  async function api() {
    const server = await serve((url, response) =>
      url.pathname === "/v1/oauth/token"
        ? json(response, { access_token: "new-token-fake", token_type: "bearer", expires_in: 3600 })
        : json(response, { id: "org", name: "Acme", type: "organization", data: [], has_more: false }),
    );
    onTestFinished(() => server.close());
    return server;
  }

  test("is where everything goes, the refresh of the token included, and is named on stderr", async () => {
    const [own, other] = await Promise.all([api(), api()]);
    writeProfile("admin", REFRESHABLE, { ...OAUTH, base_url: own.url });
    vi.stubEnv("ANTHROPIC_BASE_URL", "");
    const { exitCode, stderr } = await runMain(["status", "--profile", "admin"], {
      env: { ANTHROPIC_CONFIG_DIR: directory },
    });
    expect(stderr).toContain(`note: the API is ${new URL(own.url).host}, not api.anthropic.com`);
    expect(exitCode).not.toBe(4);
    expect(own.requests[0]?.path).toBe("/v1/oauth/token");
    expect(own.requests[1]?.headers.authorization).toBe("Bearer new-token-fake");
    expect(other.requests).toEqual([]);
  });

  test("whose answer repeats the token does not get it shown", async () => {
    const server = await serve((_, response) =>
      json(response, { error: "invalid_grant", error_description: `no: ${REFRESHABLE.refresh_token}` }, 400),
    );
    onTestFinished(() => server.close());
    writeProfile("admin", REFRESHABLE, { ...OAUTH, base_url: server.url });
    const { exitCode, stderr } = await runMain(["status", "--profile", "admin"], {
      env: { ANTHROPIC_CONFIG_DIR: directory },
    });
    expect(exitCode).toBe(4);
    expect(stderr).toContain("no: [masked]");
    expect(stderr).not.toContain(REFRESHABLE.refresh_token);
  });

  test("that is not the one that was named is an error, and nothing is sent", async () => {
    const [own, other] = await Promise.all([api(), api()]);
    writeProfile("admin", REFRESHABLE, { ...OAUTH, base_url: own.url });
    const env = { ANTHROPIC_CONFIG_DIR: directory };
    const byVariable = await runMain(["status", "--profile", "admin"], {
      env: { ...env, ANTHROPIC_BASE_URL: other.url },
    });
    const byFlag = await runMain(["status", "--profile", "admin", "--base-url", other.url], { env });
    expect([byVariable.exitCode, byFlag.exitCode]).toEqual([4, 4]);
    expect(byVariable.stderr).toContain("ANTHROPIC_BASE_URL names");
    expect(byFlag.stderr).toContain("--base-url names");
    expect([...own.requests, ...other.requests]).toEqual([]);
  });

  test("the same in both is no error, whatever the slash", async () => {
    const own = await api();
    writeProfile("admin", REFRESHABLE, { ...OAUTH, base_url: `${own.url}/` });
    const env = { ANTHROPIC_CONFIG_DIR: directory, ANTHROPIC_BASE_URL: own.url };
    expect((await runMain(["status", "--profile", "admin"], { env })).exitCode).not.toBe(4);
  });

  test("the variable of the environment does not get the token where --base-url names another host", async () => {
    const [named, inherited] = await Promise.all([api(), api()]);
    writeProfile("admin", REFRESHABLE, OAUTH);
    vi.stubEnv("ANTHROPIC_BASE_URL", inherited.url);
    const env = { ANTHROPIC_CONFIG_DIR: directory, ANTHROPIC_BASE_URL: inherited.url };
    const { exitCode } = await runMain(["status", "--profile", "admin", "--base-url", named.url], { env });
    expect(exitCode).not.toBe(4);
    expect(named.requests[0]?.path).toBe("/v1/oauth/token");
    expect(inherited.requests).toEqual([]);
  });
});

// Windows has no modes of files.
describe.skipIf(process.platform === "win32")("a profile that others can write to", () => {
  const TOKENS = { access_token: "token-fake", expires_at: 4_000_000_000 };
  test.each([
    ["its settings", "configs/admin.json", 0o666],
    ["their folder", "configs", 0o777],
    ["the folder of it all", "", 0o770],
    ["the folder of its tokens", "credentials", 0o730],
    ["its tokens elsewhere", "elsewhere.json", 0o620],
    ["its identity token", "identity", 0o602],
  ])("by %s is refused, and nothing is sent", async (_, path, mode) => {
    writeProfile("admin", TOKENS, {
      authentication: {
        type: path === "identity" ? "oidc_federation" : "user_oauth",
        ...(path === "elsewhere.json" && { credentials_path: join(directory, path) }),
        ...(path === "identity" && { identity_token: { source: "file", path: join(directory, path) } }),
      },
    });
    for (const file of ["elsewhere.json", "identity"]) writeFileSync(join(directory, file), "{}", { mode: 0o600 });
    chmodSync(join(directory, path), mode);
    expect(() => resolveCredential({ env: process.env, profile: "admin" })).toThrow(
      `can be written by other users (mode ${mode.toString(8)})`,
    );
    chmodSync(join(directory, path), 0o700);
    expect(resolveCredential({ env: process.env, profile: "admin" })).toMatchObject({ kind: "profile" });
  });

  test("in a shared folder with the sticky bit is not", () => {
    writeProfile("admin", TOKENS);
    chmodSync(directory, 0o1777);
    expect(resolveCredential({ env: process.env, profile: "admin" })).toMatchObject({ kind: "profile" });
  });
});

test("a token that has run out is a rejected credential, before any request", async () => {
  writeProfile("admin", { access_token: "t", expires_at: 1 });
  const { server, reader } = await open("admin");
  await expect(reader.organization()).rejects.toMatchObject({
    code: "credential-rejected",
    message: expect.stringContaining("expired"),
  });
  expect(server.requests).toHaveLength(0);
});

test("a profile that cannot be read is a missing credential", async () => {
  writeProfile("admin", {});
  writeFileSync(join(directory, "configs", "admin.json"), "{ not json");
  const { reader } = await open("admin");
  await expect(reader.organization()).rejects.toMatchObject({ code: "credential-missing" });
});
