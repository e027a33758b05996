import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { policyTestJsonSchema } from "../../../src/core/policy-test/schema.ts";

test("rbac.test.schema.json is made from the schema: run `npm run docs`", () => {
  const written = readFileSync("rbac.test.schema.json", "utf8");
  expect(`${JSON.stringify(policyTestJsonSchema(), null, 2)}\n`).toBe(written);
});

test("it describes every field, leaves x- fields free, and asks for a role or a user", () => {
  const schema = JSON.parse(readFileSync("rbac.test.schema.json", "utf8"));
  const entry = schema.properties.tests.anyOf[0].items;
  expect(entry.oneOf).toEqual([{ required: ["role"] }, { required: ["user"] }]);
  for (const mapping of [schema, entry, entry.properties.request]) {
    expect(mapping.patternProperties).toEqual({ "^x-": {} });
    expect(mapping.additionalProperties).toBe(false);
    for (const [name, field] of Object.entries(mapping.properties))
      expect([name, field]).toHaveProperty("1.description");
  }
});

test("the example of policy tests points an editor to it", () => {
  expect(readFileSync("rbac.test.yaml", "utf8")).toMatch(
    /^# yaml-language-server: \$schema=\.\/rbac\.test\.schema\.json\n/,
  );
});
