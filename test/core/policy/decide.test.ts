import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, mayAnswer } from "../../../src/core/policy/decide.ts";
import type { Policy, PolicyRequest } from "../../../src/core/policy/policy.ts";
import { HAIKU, OPUS, policyWith, SEED_ROLES, SONNET } from "../../support/policy-seed.ts";

const SEED = policyWith(SEED_ROLES);
const codeOf = (policy: unknown, role: unknown, request: unknown) =>
  decide(policy as Policy, role as string, request as PolicyRequest).code;

describe("the seed's four roles", () => {
  const NOT_ALLOWED = "Role does not allow API access";
  test.each([
    ["viewer", HAIKU, undefined, NOT_ALLOWED],
    ["viewer", OPUS, 1, NOT_ALLOWED],
    ["user", HAIKU, undefined, 512],
    ["user", HAIKU, 100, 100],
    ["user", HAIKU, 513, 512],
    ["user", SONNET, undefined, `Role cannot access model: ${SONNET}`],
    ["user", OPUS, 10, `Role cannot access model: ${OPUS}`],
    ["power", HAIKU, undefined, 1024],
    ["power", SONNET, 4096, 4096],
    ["power", OPUS, 100_000, 4096],
    ["power", "claude-opus-5-5", 1, "Role cannot access model: claude-opus-5-5"],
    ["admin", HAIKU, undefined, 1024],
    ["admin", SONNET, 8192, 8192],
    ["admin", OPUS, 8193, 8192],
  ])("%s, %s, %s: %s", (role, model, asked, expected) => {
    const decision = decide(SEED, role, { model, ...(asked !== undefined && { max_tokens: asked }) });
    expect(decision.decision === "allow" ? decision.request.max_tokens : decision.message).toBe(expected);
  });

  test("a decision says what it rests on, and what it lowered", () => {
    expect(decide(SEED, "power", { model: SONNET, max_tokens: 9000 })).toEqual({
      decision: "allow",
      code: "allowed",
      role: "power",
      model: SONNET,
      request: { model: SONNET, max_tokens: 4096 },
      lowered: { asked: 9000, sent: 4096 },
      rule: "roles.power.models[1]",
    });
    expect(decide(SEED, "user", { model: HAIKU })).not.toHaveProperty("lowered");
    expect(decide(SEED, "viewer", { model: HAIKU })).toMatchObject({ rule: "roles.viewer.allowed" });
    expect(decide(SEED, "user", { model: OPUS })).toMatchObject({ rule: "roles.user.models" });
  });
});

test("the first thing that is wrong is the code", () => {
  const request = { model: HAIKU };
  const rejected = { ...SEED, roles: new Map([["user", { allowed: "yes", models: [HAIKU] }]]) };
  expect([
    codeOf(undefined, "user", request),
    codeOf(null, "user", request),
    codeOf(policyWith([]), "user", request),
    codeOf({ roles: {} }, "user", request),
    codeOf(rejected, "user", request),
    codeOf(policyWith([{ name: "user", models: [HAIKU], maxTokens: Number.NaN }]), "user", request),
    codeOf(SEED, null, undefined),
    codeOf(SEED, "__proto__", request),
    codeOf(SEED, "viewer", undefined),
    codeOf(SEED, "user", undefined),
    codeOf(SEED, "user", { model: OPUS, max_tokens: -1 }),
    codeOf(SEED, "user", { model: OPUS }),
  ]).toEqual([
    ...["policy-missing", "policy-missing", "policy-missing", "policy-invalid", "policy-invalid", "policy-invalid"],
    ...["unknown-role", "unknown-role", "role-not-allowed", "invalid-request", "invalid-request", "model-not-allowed"],
  ]);
});

test("what only JavaScript can pass is denied, and nothing throws", () => {
  const angry = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  const requests = [
    ...[null, 1, "x", [], [HAIKU], () => {}, Symbol("x"), angry, Object.create({ model: HAIKU })],
    ...[{ model: 1 }, { model: "" }, { model: [HAIKU] }, { model: { toString: () => HAIKU } }],
    ...[Number.NaN, Infinity, -1, 1.5, "10", null, 2 ** 53, 10n].map((max_tokens) => ({ model: HAIKU, max_tokens })),
    JSON.parse(`{"__proto__": {"model": "${HAIKU}"}}`),
  ];
  for (const request of requests) expect(codeOf(SEED, "user", request)).toBe("invalid-request");
  for (const policy of [
    angry,
    1,
    "x",
    [],
    () => {},
    { roles: new Map([[Symbol("x"), {}]]) },
    { roles: new Map([[1n, {}]]) },
  ])
    expect(codeOf(policy, "user", { model: HAIKU })).toBe("policy-invalid");
  for (const role of [undefined, null, 1, {}, ["user"], "toString", "constructor", "User", " user"])
    expect(codeOf(SEED, role, { model: HAIKU })).toBe("unknown-role");
});

test("a getter cannot ask with one model and send another", () => {
  let reads = 0;
  const request = {
    get model() {
      return reads++ === 0 ? HAIKU : OPUS;
    },
  };
  expect(decide(SEED, "user", request)).toMatchObject({ model: HAIKU, request: { model: HAIKU } });
});

test("other fields of a request are kept, and it is left as it was", () => {
  const request = Object.freeze({ model: HAIKU, max_tokens: 4000, system: "x", messages: [] });
  const decision = decide(SEED, "user", request);
  expect(decision).toMatchObject({ request: { ...request, max_tokens: 512 } });
  expect(request.max_tokens).toBe(4000);
});

test.each([
  ["claude-opus-4-5", "claude-opus-4-5-20251101", true],
  ["claude-opus-4-5-20251101", "claude-opus-4-5", true],
  ["claude-haiku-*", "claude-haiku-4-5", true],
  ["claude-haiku-*-20251001", "claude-haiku-4-5", true],
  ["claude-*-4-5", "claude-haiku-4-5-20251001", true],
  ["*", "anything", true],
  ["claude-haiku-*", "claude-opus-5-5", false],
  ["claude-haiku-*", "xclaude-haiku-5-5", false],
  ["claude-opus-5", "claude-opus-5-5", false],
  ["claude-opus-5", "CLAUDE-OPUS-5", false],
])("a role that lists %s, asked for %s: %s", (listed, model, allowed) => {
  const policy = policyWith([{ name: "r", models: [listed] }]);
  expect(decide(policy, "r", { model }).decision).toBe(allowed ? "allow" : "deny");
  expect(mayAnswer(policy, "r", model)).toBe(allowed);
});

test("an answer may be a dated snapshot of a model that is listed, and of no other", () => {
  const policy = policyWith([
    { name: "r", models: ["claude-opus-5-5", "claude-haiku-*"] },
    { name: "off", allowed: false },
  ]);
  expect(mayAnswer(policy, "r", "claude-opus-5-5-20261001")).toBe(true);
  expect(mayAnswer(policy, "r", "claude-opus-5-20261001")).toBe(false);
  expect(mayAnswer(policy, "r", undefined as unknown as string)).toBe(false);
  expect(mayAnswer(policy, "off", "claude-opus-5-5")).toBe(false);
  expect(mayAnswer(undefined, "r", "claude-opus-5-5")).toBe(false);
});

describe("laws", () => {
  const models = fc.constantFrom(
    HAIKU,
    SONNET,
    OPUS,
    "claude-opus-4-5",
    "claude-opus-4-5-20251101",
    "claude-opus-5-5",
    "x",
  );
  const roles = fc.record({
    name: fc.constantFrom("a", "b", "__proto__"),
    allowed: fc.boolean(),
    models: fc.array(fc.oneof(models, fc.constantFrom("*", "claude-opus-*"))),
    maxTokens: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
  });
  const policies = fc
    .array(roles, { minLength: 1 })
    .map((each) => policyWith(each as Parameters<typeof policyWith>[0]));

  test("a request that only warms the cache stays one", () => {
    expect(decide(SEED, "user", { model: HAIKU, max_tokens: 0 })).toMatchObject({ request: { max_tokens: 0 } });
  });

  test("an allowed request is the role's: a listed model, and never more tokens than it has or were asked for", () => {
    const tokens = fc.option(fc.integer({ min: -5, max: 9000 }), { nil: undefined });
    const names = fc.constantFrom("a", "b", "c", "__proto__");
    fc.assert(
      fc.property(policies, names, models, tokens, (policy, name, model, asked) => {
        const decision = decide(policy, name, { model, ...(asked !== undefined && { max_tokens: asked }) });
        if (decision.decision === "deny") return;
        const role = policy.roles.get(name);
        expect(role?.allowed).toBe(true);
        expect(decision.request.max_tokens).toBe(Math.min(asked ?? 1024, role?.maxTokens ?? Infinity));
        expect(decision.request.model).toBe(model);
        expect(mayAnswer(policy, name, model)).toBe(true);
        const alone = policyWith([
          {
            ...role,
            models: role?.models.filter((each) => decision.rule.endsWith(`[${role.models.indexOf(each)}]`)) ?? [],
          },
        ]);
        expect(decide(alone, name, { model }).decision).toBe("allow");
      }),
    );
  });

  test("what was decided before changes nothing: the answer is that of a policy that was never asked", () => {
    const [names, model] = [
      fc.constantFrom("a", "b", "c"),
      fc.oneof(models, fc.constantFrom("", "no name", "claude-opus-9")),
    ];
    const thinking = fc.constantFrom(
      { type: "enabled", budget_tokens: 2000 },
      { type: "adaptive" },
      { budget_tokens: 1 },
    );
    const request = fc.record(
      { model, max_tokens: fc.integer({ min: -1, max: 9000 }), thinking },
      { requiredKeys: ["model"] },
    );
    fc.assert(
      fc.property(
        fc.array(policies, { minLength: 2, maxLength: 2 }),
        fc.array(fc.tuple(fc.nat(1), names, request)),
        (kept, asked) => {
          for (const [which, name, one] of asked) {
            const policy = kept[which];
            const anew = policy && { ...policy, roles: new Map(policy.roles) };
            expect(decide(policy, name, one)).toEqual(decide(anew, name, one));
            expect(mayAnswer(policy, name, one.model)).toBe(mayAnswer(anew, name, one.model));
          }
        },
      ),
    );
  });

  test("whatever is passed is answered, and what is no policy, role or request is denied", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (policy, role, request) => {
        expect(decide(policy as Policy, role as string, request as PolicyRequest).decision).toBe("deny");
        expect(mayAnswer(policy as Policy, role as string, request as string)).toBe(false);
        if (typeof role !== "string") expect(codeOf(SEED, role, request)).toBe("unknown-role");
        expect(decide(SEED, "user", request as PolicyRequest).decision).toBe("deny");
      }),
    );
  });
});

test.each([
  "claude-haiku-5-5/../claude-opus-5-5",
  "claude-haiku-x\nclaude-opus-5-5",
  "claude-haiku-%2e%2e/x",
  "claude-haiku-*",
  "claude-haiku-5-5 ",
])("%j is no model, whatever a pattern matches", (model) => {
  const policy = policyWith([{ name: "u", models: ["claude-haiku-*", "*"] }]);
  expect(decide(policy, "u", { model })).toMatchObject({ decision: "deny", code: "invalid-request" });
  expect(mayAnswer(policy, "u", model)).toBe(false);
});

describe("a thinking budget", () => {
  const limited = (maxTokens: number) => policyWith([{ name: "u", models: ["*"], maxTokens }]);
  const asked = (budget_tokens: unknown, max_tokens?: number) => ({
    model: HAIKU,
    ...(max_tokens !== undefined && { max_tokens }),
    thinking: { type: "enabled", budget_tokens, display: "omitted" },
  });

  test("is lowered with max_tokens, in proportion, and never below what the API takes", () => {
    expect(decide(limited(4000), "u", asked(6000, 8000))).toMatchObject({
      request: { max_tokens: 4000, thinking: { type: "enabled", budget_tokens: 3000, display: "omitted" } },
    });
    expect(decide(limited(1100), "u", asked(6000, 8000))).toMatchObject({
      request: { max_tokens: 1100, thinking: { budget_tokens: 1024 } },
    });
  });

  test("that cannot be lowered is denied, with both numbers and the role's limit", () => {
    expect(decide(limited(1024), "u", asked(4000, 8000))).toMatchObject({
      decision: "deny",
      code: "invalid-request",
      rule: "roles.u.max_tokens",
      message: expect.stringMatching(/4000.*1024/),
    });
  });

  test("that is not below the max_tokens that is filled in is denied too, with the number that nobody wrote", () => {
    for (const role of [limited(8192), policyWith([{ name: "u", models: ["*"] }])]) {
      expect(decide(role, "u", asked(3000))).toMatchObject({
        decision: "deny",
        code: "invalid-request",
        message: expect.stringMatching(/3000.*1024, the default/),
      });
    }
  });

  test("stays what it is where nothing is lowered, and where it fits", () => {
    for (const request of [asked(6000, 5000), asked(1024, 8000)]) {
      expect(decide(limited(8192), "u", request)).toMatchObject({ request });
    }
    expect(
      decide(limited(4000), "u", { model: HAIKU, max_tokens: 8000, thinking: { type: "adaptive" } }),
    ).toMatchObject({
      request: { max_tokens: 4000, thinking: { type: "adaptive" } },
    });
  });

  test("of a form that nobody knows is denied", () => {
    for (const thinking of [null, 1, "enabled", [], {}, { type: 1 }, { type: "enabled", budget_tokens: "4000" }]) {
      expect(decide(limited(4000), "u", { model: HAIKU, thinking })).toMatchObject({ code: "invalid-request" });
    }
  });

  test("whatever is sent keeps the rule between the two, if the request did", () => {
    const number = fc.integer({ min: 1024, max: 100_000 });
    fc.assert(
      fc.property(number, number, number, (limit, budget, more) => {
        const decision = decide(limited(limit), "u", asked(budget, budget + more));
        if (decision.decision === "deny") {
          expect(limit).toBeLessThanOrEqual(1024);
          return;
        }
        const { max_tokens, thinking } = decision.request as ReturnType<typeof asked> & { max_tokens: number };
        expect(thinking.budget_tokens).toBeLessThan(max_tokens);
        expect(thinking.budget_tokens).toBeGreaterThanOrEqual(1024);
      }),
    );
  });
});
