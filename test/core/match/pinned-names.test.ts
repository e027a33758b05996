import { describe, expect, test } from "vitest";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { declared } from "../../support/config.ts";
import { NOW, org } from "../../support/org.ts";

/** The API lets names be shared; an `id` says which one is meant. */
function found(config: Record<string, unknown>) {
  const { findings } = parseConfig({ version: 1, ...config }, NOW);
  return findings.map(({ code, severity, path }) => `${severity} ${code} ${path?.join(".")}`);
}

const places = (one: object, other: object) => ({
  workspaces: { a: { name: "Same", ...one }, b: { name: "Same", ...other } },
});
const keys = (one: object | null, other: object | null) => ({
  workspaces: { a: { name: "A", keys: { same: one } }, b: { name: "B", keys: { same: other } } },
});

describe("one live name for two workspaces", () => {
  test("is fine where both are pinned", () => {
    expect(found(places({ id: "wrkspc_1" }, { id: "wrkspc_2" }))).toEqual([]);
  });

  test.each([
    [{}, {}, "b"],
    [{ id: "wrkspc_1" }, {}, "a"],
    [{}, { id: "wrkspc_1" }, "b"],
  ])("is an error with %j and %j", (one, other, at) => {
    expect(found(places(one, other))).toEqual([`error same-live-name workspaces.${at}.name`]);
  });
});

describe("one name for keys of two workspaces", () => {
  test("is a warning where both are pinned", () => {
    expect(found(keys({ id: "apikey_1" }, { id: "apikey_2" }))).toEqual([
      "warning key-name-twice workspaces.b.keys.same",
    ]);
  });

  test.each([
    [null, null],
    [{ id: "apikey_1" }, null],
    [null, { id: "apikey_1" }],
  ])("is an error with %j and %j", (one, other) => {
    expect(found(keys(one, other))).toEqual(["error key-name-twice workspaces.b.keys.same"]);
  });
});

describe("a workspace named Default", () => {
  const config = (id: string) => ({
    workspaces: { x: { name: "Default", id, tags: { a: "b" }, spend_limit: { monthly: 5 } } },
  });
  const codes = (id: string) => {
    const file = { path: "rbac.yaml", digest: "" };
    const plan = reconcile({ config: declared(config(id)), live: LIVE, now: NOW, file, digest: () => "" });
    return [
      ...plan.changes.map(({ kind }) => kind),
      ...plan.findings.map(({ code, severity }) => `${severity} ${code}`),
    ];
  };
  const LIVE = org({ workspaces: [{ id: "wrkspc_other", name: "Default", isDefault: false, tags: {} }] });

  test.each([
    ["members", {}],
    ["rate_limits", {}],
    ["spend_limit", { monthly: 5 }],
    ["service_accounts", {}],
    ["previously", "Old"],
  ])("has no %s", (field, value) => {
    expect(found({ workspaces: { x: { name: "Default", [field]: value } } })).toEqual([
      `error default-workspace-restricted workspaces.x.${field}`,
    ]);
  });

  test("may be another than the default one: with an id, that is for the organization to say", () => {
    expect(found(config("wrkspc_other"))).toEqual(["warning default-workspace-restricted workspaces.x.spend_limit"]);
    expect(codes("wrkspc_other")).toEqual(["workspace", "spend_limit"]);
  });

  test("and is changed only in what the API takes where it is the default one", () => {
    expect(codes("wrkspc_default")).toEqual(["workspace", "error default-workspace-fixed"]);
  });
});

test("a key's name is as long as the API lets it be, and so is what is accepted", () => {
  const name = "k".repeat(482);
  expect(found({ workspaces: { a: { name: "A", keys: { [name]: null } } } })).toEqual([]);
  expect(found({ workspaces: { a: { name: "A", keys: { [`${name}k`]: null } } } })[0]).toContain("error too-long");
  const entry = { until: "2027-06-01", owner: "a@b.example", reason: "x" };
  const a = { name: "A" };
  expect(found({ workspaces: { a }, accept: [{ ...entry, target: `workspaces.a.keys.${name}` }] })).toEqual([]);
});
