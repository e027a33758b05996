import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { all, open, refusal, refusals } from "../../support/open-sandbox.ts";

test("no credential and an unknown one are 401, with a request id", async () => {
  const { sandbox, as } = await open();
  const answer = await fetch(`${sandbox.url}/v1/organizations/me`, { headers: { "anthropic-version": "2026-10-21" } });
  expect(answer.status).toBe(401);
  const body = (await answer.json()) as { request_id: string };
  expect(body).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  expect(answer.headers.get("request-id")).toBe(body.request_id);
  const error = await refusal(as("sk-ant-admin01-sandbox-nobody").organization.retrieve());
  expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
  expect(error.type).toBe("authentication_error");
});

test("the admin key works as a bearer token and as x-api-key, the OAuth token too", async () => {
  const { sandbox, as } = await open();
  const answer = await fetch(`${sandbox.url}/v1/organizations/me`, {
    headers: { "anthropic-version": "2026-10-21", "x-api-key": sandbox.adminKey },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("anthropic-organization-id")).toBe(sandbox.state.organization.id);
  expect(answer.headers.get("anthropic-workspace-id")).toBeNull();
  expect((await as(sandbox.oauthToken).organization.retrieve()).name).toBe("Acme");
});

test("a workspace key is refused on the Admin API, an admin key on Messages; the status is a switch", async () => {
  const { sandbox, admin, control, as } = await open();
  const workspaceKey = as(sandbox.secretOf("prod-auth-service"));
  expect((await refusal(workspaceKey.organization.retrieve())).status).toBe(403);
  expect((await refusal(admin.models.retrieve("claude-haiku-5-5"))).status).toBe(403);
  control.configure({ wrongCredentialStatus: 401 });
  expect((await refusal(workspaceKey.organization.retrieve())).status).toBe(401);
  expect((await refusal(admin.models.retrieve("claude-haiku-5-5"))).status).toBe(401);
});

test("a key without a workspace has the rights of whoever is behind it", async () => {
  const { sandbox, as } = await open();
  expect((await as(sandbox.secretOf("org-grace")).organization.retrieve()).name).toBe("Acme");
  expect((await refusal(as(sandbox.secretOf("org-automation")).organization.retrieve())).status).toBe(403);
});

test("service accounts want an OAuth token", async () => {
  const { sandbox, admin, as } = await open();
  expect((await refusal(all(admin.organization.serviceAccounts.list()))).status).toBe(403);
  const accounts = await all(as(sandbox.oauthToken).organization.serviceAccounts.list());
  expect(accounts.map((account) => account.name)).toEqual(["automation", "ingest"]);
  const one = await as(sandbox.oauthToken).organization.serviceAccounts.retrieve("svac_01sandboxIngest");
  expect(one.organization_role).toBe("developer");
  const missing = as(sandbox.oauthToken).organization.serviceAccounts.retrieve("svac_no");
  expect((await refusal(missing)).status).toBe(404);
});

test("the Enterprise surfaces say that the organization is of another type", async () => {
  const { admin } = await open();
  const calls = [
    all(admin.organization.rbacGroups.list()),
    all(admin.organization.rbacRoles.list()),
    all(admin.organization.spendLimits.effective.list()),
  ];
  for (const error of await refusals(calls)) expect(error.errorCode).toBe("organization_type_not_supported");
});

test("unknown paths, methods, versions, fields and parameters are refused by name", async () => {
  const { sandbox, admin } = await open();
  expect((await refusal(admin.get("/v1/organizations/nothing"))).status).toBe(404);
  expect((await refusal(admin.delete("/v1/organizations/me"))).status).toBe(405);
  const headers = { "x-api-key": sandbox.adminKey };
  expect((await fetch(`${sandbox.url}/v1/organizations/me`, { headers })).status).toBe(400);
  const old = admin.get("/v1/organizations/me", { headers: { "anthropic-version": "2023-06-01" } });
  expect((await refusal(old)).apiMessage).toContain("2026-10-21");
  const query = admin.get("/v1/organizations/users", { query: { group_type: "x" } });
  expect((await refusal(query)).apiMessage).toBe("group_type: Extra inputs are not permitted");
  const body = admin.post("/v1/organizations/workspaces", { body: { name: "A", colour: "red" } });
  expect((await refusal(body)).apiMessage).toBe("colour: Extra inputs are not permitted");
  const known = { ...headers, "anthropic-version": "2026-10-21" };
  const twice = await fetch(`${sandbox.url}/v1/organizations/users?limit=1&limit=2`, { headers: known });
  expect(twice.status).toBe(400);
  const broken = await fetch(`${sandbox.url}/v1/organizations/workspaces`, {
    method: "POST",
    headers: { ...known, "content-type": "application/json" },
    body: "{",
  });
  expect(broken.status).toBe(400);
});

test("every answer has its own request id", async () => {
  const { sandbox, admin } = await open();
  const first = await admin.organization.retrieve().withResponse();
  const second = await refusal(admin.organization.users.retrieve("user_no"));
  expect(first.request_id).toBe("req_01sandbox0000001");
  expect(second.requestID).toBe("req_01sandbox0000002");
  expect(sandbox.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    "GET /v1/organizations/me 200",
    "GET /v1/organizations/users/user_no 404",
  ]);
});

test("the shared limit of the Admin API is a switch", async () => {
  const { admin, control } = await open({ settings: { adminRequestsPerMinute: 2 } });
  await admin.organization.retrieve();
  await admin.organization.retrieve();
  const error = await refusal(admin.organization.retrieve());
  expect(error.status).toBe(429);
  expect(error.headers?.get("retry-after")).toBe("60");
  control.clock.advance("61s");
  await admin.organization.retrieve();
});

test("it is the organization's: every credential uses it up, new invites are counted by the hour", async () => {
  const { sandbox, admin, as } = await open({ settings: { adminRequestsPerMinute: 2 } });
  const grace = as(sandbox.secretOf("org-grace"));
  await admin.organization.retrieve();
  await grace.organization.retrieve();
  expect((await refusal(grace.organization.retrieve())).status).toBe(429);
  for (const name of ["u", "v", "w"]) {
    await admin.organization.invites.create({ email: `${name}@acme.example`, role: "user" });
  }
});

test("calls for spend limits have a limit of their own beside it", async () => {
  const { admin } = await open({ settings: { adminRequestsPerMinute: 100 } });
  for (let n = 0; n < 60; n++) await admin.beta.organization.spendLimits.retrieve("spl_01sandboxTier");
  expect((await refusal(admin.beta.organization.spendLimits.retrieve("spl_01sandboxTier"))).status).toBe(429);
  await admin.organization.retrieve();
});

test("a body over 32 MB is refused", async () => {
  const { sandbox } = await open();
  const headers = { "content-type": "application/json" };
  const body = "x".repeat(33 * 1024 * 1024);
  const answer = await fetch(`${sandbox.url}/v1/messages`, { method: "POST", headers, body });
  expect([answer.status, sandbox.requests[0]?.status]).toEqual([413, 413]);
  expect(await answer.json()).toMatchObject({ error: { type: "request_too_large" } });
});
