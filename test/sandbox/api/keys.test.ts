import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { all, open, refusal } from "../../support/open-sandbox.ts";

const key = (name: string): string => `apikey_01sandbox${name}`;

test("list filters; the workspace filter never yields keys of the organization's scope", async () => {
  const { admin } = await open();
  const names = async (query: object): Promise<string[]> =>
    (await all(admin.organization.apiKeys.list(query))).map((row) => row.name);
  expect(await names({ status: "inactive" })).toEqual(["stg-search-service"]);
  expect(await names({ status: "expired" })).toEqual(["dev-trial"]);
  expect(await names({ workspace_id: "wrkspc_01sandboxStaging" })).toEqual(["stg-auth-service", "stg-search-service"]);
  expect(await names({ workspace_id: "wrkspc_01sandboxDefault" })).toEqual(["default-playground"]);
  expect(await names({ created_by_user_id: "user_01sandboxBob" })).toEqual(["dev-shared", "dev-bob"]);
  expect(await names({ created_by_user_id: "user_01sandboxGrace" })).toContain("org-grace");
  const both = { workspace_id: "wrkspc_01sandboxDevelopment", created_by_user_id: "user_01sandboxAda" };
  expect(await names(both)).toEqual(["dev-ada"]);
  expect(await names({ workspace_id: "wrkspc_no" })).toEqual([]);
  expect((await refusal(names({ status: "gone" }))).status).toBe(400);
});

test("a key shows scope, principal and hint, never its secret", async () => {
  const { sandbox, admin } = await open();
  const row = await admin.organization.apiKeys.retrieve(key("ProdAuthService"));
  expect(row).toMatchObject({
    name: "prod-auth-service",
    created_at: "2026-07-26T12:00:00.000Z",
    created_by: { id: "user_01sandboxAda", type: "user" },
    expires_at: null,
    principal: null,
    scope: { type: "workspace", workspace_id: "wrkspc_01sandboxProduction" },
    status: "active",
    type: "api_key",
  });
  const secret = sandbox.secretOf("prod-auth-service");
  expect(secret).toMatch(/^sk-ant-api03-sandbox-/);
  expect(row.partial_key_hint).toBe(`sk-ant-api03-san...${secret.slice(-4)}`);
  expect(row).not.toHaveProperty("secret");
  const organization = await admin.organization.apiKeys.retrieve(key("OrgGrace"));
  expect(organization.scope).toEqual({ type: "organization" });
  expect(organization.principal).toEqual({ type: "user_actor", user_id: "user_01sandboxGrace" });
  expect((await refusal(admin.organization.apiKeys.retrieve("apikey_no"))).status).toBe(404);
});

test("rename, disable, enable, archive; archived is for good", async () => {
  const { sandbox, admin, as } = await open();
  const { apiKeys } = admin.organization;
  const id = key("ProdAuthService");
  const client = as(sandbox.secretOf("prod-auth-service"));
  expect((await apiKeys.update(id, { name: "prod-auth-service@previous-20261123" })).status).toBe("active");
  expect((await apiKeys.update(id, { status: "inactive" })).status).toBe("inactive");
  expect((await refusal(client.models.list())).status).toBe(401);
  expect((await apiKeys.update(id, { status: "active" })).status).toBe("active");
  await client.models.list();
  expect((await apiKeys.update(id, { name: null, status: null })).name).toBe("prod-auth-service@previous-20261123");
  expect((await apiKeys.update(id, { status: "archived" })).status).toBe("archived");
  expect((await refusal(client.models.list())).status).toBe(401);
  expect((await apiKeys.update(id, { status: "archived" })).status).toBe("archived");
  for (const change of [{ status: "active" }, { status: "inactive" }, { name: "other" }] as const) {
    expect((await refusal(apiKeys.update(id, change))).status).toBe(400);
  }
  expect((await refusal(apiKeys.update(key("ProdBatch"), { name: "" }))).status).toBe(400);
  expect((await refusal(apiKeys.update(key("ProdBatch"), { name: "x".repeat(501) }))).status).toBe(400);
  const expired = "expired" as "active";
  expect((await refusal(apiKeys.update(key("ProdBatch"), { status: expired }))).apiMessage).toContain("status");
});

test("keys expire by the clock, and an expired one can only be archived", async () => {
  const { sandbox, admin, control, as } = await open();
  const { apiKeys } = admin.organization;
  const id = key("ProdReport");
  const client = as(sandbox.secretOf("prod-report"));
  await client.models.list();
  control.clock.advance("11d");
  expect((await apiKeys.retrieve(id)).status).toBe("expired");
  expect((await refusal(client.models.list())).status).toBe(401);
  expect((await refusal(apiKeys.update(id, { status: "active" }))).status).toBe(400);
  expect((await refusal(apiKeys.update(id, { status: "inactive" }))).status).toBe(400);
  expect((await apiKeys.update(id, { name: "old-report" })).status).toBe("expired");
  expect((await apiKeys.update(id, { status: "archived" })).status).toBe("archived");
});

test("re-activation meets the limits of active keys", async () => {
  const { admin, control } = await open({ settings: { workspaceKeyCap: 1 } });
  const { apiKeys } = admin.organization;
  const activate = () => apiKeys.update(key("StgSearchService"), { status: "active" });
  expect(await refusal(activate())).toBeInstanceOf(Anthropic.Organization.APIKeys.WorkspaceAPIKeyLimitExceededError);
  control.configure({ workspaceKeyCap: null, keyCap: 3 });
  expect(await refusal(activate())).toBeInstanceOf(Anthropic.Organization.APIKeys.OrgAPIKeyLimitExceededError);
  control.configure({ keyCap: null });
  expect((await activate()).status).toBe("active");
});

test("keys cannot be made or deleted through the API", async () => {
  const { admin } = await open();
  expect((await refusal(admin.post("/v1/organizations/api_keys", { body: {} }))).status).toBe(405);
  expect((await refusal(admin.delete(`/v1/organizations/api_keys/${key("DevAda")}`))).status).toBe(405);
});

test("the Console makes keys and shows the secret once", async () => {
  const { admin, control, as, sandbox } = await open();
  const made = control.console.createKey({
    name: "prod-auth-service@next",
    workspace: "Production",
    created_by: "ada@acme.example",
    expires_in: "90d",
  });
  expect(made.key).toMatchObject({ id: "apikey_01sandbox00001", expires_at: "2027-02-21T12:00:00.000Z" });
  expect((await admin.organization.apiKeys.retrieve(made.key.id)).name).toBe("prod-auth-service@next");
  await as(made.secret).models.list();
  expect(sandbox.secretOf("prod-auth-service@next")).toBe(made.secret);
  const personal = control.console.createKey({ name: "cli", principal: { user: "ada@acme.example" } });
  expect(personal.key.scope).toEqual({ type: "organization" });
  const service = { service_account_id: "svac_01sandboxIngest" };
  expect(control.console.createKey({ name: "x", workspace: "Staging", principal: service }).key.principal?.type).toBe(
    "service_account_actor",
  );
  expect(() => control.console.createKey({ name: "x" })).toThrow("without a workspace");
  expect(() => control.console.createKey({ name: "x", workspace: "Nowhere" })).toThrow("Nowhere");
  expect(() => control.console.createKey({ name: "x", workspace: "Prototype" })).toThrow("archived");
});
