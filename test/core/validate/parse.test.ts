import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isError } from "../../../src/core/model/finding.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { TODAY } from "../../support/findings.ts";
import { brokenConfig, validConfig } from "../../support/random-config.ts";

const parse = (value: unknown) => parseConfig(value, TODAY);
const written = (value: object) => parse({ version: 1, ...value });

/** The generator is the costly part. */
const RUNS = { numRuns: 50 };

describe("laws", () => {
  test("any value has an answer: findings, or a config, never an exception", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (value) => {
        const { config, findings } = parse(value);
        expect(config === undefined).toBe(findings.some(isError));
      }),
    );
  });

  test("a valid config gives no error, and stays frozen", () => {
    fc.assert(
      fc.property(validConfig, (value) => {
        const { config, findings } = parse(value);
        expect(findings.filter(isError)).toEqual([]);
        expect(Object.isFrozen(config)).toBe(true);
      }),
      RUNS,
    );
  });

  test("a broken config gives findings and never an exception, and every valid entry is still judged", () => {
    fc.assert(
      fc.property(brokenConfig, (value) => {
        const { config, findings } = parse(value);
        expect(config === undefined).toBe(findings.some(isError));
        for (const { path } of findings) expect(path).toBeDefined();
      }),
      RUNS,
    );
  });

  test("the order of entries does not change the findings", () => {
    fc.assert(
      fc.property(fc.oneof(validConfig, brokenConfig), (value) => {
        const known = (findings: readonly unknown[]) =>
          findings
            .map((finding) => JSON.stringify(finding, (key, inner) => (key === "known" ? undefined : inner)))
            .sort();
        expect(known(parse(reversed(value)).findings)).toEqual(known(parse(value).findings));
      }),
      RUNS,
    );
  });

  test("time alone turns a file into warnings only, but for a model that is retired", () => {
    fc.assert(
      fc.property(validConfig, fc.integer({ min: -1000, max: 4000 }), (value, days) => {
        const { findings } = parseConfig(value, TODAY + days * DAY);
        expect(findings.filter(isError).filter(({ code }) => code !== "model-retired")).toEqual([]);
      }),
      RUNS,
    );
  });
});

function reversed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe("the config", () => {
  test("has its defaults", () => {
    const { config } = written({});
    expect(config).toMatchObject({
      organization: {},
      manage: {
        members: "off",
        workspaces: "off",
        workspace_members: "off",
        rate_limits: "off",
        spend_limits: "off",
        keys: "off",
      },
      guardrails: {
        minAdmins: 1,
        minWorkspaceAdmins: 1,
        protected: [],
        maxRemovals: { percent: 20, alwaysAllow: 2, neverExceed: 10 },
      },
      rateStore: "local",
      audit: { prompts: false },
      accept: [],
    });
    expect(config).not.toHaveProperty("naming");
    expect(config?.named).toEqual(new Set());
  });

  test("manages what is declared, as far as manage says", () => {
    const { config } = written({
      manage: { members: "full", keys: "off", spend_limits: "full" },
      members: { "grace@acme.example": { role: "admin" } },
      workspaces: { prod: { name: "Production", keys: null, members: {} } },
    });
    expect(config?.manage).toEqual({
      members: "full",
      workspaces: "additive",
      workspace_members: "additive",
      rate_limits: "off",
      spend_limits: "full",
      keys: "off",
      service_accounts: "off",
      groups: "off",
      federation: "off",
      compliance: "off",
    });
    expect(config?.named).toEqual(new Set(["members", "spend_limits", "keys"]));
  });

  test("folds addresses, maps captions, resolves durations", () => {
    const { config } = written({
      key_policy: { rotate_every: "60d", soak: "1w" },
      members: { "Ada@ACME.example": { role: "Claude Code User", until: "2027-01-31", reason: "r" } },
      guardrails: { protected: ["ADA@acme.example", "ada@acme.example"] },
      organization: { keys: { "org-a": { previously: "old" } } },
      workspaces: {
        prod: {
          name: "Production",
          previously: "Prod",
          external_key_id: null,
          data_residency: { allowed_inference_geos: "unrestricted", default_inference_geo: "us" },
          rate_limits: { batch: null },
          members: { "ADA@acme.example": "Limited Developer" },
          keys: {
            "prod-a": null,
            "prod-b": { rotate_every: "2w", overlap: "1d", owner: "Ada@acme.example", deliver: [["cat"]] },
          },
        },
      },
      accept: [
        { target: "members.Bob@ACME.example", until: "2027-12-31", owner: "Ada@acme.example", reason: "leaves" },
      ],
    });
    expect(config?.members.get("ada@acme.example")).toEqual({
      email: "ada@acme.example",
      role: "claude_code_user",
      until: "2027-01-31",
      reason: "r",
    });
    expect(config?.guardrails.protected).toEqual(["ada@acme.example"]);
    const prod = config?.workspaces.get("prod");
    expect(prod).toMatchObject({ handle: "prod", previously: ["Prod"], externalKeyId: null });
    expect(prod?.members).toEqual(new Map([["ada@acme.example", "restricted_developer"]]));
    expect(prod?.rateLimits).toEqual(new Map([["batch", {}]]));
    expect(prod?.keys?.get("prod-a")).toEqual({
      name: "prod-a",
      previously: [],
      deliver: [],
      rotateEvery: 60 * DAY,
      overlap: 7 * DAY,
      soak: 7 * DAY,
    });
    expect(prod?.keys?.get("prod-b")).toMatchObject({ rotateEvery: 14 * DAY, overlap: DAY, owner: "ada@acme.example" });
    expect(config?.organization.keys?.get("org-a")?.previously).toEqual(["old"]);
    expect(config?.accept[0]).toMatchObject({ target: "members.bob@acme.example", owner: "ada@acme.example" });
  });

  test("names that an object has of itself are ordinary names", () => {
    const { config, findings } = written({
      roles: { toString: { allowed: false }, valueOf: { allowed: true, models: ["*"], may_assume: ["toString"] } },
    });
    expect(findings).toEqual([]);
    expect([...(config?.roles.keys() ?? [])]).toEqual(["toString", "valueOf"]);
    expect(written({ hasOwnProperty: 1 }).findings).toMatchObject([{ code: "unknown-field" }]);
  });
});

describe("all problems in one run", () => {
  const codes = (value: object) => written(value).findings.map(({ code, path }) => `${code} ${path?.join(".")}`);

  test("a wrong field hides nothing else about its entry, and nothing about those that refer to it", () => {
    expect(
      codes({
        members: { "ada@acme.example": { role: "developr", app_role: "nobody", colour: "red" } },
        roles: { user: { allowed: "yes", models: ["claude-opus-4-20250514"], max_tokens: -1 } },
        workspaces: {
          prod: {
            nmae: "Production",
            members: { "ada@acme.example": "chief", "adda@acme.example": "chief" },
            keys: { "prod-a": 5, "prod-b": { owner: "ada@acme.example" } },
          },
        },
        accept: [
          { target: "workspaces.prd" },
          5,
          { target: "x", until: "2026-01-01", owner: "ada@acme.example", reason: "r" },
        ],
      }).sort(),
    ).toMatchInlineSnapshot(`
      [
        "accept-expired accept.2.until",
        "invalid-value members.ada@acme.example.role",
        "invalid-value workspaces.prod.members.ada@acme.example",
        "invalid-value workspaces.prod.members.adda@acme.example",
        "missing-field accept.0.owner",
        "missing-field accept.0.reason",
        "missing-field accept.0.until",
        "missing-field workspaces.prod.name",
        "model-retired roles.user.models.0",
        "out-of-range roles.user.max_tokens",
        "unknown-field members.ada@acme.example.colour",
        "unknown-field workspaces.prod.nmae",
        "unknown-person workspaces.prod.members.adda@acme.example",
        "unknown-role members.ada@acme.example.app_role",
        "unknown-target accept.2.target",
        "unknown-workspace accept.0.target",
        "wrong-type accept.1",
        "wrong-type roles.user.allowed",
        "wrong-type workspaces.prod.keys.prod-a",
      ]
    `);
  });

  test("what was taken out leads to no complaint about what is left", () => {
    expect(
      codes({ members: { "grace@acme.example": { role: "admn" }, "alan@acme.example": { role: "admin" } } }),
    ).toEqual(["invalid-value members.grace@acme.example.role"]);
    expect(codes({ roles: { user: { allowed: true, models: "claude-opus-5-5" } } })).toEqual([
      "wrong-type roles.user.models",
    ]);
    expect(
      codes({ members: [], workspaces: { prod: { name: "P", members: { "ada@acme.example": "user" } } } }),
    ).toEqual(["wrong-type members"]);
  });

  test("a number is told to be quoted only where that makes it right", () => {
    const number = (policy: Record<string, unknown>) => codes({ key_policy: policy });
    expect(number({ rotate_every: 90 })).toEqual(["invalid-format key_policy.rotate_every"]);
    expect(number({ overlap: 7 })).toEqual(["invalid-format key_policy.overlap"]);
    expect(number({ naming: 7 })).toEqual(["wrong-type key_policy.naming"]);
    const members = { "ada@acme.example": { role: "user", until: 2027 } };
    expect(codes({ members })).toEqual(["invalid-format members.ada@acme.example.until"]);
  });

  test("a person who is declared twice is judged by one of the two entries, whichever comes first in the file", () => {
    const [grace, alan] = [{ "grace@acme.example": { role: "admin" } }, { "alan@acme.example": { role: "admin" } }];
    const again = { "Grace@acme.example": { role: "user" } };
    const expected = ["too-few-admins members", "same-person-twice members.grace@acme.example"];
    expect(codes({ manage: { members: "full" }, members: { ...grace, ...again, ...alan } })).toEqual(expected);
    expect(codes({ manage: { members: "full" }, members: { ...again, ...alan, ...grace } })).toEqual(expected);
  });

  test("entries that are one in memory, as an alias makes them, are judged each by itself, in any order", () => {
    const one = { name: "Production", members: 7 };
    const expected = [
      "wrong-type workspaces.prod.members",
      "wrong-type workspaces.prodx.members",
      "same-live-name workspaces.prodx.name",
    ];
    expect(codes({ workspaces: { prod: one, prodx: one } })).toEqual(expected);
    expect(codes({ workspaces: { prodx: one, prod: one } })).toEqual(expected);
    expect(codes({ workspaces: { prod: { ...one }, prodx: { ...one } } })).toEqual(expected);
    const [key, models] = [{ owner: "ada@acme.example", colour: "red" }, ["claude-opus-4-20250514", 1]];
    const shared = {
      manage: { members: "full" },
      members: { "grace@acme.example": { role: "admin" }, "alan@acme.example": { role: "admin" } },
      workspaces: { prod: { name: "Production", keys: { "prod-a": key, "prod-b": key } } },
      roles: { user: { allowed: true, models }, power: { allowed: true, models } },
    };
    expect(codes(shared)).toEqual(codes(JSON.parse(JSON.stringify(shared))));
    expect(codes(JSON.parse(JSON.stringify(shared)))).toContain("unknown-person workspaces.prod.keys.prod-b.owner");
  });

  test("lists keep the indexes that were written", () => {
    expect(
      codes({ roles: { user: { allowed: true, models: [1, "claude-opus-5-5", 2, "claude-opus-4-20250514"] } } }),
    ).toEqual([
      "wrong-type roles.user.models.0",
      "wrong-type roles.user.models.2",
      "model-retired roles.user.models.3",
    ]);
  });

  test("there is an end to them, and it is said", () => {
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    const { findings } = written(fields);
    expect(findings).toHaveLength(1001);
    expect(findings.at(-1)).toMatchObject({ code: "too-many-errors", severity: "error", args: { limit: 1000 } });
  });
});
