import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { resolveCredential } from "../../../src/adapters/api/credentials.ts";
import { connect, json, serve } from "../../support/http-server.ts";

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

test("a base URL in the profile does not win over ours", async () => {
  writeProfile("admin", { access_token: "t", expires_at: 4_000_000_000 }, { base_url: "http://127.0.0.1:9" });
  const { server, reader } = await open("admin");
  await reader.organization();
  expect(server.requests).toHaveLength(1);
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
