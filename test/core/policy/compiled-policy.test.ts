import { describe, expect, test } from "vitest";
import {
  type CompiledPolicy,
  type CompiledRole,
  compilePolicy,
  isCount,
} from "../../../src/core/policy/compiled-policy.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";
import { policyWith } from "../../support/policy-seed.ts";

/** What only a JavaScript caller can pass. */
const compiled = (policy: unknown): CompiledPolicy => compilePolicy(policy as Policy);

function roleWith(role: Parameters<typeof policyWith>[0][number]): CompiledRole {
  const policy = compilePolicy(policyWith([{ name: "r", ...role }]));
  const found = policy.state === "ready" ? policy.roles.get("r") : undefined;
  if (!found) throw new Error("the test's policy is not valid");
  return found;
}

describe("what is no policy", () => {
  test.each([undefined, null, policyWith([])])("%j is missing", (policy) => {
    expect(compiled(policy)).toEqual({ state: "missing" });
  });

  test.each<[unknown, string]>([
    [1, "The policy is no object"],
    ["policy", "The policy is no object"],
    [() => policyWith([{ name: "r" }]), "The policy is no object"],
    [[], "The policy's roles are no Map"],
    [{ roles: { r: {} } }, "The policy's roles are no Map"],
    [{ roles: new Map([[1, { allowed: true, models: [] }]]) }, "The policy's role 1 is not valid"],
    ...[null, undefined, 1, { allowed: true, models: [1] }, { allowed: true, models: [null] }].map(
      (role): [unknown, string] => [{ roles: new Map([["r", role]]) }, 'The policy\'s role "r" is not valid'],
    ),
    [{ roles: new Map([[1n, {}]]) }, "The policy cannot be read"],
  ])("%j: %s", (policy, message) => {
    expect(compiled(policy)).toEqual({ state: "invalid", message });
  });

  test("that it is still to come is said", () => {
    const later = Object.assign(Promise.resolve(), policyWith([{ name: "r" }]));
    expect(compiled(later)).toEqual({ state: "invalid", message: "The policy is a promise", fix: "await it" });
  });

  test("that it cannot be read is said, and not thrown", () => {
    const angry = {
      get roles() {
        throw new Error("no");
      },
    };
    expect(compiled(angry)).toEqual({ state: "invalid", message: "The policy cannot be read" });
  });
});

test("a policy is made ready once, also where another was asked for meanwhile: what is done to it afterwards changes nothing", () => {
  const policy = policyWith([{ name: "r", allowed: true }]);
  const ready = compilePolicy(policy);
  (policy.roles as Map<string, unknown>).clear();
  expect(compilePolicy(policy)).toBe(ready);
  expect(compilePolicy(policyWith([{ name: "s" }]))).not.toBe(ready);
  expect(compilePolicy(policy)).toBe(ready);
});

describe("a role is one", () => {
  const valid = { allowed: true, models: ["claude-haiku-*"], maxTokens: 1, rpmLimit: 1 };
  const state = (role: unknown) => compiled({ roles: new Map([["r", role]]) }).state;

  test.each([
    ["as it is", {}],
    ["that is not allowed, and has no models", { allowed: false, models: [] }],
    ["without limits", { maxTokens: undefined, rpmLimit: undefined }],
  ])("%s", (_, rest) => {
    expect(state({ ...valid, ...rest })).toBe("ready");
  });

  const NO_COUNTS = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, true, 1n];
  test.each([
    ...["yes", 1, null, undefined].map((allowed) => ({ allowed })),
    ...["claude-haiku-*", undefined, null, { 0: "x" }, new Set(["x"]), [""], [1], ["x", null]].map((models) => ({
      models,
    })),
    ...NO_COUNTS.flatMap((count) => [{ maxTokens: count }, { rpmLimit: count }]),
  ])("but not with %o", (rest) => {
    expect(state({ ...valid, ...rest })).toBe("invalid");
  });

  test.each([1, "x", [true, []], Object.assign(() => valid, valid)])("and not %o", (role) => {
    expect(state(role)).toBe("invalid");
  });
});

test.each<[unknown, boolean]>([
  [1, true],
  [2 ** 53 - 1, true],
  ...[0, -1, 0.5, 2 ** 53, Number.NaN, "1", null, undefined, 1n].map((value): [unknown, boolean] => [value, false]),
])("%o is a count: %o", (value, expected) => {
  expect(isCount(value)).toBe(expected);
});

describe("a policy made ready", () => {
  test("is so once: what is changed afterwards is not looked at", () => {
    const policy = policyWith([{ name: "r", models: ["*"] }]);
    const first = compilePolicy(policy);
    (policy.roles as Map<string, unknown>).clear();
    expect(compilePolicy(policy)).toBe(first);
    expect(first).toMatchObject({ state: "ready", rateStore: "local", organization: "" });
  });

  test("has every role with its limits and its places in the file", () => {
    const policy = compilePolicy(
      policyWith([
        { name: "a", maxTokens: 5, rpmLimit: 7 },
        { name: "b", allowed: false },
      ]),
    );
    expect(policy.state === "ready" && [...policy.roles.keys()]).toEqual(["a", "b"]);
    expect(policy.state === "ready" && policy.roles.get("a")).toMatchObject({
      allowed: true,
      maxTokens: 5,
      rpmLimit: 7,
      paths: { allowed: "roles.a.allowed", models: "roles.a.models", maxTokens: "roles.a.max_tokens" },
      anyModel: false,
    });
    expect(policy.state === "ready" && policy.roles.get("b")?.allowed).toBe(false);
  });

  test("knows whether a role may use any model", () => {
    expect(roleWith({ models: ["claude-*", "*"] }).anyModel).toBe(true);
    expect(roleWith({ models: ["claude-*"] }).anyModel).toBe(false);
    expect(roleWith({ models: [] }).anyModel).toBe(false);
  });

  test("knows models by the names that are written and the ids that they stand for, the first entry of each", () => {
    const { exact } = roleWith({ models: ["claude-opus-4-5", "x-*", "claude-opus-4-5-20251101", "new"] });
    expect([...exact]).toEqual([
      ["claude-opus-4-5", "roles.r.models[0]"],
      ["claude-opus-4-5-20251101", "roles.r.models[0]"],
      ["new", "roles.r.models[3]"],
    ]);
  });
});

describe("what a role says of a model", () => {
  test.each([
    [["claude-opus-4-5"], "claude-opus-4-5-20251101", "roles.r.models[0]"],
    [["claude-opus-4-5-20251101"], "claude-opus-4-5", "roles.r.models[0]"],
    [["*", "new"], "new", "roles.r.models[1]"],
    [["no-*", "n*w"], "new", "roles.r.models[1]"],
    // A pattern matches any of a model's names.
    [["*-20251101"], "claude-opus-4-5", "roles.r.models[0]"],
    [["*-4-5"], "claude-opus-4-5-20251101", "roles.r.models[0]"],
  ])("%j has %s: %s", (models, model, rule) => {
    expect(roleWith({ models }).verdictOf(model)).toEqual({ state: "allowed", rule });
  });

  test("of one that it has not, and of what is no name", () => {
    const { verdictOf } = roleWith({ models: ["claude-*"] });
    expect(verdictOf("gpt")).toEqual({ state: "not-allowed", message: "Role cannot access model: gpt" });
    expect(verdictOf("a b")).toEqual({
      state: "not-a-name",
      message: '"a b" is no name of a model: it has letters, digits and . - _ : @ only',
    });
  });

  test("is remembered, but not of endless names, and not of endlessly many", () => {
    const { verdictOf } = roleWith({ models: ["m-*"] });
    const long = `m-${"x".repeat(254)}`;
    expect(verdictOf(long)).toBe(verdictOf(long));
    expect(verdictOf(`${long}x`)).not.toBe(verdictOf(`${long}x`));
    // Nor is one allowed that is longer than any: it would be logged, and sent, whole.
    expect([verdictOf(long).state, verdictOf(`${long}x`)]).toEqual([
      "allowed",
      {
        state: "not-a-name",
        message: expect.stringMatching(/^"m-x{77}…" is no name of a model: it has 257 characters/),
      },
    ]);
    const { verdictOf: other } = roleWith({ models: ["m-*"] });
    const first = other("m-0");
    for (let at = 1; at < 1024; at += 1) other(`m-${at}`);
    expect(other("m-0")).toBe(first);
    other("m-1024");
    expect(other("m-0")).not.toBe(first);
    expect(other("m-0")).toEqual(first);
  });
});
