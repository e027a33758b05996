import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { validate } from "../../src/commands/validate.ts";
import type { Context } from "../../src/context.ts";
import { Failure } from "../../src/core/model/failure.ts";
import type { OrgReader } from "../../src/core/model/org.ts";
import type { ConfigReading } from "../../src/core/validate/judge.ts";
import { parseConfig } from "../../src/core/validate/parse.ts";
import { contextOf } from "../support/context.ts";
import { TODAY } from "../support/findings.ts";
import { stage } from "../support/stage.ts";

const reading = (value: object): ConfigReading => ({
  file: "rbac.yaml",
  digest: "",
  locate: () => undefined,
  findingsAt: (now) => parseConfig({ version: 1, ...value }, now).findings,
  ...parseConfig({ version: 1, ...value }, TODAY),
});

function world(value: object, org?: Partial<OrgReader>): Context {
  return contextOf({
    clock: { now: () => TODAY },
    config: { read: async () => reading(value) },
    api: {
      findings: () => [],
      reader: async () => {
        if (!org) throw new Error("the organization was asked for");
        return org as OrgReader;
      },
    },
  });
}

const flags = { strict: false, live: false };
const ROLES = { roles: { user: { allowed: true, models: ["claude-sonnet-9"] } } };

describe("validate", () => {
  test("is offline", async () => {
    expect(await validate(world(ROLES), flags)).toMatchObject({
      kind: "validation",
      file: "rbac.yaml",
      strict: false,
      findings: [{ code: "model-unknown", severity: "warning" }],
    });
  });

  test("--live does not reach the network where there are errors", async () => {
    const { findings } = await validate(world({ rats: 1 }), { ...flags, live: true });
    expect(findings).toMatchObject([{ code: "unknown-field" }]);
  });

  test("--live takes the API's word for the dated table's", async () => {
    const models = async () => [{ id: "claude-sonnet-9", lifecycle: "active" as const }];
    expect((await validate(world(ROLES, { models }), { ...flags, live: true })).findings).toEqual([]);
    const none = async () => [];
    expect((await validate(world(ROLES, { models: none }), { ...flags, live: true })).findings).toMatchObject([
      { code: "model-unknown", severity: "error" },
    ]);
  });

  test("--live says what the credential may not see, and keeps the table's word there", async () => {
    const models = async () => Promise.reject(new Failure("permission-denied", { message: "not for admin keys" }));
    expect((await validate(world(ROLES, { models }), { ...flags, live: true })).findings).toMatchObject([
      { code: "model-unknown", severity: "warning" },
      { code: "live-unchecked", severity: "warning", args: { part: "models", reason: "not for admin keys" } },
    ]);
  });

  test("--live refuses another organization, and passes failures on", async () => {
    const organization = async () => ({ id: "other", name: "Other" });
    const context = world({ organization: { id: "mine" } }, { organization });
    await expect(validate(context, { ...flags, live: true })).rejects.toMatchObject({ code: "wrong-organization" });
    const models = async () => Promise.reject(new Failure("unreachable", { message: "no route" }));
    await expect(validate(world(ROLES, { models }), { ...flags, live: true })).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});

test("validate --live fails where the limits fail, as where the models do; what the credential may not see is a warning", async () => {
  const one = await stage();
  one.declare({ workspaces: { prod: { name: "Production", rate_limits: { batch: { requests_per_minute: 1 } } } } });
  const match = { path: "/v1/organizations/rate_limits" };
  one.sandbox.control.fault({ kind: "body", body: "<html>", match });
  const failed = await one.run(["validate", "--live", "--json"]);
  expect([failed.exitCode, failed.json()]).toMatchObject([1, { kind: "error", code: "incomplete-answer" }]);
  one.sandbox.control.fault({ kind: "forbidden", match });
  const unseen = await one.run(["validate", "--live", "--json"]);
  expect([unseen.exitCode, unseen.json()]).toMatchObject([0, { findings: [{ code: "live-unchecked" }] }]);
});

describe("validate --live with a key without a workspace", () => {
  const asked = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const one = await stage();
    const idOf = (wanted: string) => one.sandbox.state.workspaces.find(({ name }) => name === wanted)?.id ?? "";
    one.declare({
      workspaces: { prod: { name: "Production" }, stg: { name: "Staging", id: idOf("Staging") } },
      roles: { user: { allowed: true, models: ["claude-haiku-5-5"] } },
    });
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, idOf(value)]));
    const ANTHROPIC_API_KEY = one.sandbox.secretOf("org-grace");
    const ran = await one.run(["validate", "--live", ...words], { env: { ANTHROPIC_API_KEY, ...given } });
    const models = one.sandbox.requests.filter(({ path }) => path.startsWith("/v1/models"));
    return [ran.exitCode, ...models.map(({ status }) => status)];
  };

  test("asks in the one of --workspace, by the file's id or the API's, else of ANTHROPIC_WORKSPACE_ID", async () => {
    expect(await asked(["--workspace", "stg"])).toEqual([0, 200]);
    expect(await asked(["--workspace", "prod"])).toEqual([0, 200]);
    expect(await asked(["--workspace", "Development"])).toEqual([0, 200]);
    expect(await asked([], { ANTHROPIC_WORKSPACE_ID: "Staging" })).toEqual([0, 200]);
    expect(await asked(["--workspace", "stg"], { ANTHROPIC_WORKSPACE_ID: "nowhere" })).toEqual([0, 200]);
  });

  test("without one is told what to do", async () => {
    const one = await stage();
    one.declare({ roles: { user: { allowed: true, models: ["claude-haiku-5-5"] } } });
    const ANTHROPIC_API_KEY = one.sandbox.secretOf("org-grace");
    const ran = await one.run(["validate", "--live"], { env: { ANTHROPIC_API_KEY } });
    expect([ran.exitCode, ran.stderr.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining(
        "the key in ANTHROPIC_API_KEY belongs to no workspace: name one with --workspace, or in ANTHROPIC_WORKSPACE_ID",
      ),
    ]);
  });

  test("goes with --live only, and a workspace that is nowhere is an error", async () => {
    expect(await asked(["--workspace", "nowhere"])).toEqual([1]);
    const one = await stage();
    one.declare({});
    expect((await one.run(["validate", "--workspace", "prod"])).exitCode).toBe(64);
  });
});

test.each([
  ['version: "1"', "write 1 without quotes"],
  [
    "version: 1\nworkspaces: { p: { name: P, keys: { k: { deliver: [gh, secret, set, X] } } } }",
    "write [[gh, secret, set, X]]",
  ],
  ["version: 1\nworkspaces: { p: { name: P, keys: { k: { deliver: deploy } } } }", "write [[deploy]]"],
  ["version: 1\nworkspaces: { prod: { name: P, spend_limit: 5000 } }", "write { monthly: 5000 }"],
  ['version: 1\nroles: { u: { allowed: true, models: ["*"], max_tokens: "5" } }', "write 5 without quotes"],
  // The word alone would open a rule to every workspace, and a region to all.
  [rule("workspaces: prod"), "write all, or [prod]"],
  [rule("workspaces: al"), 'did you mean "all"'],
  [rule("workspaces:"), "write all, or a list"],
  [issuer("jwks: https://keys.example"), "write discovery, or a mapping"],
  [issuer("jwks: [{ kty: EC }]"), "write discovery, or a mapping"],
  [
    "version: 1\nworkspaces: { p: { name: P, data_residency: { allowed_inference_geos: us } } }",
    "write [us], or unrestricted",
  ],
  ['version: 1\nroles: { u: { allowed: "true", models: ["*"] } }', "write true without quotes"],
  ["version: 1\nroles: { u: { allowed: true, models: claude-haiku-5-5 } }", "write [claude-haiku-5-5]"],
  ['version: 1\nroles: { u: { allowed: true, models: "a, b" } }', "write a list"],
  ['version: 1\nroles: { u: { allowed: true, models: ["*"], max_tokens: "many" } }', "write a number"],
  ["version: 1\nkey_policy: { rotate_every: 3m }", "not minutes or hours"],
])("%j is answered with what to write", async (text, fix) => {
  const one = await stage();
  writeFileSync(join(one.folder, "x.yaml"), text);
  expect(await one.run(["validate", "x.yaml"])).toMatchObject({ exitCode: 2, stdout: expect.stringContaining(fix) });
});

test("a file that is not there is named, without advice to name one", async () => {
  const one = await stage();
  const { exitCode, stderr } = await one.run(["validate", "nope.yaml"]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('"nope.yaml" cannot be read: there is no such file')]);
  expect(stderr).not.toMatch(/--config|ENOENT/);
});

function issuer(field: string): string {
  return `version: 1\nfederation: { issuers: { g: { url: "https://g.example", ${field} } } }`;
}

function rule(field: string): string {
  return `version: 1\nfederation: { rules: { r: { ${field} } } }`;
}
