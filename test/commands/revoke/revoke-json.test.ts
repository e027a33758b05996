import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shapeOf } from "../../support/shape.ts";
import { stage } from "../../support/stage.ts";

/** A change of these shapes is a decision: whoever reads our JSON has to be told. */
const ADA = ["revoke", "--user", "ada@acme.example", "--keys", "rotate", "--yes", "--json"];
const DECLARED = {
  members: { "ada@acme.example": { role: "developer" } },
  workspaces: {
    prod: {
      name: "Production",
      members: { "ada@acme.example": "admin" },
      keys: { "prod-auth-service": { owner: "ada@acme.example", rotate_every: "90d" } },
    },
  },
};

test("the shape of a revocation: the plan, the result, the evidence", async () => {
  const one = await stage();
  one.declare(DECLARED);
  const plan = (await one.run([...ADA, "--dry-run"])).json() as unknown as RevocationJson;
  expect(shapeOf(plan)).toMatchSnapshot("plan");
  expect(partsOf(plan.revocations)).toMatchSnapshot("plan.revocations");
  expect(shapeOf(plan.changes)).toMatchSnapshot("plan.changes");

  const result = (await one.run([...ADA, "--evidence", "ada.json"])).json();
  expect(shapeOf(result)).toMatchSnapshot("result");
  expect(shapeOf(result.results)).toMatchSnapshot("result.results");

  const evidence = JSON.parse(readFileSync(join(one.folder, "ada.json"), "utf8"));
  expect(shapeOf(evidence)).toMatchSnapshot("evidence");
  expect(partsOf(evidence.before)).toEqual(partsOf(plan.revocations));
  expect(shapeOf(evidence.actions)).toMatchSnapshot("evidence.actions");
});

test("the shape of a revocation of a key, and of a secret that only the Console can end", async () => {
  const one = await stage();
  const key = (await one.run(["revoke", "--key", "prod-batch", "--dry-run", "--json"])).json();
  expect(partsOf((key as unknown as RevocationJson).revocations)).toMatchSnapshot("key");
  const stdin = "sk-ant-admin01-fake-abcdefghijklmnopqrstuvwxyz";
  const secret = (await one.run(["revoke", "--secret-stdin", "--dry-run", "--json"], { stdin })).json();
  expect(partsOf((secret as unknown as RevocationJson).revocations)).toMatchSnapshot("secret");
});

test("the shape of rotate --status", async () => {
  const one = await stage();
  one.declare(DECLARED);
  const { keys, ...status } = JSON.parse((await one.run(["rotate", "--status", "--json"])).stdout);
  expect(shapeOf(status)).toMatchSnapshot("status");
  expect(shapeOf(keys[0])).toMatchSnapshot("status.keys");
  const plan = JSON.parse((await one.run(["rotate", "--dry-run", "--json"])).stdout);
  expect(shapeOf(plan)).toMatchSnapshot("plan");
  expect(Object.keys(plan.keys[0])).toEqual(Object.keys(keys[0]));
});

interface RevocationJson {
  readonly changes: unknown;
  readonly revocations: readonly Record<string, unknown>[];
}

/** The shape of each part of the first one; within a list, `shapeOf` does not look any deeper. */
function partsOf(revocations: RevocationJson["revocations"]) {
  return Object.entries(revocations[0] ?? {}).map(([name, part]) => [name, shapeOf(part)]);
}
