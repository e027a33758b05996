/** Amounts in the file are in the major unit of the currency that the organization is billed in, whichever that is. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stage } from "../support/stage.ts";

/** The seed's limits of workspaces are taken away: then only the usage tier tells the currency. */
async function billedIn(currency: string) {
  const one = await stage();
  const { spend_limits: limits } = one.sandbox.state;
  one.sandbox.control.console.edit("spend_limits", "spl_01sandboxTier", { currency });
  one.declare({
    manage: { spend_limits: "full" },
    workspaces: { prod: { name: "Production" }, stg: { name: "Staging" } },
  });
  expect((await one.run(["apply", "--yes"])).exitCode).toBe(0);
  expect(one.sandbox.state.spend_limits.filter(({ scope }) => scope.type === "workspace").length).toBeLessThan(
    limits.length,
  );
  return one;
}

test.each([
  ["JPY", 5000, "5000"],
  ["EUR", 12.5, "1250"],
  ["KWD", 12.345, "12345"],
])("in %s a limit of %d is sent as %s, and there is no drift afterwards", async (currency, monthly, amount) => {
  const one = await billedIn(currency);
  one.declare({ workspaces: { stg: { name: "Staging", spend_limit: { monthly } } } });
  const { exitCode, json } = await one.run(["apply", "--yes", "--json"]);
  expect([exitCode, json().changes]).toEqual([0, [expect.objectContaining({ action: "create", after: { monthly } })]]);
  const sent = one.sandbox.state.spend_limits.filter(({ scope }) => scope.type === "workspace");
  expect(sent.map((limit) => [limit.amount, limit.currency])).toContainEqual([amount, currency]);
  expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
});

test.each([
  ["JPY", 5000, 6000],
  ["KWD", 12.345, 0.001],
])("in %s every text names the currency, and the export's own drift is empty", async (currency, monthly, next) => {
  const one = await billedIn(currency);
  const declare = (amount: number) =>
    one.declare({
      manage: { spend_limits: "full" },
      workspaces: { prod: { name: "Production" }, stg: { name: "Staging", spend_limit: { monthly: amount } } },
    });
  declare(monthly);
  expect((await one.run(["drift"])).stdout).toContain(`monthly: ${monthly} ${currency}`);
  expect((await one.run(["apply", "--yes"])).stdout).toContain(`monthly: ${monthly} ${currency}`);
  const status = (await one.run(["status", "--workspace", "stg"])).stdout;
  expect(status.replaceAll(",", "")).toContain(`${monthly} ${currency}`);
  declare(next);
  expect((await one.run(["drift"])).stdout).toContain(`monthly: ${monthly} → ${next} ${currency}`);
  expect((await one.run(["drift", "--format", "markdown"])).stdout).toContain(currency);
  expect((await one.run(["apply", "--yes", "--only", "spend_limits"])).exitCode).toBe(0);
  const exported = await one.run(["export"]);
  expect(exported.stdout).toMatch(new RegExp(`monthly: ${next}.* # ${currency}`));
  writeFileSync(join(one.folder, "rbac.yaml"), exported.stdout);
  expect((await one.run(["drift", "--json"])).json().changes).toEqual([]);
  one.declare({ manage: { spend_limits: "full" }, workspaces: { stg: { name: "Staging" } } });
  expect((await one.run(["drift"])).stdout).toContain(`clear monthly: ${next} ${currency}`);
});

test.each([
  ["JPY", 12.5, 0],
  ["EUR", 12.345, 2],
])("in %s %d is not rounded in silence: it has more than %d decimals", async (currency, monthly, most) => {
  const one = await billedIn(currency);
  const before = one.writes().length;
  one.declare({ workspaces: { stg: { name: "Staging", spend_limit: { monthly } } } });
  const { exitCode, json } = await one.run(["apply", "--yes", "--json"]);
  expect([exitCode, json().changes, one.writes().length]).toEqual([2, [], before]);
  expect(json().findings).toContainEqual(
    expect.objectContaining({
      code: "invalid-format",
      message: expect.stringContaining(`at most ${most} decimals: the organization is billed in ${currency}`),
    }),
  );
});
