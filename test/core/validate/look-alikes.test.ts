import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { NOW } from "../../support/org.ts";

function found(config: object) {
  const { findings } = parseConfig({ version: 1, ...config }, NOW);
  return findings.map(({ code, severity, path }) => `${severity} ${code} ${path?.join(".")}`);
}

const FORGED = "gr\u0430ce@acme.example";

describe("names that look like one another", () => {
  test("are a warning between people, and an error beside a protected person or an admin", () => {
    const people = (role: string) => ({ members: { "grace@acme.example": { role }, [FORGED]: { role: "user" } } });
    expect(found(people("user"))).toEqual([`warning confusable members.${FORGED}`]);
    expect(found(people("admin"))).toEqual([`error confusable members.${FORGED}`]);
    expect(found({ ...people("user"), guardrails: { protected: ["grace@acme.example"] } })).toEqual([
      `error confusable members.${FORGED}`,
    ]);
  });

  test("are found in a workspace too, and once", () => {
    const at = `workspaces.prod.members.${FORGED}`;
    const workspaces = { prod: { name: "P", members: { "grace@acme.example": "user", [FORGED]: "user" } } };
    expect(found({ workspaces })).toEqual([`warning confusable ${at}`]);
  });

  test("are found between workspaces and between keys", () => {
    const one = { name: "Prod", keys: { batch: null } };
    expect(found({ workspaces: { a: one, b: { name: "Pr\u043ed", keys: { "b\u0430tch": null } } } })).toEqual([
      "warning confusable workspaces.b.keys.b\u0430tch",
      "warning confusable workspaces.b.name",
    ]);
  });

  test("are found between groups, and among who is in them", () => {
    const groups = { Ops: { members: ["grace@acme.example", FORGED] }, Оps: {} };
    expect(found({ groups })).toEqual(["warning confusable groups.Ops.members.1", "warning confusable groups.Оps"]);
  });

  test("are none where the difference shows: an accent, a digit, another case", () => {
    const workspaces = { a: { name: "Caf\u00e9" }, b: { name: "Cafe" }, c: { name: "cafe" }, d: { name: "Cafe1" } };
    expect(found({ workspaces })).toEqual([]);
  });
});

test("one name in two Unicode forms is declared twice", () => {
  expect(
    found({ members: { "jos\u00e9@acme.example": { role: "user" }, "jose\u0301@acme.example": { role: "user" } } }),
  ).toEqual(["error same-person-twice members.jos\u00e9@acme.example"]);
  const workspaces = {
    a: { name: "Caf\u00e9", keys: { "\u00e9": null } },
    b: { name: "Cafe\u0301", keys: { "e\u0301": null } },
  };
  expect(found({ workspaces })).toEqual([
    "error key-name-twice workspaces.b.keys.e\u0301",
    "error same-live-name workspaces.b.name",
  ]);
});

test("identifiers hold no character that does not show, however it is written", () => {
  expect(found({ members: { "ad\u00ada@acme.example": { role: "user" } } })).toEqual([
    "error hidden-character members.ad\u00ada@acme.example",
  ]);
  expect(found({ workspaces: { a: { name: "Prod\u2061" } } })).toEqual(["error hidden-character workspaces.a.name"]);
  expect(found({ workspaces: { a: { name: "Prod\u2800" } } })).toEqual(["error hidden-character workspaces.a.name"]);
  // To be renamed, what is there has to be named.
  expect(found({ workspaces: { a: { name: "Prod", previously: "Prod\u2061" } } })).toEqual([]);
});

test("the variable of a workspace's key is not one of another program, nor the administrator's", () => {
  const codes = (variable: string) => found({ workspaces: { a: { name: "A", prompt_key_env: variable } } });
  for (const variable of ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "OPENAI_API_KEY"]) {
    expect(codes(variable), variable).toEqual(["warning foreign-variable workspaces.a.prompt_key_env"]);
  }
  expect(codes("ANTHROPIC_ADMIN_KEY")).toEqual(["error foreign-variable workspaces.a.prompt_key_env"]);
  for (const variable of ["ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY_PROD", "PROD_CLAUDE_KEY"])
    expect(codes(variable)).toEqual([]);
});

test("a file that begins with one person and one workspace of people that it does not declare has nothing to say", () => {
  expect(
    found({
      members: { "ada@acme.example": { role: "developer" } },
      guardrails: { protected: ["grace@acme.example"] },
      workspaces: { prod: { name: "P", members: { "zoe.winter@acme.example": "developer" } } },
    }),
  ).toEqual([]);
});

test("what is nearly right is said as it has to be written", () => {
  const message = (value: object) => parseConfig(value, NOW).findings[0]?.args;
  expect(message({ version: "1" })).toEqual({ expected: "1 without quotes", found: "text" });
  expect(message({ version: 1, workspaces: { a: { name: "A", spend_limit: 5000 } } })).toEqual({
    expected: "{ monthly: 5000 }",
    found: "the number 5000",
  });
  expect(message({ version: 1, key_policy: { rotate_every: "3m" } })).toMatchObject({
    expected: expect.stringContaining("not minutes or hours"),
  });
});
