import { expect, test } from "vitest";
import { all, open } from "../../support/open-sandbox.ts";

test("organizations/me says which organization it is", async () => {
  const { admin } = await open();
  expect(await admin.organization.retrieve()).toMatchObject({
    id: "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47",
    name: "Acme",
    type: "organization",
  });
});

test("the small seed is the organization of the seed document", async () => {
  const { admin } = await open();
  const workspaces = await all(admin.organization.workspaces.list());
  expect(workspaces.map((workspace) => workspace.name)).toEqual([
    "Production",
    "Staging",
    "Development",
    "Claude Code",
  ]);
  const users = await all(admin.organization.users.list());
  expect(users.map((user) => `${user.email} ${user.role}`)).toMatchInlineSnapshot(`
    [
      "cleo@acme.example claude_code_user",
      "dora@acme.example developer",
      "bob@acme.example user",
      "ada@acme.example developer",
      "bill@acme.example billing",
      "alan@acme.example admin",
      "grace@acme.example admin",
    ]
  `);
  const keys = await all(admin.organization.apiKeys.list());
  expect(keys.map((key) => `${key.name} ${key.status} ${key.scope.type}`)).toMatchInlineSnapshot(`
    [
      "prod-main archived workspace",
      "prod-batch active workspace",
      "prod-auth-service active workspace",
      "prod-search-service active workspace",
      "prod-ingest active workspace",
      "prod-report active workspace",
      "stg-auth-service active workspace",
      "stg-search-service inactive workspace",
      "dev-shared active workspace",
      "dev-ada active workspace",
      "dev-bob active workspace",
      "dev-trial expired workspace",
      "default-playground active workspace",
      "org-automation active organization",
      "org-grace active organization",
      "claude_code_key_cleo active workspace",
    ]
  `);
  const invites = await all(admin.organization.invites.list());
  expect(invites.map((invite) => `${invite.email} ${invite.status}`)).toMatchInlineSnapshot(`
    [
      "erin@acme.example pending",
      "frank@acme.example expired",
      "dora@acme.example accepted",
    ]
  `);
  expect(JSON.stringify(keys)).not.toContain("sk-ant-api03-sandbox");
});
