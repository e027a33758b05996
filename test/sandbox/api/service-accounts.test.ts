import { expect, test } from "vitest";
import { all, open, refusal } from "../../support/open-sandbox.ts";

const PROD = "wrkspc_01sandboxProduction";

/** The sandbox as an administrator with a token sees it. */
async function opened() {
  const { sandbox, as } = await open();
  return { sandbox, machines: as(sandbox.oauthToken).organization };
}

test("an account is made as a developer, its name is taken for good, and what is cleared is an empty text", async () => {
  const { machines } = await opened();
  const made = await machines.serviceAccounts.create({ name: "ci-deployer", description: "deploys" });
  expect(made).toMatchObject({ organization_role: "developer", description: "deploys", archived_at: null });
  const twin = await refusal(machines.serviceAccounts.create({ name: "ci-deployer" }));
  expect([twin.status, twin.errorCode]).toEqual([409, null]);
  expect(await machines.serviceAccounts.update(made.id, { description: null })).toMatchObject({ description: "" });
  expect((await refusal(machines.serviceAccounts.create({ name: "Not A Slug" }))).status).toBe(400);
});

test("archiving is for good and can be said twice; an archived account is in no list and takes no change", async () => {
  const { machines } = await opened();
  const { id } = await machines.serviceAccounts.create({ name: "old" });
  await machines.workspaces.serviceAccounts.add(PROD, { service_account_id: id, workspace_role: "workspace_user" });
  const first = await machines.serviceAccounts.archive(id);
  expect(await machines.serviceAccounts.archive(id)).toEqual(first);
  expect((await all(machines.serviceAccounts.list())).map(({ name }) => name)).not.toContain("old");
  expect((await all(machines.serviceAccounts.list({ include_archived: true }))).map(({ name }) => name)).toContain(
    "old",
  );
  expect((await refusal(machines.serviceAccounts.update(id, { description: "x" }))).status).toBe(400);
  expect(
    (await all(machines.workspaces.serviceAccounts.list(PROD))).map((row) => row.service_account_id),
  ).not.toContain(id);
});

test("a role is given from either side, replaced, and taken away twice without harm", async () => {
  const { machines } = await opened();
  const { id } = await machines.serviceAccounts.create({ name: "etl" });
  const members = machines.workspaces.serviceAccounts;
  await machines.serviceAccounts.workspaces.add(id, { workspace_id: PROD, workspace_role: "workspace_user" });
  await members.add(PROD, { service_account_id: id, workspace_role: "workspace_developer" });
  expect(await members.retrieve(id, { workspace_id: PROD })).toMatchObject({ workspace_role: "workspace_developer" });
  await members.update(id, { workspace_id: PROD, workspace_role: "workspace_admin" });
  expect(await members.retrieve(id, { workspace_id: PROD })).toMatchObject({ workspace_role: "workspace_admin" });
  await members.remove(id, { workspace_id: PROD });
  await machines.serviceAccounts.workspaces.remove(PROD, { service_account_id: id });
  expect((await refusal(members.retrieve(id, { workspace_id: PROD }))).status).toBe(404);
});

test("every account is in the default workspace without being given it, and stays there", async () => {
  const { machines } = await opened();
  const { id } = await machines.serviceAccounts.create({ name: "etl" });
  const place = { workspace_id: "wrkspc_01sandboxDefault" };
  await machines.workspaces.serviceAccounts.remove(id, place);
  expect(await machines.workspaces.serviceAccounts.retrieve(id, place)).toMatchObject({
    workspace_role: "workspace_user",
    implicit: true,
  });
  await machines.serviceAccounts.workspaces.add(id, { workspace_id: PROD, workspace_role: "workspace_user" });
  const page = await machines.serviceAccounts.workspaces.list(id, { limit: 1 });
  expect(page.data.map(({ implicit }) => implicit)).toEqual([true, false]);
});
