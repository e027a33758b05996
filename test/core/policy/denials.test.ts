import { describe, expect, test } from "vitest";
import { roleOf } from "../../../src/core/policy/caller.ts";
import { decide, mayAnswer, withFix } from "../../../src/core/policy/decide.ts";
import type { Denied, Policy, PolicyRequest } from "../../../src/core/policy/policy.ts";
import { HAIKU, OPUS, policyWith, SEED_ROLES } from "../../support/policy-seed.ts";

const SEED = policyWith(SEED_ROLES);
/** What only a JavaScript caller can pass. */
const decided = (policy: unknown, role: unknown, request: unknown) =>
  decide(policy as Policy, role as string, request as PolicyRequest);
const denied = (code: string, role: string | null, model: string | null, message: string, rest = {}) =>
  ({ decision: "deny", code, role, model, message, ...rest }) as Denied;

test("a denial holds no name whole that is longer than any", () => {
  const long = "x".repeat(100_000);
  const strangers: Policy = { ...SEED, unmapped: { appRole: "viewer", mayAssume: [] } };
  const denials = [
    decided(SEED, long, { model: HAIKU }),
    decided(SEED, "user", { model: long }),
    decided(SEED, "viewer", { model: long }),
    decided(undefined, long, { model: long }),
    ...[SEED, strangers, undefined].map((policy) => roleOf({ policy, user: `${long}@acme.example`, role: long })),
  ];
  for (const denial of denials) {
    expect(denial).toMatchObject({ decision: "deny" });
    expect(JSON.stringify(denial).length).toBeLessThan(1500);
  }
});

describe("a denial says what was asked, why not, and what to do or which line says so", () => {
  const haiku = { model: HAIKU };
  const POLICY_FIX = { fix: "declare roles in rbac.yaml, or name the file with --config" };
  const FILE_FIX = { fix: "run anth-rbac validate, and correct the file" };
  const ROLES = { fix: "use one of viewer, user, power, admin" };
  const NO_TOKENS = "The request's max_tokens is not a whole number from 0 up";

  test.each<[unknown, unknown, unknown, Denied]>([
    [undefined, "user", haiku, denied("policy-missing", "user", HAIKU, "There is no role policy", POLICY_FIX)],
    [undefined, 1, {}, denied("policy-missing", null, null, "There is no role policy", POLICY_FIX)],
    [{}, "user", haiku, denied("policy-invalid", "user", HAIKU, "The policy's roles are no Map", FILE_FIX)],
    [
      Promise.resolve(),
      "user",
      haiku,
      denied("policy-invalid", "user", HAIKU, "The policy is a promise", { fix: "await it" }),
    ],
    [SEED, null, haiku, denied("unknown-role", null, HAIKU, "No role is given", ROLES)],
    [SEED, "root", haiku, denied("unknown-role", "root", HAIKU, 'The policy has no role "root"', ROLES)],
    [
      SEED,
      "viewer",
      undefined,
      denied("role-not-allowed", "viewer", null, "Role does not allow API access", { rule: "roles.viewer.allowed" }),
    ],
    [SEED, "user", undefined, denied("invalid-request", "user", null, "The request names no model")],
    [SEED, "user", { model: "" }, denied("invalid-request", "user", "", "The request names no model")],
    [
      SEED,
      "user",
      { model: "a b", max_tokens: -1 },
      denied(
        "invalid-request",
        "user",
        "a b",
        '"a b" is no name of a model: it has letters, digits and . - _ : @ only',
      ),
    ],
    [SEED, "user", { model: HAIKU, max_tokens: -1 }, denied("invalid-request", "user", HAIKU, NO_TOKENS)],
    [SEED, "user", { model: HAIKU, max_tokens: null }, denied("invalid-request", "user", HAIKU, NO_TOKENS)],
    [
      SEED,
      "user",
      { model: OPUS },
      denied("model-not-allowed", "user", OPUS, `Role cannot access model: ${OPUS}`, { rule: "roles.user.models" }),
    ],
  ])("%#", (policy, role, request, expected) => {
    expect(decided(policy, role, request)).toEqual(expected);
  });

  test("of many roles the first twenty are named", () => {
    const many = (count: number) => policyWith(Array.from({ length: count }, (_, n) => ({ name: `r${n + 1}` })));
    const fix = (count: number) => (decide(many(count), "x", { model: HAIKU }) as Denied).fix;
    expect(fix(20)).toMatch(/^use one of r1, r2, .*, r20$/);
    expect(fix(22)).toMatch(/^use one of r1, r2, .*, r20 and 2 more$/);
  });
});

test("what is no request is none, whatever it holds", () => {
  for (const request of [Object.assign([], { model: HAIKU }), Object.assign(() => {}, { model: HAIKU })]) {
    expect(decided(SEED, "user", request)).toEqual(
      denied("invalid-request", "user", null, "The request names no model"),
    );
  }
});

describe("what a request may have of tokens", () => {
  test("what is allowed says by which line", () => {
    expect(decided(SEED, "user", { model: HAIKU, max_tokens: 7, system: "x" })).toEqual({
      decision: "allow",
      code: "allowed",
      role: "user",
      model: HAIKU,
      request: { model: HAIKU, max_tokens: 7, system: "x" },
      rule: "roles.user.models[0]",
    });
  });

  const sent = (limit: number | undefined, asked: number | undefined) => {
    const policy = policyWith([{ name: "r", models: ["*"], ...(limit !== undefined && { maxTokens: limit }) }]);
    const decision = decide(policy, "r", { model: HAIKU, ...(asked !== undefined && { max_tokens: asked }) });
    return decision.decision === "allow" && [decision.request.max_tokens, decision.lowered];
  };

  test.each<[number | undefined, number | undefined, number, object | undefined]>([
    [undefined, undefined, 1024, undefined],
    [undefined, 9000, 9000, undefined],
    [512, undefined, 512, undefined],
    [512, 512, 512, undefined],
    [512, 513, 512, { asked: 513, sent: 512 }],
    [2000, undefined, 1024, undefined],
    [512, 0, 0, undefined],
    [512, 1, 1, undefined],
  ])("a role's %s, asked for %s: %s", (limit, asked, tokens, lowered) => {
    expect(sent(limit, asked)).toEqual([tokens, lowered]);
  });
});

describe("thinking", () => {
  const within = (maxTokens: number | undefined, thinking: unknown, max_tokens?: number) => {
    const policy = policyWith([{ name: "r", models: ["*"], ...(maxTokens !== undefined && { maxTokens }) }]);
    const request = { model: HAIKU, thinking, ...(max_tokens !== undefined && { max_tokens }) };
    const decision = decide(policy, "r", request);
    return decision.decision === "allow" ? decision.request.thinking : decision;
  };
  const budget = (budget_tokens: unknown) => ({ type: "enabled", budget_tokens });

  test.each<[number, number, number, number]>([
    // The role's limit, what was asked for, the budget, and what is sent of it.
    [4000, 8000, 3999, 3999],
    [4000, 8000, 4000, 2000],
    [4000, 8000, 6001, 3000],
    [1025, 8000, 7999, 1024],
    [4000, 4000, 4000, 4000],
    [4000, 3000, 5000, 5000],
  ])("a limit of %s, asked for %s with a budget of %s: %s", (limit, asked, given, expected) => {
    expect(within(limit, budget(given), asked)).toEqual(budget(expected));
  });

  test("is copied, so that nobody changes it after the decision", () => {
    for (const thinking of [{ type: "adaptive" }, budget(1024)]) {
      const found = within(4000, thinking, 4000);
      expect(found).toEqual(thinking);
      expect(found).not.toBe(thinking);
    }
  });

  test("whose budget does not fit is denied by the role's line", () => {
    const message =
      "A thinking budget of 4000 tokens does not fit below max_tokens 1024, the role's limit, and the least budget is 1024";
    expect(within(1024, budget(4000), 8000)).toEqual(
      denied("invalid-request", "r", HAIKU, message, { rule: "roles.r.max_tokens" }),
    );
    // The default was lowered, too.
    expect(within(1000, budget(1000))).toMatchObject({ code: "invalid-request", rule: "roles.r.max_tokens" });
  });

  test("of a form that nobody knows is denied, and no line of the policy says so where nothing is lowered", () => {
    const form = "The request's thinking has a form that is not known";
    const count = "The request's thinking budget is not a whole number from 1 up";
    for (const [thinking, message] of [
      [null, form],
      ["enabled", form],
      [[], form],
      [{ type: 1 }, form],
      [{ budget_tokens: 2000 }, form],
      [budget(0), count],
      [budget("2000"), count],
      [budget(null), count],
    ] as const) {
      expect(within(undefined, thinking)).toEqual(denied("invalid-request", "r", HAIKU, message));
    }
  });
});

describe("the model of an answer", () => {
  const policy = policyWith([
    { name: "r", models: ["claude-opus-9", "claude-opus-9-fast", "no name", "claude-haiku-*"] },
    { name: "off", allowed: false, models: ["claude-opus-9"] },
  ]);

  test.each([
    ["claude-opus-9", true],
    ["claude-opus-9-20261001", true],
    ["claude-haiku-9", true],
    ["claude-opus-9-2026100", false],
    ["claude-opus-9-202610011", false],
    ["claude-opus-9-20261001x", false],
    ["claude-opus-9-20261001-fast", false],
    ["claude-opus-9-20261001-20261001", false],
    ["claude-opus-8-20261001", false],
    // However the file names it, it is none.
    ["no name-20261001", false],
  ])("%s: %s", (model, expected) => {
    expect(mayAnswer(policy, "r", model)).toBe(expected);
  });

  test("is nobody's without a policy, a role or a name", () => {
    const odd = (from: unknown, role: unknown, model: unknown) =>
      mayAnswer(from as Policy, role as string, model as string);
    expect(odd(policyWith([]), "r", "claude-opus-9")).toBe(false);
    expect(odd({}, "r", "claude-opus-9")).toBe(false);
    expect(odd(policy, "off", "claude-opus-9")).toBe(false);
    expect(odd(policy, "x", "claude-opus-9")).toBe(false);
    expect(odd(policy, ["r"], "claude-opus-9")).toBe(false);
    expect(odd(policy, "r", ["claude-opus-9"])).toBe(false);
  });
});

describe("what a person can do about a denial", () => {
  const fix = (code: Denied["code"], role: string | null = "power", model: string | null = HAIKU, rest = {}) =>
    withFix(denied(code, role, model, "no", rest), SEED).fix;
  const ASK = "ask whoever keeps rbac.yaml for another app_role";

  test("what the decision itself says comes first", () => {
    const own = denied("role-not-allowed", "power", HAIKU, "no", { fix: "mine" });
    expect(withFix(own, SEED)).toBe(own);
  });

  test("act as another role where the role may, and ask for another", () => {
    const two = policyWith([{ name: "lead", allowed: false, mayAssume: ["user", "power"] }]);
    expect(fix("role-not-allowed")).toBe(`act as user with --role, or ${ASK}`);
    expect(withFix(denied("role-not-allowed", "lead", null, "no"), two).fix).toBe(
      `act as user or power with --role, or ${ASK}`,
    );
    expect(fix("role-not-allowed", "viewer")).toBe(ASK);
    expect(fix("role-not-allowed", null)).toBe(ASK);
  });

  test("use a model of the role's", () => {
    expect(fix("model-not-allowed", "user")).toBe(`the role may use ${HAIKU}`);
    expect(fix("model-not-allowed")).toContain(", ");
    for (const role of ["nobody", null]) {
      const plain = denied("model-not-allowed", role, HAIKU, "no");
      expect(withFix(plain, SEED)).toBe(plain);
    }
  });

  test("name a model, where none was", () => {
    expect(fix("invalid-request", "user", null)).toBe("name one with --model");
    expect(fix("invalid-request", "user", "")).toBe("name one with --model");
    expect(fix("invalid-request")).toBeUndefined();
  });

  test("nothing that anybody knows of for the rest", () => {
    const plain = denied("rate-limited", "user", HAIKU, "no");
    expect(withFix(plain, SEED)).toBe(plain);
    expect(withFix(denied("model-not-allowed", "user", HAIKU, "no"), SEED)).toMatchObject({
      message: "no",
      role: "user",
    });
  });
});
