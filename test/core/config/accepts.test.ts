import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfigText } from "../../../src/adapters/config/config-text.ts";
import { accepts } from "../../../src/core/config/accepts.ts";
import { schemaIssues } from "../../../src/core/config/schema-issues.ts";
import { brokenConfig, validConfig } from "../../support/random-config.ts";

const example = parseConfigText(readFileSync("rbac.example.yaml")).value;

/** What may stand anywhere: each kind of value, at its edges, and words of the file. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 2, 100, 101, 1.5, 0.01, 0.001, 1e12, 1e13, 2 ** 53, 1e300],
  ...[
    "",
    "x",
    "local",
    "redis://host:6379",
    "off",
    "admin",
    "User",
    "workspace_admin",
    "90d",
    "1h",
    "2026-02-29",
    "2028-02-29",
  ],
  ...[
    "ada@acme.example",
    "acme.example",
    "{service}",
    "{other}",
    "claude-*",
    "a b",
    "a\nb",
    "\u200bx",
    "é",
    "x-free",
    "unrestricted",
  ],
  ...[255, 256, 482, 483, 500, 501, 1000, 1001, 2000, 2001].map((length) => "k".repeat(length)),
  ...[
    [],
    ["x"],
    [[]],
    [["x"]],
    [[""]],
    ["x", 1],
    {},
    { "x-a": 1 },
    { a: 1 },
    { name: "x" },
    { monthly: 10 },
    { monthly: 10.5 },
  ],
];

/** Every place of a value with its parent and name. */
function placesIn(value: unknown): readonly (readonly [Record<string, unknown>, string])[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((name) => [[parent, name] as const, ...placesIn(parent[name])]);
}

/** Whether a number with decimals is in it: of those the table leaves it to the schema to say. */
function hasDecimals(value: unknown): boolean {
  return /\d\.\d|e-/.test(JSON.stringify(value));
}

/** Complaints where the table and the schema do not say the same; `at` is what was changed. */
function differences(value: unknown, at: unknown = value): readonly unknown[] {
  const isRight = schemaIssues(value).length === 0;
  if (accepts(value) === isRight || (isRight && hasDecimals(value))) return [];
  return [{ at, schema: isRight, table: !isRight }];
}

test("every file of ours is accepted without the schema", () => {
  expect(accepts(example)).toBe(true);
  fc.assert(
    fc.property(validConfig, (config) => {
      expect(accepts(config) || hasDecimals(config)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("the table accepts what the schema accepts, and refuses what it refuses: any value at any place, a name more, a name less", () => {
  const copy = structuredClone(example);
  const found = placesIn(copy).flatMap(([parent, name]) => {
    const before = parent[name];
    const ofValues = VALUES.flatMap((value) => {
      parent[name] = value;
      return differences(copy, [name, value]);
    });
    // A list with a hole in it is none that a file can hold.
    if (Array.isArray(parent)) parent[name] = before;
    else delete parent[name];
    const ofLess = differences(copy, ["without", name]);
    const ofNames = ["x-free", "other", "ada@acme.example", "k".repeat(300), "a\u200bb"].flatMap((other) => {
      if (Array.isArray(parent) || other in parent) return [];
      parent[other] = before;
      const ofName = differences(copy, [name, "as", other]);
      delete parent[other];
      return ofName;
    });
    parent[name] = before;
    return [...ofValues, ...ofLess, ...ofNames];
  });
  expect(found.slice(0, 3)).toEqual([]);
});

test("also of files with any mistakes", () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof(brokenConfig, validConfig, fc.jsonValue()), (value) => {
      if (!accepts(value)) refused += 1;
      expect(differences(value)).toEqual([]);
    }),
    { numRuns: 100 },
  );
  expect(refused).toBeGreaterThan(20);
});
