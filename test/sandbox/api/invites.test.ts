import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { all, NOW, open, refusal } from "../../support/open-sandbox.ts";

test("create, get, list, delete", async () => {
  const { admin } = await open();
  const invite = await admin.organization.invites.create({ email: "new@acme.example", role: "developer" });
  expect(invite).toMatchObject({
    id: "invite_01sandbox00001",
    status: "pending",
    invited_at: NOW,
    expires_at: "2026-12-14T12:00:00.000Z",
    accepted_at: null,
    rbac_group_ids: [],
  });
  expect((await admin.organization.invites.retrieve(invite.id)).email).toBe("new@acme.example");
  expect(await admin.organization.invites.delete(invite.id)).toMatchObject({ id: invite.id, type: "invite_deleted" });
  expect((await all(admin.organization.invites.list())).map((row) => row.id)).not.toContain(invite.id);
  expect((await admin.organization.invites.retrieve(invite.id)).status).toBe("deleted");
  expect((await refusal(admin.organization.invites.delete(invite.id))).status).toBe(404);
});

test("list filters by status, role and e-mail", async () => {
  const { admin } = await open();
  const emails = async (query: object): Promise<string[]> =>
    (await all(admin.organization.invites.list(query))).map((invite) => invite.email);
  expect(await emails({ statuses: ["pending", "expired"] })).toEqual(["erin@acme.example", "frank@acme.example"]);
  expect(await emails({ roles: ["user"] })).toEqual(["frank@acme.example"]);
  expect(await emails({ email: "Erin+x@acme.example" })).toEqual(["erin@acme.example"]);
  expect((await refusal(emails({ statuses: ["deleted"] }))).status).toBe(400);
});

test("only pending invites can be deleted, and they expire by the clock", async () => {
  const { admin, control } = await open();
  for (const id of ["invite_01sandboxDora", "invite_01sandboxFrank"]) {
    expect((await refusal(admin.organization.invites.delete(id))).status).toBe(400);
  }
  control.clock.advance("17d");
  expect((await admin.organization.invites.retrieve("invite_01sandboxErin")).status).toBe("pending");
  control.clock.advance("2d");
  expect((await admin.organization.invites.retrieve("invite_01sandboxErin")).status).toBe("expired");
  expect((await refusal(admin.organization.invites.delete("invite_01sandboxErin"))).status).toBe(400);
  await admin.organization.invites.create({ email: "erin@acme.example", role: "user" });
});

test("members and pending invites cannot be invited again", async () => {
  const { admin } = await open();
  const again = admin.organization.invites.create({ email: "Ada@acme.example", role: "user" });
  expect(await refusal(again)).toBeInstanceOf(Anthropic.Organization.AlreadyMemberError);
  const twice = admin.organization.invites.create({ email: "ERIN@acme.example", role: "user" });
  expect(await refusal(twice)).toBeInstanceOf(Anthropic.Organization.InviteAlreadyExistsError);
  await admin.organization.invites.create({ email: "ada+other@acme.example", role: "user" });
});

test("the member limit and the allowed domains are switches", async () => {
  const { admin, control } = await open({ settings: { memberCap: 9, allowedEmailDomains: ["acme.example"] } });
  const outside = admin.organization.invites.create({ email: "x@other.example", role: "user" });
  expect(await refusal(outside)).toBeInstanceOf(Anthropic.Organization.EmailDomainNotAllowedError);
  await admin.organization.invites.create({ email: "ninth@acme.example", role: "user" });
  const tenth = admin.organization.invites.create({ email: "tenth@acme.example", role: "user" });
  expect(await refusal(tenth)).toBeInstanceOf(Anthropic.Organization.OrgMemberLimitExceededError);
  control.configure({ memberCap: null });
  await admin.organization.invites.create({ email: "tenth@acme.example", role: "user" });
});

test("bad fields are named", async () => {
  const { admin } = await open();
  const create = (body: object): Promise<string | null | undefined> =>
    refusal(admin.post("/v1/organizations/invites", { body })).then((error) => error.apiMessage);
  expect(await create({ email: "nobody", role: "user" })).toContain("email:");
  const longest = `${"a".repeat(64)}@${"b".repeat(186)}.co`;
  expect(await admin.post("/v1/organizations/invites", { body: { email: longest, role: "user" } })).toMatchObject({
    email: longest,
  });
  expect(await create({ email: `${longest}m`, role: "user" })).toBe("email: String should have at most 254 characters");
  expect(await create({ email: `${"a".repeat(65)}@acme.example`, role: "user" })).toContain("email:");
  expect(await create({ email: "a@acme.example", role: "admin" })).toContain("role:");
  expect(await create({ email: "a@acme.example" })).toBe("role: Field required");
  expect(await create({ email: "a@acme.example", role: "user", workspace: "x" })).toContain("workspace:");
  expect(await create({ email: "a@acme.example", role: "user", rbac_group_ids: ["g"] })).toContain("Enterprise");
});
