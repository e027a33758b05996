import { expect, test } from "vitest";
import { all, NOW, open, refusal, refusals } from "../../support/open-sandbox.ts";

const workspace = (name: string) => ({ type: "workspace", workspace_id: `wrkspc_01sandbox${name}` }) as const;

test("list, newest first, with filters; it needs its beta header", async () => {
  const { admin } = await open();
  const list = (query: object) => all(admin.beta.organization.spendLimits.list(query));
  expect((await list({})).map((limit) => `${limit.scope.type} ${limit.amount}`)).toEqual([
    "workspace 500000",
    "organization 2000000",
    "usage_tier 20000000",
  ]);
  expect((await list({ scope_type: ["organization"] })).length).toBe(1);
  expect((await list({ workspace_id: "wrkspc_01sandboxProduction" }))[0]?.id).toBe("spl_01sandboxProduction");
  expect((await refusal(list({ scope_type: ["seat_tier"] }))).status).toBe(400);
  expect((await refusal(admin.get("/v1/organizations/spend_limits"))).apiMessage).toContain("anthropic-beta");
});

test("set is an upsert by scope; get; delete", async () => {
  const { admin, control } = await open();
  const { spendLimits } = admin.beta.organization;
  const made = await spendLimits.set({ amount: "0050000", scope: workspace("Staging") });
  expect(made).toMatchObject({
    id: "spl_01sandbox00001",
    amount: "50000",
    currency: "USD",
    period: "monthly",
    created_at: NOW,
    is_enabled: true,
    scope: workspace("Staging"),
  });
  control.clock.advance("1h");
  const again = await spendLimits.set({ amount: "60000", scope: workspace("Staging"), period: "monthly" });
  expect([again.id, again.created_at, again.updated_at]).toEqual([made.id, NOW, "2026-11-23T13:00:00.000Z"]);
  const whole = await spendLimits.set({ amount: "1", scope: { type: "organization" } });
  expect(whole.id).toBe("spl_01sandboxOrganization");
  expect((await spendLimits.retrieve(made.id)).amount).toBe("60000");
  expect(await spendLimits.delete(made.id)).toMatchObject({ id: made.id, type: "spend_limit_deleted" });
  expect((await refusal(spendLimits.retrieve(made.id))).status).toBe(404);
  expect((await refusal(spendLimits.delete(made.id))).status).toBe(404);
});

test("what a Console organization cannot set is refused", async () => {
  const { admin } = await open();
  const { spendLimits } = admin.beta.organization;
  const refused = [
    spendLimits.set({ amount: null, scope: { type: "organization" } }),
    spendLimits.set({ amount: "12.50", scope: { type: "organization" } }),
    spendLimits.set({ amount: "-1", scope: { type: "organization" } }),
    spendLimits.set({ amount: "1", scope: { type: "organization" }, period: "daily" }),
    spendLimits.set({ amount: "1", scope: { type: "user", user_id: "user_01sandboxBob" } }),
    spendLimits.set({ amount: "1", scope: workspace("Prototype") }),
    spendLimits.delete("spl_01sandboxTier"),
  ];
  for (const error of await refusals(refused)) expect(error.status).toBe(400);
  const nowhere = spendLimits.set({ amount: "1", scope: workspace("Nowhere") });
  expect((await refusal(nowhere)).status).toBe(404);
});

test("without the preview writes are 403; on another kind of organization lists are 400", async () => {
  const { admin, control } = await open({ settings: { spendLimits: "writes_not_enabled" } });
  const { spendLimits } = admin.beta.organization;
  const code = "spend_limits_admin_api_writes_not_enabled";
  const writes = () => [
    spendLimits.set({ amount: "1", scope: { type: "organization" } }),
    spendLimits.retrieve("spl_01sandboxTier"),
    spendLimits.delete("spl_01sandboxOrganization"),
  ];
  for (const error of await refusals(writes())) expect(error).toMatchObject({ status: 403, errorCode: code });
  expect((await all(spendLimits.list())).length).toBe(3);
  control.configure({ spendLimits: "unsupported" });
  const list = await refusal(all(spendLimits.list()));
  expect(list).toMatchObject({ status: 400, errorCode: "organization_type_not_supported" });
  for (const error of await refusals(writes())) expect(error.status).toBe(403);
});

test("every limit is in the organization's currency, which the limit of its usage tier tells", async () => {
  const { admin, control } = await open();
  control.console.edit("spend_limits", "spl_01sandboxTier", { currency: "EUR" });
  expect((await all(admin.beta.organization.spendLimits.list())).map(({ currency }) => currency)).toEqual([
    "EUR",
    "EUR",
    "EUR",
  ]);
  expect(await admin.beta.organization.spendLimits.retrieve("spl_01sandboxProduction")).toMatchObject({
    currency: "EUR",
  });
  const limit = await admin.beta.organization.spendLimits.set({ amount: "100", scope: workspace("Staging") });
  expect(limit).toMatchObject({ amount: "100", currency: "EUR" });
});
