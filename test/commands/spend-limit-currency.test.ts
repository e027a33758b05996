/** Amounts in the file are in the major unit of the currency that the organization is billed in, whichever that is. */
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
])("in %s a limit of %d is sent as %s, and there is no drift afterwards", async (currency, monthly, amount) => {
  const one = await billedIn(currency);
  one.declare({ workspaces: { stg: { name: "Staging", spend_limit: { monthly } } } });
  const { exitCode, json } = await one.run(["apply", "--yes", "--json"]);
  expect([exitCode, json().changes]).toEqual([0, [expect.objectContaining({ action: "create", after: { monthly } })]]);
  const sent = one.sandbox.state.spend_limits.filter(({ scope }) => scope.type === "workspace");
  expect(sent.map((limit) => [limit.amount, limit.currency])).toContainEqual([amount, currency]);
  expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
});
