import { describe, expect, test } from "vitest";
import { declared } from "../../support/config.ts";
import { as, by, DENIED, EVE, member, ORGANIZATION, offboard, PROD } from "../../support/offboarding.ts";
import { group, invite, key, type OrgParts, org, user } from "../../support/org.ts";

const ROLE = { kind: "workspace_member", target: `workspaces.prod.members.${EVE}`, id: null, state: "absent" };
const MEMBERSHIP = { kind: "member", target: `members.${EVE}`, id: null, state: "absent" };

/** Eve is a member, and has a role in Production alone, of which the file speaks. */
const config = declared({
  members: { [EVE]: { role: "user" }, "ada@acme.example": { role: "user" } },
  workspaces: {
    prod: { name: "Production", members: { [EVE]: "user" } },
    lab: { name: "Laboratory", members: { [EVE]: "user" } },
    stage: { name: "Staging", members: { "ada@acme.example": "user" } },
    bare: { name: "Bare" },
  },
});
const former = new Map([[EVE, ["user_eve"]]]);
const ended = (parts: OrgParts, rest: Parameters<typeof offboard>[1] = {}) =>
  offboard(parts, { config, ...rest }).revocations[0]?.ended;

describe("keys that gave access before", () => {
  test.each([
    ["active", by("eve"), false],
    ["inactive", by("eve"), true],
    ["expired", by("eve"), false],
    // The end of a rotation, and no revocation.
    ["archived", by("eve"), false],
    ["inactive", as("eve"), true],
    ["archived", as("eve"), true],
    ["expired", as("eve"), false],
    ["inactive", by("ada"), false],
  ])("one that is %s, %j: %s", (status, whose, isListed) => {
    const found = ended({ keys: [key("web", PROD, { ...whose, status })], members: [member("eve", "user")] });
    const one = { kind: "key", target: "workspaces.prod.keys.web", id: "apikey_web", state: status };
    expect(found).toEqual(isListed ? [one] : []);
  });

  test("one that is named is told whoever made it", () => {
    const keys = [key("web", PROD, { status: "archived" })];
    expect(ended({ keys }, { people: [], key: "web" })).toMatchObject([{ id: "apikey_web", state: "archived" }]);
  });
});

describe("roles that the file gives and nobody has", () => {
  test("those of a member, in the workspaces that are there", () => {
    expect(ended({})).toEqual([ROLE]);
    expect(ended({ members: [member("eve", "user")] })).toEqual([]);
  });

  test("those of whoever has left, and the membership with them", () => {
    expect(ended({ users: [] }, { formerIds: former })).toEqual([ROLE, MEMBERSHIP]);
    expect(ended({ users: [] }, { formerIds: former, config: declared({}) })).toEqual([]);
  });

  test("none of a workspace whose members were not read, but of whoever has left they are gone everywhere", () => {
    const live = org(ORGANIZATION);
    for (const workspaceMembers of [new Map(), new Map([[PROD, DENIED]])]) {
      expect(ended({}, { live: { ...live, workspaceMembers } })).toEqual([]);
      const left = { ...live, users: { known: true, items: [] }, workspaceMembers } as const;
      expect(ended({}, { live: left, formerIds: former })).toEqual([ROLE, MEMBERSHIP]);
    }
  });

  test("none of somebody who never came, whom nobody knows, or of whom nothing could be read", () => {
    expect(ended({ users: [], invites: [invite(EVE)] })).toEqual([]);
    expect(ended({}, { live: { ...org(ORGANIZATION), users: DENIED } })).toEqual([]);
    expect(ended({}, { people: ["nobody@acme.example"], ifExists: true })).toEqual([]);
  });
});

describe("groups that the file puts somebody in and that they are not in", () => {
  const inGroups = declared({
    groups: { Research: { members: ["ada@acme.example", EVE] }, Sales: { members: ["ada@acme.example"] }, Legal: {} },
  });
  const gone = { kind: "group_member", target: `groups.Research.members.${EVE}`, id: null, state: "absent" };
  const eve = user(EVE);
  const empty = [group("Research"), group("Sales"), group("Legal")];
  const found = (groups: OrgParts["groups"], rest: Parameters<typeof offboard>[1] = {}) =>
    ended({ groups: groups ?? [] }, { config: inGroups, ...rest });

  test("are told of whoever is a member, and of whoever has left", () => {
    expect(found(empty)).toEqual([gone]);
    expect(found([group("Research", [eve])])).toEqual([]);
    const users = [user("ada@acme.example")];
    expect(ended({ users, groups: empty }, { config: inGroups, formerIds: former })).toEqual([gone]);
  });

  test("are not told where nobody could see who is in them, or which of two is meant", () => {
    expect(found([group("Research", [], { members: DENIED })])).toEqual([]);
    expect(found([])).toEqual([]);
    expect(found([...empty, group("Research", [], { id: "rbac_group_2" })])).toEqual([]);
    expect(ended({}, { config: inGroups, live: { ...org(ORGANIZATION), groups: DENIED } })).toEqual([]);
  });

  test("are the same in either spelling of an accent", () => {
    const config = declared({ groups: { "Caf\u00e9": { members: [EVE] } } });
    expect(found([group("Cafe\u0301", [eve])], { config })).toEqual([]);
  });
});
