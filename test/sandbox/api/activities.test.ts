import { expect, test } from "vitest";
import { open, refusal } from "../../support/open-sandbox.ts";

const PATH = "/v1/compliance/activities";

interface Page {
  readonly data: readonly (Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string })[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

async function opened() {
  const one = await open();
  const feed = one.as(one.sandbox.activityKey ?? "");
  const get = (query: Record<string, unknown> = {}) => feed.get(PATH, { query }) as Promise<Page>;
  const types = async (query: Record<string, unknown> = {}) => (await get(query)).data.map(({ type }) => type);
  return { ...one, get, types };
}

test("writes and documented reads are recorded, newest first, with who made them; the feed's own reads too", async () => {
  const { admin, control, get, types } = await opened();
  await admin.organization.users.update("user_01sandboxBob", { role: "developer" });
  control.consoleAs("directory").setRole("bob@acme.example", "user");
  await admin.organization.users.list();
  expect(await types()).toEqual(["org_users_listed", "scim_user_updated", "claude_user_role_updated"]);
  const { data } = await get();
  expect(data[0]?.type).toBe("compliance_api_accessed");
  expect(data.at(-1)).toMatchObject({
    created_at: "2026-11-23T12:00:00.000Z",
    actor: { type: "admin_api_key_actor", admin_api_key_id: "adminkey_01sandboxAdmin" },
    user_id: "user_01sandboxBob",
    previous_role: "user",
    current_role: "developer",
  });
});

test("pages follow last_id, and filters leave out by type, person and time", async () => {
  const { control, get, types } = await opened();
  for (const role of ["user", "developer", "billing"] as const) {
    control.console.setRole("ada@acme.example", role);
    control.consoleAs("alan@acme.example").addUser(`${role}@acme.example`, "user");
    control.consoleAs("alan@acme.example").setRole(`${role}@acme.example`, "developer");
    control.clock.advance("1h");
  }
  const first = await get({ limit: 2, exclude_activity_types: ["compliance_api_accessed"] });
  expect([first.data.length, first.has_more]).toEqual([2, true]);
  const rest = await get({ limit: 9, after_id: first.last_id, exclude_activity_types: ["compliance_api_accessed"] });
  expect(rest.has_more).toBe(false);
  const ids = [...first.data, ...rest.data].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort().reverse()).toEqual(ids);
  expect((await types({ actor_ids: ["user_01sandboxAlan"] })).length).toBe(3);
  expect(
    await types({ "created_at.gte": "2026-11-23T14:00:00Z", activity_types: ["claude_user_role_updated"] }),
  ).toHaveLength(2);
});

test("who may read it: a key with its scope, and nobody while it is off", async () => {
  const { admin, sandbox, as, control, get } = await opened();
  const refused = await refusal(admin.get(PATH));
  expect([refused.status, refused.message]).toEqual([403, expect.stringContaining("Missing required scopes")]);
  expect((await refusal(as(sandbox.oauthToken).get(PATH))).status).toBe(403);
  control.configure({ compliance: "disabled" });
  expect((await refusal(get())).status).toBe(403);
  control.console.setRole("ada@acme.example", "user");
  control.configure({ compliance: "enabled" });
  expect((await get()).data).toEqual([]);
});

test("the settings say whether it is on, and switch it; the switch itself is recorded", async () => {
  const { admin, types } = await opened();
  const { complianceSettings } = admin.organization;
  expect((await complianceSettings.retrieve()).state.type).toBe("enabled");
  await complianceSettings.update({ state: { type: "disabled" } });
  await admin.organization.users.update("user_01sandboxBob", { role: "developer" });
  expect((await complianceSettings.update({ state: { type: "enabled" } })).state.type).toBe("enabled");
  await complianceSettings.update({ state: { type: "enabled" } });
  expect(await types()).toEqual(["org_compliance_api_settings_updated", "org_compliance_api_settings_updated"]);
});
