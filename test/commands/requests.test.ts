/** How many requests a change costs: one, a look more where it takes away, three where the API knows no shorter way. */
import { expect, test } from "vitest";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed } from "../support/every-write.ts";
import { MACHINES } from "../support/federation.ts";
import { stage } from "../support/stage.ts";

/** What takes away without being a removal: an invitation that is made anew, a tag that goes. */
const COSTS: Readonly<Record<string, number>> = {
  // Two lists and the write: what ends with a workspace is looked at too.
  "workspaces.wrkspc_old": 3,
  // A look, the deletion, the new one.
  "invites.eve@acme.example": 3,
  "workspaces.prod": 2,
  // A look, what differs, one workspace more and one less.
  "federation.rules.deploy": 4,
  // Made with its first workspace; each other one is a call of its own.
  "federation.rules.fresh": 2,
};

test("a change is one request, with a look two, an update of an invite and an archived workspace three", async () => {
  const one = await stage({ seed: everyWriteSeed() });
  one.declare(EVERY_WRITE);
  await one.run([...APPLY_EVERY_WRITE, "--dry-run"]);
  const read = one.sandbox.requests.length;
  one.sandbox.control.clearRequests();
  const ran = await one.run(APPLY_EVERY_WRITE);
  expect(ran.exitCode).toBe(0);
  const requests = [...one.sandbox.requests];
  const last = requests.findLastIndex(({ method }) => method !== "GET");
  const writing = requests.slice(read, last + 1);
  const costs = ran
    .json()
    .changes.map(({ target, action, risk }) => COSTS[target] ?? (action === "remove" || risk === "removal" ? 2 : 1));
  expect(Object.keys(COSTS).filter((target) => !ran.json().changes.some((change) => change.target === target))).toEqual(
    [],
  );
  expect(costs).toContain(1);
  expect(writing.length).toBe(costs.reduce((sum, cost) => sum + cost, 0));
});

test("whose organization it is each credential is asked once, however much is read with it at the same time", async () => {
  const one = await stage({ seed: "machines" });
  one.declare({ ...MACHINES, organization: { id: one.sandbox.state.organization.id } });
  expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
  expect(one.sandbox.requests.filter(({ path }) => path.endsWith("/organizations/me"))).toHaveLength(2);
});

test("a lower limit is looked at once more, and left where it has moved", async () => {
  const one = await stage({ seed: everyWriteSeed() });
  const limits = (requests: number) => ({
    workspaces: { prod: { name: "Prod", rate_limits: { "claude-opus-5-5": { requests_per_minute: requests } } } },
  });
  const apply = ["apply", "--yes", "--json", "--api-rpm", "0"];
  one.declare(limits(5));
  let now = Date.UTC(2026, 10, 23, 12);
  const at = one.sandbox.state.workspace_rate_limits.find(({ rate_limit_id }) => rate_limit_id === "rl_opus");
  if (!at) throw new Error("no limit");
  const ran = await one.run(apply, {
    now: () => {
      // After the plan was made, a colleague has lowered it further.
      if (one.sandbox.requests.some(({ path }) => path.includes("/rate_limits")))
        Object.assign(at, { limits: [{ type: "requests_per_minute", value: 2 }] });
      now += 1;
      return now;
    },
  });
  expect([ran.exitCode, ran.json().results[0]?.error?.code]).toEqual([5, "moved-since-plan"]);
  expect(one.writes()).toEqual([]);
  expect((await one.run(apply)).exitCode).toBe(0);
});
