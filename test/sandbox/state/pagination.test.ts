import fc from "fast-check";
import { expect, test } from "vitest";
import { largeSeed } from "../../../src/sandbox/seed/large.ts";
import { all, NOW, open, refusal } from "../../support/open-sandbox.ts";

const limits = { numRuns: 12 } as const;

test("any limit walks every row of a Page exactly once, forwards and backwards", async () => {
  const { admin, sandbox } = await open();
  const lists = [
    { list: (query: object) => admin.organization.users.list(query), count: sandbox.state.users.length },
    { list: (query: object) => admin.organization.apiKeys.list(query), count: sandbox.state.api_keys.length },
    { list: (query: object) => admin.organization.invites.list(query), count: 3 },
    { list: (query: object) => admin.organization.workspaces.list({ ...query, include_archived: true }), count: 5 },
  ];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 25 }), fc.nat(lists.length - 1), async (limit, which) => {
      const { list, count } = lists[which] ?? lists[0] ?? { list: admin.organization.users.list, count: -1 };
      const rows = await all<{ id: string }>(list({ limit }));
      expect(new Set(rows.map((row) => row.id)).size).toBe(count);
      expect(rows.length).toBe(count);
      const last = rows.at(-1)?.id ?? "";
      const back = await all<{ id: string }>(list({ limit, before_id: last }));
      expect(new Set([...back.map((row) => row.id), last]).size).toBe(count);
    }),
    limits,
  );
});

test("any limit walks every workspace member exactly once", async () => {
  const { admin } = await open();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (limit) => {
      const rows = await all(admin.organization.workspaces.members.list("wrkspc_01sandboxProduction", { limit }));
      expect(rows.map((row) => row.user_id).sort()).toEqual(
        ["Ada", "Alan", "Bill", "Dora", "Grace"].map((name) => `user_01sandbox${name}`),
      );
    }),
    limits,
  );
});

test("any limit walks every row of a PageCursor exactly once", async () => {
  const { admin } = await open();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 15 }), async (limit) => {
      const rows = await all(admin.organization.rateLimits.list({ limit }));
      expect(new Set(rows.map((row) => row.id)).size).toBe(12);
      const spend = await all(admin.beta.organization.spendLimits.list({ limit }));
      expect(spend.length).toBe(3);
    }),
    limits,
  );
});

test("20,000 keys come in 20 pages of 1000", async () => {
  const { admin, sandbox } = await open({ seed: "large" });
  const keys = await all(admin.organization.apiKeys.list({ limit: 1000 }));
  expect(new Set(keys.map((key) => key.id)).size).toBe(20_000);
  expect(sandbox.requests.length).toBe(20);
});

test("a page holds 20 rows unless told otherwise; limits out of range are refused", async () => {
  const { admin } = await open({ seed: largeSeed(Date.parse(NOW)) });
  const page = await admin.organization.users.list();
  expect(page.data.length).toBe(20);
  expect(page.has_more).toBe(true);
  expect(page.first_id).toBe(page.data[0]?.id);
  expect(page.last_id).toBe(page.data[19]?.id);
  expect((await refusal(admin.organization.users.list({ limit: 0 }))).status).toBe(400);
  expect((await refusal(admin.organization.users.list({ limit: 1001 }))).status).toBe(400);
  expect((await refusal(admin.organization.users.list({ after_id: "user_no" }))).status).toBe(400);
  const both = { after_id: "user_01sandbox00001", before_id: "user_01sandbox00009" };
  expect((await refusal(admin.organization.users.list(both))).status).toBe(400);
  expect((await admin.organization.rateLimits.list()).next_page).toBeNull();
});

test("a cursor is bound to its list and its filters", async () => {
  const { admin } = await open();
  const first = await admin.organization.rateLimits.list({ limit: 2, group_type: "model_group" });
  const page = first.next_page;
  expect(page).not.toBeNull();
  expect((await admin.organization.rateLimits.list({ limit: 3, group_type: "model_group", page })).data.length).toBe(3);
  expect((await refusal(admin.organization.rateLimits.list({ limit: 2, page }))).status).toBe(400);
  expect((await refusal(admin.organization.rateLimits.list({ page: "page_made-up" }))).status).toBe(400);
  expect((await refusal(admin.beta.organization.spendLimits.list({ page }))).status).toBe(400);
});

test("a row that is removed while a list is walked neither hides nor repeats another", async () => {
  const { admin } = await open();
  const seen: string[] = [];
  for await (const user of admin.organization.users.list({ limit: 2 })) {
    seen.push(user.email);
    if (user.email === "dora@acme.example") await admin.organization.users.remove("user_01sandboxBob");
  }
  expect(seen).toEqual(["cleo", "dora", "ada", "bill", "alan", "grace"].map((name) => `${name}@acme.example`));
});

test("people and invites come newest first, forwards and backwards", async () => {
  const { admin } = await open();
  const names = (rows: readonly { readonly email: string }[]) => rows.map(({ email }) => email.split("@")[0]);
  const first = await admin.organization.users.list({ limit: 3 });
  expect([names(first.data), first.has_more]).toEqual([["cleo", "dora", "bob"], true]);
  const next = await admin.organization.users.list({ limit: 3, after_id: first.last_id ?? "" });
  expect([names(next.data), next.has_more]).toEqual([["ada", "bill", "alan"], true]);
  const back = await admin.organization.users.list({ limit: 2, before_id: next.first_id ?? "" });
  expect([names(back.data), back.has_more]).toEqual([["dora", "bob"], true]);
  await admin.organization.invites.create({ email: "ivy@acme.example", role: "user" });
  expect(names(await all(admin.organization.invites.list({ limit: 1 })))).toEqual(["ivy", "erin", "frank", "dora"]);
});

test("a page of service accounts holds a hundred at most", async () => {
  const { sandbox, as } = await open();
  const oauth = as(sandbox.oauthToken);
  expect((await refusal(all(oauth.organization.serviceAccounts.list({ limit: 1000 })))).apiMessage).toContain(
    "1 to 100",
  );
  expect((await all(oauth.organization.serviceAccounts.list({ limit: 100 }))).length).toBe(2);
});
