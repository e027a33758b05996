import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { all, NOW, open, refusal, refusals } from "../../support/open-sandbox.ts";

const bob = "user_01sandboxBob";

test("list filters by role, and by e-mail without case and plus-tag", async () => {
  const { admin } = await open();
  const emails = async (query: object): Promise<string[]> =>
    (await all(admin.organization.users.list(query))).map((user) => user.email);
  expect(await emails({ roles: ["admin", "billing"] })).toEqual([
    "bill@acme.example",
    "alan@acme.example",
    "grace@acme.example",
  ]);
  expect(await emails({ email: "ADA+anything@acme.example" })).toEqual(["ada@acme.example"]);
  expect(await emails({ email: "nobody@acme.example" })).toEqual([]);
  expect((await refusal(emails({ roles: ["chief"] }))).apiMessage).toContain("roles[]");
});

test("two people whose addresses fold to one come back together", async () => {
  const { admin, control } = await open();
  control.console.addUser("Ada+test@Acme.example", "user");
  const rows = await all(admin.organization.users.list({ email: "ada@acme.example" }));
  expect(rows.map((user) => user.email)).toEqual(["Ada+test@Acme.example", "ada@acme.example"]);
});

test("get and update", async () => {
  const { admin } = await open();
  expect((await admin.organization.users.retrieve(bob)).email).toBe("bob@acme.example");
  expect((await admin.organization.users.update(bob, { role: "developer" })).role).toBe("developer");
  expect((await admin.organization.users.retrieve(bob)).role).toBe("developer");
  expect((await refusal(admin.organization.users.retrieve("user_no"))).status).toBe(404);
  expect((await refusal(admin.organization.users.update("user_no", { role: "user" }))).status).toBe(404);
});

test("admin cannot be given, and admins cannot be changed or removed", async () => {
  const { admin, control } = await open();
  const role = "admin" as "user";
  expect((await refusal(admin.organization.users.update(bob, { role }))).status).toBe(400);
  expect((await refusal(admin.organization.users.update(bob, { role: "managed" }))).status).toBe(400);
  control.console.setRole("bill@acme.example", "owner");
  for (const id of ["user_01sandboxGrace", "user_01sandboxBill"]) {
    expect((await refusal(admin.organization.users.update(id, { role: "user" }))).status).toBe(400);
    expect((await refusal(admin.organization.users.remove(id))).status).toBe(400);
  }
  control.console.removeUser("alan@acme.example");
  expect((await all(admin.organization.users.list())).length).toBe(6);
});

test("removal archives personal keys, drops memberships, and leaves ownerless keys working", async () => {
  const { sandbox, admin, as } = await open();
  const shared = sandbox.secretOf("dev-shared");
  const personal = sandbox.secretOf("dev-bob");
  expect(await admin.organization.users.remove(bob)).toMatchObject({ id: bob, type: "user_deleted" });
  expect((await admin.organization.apiKeys.retrieve("apikey_01sandboxDevBob")).status).toBe("archived");
  expect((await admin.organization.apiKeys.retrieve("apikey_01sandboxDevShared")).status).toBe("active");
  const members = await all(admin.organization.workspaces.members.list("wrkspc_01sandboxDevelopment"));
  expect(members.map((member) => member.user_id)).not.toContain(bob);
  await as(shared).models.retrieve("claude-haiku-5-5");
  expect((await refusal(as(personal).models.retrieve("claude-haiku-5-5"))).status).toBe(401);
  expect((await refusal(admin.organization.users.remove(bob))).status).toBe(404);
});

test("a Claude Code key dies with its maker, with a code of its own", async () => {
  const { sandbox, admin, as } = await open();
  const key = as(sandbox.secretOf("claude_code_key_cleo"));
  await key.models.retrieve("claude-haiku-5-5");
  await admin.organization.users.remove("user_01sandboxCleo");
  const error = await refusal(key.models.retrieve("claude-haiku-5-5"));
  expect([error.status, error.errorCode]).toEqual([400, "claude_code_key_creator_not_member"]);
});

test("the last member stays", async () => {
  const { sandbox } = await open();
  const alone = await open({
    seed: { ...sandbox.state, users: sandbox.state.users.filter(({ id }) => id === bob), workspace_members: [] },
  });
  const error = await refusal(alone.admin.organization.users.remove(bob));
  expect(error).toBeInstanceOf(Anthropic.Organization.CannotRemoveLastMemberError);
});

test("an organization whose members come from an identity provider refuses writes", async () => {
  const { admin } = await open({ settings: { ssoManaged: true } });
  expect((await refusal(admin.organization.users.update(bob, { role: "user" }))).status).toBe(400);
  expect((await refusal(admin.organization.users.remove(bob))).status).toBe(400);
  const invite = admin.organization.invites.create({ email: "x@acme.example", role: "user" });
  expect((await refusal(invite)).status).toBe(400);
});

test("sign-out is a beta that the organization is not in, unless switched on", async () => {
  const { admin, control } = await open();
  expect((await refusal(admin.beta.organization.users.signOut(bob))).errorCode).toBe(
    "organization_not_enrolled_in_beta",
  );
  const bare = admin.post(`/v1/organizations/users/${bob}/sign_out`);
  expect((await refusal(bare)).apiMessage).toContain("anthropic-beta");
  control.configure({ signOut: "enrolled" });
  expect((await admin.beta.organization.users.signOut(bob)).id).toBe(bob);
  control.console.setRole("grace@acme.example", "primary_owner");
  const owner = admin.beta.organization.users.signOut("user_01sandboxGrace");
  expect((await refusal(owner)).errorCode).toBe("cannot_sign_out_primary_owner");
});

test("whom no credential may sign out is refused with a code of its own", async () => {
  const { sandbox, admin, control, as } = await open({ settings: { signOut: "enrolled" } });
  const refusedAs = async (role: "owner" | "membership_admin" | "managed" | "admin"): Promise<unknown> => {
    control.console.setRole("bob@acme.example", role);
    const { status, errorCode } = await refusal(admin.beta.organization.users.signOut(bob));
    return [status, errorCode];
  };
  expect(await refusedAs("owner")).toEqual([403, "cannot_sign_out_owner"]);
  expect(await refusedAs("membership_admin")).toEqual([403, "cannot_sign_out_membership_admin"]);
  expect(await refusedAs("managed")).toEqual([403, "cannot_sign_out_managed_member"]);
  expect(await refusedAs("admin")).toEqual([403, "cannot_sign_out_privileged_member"]);
  const grace = as(sandbox.secretOf("org-grace"));
  const self = await refusal(grace.beta.organization.users.signOut("user_01sandboxGrace"));
  expect([self.status, self.errorCode]).toEqual([400, "cannot_sign_out_self"]);
});

test("an Enterprise organization has its own roles, and not what a Console organization has", async () => {
  const { admin, control } = await open({ settings: { organizationType: "enterprise" } });
  expect((await admin.organization.users.update(bob, { role: "managed" })).role).toBe("managed");
  const refused = await refusal(admin.organization.users.update(bob, { role: "developer" }));
  expect(refused.apiMessage).toBe("role: Input should be 'user', 'managed'");
  expect((await all(admin.organization.users.list({ roles: ["managed"] }))).map(({ id }) => id)).toEqual([bob]);
  expect((await refusal(all(admin.organization.users.list({ roles: ["billing"] })))).status).toBe(400);
  expect(await all(admin.organization.rbacGroups.list())).toEqual([]);
  const lists = [all(admin.organization.workspaces.list()), all(admin.organization.apiKeys.list())];
  for (const error of await refusals(lists)) expect(error.errorCode).toBe("organization_type_not_supported");
  control.configure({ organizationType: "console" });
  expect((await refusal(all(admin.organization.users.list({ roles: ["managed"] })))).status).toBe(400);
  expect((await refusal(all(admin.organization.rbacGroups.list()))).errorCode).toBe("organization_type_not_supported");
});

test("an invited person joins when they accept", async () => {
  const { admin, control } = await open();
  const user = control.console.acceptInvite("ERIN@acme.example", "Erin Example");
  expect(user).toMatchObject({ email: "erin@acme.example", role: "developer", added_at: NOW });
  const invites = await all(admin.organization.invites.list({ statuses: ["accepted"], email: "erin@acme.example" }));
  expect(invites[0]?.accepted_at).toBe(NOW);
  expect(() => control.console.acceptInvite("erin@acme.example")).toThrow("no pending invite");
  expect(() => control.console.addUser("Erin@acme.example", "user")).toThrow("member already");
});
