/** What people of Claude Enterprise may spend: declared under `members`, shown with what is spent, and requests for more. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type JsonResult, type Stage, stage } from "../support/stage.ts";

const APPLY = ["apply", "--yes", "--json", "--api-rpm", "0"];
const DRIFT = ["drift", "--json", "--api-rpm", "0"];

async function declaring(config: Record<string, unknown>): Promise<Stage> {
  const one = await stage({ seed: "enterprise" });
  one.declare(config);
  return one;
}

const limits = ({ sandbox }: Stage) =>
  sandbox.state.spend_limits.flatMap(({ scope, period, amount }) =>
    scope.type === "user" ? `${scope.user_id.replace("user_01sandbox", "")} ${period} ${amount}` : [],
  );

const planned = ({ changes }: JsonResult) =>
  changes.map(({ action, target, before, after }) => ({ action, target, before, after }));

describe("drift and apply", () => {
  test("a period is set, raised, lowered or cleared, each by one request; the rest is left alone", async () => {
    const one = await declaring({
      manage: { members: "off", spend_limits: "full" },
      members: {
        "bob@acme.example": { spend_limit: { monthly: 300 } },
        "dora@acme.example": { spend_limit: { daily: 10, weekly: 40.5 } },
      },
    });
    const drift = (await one.run(DRIFT)).json();
    expect(planned(drift)).toEqual([
      {
        action: "update",
        target: "members.bob@acme.example.spend_limit",
        before: { daily: 50, monthly: 250 },
        after: { daily: null, monthly: 300 },
      },
      {
        action: "create",
        target: "members.dora@acme.example.spend_limit",
        before: null,
        after: { daily: 10, weekly: 40.5 },
      },
      { action: "remove", target: "members.cleo@acme.example.spend_limit", before: { monthly: 100 }, after: null },
    ]);
    expect(drift.changes.map(({ risk }) => risk)).toEqual(["widening", "safe", "widening"]);
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect(one.writes()).toEqual([
      "DELETE /v1/organizations/spend_limits/spl_01sandboxBobDaily",
      "POST /v1/organizations/spend_limits",
      "POST /v1/organizations/spend_limits",
      "POST /v1/organizations/spend_limits",
      "DELETE /v1/organizations/spend_limits/spl_01sandboxCleo",
    ]);
    expect(limits(one)).toEqual(["Bob monthly 30000", "Dora daily 1000", "Dora weekly 4050"]);
    expect((await one.run(DRIFT)).exitCode).toBe(0);
  });

  test("additive leaves what nothing declares, and says so", async () => {
    const one = await declaring({
      manage: { members: "off" },
      members: { "bob@acme.example": { spend_limit: { monthly: 250 } } },
    });
    const { changes, unmanaged } = (await one.run(DRIFT)).json();
    expect(changes).toEqual([]);
    expect(unmanaged).toMatchObject([
      { kind: "member_spend_limit", target: "members.bob@acme.example.spend_limit", daily: 50 },
      { target: "members.cleo@acme.example.spend_limit", monthly: 100 },
    ]);
  });

  test("a lower limit is looked at once more, and left where it has moved", async () => {
    const one = await declaring({ members: { "bob@acme.example": { spend_limit: { monthly: 100 } } } });
    const lowered = () =>
      one.sandbox.requests.filter(({ path, method }) => method === "GET" && path.endsWith("spl_01sandboxBob")).length;
    one.sandbox.control.fault({
      kind: "body",
      status: 200,
      body: JSON.stringify({
        id: "spl_01sandboxBob",
        scope: { type: "user", user_id: "user_01sandboxBob" },
        amount: "5",
        currency: "USD",
        period: "monthly",
      }),
      match: { path: "/v1/organizations/spend_limits/spl_01sandboxBob" },
    });
    const moved = await one.run(APPLY);
    expect([moved.exitCode, moved.json().results[0]?.error?.code]).toEqual([5, "moved-since-plan"]);
    expect([lowered(), one.writes()]).toEqual([1, []]);
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(limits(one)).toContain("Bob monthly 10000");
  });

  test("a lost answer is read back, and nothing is sent twice", async () => {
    const one = await declaring({ members: { "dora@acme.example": { spend_limit: { daily: 7 } } } });
    one.sandbox.control.fault({ kind: "cut_after", match: { method: "POST", path: "/v1/organizations/spend_limits" } });
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect(one.writes()).toHaveLength(1);
    expect(limits(one)).toContain("Dora daily 700");
  });

  test("an explicit no limit differs from an amount, and cannot stand in a file", async () => {
    const one = await declaring({ members: { "bob@acme.example": { spend_limit: { monthly: 250, daily: 50 } } } });
    one.sandbox.control.console.edit("spend_limits", "spl_01sandboxBob", { amount: null });
    expect(planned((await one.run(DRIFT)).json())).toMatchObject([
      { before: { monthly: "unlimited" }, after: { monthly: 250 } },
    ]);
    const { stdout, stderr } = await one.run(["export"]);
    expect(`${stdout}${stderr}`).toContain("left out: members.bob@acme.example.spend_limit");
  });

  test("whoever is only invited has to accept first; who is neither is a finding", async () => {
    const one = await declaring({
      members: {
        "erin@acme.example": { spend_limit: { monthly: 5 } },
        "nobody@acme.example": { spend_limit: { monthly: 5 } },
      },
      manage: { members: "off" },
    });
    const { changes, pending, findings } = (await one.run(DRIFT)).json();
    expect(changes).toEqual([]);
    expect(pending).toMatchObject([{ kind: "member_spend_limit", target: "members.erin@acme.example.spend_limit" }]);
    expect(findings.map(({ code }) => code)).toContain("not-a-member");
  });

  test("more decimals than the currency has are refused, and yen have none", async () => {
    const one = await declaring({ members: { "bob@acme.example": { spend_limit: { monthly: 300.5, daily: 5000 } } } });
    for (const { id } of one.sandbox.state.spend_limits)
      one.sandbox.control.console.edit("spend_limits", id, { currency: "JPY" });
    const drift = (await one.run(DRIFT)).json();
    expect(drift.findings.map(({ code }) => code)).toContain("invalid-format");
    expect(planned(drift)).toEqual([]);
  });

  test("at the Console there is no such kind: a finding, and not one request for it", async () => {
    const one = await stage();
    one.declare({ members: { "bob@acme.example": { role: "user", spend_limit: { monthly: 5 } } } });
    const ran = await one.run(DRIFT);
    expect(ran.json().changes.filter(({ kind }) => kind === "member_spend_limit")).toEqual([]);
    expect(one.sandbox.requests.filter(({ query }) => query.includes("scope_type%5B%5D=user"))).toEqual([]);
    expect(one.sandbox.requests.filter(({ path }) => path.includes("/effective"))).toEqual([]);
  });
});

describe("export", () => {
  test("comes back as it is, with people and without", async () => {
    for (const kinds of [[], ["--only", "spend_limits"]]) {
      const one = await stage({ seed: "enterprise" });
      const { stdout, exitCode } = await one.run(["export", ...kinds]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /bob@acme\.example: \{ (?:role: user, )?spend_limit: \{ daily: 50\.00, monthly: 250\.00 \} \}/,
      );
      writeFileSync(join(one.folder, "rbac.yaml"), stdout);
      expect((await one.run(DRIFT)).exitCode, stdout).toBe(0);
    }
  });
});

describe("status", () => {
  test("shows what holds for each, where it comes from and what is spent, and who waits for more", async () => {
    const one = await stage({ seed: "enterprise" });
    const { stdout } = await one.run(["status"]);
    expect(stdout).toMatch(/ada@acme\.example +monthly +612\.00 of 800\.00 USD +of the group Engineering/);
    expect(stdout).toMatch(/bob@acme\.example +monthly +243\.10 of 250\.00 USD +their own limit/);
    expect(stdout).toMatch(/grace@acme\.example +monthly +0\.00 of 5,000\.00 USD +of the organization/);
    expect(stdout).toMatch(
      /requests for a higher spend limit \(1\)\n.*bob@acme\.example +monthly +asked on 2026-11-21/,
    );
    const { spending, spend_limit_requests } = JSON.parse((await one.run(["status", "--json"])).stdout);
    expect(spending).toContainEqual({
      user_id: "user_01sandboxBob",
      email: "bob@acme.example",
      period: "monthly",
      amount_minor: 25000,
      spent_minor: 24310.5,
      currency: "USD",
      source: { type: "user", id: null, name: null },
    });
    expect(spend_limit_requests).toMatchObject([
      { id: "slir_01sandboxBob", email: "bob@acme.example", period: "monthly" },
    ]);
  });

  test("of one person shows their own, and of the Console nothing", async () => {
    const one = await stage({ seed: "enterprise" });
    const { stdout } = await one.run(["status", "--user", "bob@acme.example"]);
    expect(stdout).toContain("243.10 of 250.00 USD");
    expect(stdout).not.toContain("ada@acme.example");
    const other = await stage();
    await other.run(["status"]);
    expect(other.sandbox.requests.filter(({ path }) => /effective|increase/.test(path))).toEqual([]);
  });
});
