import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { shapeOf } from "../support/shape.ts";
import { stage } from "../support/stage.ts";

const ADA = { ANTH_RBAC_USER: "Ada@acme.example" };
const FILE = {
  members: { "ada@acme.example": { role: "developer", app_role: "power" } },
  roles: { power: { allowed: true, models: ["claude-haiku-5-5"] } },
};

interface Access {
  readonly kind: string;
  readonly read: boolean | null;
  readonly write: boolean | null;
  readonly reason: string | null;
}

async function whoami(opened: Awaited<ReturnType<typeof stage>>, env: Record<string, string> = {}, ...words: string[]) {
  const ran = await opened.run(["whoami", "--json", ...words], { env: { ...ADA, ...env } });
  const json = JSON.parse(ran.stdout);
  const access = Object.fromEntries(
    (json.access as readonly Access[]).map(({ kind, read, write }) => [kind, [read, write]]),
  );
  return { ...ran, identity: json, access };
}

describe("whoami", () => {
  test("says of an admin key what it is, where it is from, and what it can do", async () => {
    const opened = await stage();
    opened.declare(FILE);
    const { exitCode, identity, access } = await whoami(opened, { ANTHROPIC_API_KEY: "sk-ant-api03-fake-example-key" });
    expect(exitCode).toBe(0);
    expect(identity).toMatchObject({
      kind: "identity",
      exit_code: 0,
      credential: { type: "admin_key", source: "ANTHROPIC_ADMIN_KEY", name: null, role: "admin" },
      organization: { name: "Acme", type: "console" },
      prompt: {
        user: "ada@acme.example",
        source: "ANTH_RBAC_USER",
        role: "power",
        key: { present: true, source: "ANTHROPIC_API_KEY" },
      },
      error: null,
    });
    expect(access).toMatchObject({
      member: [true, true],
      invite: [true, true],
      workspace: [true, true],
      workspace_member: [true, true],
      rate_limit: [true, true],
      spend_limit: [true, null],
      key: [true, true],
      // By the token beside the key: see below.
      service_account: [true, true],
      workspace_service_account: [true, true],
      admin_key: [false, false],
    });
    expect(shapeOf(identity)).toMatchInlineSnapshot(`
      {
        "access": [
          {
            "kind": "string",
            "read": "boolean",
            "reason": "null | string",
            "write": "boolean | null",
          },
        ],
        "credential": {
          "name": "null",
          "role": "string",
          "source": "string",
          "type": "string",
        },
        "error": "null",
        "exit_code": "number",
        "format_version": "string",
        "kind": "string",
        "organization": {
          "id": "string",
          "name": "string",
          "type": "string",
        },
        "prompt": {
          "key": {
            "present": "boolean",
            "source": "string",
          },
          "role": "string",
          "source": "string",
          "user": "string",
        },
      }
    `);
    expect(opened.writes()).toEqual([]);
  });

  test("says that service accounts need a token, where there is none beside the key", async () => {
    const opened = await stage();
    opened.declare(FILE);
    const { exitCode, access } = await whoami(opened, { ANTHROPIC_AUTH_TOKEN: "" });
    expect([exitCode, access.service_account, access.workspace_service_account, access.key]).toEqual([
      0,
      [false, false],
      [false, false],
      [true, true],
    ]);
    const { stdout } = await opened.run(["whoami"], { env: { ...ADA, ANTHROPIC_AUTH_TOKEN: "" } });
    expect(stdout).toMatch(/service_account +no +no +.*need a token of OAuth/);
  });

  test("costs a page of each list, however large the organization", async () => {
    const opened = await stage({ seed: "large" });
    await whoami(opened);
    // The last two find out whether the activity feed can be read.
    expect(opened.sandbox.requests.length).toBeLessThan(19);
  });

  test("says whether the activity feed can be read, and with which key, else why not", async () => {
    const opened = await stage();
    opened.declare(FILE);
    const feed = async (env: Record<string, string>) => {
      const { identity, exitCode } = await whoami(opened, env);
      expect(exitCode).toBe(0);
      return (identity.access as readonly Access[]).find(({ kind }) => kind === "activity");
    };
    const key = { ANTH_RBAC_ACTIVITY_KEY: opened.sandbox.activityKey ?? "" };
    const words = "read with ANTH_RBAC_ACTIVITY_KEY; nobody writes it";
    expect(await feed(key)).toEqual({ kind: "activity", read: true, write: false, reason: words });
    expect(await feed({})).toMatchObject({ read: false, write: false, reason: expect.stringContaining("made before") });
    const unknown = { ANTH_RBAC_ACTIVITY_KEY: "sk-ant-admin01-sandbox-nobody-knows-it" };
    expect(await feed(unknown)).toMatchObject({ read: false, write: false });
    opened.sandbox.control.configure({ compliance: "disabled" });
    const off = expect.stringContaining("organization: { compliance: enabled }");
    expect(await feed(key)).toMatchObject({ read: false, write: false, reason: off });
  });

  test("as a text that fits a screen", async () => {
    const opened = await stage();
    opened.declare(FILE);
    const { stdout, exitCode } = await opened.run(["whoami"], { env: ADA });
    expect(exitCode).toBe(0);
    // How wide the columns are depends on the longest kind.
    const lines = stdout
      .replace(/\([0-9a-f-]{36}\)/, "(ID)")
      .replaceAll(/ {2,}/g, "  ")
      .split("\n");
    expect(lines.length).toBeLessThan(30);
    expect(lines).toEqual(
      expect.arrayContaining([
        "credential  an Admin API key, from ANTHROPIC_ADMIN_KEY",
        "acts as  no person that can be told, with the role admin",
        "organization  Acme (ID), Claude Console",
        "kind  read  write",
        "member  yes  yes",
        "spend_limit  yes  ?  writing is a preview, and only a write tells whether it is enabled",
        "admin_key  no  no  in the Console alone: no API reaches them",
        "prompt as  ada@acme.example, from ANTH_RBAC_USER",
        "its role  power",
        "its key  none: no key to send prompts with: ANTHROPIC_API_KEY is not set",
      ]),
    );
  });

  test("without a credential shows the rest, and is 4", async () => {
    const opened = await stage();
    opened.declare(FILE);
    const { exitCode, identity, access } = await whoami(opened, { ANTHROPIC_ADMIN_KEY: "", ANTHROPIC_AUTH_TOKEN: "" });
    expect(exitCode).toBe(4);
    expect(identity).toMatchObject({
      exit_code: 4,
      credential: null,
      organization: null,
      prompt: { user: "ada@acme.example", role: "power", key: { present: false, source: "ANTHROPIC_API_KEY" } },
      error: { code: "credential-missing" },
    });
    expect(new Set(Object.values(access).flat())).toEqual(new Set([false]));
    expect(opened.sandbox.requests).toEqual([]);
  });

  test("with a rejected credential is 4, and shows no secret", async () => {
    const opened = await stage();
    const { exitCode, identity, stdout } = await whoami(opened, {
      ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-fake-rejected",
    });
    expect(exitCode).toBe(4);
    expect(identity).toMatchObject({ credential: { type: "admin_key" }, error: { code: "credential-rejected" } });
    expect(stdout).not.toContain("fake-rejected");
  });

  test("with a profile that is not there is 4", async () => {
    const { exitCode, identity } = await whoami(await stage(), {}, "--profile", "nobody");
    expect({ exitCode, code: identity.error.code }).toEqual({ exitCode: 4, code: "credential-missing" });
  });

  test("with another organization than the file's is 4, and both are told", async () => {
    const opened = await stage();
    opened.declare({ organization: { id: "11111111-1111-4111-8111-111111111111" }, ...FILE });
    const { exitCode, identity } = await whoami(opened);
    expect(exitCode).toBe(4);
    expect(identity).toMatchObject({ organization: { name: "Acme" }, error: { code: "wrong-organization" } });
  });

  test("says of a list that is forbidden no, and of one that fails that it cannot be told", async () => {
    const opened = await stage();
    const { control } = opened.sandbox;
    control.fault({ kind: "forbidden", match: { method: "GET", path: "/v1/organizations/invites" } });
    control.fault({
      kind: "status",
      status: 400,
      times: 100,
      match: { method: "GET", path: "/v1/organizations/api_keys" },
    });
    const { exitCode, access } = await whoami(opened);
    expect(exitCode).toBe(0);
    expect(access).toMatchObject({ invite: [false, false], key: [null, null], member: [true, true] });
  });

  test("knows whose a personal key is, and that its account is an admin", async () => {
    const opened = await stage();
    const grace = opened.sandbox.control.console.createKey({
      name: "grace-admin",
      principal: { user: "grace@acme.example" },
    });
    const { exitCode, identity, access } = await whoami(opened, { ANTHROPIC_ADMIN_KEY: grace.secret });
    expect(exitCode).toBe(0);
    expect(identity.credential).toMatchObject({ type: "api_key", name: "grace-admin", role: "admin" });
    expect(access).toMatchObject({ member: [true, true] });
  });

  test("takes an Enterprise key for what it is", async () => {
    const opened = await stage();
    const secret = "sk-ant-api01-fake-example";
    const { identity, exitCode } = await whoami(opened, { ANTHROPIC_ADMIN_KEY: secret });
    // The sandbox is an organization of the Console, and knows no such key.
    expect(exitCode).toBe(4);
    expect(identity.credential).toMatchObject({ type: "enterprise_key" });
  });

  test("does not stop for a file with errors, and says that they are why there is no role", async () => {
    const opened = await stage();
    writeFileSync(join(opened.folder, "rbac.yaml"), "version: 7\n");
    const { stdout, exitCode } = await opened.run(["whoami"], { env: ADA });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("rbac.yaml has errors: anth-rbac validate");
  });

  test("tells an API that gives no answer from a credential that is none", async () => {
    const opened = await stage();
    const { exitCode, identity, access } = await whoami(
      opened,
      { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" },
      "--timeout",
      "1",
    );
    expect(exitCode).toBe(1);
    expect(identity.error.code).toMatch(/unreachable|deadline-exceeded/);
    expect(access).toMatchObject({ member: [null, null], admin_key: [false, false] });
  });

  test("names the profile, and the account that it is logged in as", async () => {
    const opened = await stage();
    const home = join(opened.folder, "ant");
    mkdirSync(join(home, "configs"), { recursive: true });
    mkdirSync(join(home, "credentials"));
    writeFileSync(
      join(home, "configs", "work.json"),
      JSON.stringify({ base_url: opened.sandbox.url, authentication: { type: "user_oauth" } }),
    );
    writeFileSync(
      join(home, "credentials", "work.json"),
      JSON.stringify({
        access_token: opened.sandbox.oauthToken,
        account_email: "grace@acme.example",
        expires_at: 4_102_444_800,
      }),
      { mode: 0o600 },
    );
    // The SDK reads the profile by itself, out of the process's own environment.
    vi.stubEnv("ANTHROPIC_CONFIG_DIR", home);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { identity, exitCode } = await whoami(opened, { ANTHROPIC_CONFIG_DIR: home }, "--profile", "work");
    expect(identity).toMatchObject({ credential: { type: "profile", name: "work", role: "admin" }, error: null });
    expect(exitCode).toBe(0);
  });
});
