import { expect, test } from "vitest";
import { all, NOW, open, refusal, refusals } from "../../support/open-sandbox.ts";

const AWS = { type: "aws", kms_arn: "arn:aws:kms:us-east-1:111122223333:key/sandbox" } as const;
const production = "wrkspc_01sandboxProduction";
const byDefault = "wrkspc_01sandboxDefault";

test("the default workspace and archived ones are listed only when asked for", async () => {
  const { admin } = await open();
  const names = async (query: object): Promise<string[]> =>
    (await all(admin.organization.workspaces.list(query))).map((workspace) => workspace.name);
  const usual = ["Production", "Staging", "Development", "Claude Code"];
  expect(await names({})).toEqual(usual);
  expect(await names({ include_default: true })).toEqual(["Default", ...usual]);
  expect(await names({ include_archived: true })).toEqual([...usual, "Prototype"]);
  expect(await names({ ids: [production, byDefault, "wrkspc_no"] })).toEqual(["Production"]);
  expect((await refusal(names({ ids: Array(101).fill("x") }))).status).toBe(400);
  expect((await refusal(names({ include_default: "perhaps" }))).apiMessage).toContain("include_default");
});

test("create gives the documented defaults", async () => {
  const { admin } = await open();
  const made = await admin.organization.workspaces.create({ name: "Research" });
  expect(made).toMatchObject({
    id: "wrkspc_01sandbox00001",
    name: "Research",
    archived_at: null,
    created_at: NOW,
    data_residency: { allowed_inference_geos: "unrestricted", default_inference_geo: "global", workspace_geo: "us" },
    external_key_id: null,
    tags: {},
    type: "workspace",
    user_profile_id: null,
  });
  expect(made.display_color).toMatch(/^#[0-9A-F]{6}$/i);
  const twin = await admin.organization.workspaces.create({ name: "Research", display_color: "#123abc" });
  expect(twin.id).not.toBe(made.id);
  expect((await admin.organization.workspaces.retrieve(twin.id)).display_color).toBe("#123abc");
});

test("update renames, merges tags, and drops a tag on null", async () => {
  const { admin } = await open();
  const update = (body: object) => admin.organization.workspaces.update(production, body);
  expect((await update({ name: "Prod", display_color: "#000000" })).name).toBe("Prod");
  expect((await update({ tags: { team: "core" } })).tags).toEqual({ env: "prod", team: "core" });
  expect((await update({ tags: { env: null } })).tags).toEqual({ team: "core" });
  expect((await refusal(update({ tags: { "anthropic-x": "1" } }))).apiMessage).toContain("anthropic");
  expect((await refusal(update({ name: "" }))).apiMessage).toContain("name:");
  expect((await refusal(update({ name: "x".repeat(256) }))).status).toBe(400);
  expect((await refusal(update({ display_color: "red" }))).apiMessage).toContain("display_color:");
  expect((await update({ name: "x".repeat(255) })).name.length).toBe(255);
});

test("data residency: the geo is fixed, the default must be allowed", async () => {
  const { admin } = await open();
  const update = (data_residency: object) => admin.organization.workspaces.update(production, { data_residency });
  expect((await refusal(update({ workspace_geo: "us" }))).apiMessage).toContain("data_residency.workspace_geo");
  expect((await refusal(update({ default_inference_geo: "global" }))).status).toBe(400);
  const open_ = await update({ allowed_inference_geos: "unrestricted", default_inference_geo: "global" });
  expect(open_.data_residency).toEqual({
    allowed_inference_geos: "unrestricted",
    default_inference_geo: "global",
    workspace_geo: "us",
  });
  expect((await refusal(update({ allowed_inference_geos: ["us"] }))).status).toBe(400);
  expect((await refusal(update({ allowed_inference_geos: ["eu"] }))).status).toBe(400);
});

test("the external key and the user profile are attached once", async () => {
  const { admin, control } = await open();
  const [first, second] = [control.console.addExternalKey(AWS), control.console.addExternalKey(AWS)];
  const update = (body: object) => admin.organization.workspaces.update(production, body);
  expect((await update({ external_key_id: first.id })).external_key_id).toBe(first.id);
  expect((await update({ external_key_id: first.id })).external_key_id).toBe(first.id);
  expect((await refusal(update({ external_key_id: second.id }))).status).toBe(400);
  expect((await refusal(update({ external_key_id: null }))).status).toBe(400);
  await update({ user_profile_id: "uprof_1" });
  expect((await refusal(update({ user_profile_id: "uprof_2" }))).status).toBe(400);
});

test("archiving is for good and archives the keys", async () => {
  const { sandbox, admin, as } = await open();
  const secret = sandbox.secretOf("stg-auth-service");
  const archived = await admin.organization.workspaces.archive("wrkspc_01sandboxStaging");
  expect(archived.archived_at).toBe(NOW);
  const keys = await all(admin.organization.apiKeys.list({ workspace_id: archived.id }));
  expect(keys.map((key) => key.status)).toEqual(["archived", "archived"]);
  expect((await refusal(as(secret).models.list())).status).toBe(401);
  const writes = [
    admin.organization.workspaces.archive(archived.id),
    admin.organization.workspaces.update(archived.id, { name: "Again" }),
    admin.organization.workspaces.members.add(archived.id, {
      user_id: "user_01sandboxCleo",
      workspace_role: "workspace_user",
    }),
  ];
  for (const error of await refusals(writes)) expect(error.status).toBe(400);
  expect((await admin.organization.workspaces.retrieve(archived.id)).name).toBe("Staging");
});

test("the default workspace cannot be renamed or archived and takes no members or limits", async () => {
  const { admin } = await open();
  const { workspaces } = admin.organization;
  expect((await workspaces.retrieve(byDefault)).name).toBe("Default");
  expect((await workspaces.update(byDefault, { tags: { a: "b" } })).tags).toEqual({ a: "b" });
  const writes = [
    workspaces.update(byDefault, { name: "Other" }),
    workspaces.update(byDefault, { user_profile_id: "uprof_1" }),
    workspaces.archive(byDefault),
    workspaces.members.add(byDefault, { user_id: "user_01sandboxBob", workspace_role: "workspace_user" }),
    workspaces.rateLimits.update("rl_01sandboxSonnet5", {
      workspace_id: byDefault,
      limits: [{ type: "requests_per_minute", value: 1 }],
    }),
    admin.beta.organization.spendLimits.set({ amount: "1", scope: { type: "workspace", workspace_id: byDefault } }),
  ];
  for (const error of await refusals(writes)) expect(error.status).toBe(400);
  expect(await all(workspaces.members.list(byDefault))).toEqual([]);
  expect(await all(workspaces.rateLimits.list(byDefault))).toEqual([]);
});

test("the cap counts active workspaces only and can be lifted", async () => {
  const { admin, control } = await open({ settings: { workspaceCap: 5 } });
  await admin.organization.workspaces.create({ name: "Fifth" });
  expect((await refusal(admin.organization.workspaces.create({ name: "Sixth" }))).status).toBe(400);
  await admin.organization.workspaces.archive("wrkspc_01sandboxStaging");
  await admin.organization.workspaces.create({ name: "Sixth" });
  control.configure({ workspaceCap: null });
  await admin.organization.workspaces.create({ name: "Seventh" });
});

test("an unknown workspace is 404", async () => {
  const { admin } = await open();
  expect((await refusal(admin.organization.workspaces.retrieve("wrkspc_no"))).status).toBe(404);
  expect((await refusal(admin.organization.workspaces.update("wrkspc_no", {}))).status).toBe(404);
  expect((await refusal(admin.organization.workspaces.archive("wrkspc_no"))).status).toBe(404);
});

test("of the default workspace an update takes tags, residency and, once, an external key", async () => {
  const { admin, control } = await open();
  const [first, second] = [control.console.addExternalKey(AWS), control.console.addExternalKey(AWS)];
  const update = (body: object) => admin.organization.workspaces.update("wrkspc_01sandboxDefault", body);
  await update({ tags: { team: "core" } });
  await update({ data_residency: { allowed_inference_geos: ["us"], default_inference_geo: "us" } });
  await update({ external_key_id: first.id });
  expect(await update({ external_key_id: first.id })).toMatchObject({
    name: "Default",
    tags: { team: "core" },
    data_residency: { allowed_inference_geos: ["us"] },
    external_key_id: first.id,
  });
  for (const body of [{ external_key_id: second.id }, { external_key_id: null }, { user_profile_id: "profile_1" }]) {
    expect((await refusal(update(body))).status).toBe(400);
  }
});
