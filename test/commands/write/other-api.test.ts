/** A saved plan says from which API it was made, and is good for no other, however alike the organizations are. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stage } from "../../support/stage.ts";

const TAGGED = { workspaces: { dev: { name: "Development", tags: { env: "dev2" } } } };

test("a saved plan of another API is refused, and the refusal is logged with the API that it was for", async () => {
  const [one, other] = [await stage(), await stage()];
  for (const { declare } of [one, other]) declare(TAGGED);
  expect((await one.run(["drift", "--out", "plan.json"])).exitCode).toBe(2);
  const plan = readFileSync(join(one.folder, "plan.json"), "utf8");
  expect(JSON.parse(plan).api).toEqual({ host: new URL(one.sandbox.url).host });

  writeFileSync(join(other.folder, "plan.json"), plan);
  const refused = await other.run(["apply", "--plan", "plan.json", "--yes", "--json"]);
  expect([refused.exitCode, refused.json().code, other.sandbox.requests]).toEqual([3, "plan-stale", []]);
  expect(refused.json().message).toContain(new URL(one.sandbox.url).host);
  const entries = JSON.parse((await other.run(["audit", "show", "--json"])).stdout).entries;
  expect(entries).toMatchObject([{ event: "refusal", api: { host: new URL(other.sandbox.url).host } }]);

  expect((await one.run(["apply", "--plan", "plan.json", "--yes"])).exitCode).toBe(0);
});
