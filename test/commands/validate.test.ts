import { describe, expect, test } from "vitest";
import { validate } from "../../src/commands/validate.ts";
import type { Context } from "../../src/context.ts";
import { Failure } from "../../src/core/model/failure.ts";
import type { OrgReader } from "../../src/core/model/org.ts";
import type { ConfigReading } from "../../src/core/validate/parse.ts";
import { parseConfig } from "../../src/core/validate/parse.ts";
import { contextOf } from "../support/context.ts";
import { TODAY } from "../support/findings.ts";

const reading = (value: object): ConfigReading => ({
  file: "rbac.yaml",
  digest: "",
  locate: () => undefined,
  ...parseConfig({ version: 1, ...value }, TODAY),
});

function world(value: object, org?: Partial<OrgReader>): Context {
  return contextOf({
    clock: { now: () => TODAY },
    config: { read: async () => reading(value) },
    api: {
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
