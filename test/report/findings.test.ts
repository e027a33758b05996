import { describe, expect, test } from "vitest";
import { finding } from "../../src/core/model/finding.ts";
import { groupFindings } from "../../src/report/findings/grouped.ts";
import { declarationOf, locatedFindings } from "../../src/report/findings/located.ts";
import { wordsOf } from "../../src/report/findings/sentences.ts";
import { CASES } from "../support/finding-cases.ts";
import { read } from "../support/findings.ts";

const NOWHERE = () => undefined;

describe("a value of megabytes", () => {
  const HUGE = "x".repeat(2_000_000);
  const huge = (value: unknown): unknown => {
    if (typeof value === "string") return HUGE;
    return Array.isArray(value) ? Array.from({ length: 10_000 }, () => HUGE) : value;
  };

  test.each(Object.entries(CASES))("is cut in the sentence of %s", (code, [text]) => {
    const found = read(text).all.find((one) => one.code === code);
    if (!found) throw new Error(`${code} was not found`);
    const args = Object.fromEntries(Object.entries(found.args).map(([name, value]) => [name, huge(value)]));
    expect(wordsOf({ ...found, args } as typeof found).length).toBeLessThan(8_000);
  });

  test("is cut in the path and the target", () => {
    const [one] = locatedFindings(
      [finding("key-ownerless", { key: HUGE }, { path: ["workspaces", HUGE, "keys", 3], target: HUGE })],
      NOWHERE,
    );
    expect(one?.path).toMatch(/^workspaces\.x{79}…\.keys\[3\]$/);
    expect(one?.target?.length).toBe(80);
  });
});

describe("findings that are alike", () => {
  test("are shown twenty times, then counted", () => {
    const many = Array.from({ length: 25 }, (_, at) => finding("not-a-member", { person: `p${at}@acme.example` }));
    const { shown, lines } = groupFindings(many, NOWHERE);
    expect(shown).toHaveLength(20);
    expect(lines).toEqual([{ code: "not-a-member", message: "and 5 more; --format json lists them all" }]);
  });

  test("keys without an owner are named, in one line with what to do", () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, at) => finding("key-ownerless", { key: `k${at}` }));
    expect(groupFindings(keys(1), NOWHERE).lines[0]?.message).toBe(
      "1 key has no owner (k0): declare it in rbac.yaml with owner: EMAIL, so that somebody answers for it",
    );
    expect(groupFindings(keys(12), NOWHERE).lines[0]?.message).toBe(
      "12 keys have no owner (k0, k1, k2, k3, k4, k5, k6, k7, k8, k9 and 2 more): declare each in rbac.yaml with owner: EMAIL, so that somebody answers for it",
    );
  });
});

test("the declaration of a target is its own line, or the collection that would hold it", () => {
  const { locate } = read(
    [
      "version: 1",
      "members:",
      "  ada@acme.example: { role: user }",
      "workspaces:",
      "  prod:",
      "    name: Production",
      "    keys:",
      "      prod.api: {}",
      "    spend_limit: { monthly: 1 }",
      "",
    ].join("\n"),
  );
  const line = (target: string) => declarationOf(target, locate)?.line;
  expect(["members.ada@acme.example", "invites.ada@acme.example", "workspaces.prod"].map(line)).toEqual([3, 3, 5]);
  expect(["workspaces.prod.keys.prod.api", "workspaces.prod.spend_limit"].map(line)).toEqual([8, 9]);
  // What the file does not declare: the collection that would hold it.
  expect(["members.bob@acme.example", "workspaces.wrkspc_1", "workspaces.prod.keys.other"].map(line)).toEqual([
    2, 4, 7,
  ]);
});

test("of the default workspace's name it is said that it stays, and not that names do", () => {
  const said = (field: string) =>
    wordsOf(finding("immutable-field", { of: "workspace", field, declared: "Haupt", live: "Default" }));
  expect(said("name")).toContain('the default workspace is named "Default"');
  expect(said("data_residency.workspace_geo")).toContain("it is fixed when the workspace is created");
});

test("of an id that may be another's it is said to correct it, and not to pin what is pinned", () => {
  const ids = ["wrkspc_prod", "wrkspc_x"];
  const said = (pinned: object) =>
    wordsOf(finding("ambiguous-name", { kind: "workspace", name: "Prod", ids, ...pinned }));
  expect(said({})).toContain("pin the one that is meant");
  const words = said({ pinned: "wrkspc_x" });
  expect(words).toContain('"Prod" is pinned to wrkspc_x, which has another name, while wrkspc_prod has this one');
  expect(words).toContain("correct the id; if it is right, give wrkspc_prod another name first");
  const displaced = wordsOf(
    finding("ambiguous-name", { kind: "workspace", name: "New", ids: ["wrkspc_x"], pinned: "wrkspc_x", other: "Prod" }),
  );
  expect(displaced).toContain('"New" is pinned to wrkspc_x, which is named "Prod" as another entry is');
  expect(displaced).toContain("correct the id; if it is right, rename");
});

test("only what the file can pin is advised to be pinned", () => {
  const said = (kind: string) => wordsOf(finding("ambiguous-name", { kind, name: "x", ids: ["a", "b"] }));
  for (const kind of ["member", "group", "rate limit"]) expect(said(kind)).not.toContain("with id");
  expect(said("member")).toContain("change or remove the one that is not meant in the Console");
  for (const kind of ["workspace", "key"]) expect(said(kind)).toContain("pin the one that is meant with id");
});

test("what is advised of a key in a rotation settles it: to pin one of two replacements would change nothing", () => {
  const ids = ["apikey_1", "apikey_2"];
  const twice = wordsOf(finding("ambiguous-name", { kind: "key", name: "web@next", ids, wait: true }));
  expect(twice).toContain("archive all but the one that is meant");
  expect(twice).not.toContain("pin");
  const superseded = (current: object) =>
    wordsOf(finding("pinned-id-superseded", { key: "web", id: "apikey_1", ...current }));
  expect(superseded({ current: "apikey_2" })).toMatch(
    /apikey_2 is the current one; pin apikey_2, or remove the id where/,
  );
  expect(superseded({})).toMatch(/none is named "web" yet; pin the one that takes its place, once it is there/);
});
