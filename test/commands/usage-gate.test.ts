import { describe, expect, test } from "vitest";
import { stage } from "../support/stage.ts";

const HOUR = 3_600_000;
const FILE = { guardrails: { min_admins: 1 } };

/** bob made a key that serves `dev-shared` all day long; the report says so only so much later. */
async function lagging(hours: number, legacy: boolean) {
  const one = await stage();
  one.declare(FILE);
  one.sandbox.control.configure({ usageLagMs: 300_000, analyticsLagMs: hours * HOUR });
  if (!legacy) {
    const match = { path: "/v1/organizations/usage_report/messages" };
    one.sandbox.control.fault({ kind: "forbidden", match, times: null });
  }
  return one;
}

describe.each([4, 24])("with a report that lags %i h, revoke without --keys", (hours) => {
  test("finds the use since in the legacy report, and disables nothing that was used", async () => {
    const one = await lagging(hours, true);
    const { exitCode, stdout } = await one.run(["revoke", "--user", "bob@acme.example", "--yes", "--json"]);
    expect(exitCode).toBe(3);
    const plan = JSON.parse(stdout);
    expect(plan.revocations[0].keys).toContainEqual(expect.objectContaining({ name: "dev-shared", in_use: true }));
    expect(one.writes()).toEqual([]);
  });

  test("is refused where nobody knows of the time since", async () => {
    const one = await lagging(hours, false);
    const { exitCode, stdout } = await one.run(["revoke", "--user", "bob@acme.example", "--yes", "--json"]);
    expect(exitCode).toBe(3);
    const plan = JSON.parse(stdout);
    const key = plan.revocations[0].keys.find(({ name }: { name: string }) => name === "dev-shared");
    expect(key.in_use).not.toBe(false);
    if (key.in_use === null) {
      expect(plan.findings).toContainEqual(expect.objectContaining({ code: "usage-not-known", severity: "warning" }));
    }
    expect(one.writes()).toEqual([]);
  });
});
