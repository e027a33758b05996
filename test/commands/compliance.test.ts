/** Whether the activity feed is on: it follows the file alone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Stage, stage } from "../support/stage.ts";

const APPLY = ["apply", "--yes", "--json", "--api-rpm", "0"];
const SETTINGS = "/v1/organizations/compliance_settings";

async function declaring(compliance: string, seed = "small"): Promise<Stage> {
  const one = await stage({ seed });
  one.declare({ organization: { compliance } });
  return one;
}

const stateOf = ({ sandbox }: Stage) => sandbox.control.settings().compliance;

test("what is declared is so: switched on with a plain yes, and drift is empty then", async () => {
  const one = await declaring("enabled");
  one.sandbox.control.configure({ compliance: "disabled" });
  const drift = (await one.run(["drift", "--json"])).json();
  expect(drift.changes).toMatchObject([
    {
      kind: "compliance",
      target: "organization.compliance",
      risk: "safe",
      before: { state: "disabled" },
      after: { state: "enabled" },
    },
  ]);
  const ran = await one.run(APPLY);
  expect([ran.exitCode, ran.json().verified, stateOf(one)]).toEqual([0, true, "enabled"]);
  expect(one.writes()).toEqual([`POST ${SETTINGS}`]);
  expect((await one.run(["drift"])).exitCode).toBe(0);
});

test("switching it off cannot be undone: it has to be confirmed by its name", async () => {
  const one = await declaring("disabled");
  const refused = await one.run(APPLY);
  expect([refused.exitCode, refused.json().changes[0]?.risk, one.writes()]).toEqual([3, "irreversible", []]);
  const ran = await one.run([...APPLY, "--confirm", "compliance"]);
  expect([ran.exitCode, stateOf(one)]).toEqual([0, "disabled"]);
});

test("of Claude Enterprise as at the Console", async () => {
  const one = await declaring("enabled", "enterprise");
  one.sandbox.control.configure({ compliance: "disabled" });
  expect((await one.run(APPLY)).exitCode).toBe(0);
  expect(stateOf(one)).toBe("enabled");
});

test("what no file declares is not even read, and an export of everything does not declare it", async () => {
  const one = await stage();
  one.declare({ members: {} });
  await one.run(["drift"]);
  const { stdout } = await one.run(["export"]);
  expect(stdout).not.toContain("compliance");
  expect(one.sandbox.requests.filter(({ path }) => path === SETTINGS)).toEqual([]);
  const only = await one.run(["export", "--only", "compliance"]);
  expect(only.stdout).toContain("  compliance: enabled\n");
  writeFileSync(join(one.folder, "rbac.yaml"), only.stdout);
  expect((await one.run(["drift"])).exitCode).toBe(0);
});

test("status says whether it is on, and misses nothing where it may not be read", async () => {
  const one = await stage();
  expect((await one.run(["status"])).stdout).toContain("activity feed: on");
  one.sandbox.control.configure({ compliance: "disabled" });
  expect((await one.run(["status"])).stdout).toContain("activity feed: off");
  one.sandbox.control.fault({ kind: "forbidden", match: { path: SETTINGS }, times: null });
  const { exitCode, stdout } = await one.run(["status", "--json"]);
  expect([exitCode, JSON.parse(stdout).compliance, JSON.parse(stdout).unknown]).toEqual([0, null, []]);
  one.declare({ organization: { compliance: "enabled" } });
  expect((await one.run(["drift"])).exitCode).toBe(4);
});

test("who switched it off is in the feed", async () => {
  const one = await declaring("enabled");
  const env = { ANTH_RBAC_ACTIVITY_KEY: one.sandbox.activityKey };
  one.declare({ organization: { compliance: "disabled" } });
  expect((await one.run([...APPLY, "--confirm", "compliance"])).exitCode).toBe(0);
  one.sandbox.control.configure({ compliance: "enabled" });
  const { stdout } = await one.run(["drift", "--who"], { env });
  expect(stdout).toMatch(/anth-rbac apply, run on this machine, .*: switched the activity feed on or off/);
});
