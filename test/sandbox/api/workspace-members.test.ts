import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { all, open, refusal, refusals } from "../../support/open-sandbox.ts";

const workspace_id = "wrkspc_01sandboxProduction";
const user = (name: string): string => `user_01sandbox${name}`;

test("members are those given by hand and those who inherit", async () => {
  const { admin, control } = await open();
  const roles = async (): Promise<string[]> =>
    (await all(admin.organization.workspaces.members.list(workspace_id))).map(
      (row) => `${row.user_id.slice(14)} ${row.workspace_role}`,
    );
  expect(await roles()).toEqual([
    "Grace workspace_admin",
    "Alan workspace_admin",
    "Bill workspace_billing",
    "Ada workspace_developer",
    "Dora workspace_restricted_developer",
  ]);
  control.configure({ listInheritedMembers: false });
  expect(await roles()).toEqual(["Ada workspace_developer", "Dora workspace_restricted_developer"]);
  const { members } = admin.organization.workspaces;
  await members.update(user("Bill"), { workspace_id, workspace_role: "workspace_admin" });
  expect(await roles()).toContain("Bill workspace_admin");
  expect((await members.retrieve(user("Grace"), { workspace_id })).workspace_role).toBe("workspace_admin");
});

test("add, get, update, remove", async () => {
  const { admin } = await open();
  const { members } = admin.organization.workspaces;
  const added = await members.add(workspace_id, { user_id: user("Bob"), workspace_role: "workspace_user" });
  expect(added).toMatchObject({
    type: "workspace_member",
    user_id: user("Bob"),
    workspace_id,
    workspace_role: "workspace_user",
  });
  const raised = await members.update(user("Bob"), { workspace_id, workspace_role: "workspace_admin" });
  expect(raised.workspace_role).toBe("workspace_admin");
  expect((await members.retrieve(user("Bob"), { workspace_id })).workspace_role).toBe("workspace_admin");
  expect(await members.remove(user("Bob"), { workspace_id })).toMatchObject({
    type: "workspace_member_deleted",
    user_id: user("Bob"),
    workspace_id,
  });
  expect((await refusal(members.retrieve(user("Bob"), { workspace_id }))).status).toBe(404);
  expect((await refusal(members.remove(user("Bob"), { workspace_id }))).status).toBe(404);
  const update = members.update(user("Bob"), { workspace_id, workspace_role: "workspace_user" });
  expect((await refusal(update)).status).toBe(404);
});

test("inherited roles cannot be removed or lowered; billing can be raised", async () => {
  const { admin } = await open();
  const { members } = admin.organization.workspaces;
  const refused = [
    members.remove(user("Grace"), { workspace_id }),
    members.update(user("Grace"), { workspace_id, workspace_role: "workspace_user" }),
    members.remove(user("Bill"), { workspace_id }),
    members.update(user("Bill"), { workspace_id, workspace_role: "workspace_developer" }),
    members.add(workspace_id, { user_id: user("Grace"), workspace_role: "workspace_admin" }),
  ];
  for (const error of await refusals(refused)) expect(error.status).toBe(400);
  await members.update(user("Bill"), { workspace_id, workspace_role: "workspace_admin" });
  expect((await members.retrieve(user("Bill"), { workspace_id })).workspace_role).toBe("workspace_admin");
  await members.remove(user("Bill"), { workspace_id });
  expect((await members.retrieve(user("Bill"), { workspace_id })).workspace_role).toBe("workspace_billing");
});

test("a lost organization role takes the inherited access with it", async () => {
  const { admin, control } = await open();
  await admin.organization.users.update(user("Bill"), { role: "user" });
  control.console.setRole("alan@acme.example", "developer");
  const rows = await all(admin.organization.workspaces.members.list(workspace_id));
  expect(rows.map((row) => row.user_id)).toEqual([user("Grace"), user("Ada"), user("Dora")]);
});

test("workspace_billing cannot be assigned, strangers cannot be added, doubles depend on a switch", async () => {
  const { admin, control } = await open();
  const { members } = admin.organization.workspaces;
  const add = (user_id: string, workspace_role: string) =>
    members.add(workspace_id, { user_id, workspace_role: workspace_role as "workspace_user" });
  expect((await refusal(add(user("Bob"), "workspace_billing"))).apiMessage).toContain("workspace_role");
  const billing = members.update(user("Ada"), { workspace_id, workspace_role: "workspace_billing" });
  expect((await refusal(billing)).status).toBe(400);
  expect((await refusal(add("user_no", "workspace_user"))).status).toBe(404);
  expect((await refusal(add(user("Ada"), "workspace_user"))).status).toBe(400);
  control.configure({ addExistingMember: "overwrite" });
  expect((await add(user("Ada"), "workspace_user")).workspace_role).toBe("workspace_user");
});

test("the member limit of a workspace is a switch", async () => {
  const { admin } = await open({ settings: { workspaceMemberCap: 2 } });
  const add = admin.organization.workspaces.members.add(workspace_id, {
    user_id: user("Bob"),
    workspace_role: "workspace_user",
  });
  expect(await refusal(add)).toBeInstanceOf(Anthropic.Organization.Workspaces.WorkspaceMemberLimitExceededError);
});

test("a personal key stops with its user's membership", async () => {
  const { sandbox, admin, as } = await open();
  const key = as(sandbox.secretOf("dev-bob"));
  await key.models.retrieve("claude-haiku-5-5");
  await admin.organization.workspaces.members.remove(user("Bob"), { workspace_id: "wrkspc_01sandboxDevelopment" });
  expect((await refusal(key.models.retrieve("claude-haiku-5-5"))).status).toBe(403);
});
