import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Credential } from "../../../src/adapters/api/credential-type.ts";
import {
  inferenceCredential,
  messageCredential,
  resolveCredential,
  workspaceOf,
} from "../../../src/adapters/api/credentials.ts";
import { failure } from "../../support/failure.ts";

const ADMIN = "sk-ant-admin01-abc";
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "anth-rbac-credentials-"));
});

const resolve = (env: Record<string, string>, profile?: string): Credential =>
  resolveCredential({
    env: { ANTHROPIC_CONFIG_DIR: directory, ...env },
    platform: "linux",
    ...(profile !== undefined && { profile }),
  });

function writeProfile(name: string): void {
  mkdirSync(join(directory, "configs"), { recursive: true });
  writeFileSync(join(directory, "configs", `${name}.json`), "{}");
}

describe("order", () => {
  const everything = {
    ANTHROPIC_ADMIN_KEY: ADMIN,
    ANTHROPIC_AUTH_TOKEN: "token-of-1",
    ANTHROPIC_API_KEY: "sk-ant-admin01-other",
    ANTHROPIC_PROFILE: "work",
  };

  test("each source wins over those after it", () => {
    writeProfile("work");
    writeProfile("admin");
    writeProfile("default");
    const { ANTHROPIC_ADMIN_KEY: _1, ...withoutAdminKey } = everything;
    const { ANTHROPIC_AUTH_TOKEN: _2, ...withoutToken } = withoutAdminKey;
    const { ANTHROPIC_API_KEY: _3, ...withoutApiKey } = withoutToken;
    expect(resolve(everything, "admin")).toMatchObject({ kind: "profile", profile: "admin" });
    expect(resolve(everything)).toEqual({ kind: "api-key", secret: ADMIN, source: "ANTHROPIC_ADMIN_KEY" });
    expect(resolve(withoutAdminKey)).toEqual({
      kind: "auth-token",
      secret: "token-of-1",
      source: "ANTHROPIC_AUTH_TOKEN",
    });
    expect(resolve(withoutToken)).toMatchObject({ kind: "api-key", source: "ANTHROPIC_API_KEY" });
    expect(resolve(withoutApiKey)).toMatchObject({ kind: "profile", profile: "work" });
    expect(resolve({})).toMatchObject({ kind: "profile", profile: "default" });
    writeFileSync(join(directory, "active_config"), "admin\n");
    expect(resolve({})).toMatchObject({ kind: "profile", profile: "admin" });
  });

  test("a blank variable is an unset one, and an ordinary API key is passed over", () => {
    writeProfile("default");
    const env = { ANTHROPIC_ADMIN_KEY: "  ", ANTHROPIC_AUTH_TOKEN: "", ANTHROPIC_API_KEY: "sk-ant-api03-x" };
    expect(resolve(env)).toMatchObject({ kind: "profile", profile: "default" });
  });

  test("white space around a value is not part of it", () => {
    expect(resolve({ ANTHROPIC_ADMIN_KEY: ` ${ADMIN}\n` })).toMatchObject({ secret: ADMIN });
  });

  test("profiles are looked for where the SDK looks", () => {
    mkdirSync(join(directory, "anthropic", "configs"), { recursive: true });
    writeFileSync(join(directory, "anthropic", "configs", "default.json"), "{}");
    expect(resolveCredential({ env: { XDG_CONFIG_HOME: directory }, platform: "linux" })).toMatchObject({
      profile: "default",
    });
    mkdirSync(join(directory, "Anthropic", "configs"), { recursive: true });
    writeFileSync(join(directory, "Anthropic", "configs", "default.json"), "{}");
    expect(resolveCredential({ env: { APPDATA: directory }, platform: "win32" })).toMatchObject({ profile: "default" });
  });
});

describe("refusals", () => {
  test("none at all names the ways to give one", () => {
    const { code, details } = failure(() => resolve({}));
    expect(code).toBe("credential-missing");
    expect(details.fix).toContain('ant auth login --scope "org:admin"');
    expect(details.fix).toContain("ANTHROPIC_ADMIN_KEY");
  });

  test("an ordinary API key alone is said to be one", () => {
    const { code, details } = failure(() => resolve({ ANTHROPIC_API_KEY: "sk-ant-api03-secret" }));
    expect(code).toBe("credential-missing");
    expect(details.message).toContain("ANTHROPIC_API_KEY is set, but it is not an admin key");
    expect(details.message).not.toContain("secret");
  });

  test("the documentation's other variable name is pointed out", () => {
    expect(failure(() => resolve({ ANTHROPIC_ADMIN_API_KEY: ADMIN })).details.message).toContain(
      "ANTHROPIC_ADMIN_API_KEY is not read",
    );
  });

  test.each([
    ["fewer than 8 characters", "sk-ant-"],
    ["a line break", "sk-ant-admin01-abc\nX-Evil: 1"],
    ["white space", "sk-ant-admin01 abc"],
    ["a quotation mark", '"sk-ant-admin01-abc"'],
    ["a character outside printable ASCII", "sk-ant-admin01-äbc"],
    ["a character outside printable ASCII", "sk-ant-admin01-\u200babc"],
  ])("a value with %s is refused without being shown", (fault, value) => {
    const { code, details } = failure(() => resolve({ ANTHROPIC_ADMIN_KEY: value }));
    expect(code).toBe("credential-rejected");
    expect(details.message).toContain(fault);
    expect(JSON.stringify(details)).not.toContain("sk-ant");
  });

  test.each(["../evil", "a/b", "..", "", "a b"])("%j is no profile", (name) => {
    expect(failure(() => resolve({}, name)).code).toBe("usage");
  });

  test("a profile that does not exist is not passed over in silence", () => {
    expect(failure(() => resolve({ ANTHROPIC_PROFILE: "gone" })).details.message).toContain('"gone"');
    expect(failure(() => resolve({ ANTHROPIC_ADMIN_KEY: ADMIN }, "gone")).code).toBe("credential-missing");
    writeFileSync(join(directory, "active_config"), "gone");
    expect(failure(() => resolve({})).details.message).toContain("active_config");
  });
});

describe("the credential for prompts", () => {
  const KEY = "sk-ant-api03-fake-secret-0123456789";
  const GATEWAY = "gw-token-NOTREALNOTREAL";
  const of = (env: Record<string, string>, how: { variable?: string; fromFile?: boolean; isGateway?: boolean } = {}) =>
    messageCredential({ env, variable: "ANTHROPIC_API_KEY", fromFile: false, isGateway: false, ...how });

  test.each([KEY, "sk-ant-oat01-fake-secret-0123456789", "sk-ant-api03-sandbox-fake-secret"])(
    "%s is sent",
    (secret) => {
      expect(of({ PROMPT_KEY: secret }, { variable: "PROMPT_KEY", fromFile: true })).toMatchObject({ secret });
    },
  );

  test.each([
    ["of the file", { fromFile: true }],
    ["of the file, to a gateway", { fromFile: true, isGateway: true }],
    ["of the user", {}],
  ])("what is no key of this API is not, in a variable %s", (_, how) => {
    for (const value of [
      "ghp_NOTREALNOTREALNOTREAL",
      GATEWAY,
      "sk-ant-ort01-fake-secret",
      "xsk-ant-api03-fake-secret",
    ]) {
      const { code, details } = failure(() => of({ SOME_TOKEN: value }, { variable: "SOME_TOKEN", ...how }));
      expect(code).toBe("credential-rejected");
      expect(details.message).toContain("SOME_TOKEN holds what is no key of the Claude API");
      expect(JSON.stringify(details)).not.toContain(value);
    }
  });

  test("a gateway gets what ANTHROPIC_API_KEY holds, else ANTHROPIC_AUTH_TOKEN", () => {
    const env = { ANTHROPIC_AUTH_TOKEN: `${GATEWAY}-2` };
    expect(of({ ...env, ANTHROPIC_API_KEY: GATEWAY }, { isGateway: true })).toMatchObject({ secret: GATEWAY });
    expect(of(env, { isGateway: true })).toEqual({
      kind: "auth-token",
      secret: `${GATEWAY}-2`,
      source: "ANTHROPIC_AUTH_TOKEN",
    });
    expect(failure(() => of(env)).code).toBe("credential-missing");
    // A token of this API may be an administrator's.
    const own = { ANTHROPIC_AUTH_TOKEN: "sk-ant-oat01-fake-secret" };
    expect(failure(() => of(own, { isGateway: true })).code).toBe("credential-missing");
  });

  test.each([{}, { isGateway: true }, { fromFile: true }])("an admin key is never sent: %j", (how) => {
    for (const secret of ["sk-ant-admin01-fake-secret", "SK-ANT-ADMIN01-fake-secret"]) {
      const { code, details } = failure(() => of({ ANTHROPIC_API_KEY: secret }, how));
      expect([code, details.message]).toEqual(["credential-rejected", expect.stringContaining("admin keys cannot")]);
    }
  });

  test("models are listed with a key of this API only", () => {
    expect(inferenceCredential({ ANTHROPIC_API_KEY: KEY }, false)).toMatchObject({ secret: KEY });
    expect(inferenceCredential({ ANTHROPIC_API_KEY: GATEWAY }, true)).toMatchObject({ secret: GATEWAY });
    expect(failure(() => inferenceCredential({ ANTHROPIC_API_KEY: GATEWAY }, false)).code).toBe("credential-rejected");
  });

  test("a workspace is named by its id", () => {
    expect(workspaceOf({ ANTHROPIC_WORKSPACE_ID: " wrkspc_01 " })).toBe("wrkspc_01");
    expect(workspaceOf({ ANTHROPIC_WORKSPACE_ID: "" })).toBeUndefined();
    expect(failure(() => workspaceOf({ ANTHROPIC_WORKSPACE_ID: "a\nb" })).code).toBe("usage");
  });
});
