import { describe, expect, test } from "vitest";
import { removePerson } from "../../../src/adapters/config/remove-person.ts";
import { declared } from "../../support/config.ts";
import { failure } from "../../support/failure.ts";
import { as, by, changeLines, DENIED, EVE, member, ORGANIZATION, offboard, PROD } from "../../support/offboarding.ts";
import { group, invite, key, NOW, type OrgParts, org, user, workspace } from "../../support/org.ts";

const subjects = (plan: ReturnType<typeof offboard>) => plan.revocations.map(({ subject }) => subject);

describe("where somebody stands", () => {
  const live = org({ ...ORGANIZATION, users: [user("ada@acme.example")] });
  const withEve = org(ORGANIZATION);
  const invited = org({ users: [], invites: [invite(EVE)] });
  const config = declared({ members: { [EVE]: { role: "user" } } });
  const formerIds = new Map([[EVE, ["user_1"]]]);

  test.each([
    ["member", { live: withEve }],
    ["member", { live: { ...withEve, invites: DENIED } }],
    ["member", { live: { ...withEve, invites: invited.invites } }],
    ["invited", { live: invited }],
    ["gone", { live, config }],
    ["gone", { live, formerIds }],
    // A list of whoever was invited that could not be read may have them.
    ["unknown", { live: { ...live, invites: DENIED } }],
    ["unknown", { live: { ...live, invites: DENIED }, config }],
    ["unknown", { live: { ...live, users: DENIED } }],
    ["unknown", { live: { ...invited, users: DENIED } }],
    ["not-found", { live, ifExists: true }],
    // Their revocation ended, and no id of theirs is known: only the file spoke of them.
    ["gone", { live, formerIds: new Map([[EVE, []]]) }],
    // An invitation that has run out lets nobody in.
    ["not-found", { live: org({ invites: [invite(EVE, "user", { expiresAt: NOW })] }), ifExists: true }],
  ] as const)("%s", (standing, rest) => {
    expect(subjects(offboard({}, rest))).toMatchObject([{ kind: "person", email: EVE, standing }]);
  });

  test("a member is told with id, name and role, and anybody else without", () => {
    expect(subjects(offboard({}))).toEqual([
      { kind: "person", email: EVE, userId: "user_eve", name: "eve", role: "developer", standing: "member" },
    ]);
    expect(subjects(offboard({}, { live: invited }))).toEqual([
      { kind: "person", email: EVE, userId: null, name: null, role: null, standing: "invited" },
    ]);
  });
});

describe("people whom nothing knows", () => {
  const lost = (people: readonly string[], parts: OrgParts = {}, config = declared({})) =>
    failure(() => offboard(parts, { people, config, max: 9 })).details;

  test("are all named, with whoever may have been meant, each once", () => {
    expect(lost([EVE, "evee@acme.example", "ewe@acme.example"])).toEqual({
      message:
        'each of these is no member, not invited, not in the file, and not revoked earlier: "evee@acme.example", "ewe@acme.example"',
      fix: `did you mean "${EVE}"?`,
    });
    expect(lost(["adda@acme.example", "evee@acme.example"]).fix).toBe(`did you mean "ada@acme.example", "${EVE}"?`);
  });

  test("one of them is told as one, and goes on without where nobody is like that", () => {
    expect(lost(["zoe.longname@elsewhere.example"])).toEqual({
      message: '"zoe.longname@elsewhere.example" is no member, not invited, not in the file, and not revoked earlier',
      fix: "look at the members: anth-rbac status; --if-exists goes on without",
    });
  });

  test("may have been meant for somebody invited, or of the file", () => {
    const config = declared({ members: { "carol@file.example": { role: "user" } } });
    expect(lost(["carrol@file.example"], {}, config).fix).toBe('did you mean "carol@file.example"?');
    expect(lost(["dirck@live.example"], { invites: [invite("dirk@live.example")] }).fix).toBe(
      'did you mean "dirk@live.example"?',
    );
  });

  test("are listed with nothing to be done where that may be", () => {
    const plan = offboard({}, { people: ["nobody@acme.example", EVE], ifExists: true });
    expect(subjects(plan)).toMatchObject([{ standing: "not-found" }, { standing: "member" }]);
    expect(changeLines(plan)).toEqual([`remove member members.${EVE} user_eve [offboarded]`]);
  });
});

test("two members with the e-mail are both named, in any order", () => {
  const users = [
    { ...user(EVE), id: "user_b" },
    { ...user(EVE), id: "user_a" },
  ];
  expect(failure(() => offboard({ users })).details).toEqual({
    message: `the e-mail "${EVE}" fits 2 members: ${EVE} (user_a); ${EVE} (user_b)`,
    fix: "nobody can tell them apart by the e-mail: change or remove the one that is not meant in the Console",
  });
});

test("a role that nobody knows is said", () => {
  const { findings } = offboard({ users: [user(EVE, "wizard"), user("root@acme.example", "admin")] });
  expect(findings).toMatchObject([
    { code: "unknown-word", args: { what: "role", word: "wizard" }, target: `members.${EVE}` },
  ]);
  expect(offboard({}).findings).toEqual([]);
});

describe("what a person reaches", () => {
  const parts: OrgParts = {
    invites: [invite(EVE, "user"), invite("ada@acme.example")],
    workspaces: [workspace("Production"), workspace("Archive"), workspace("Staging")],
    members: [member("eve", "developer"), member("eve", "user", "wrkspc_staging"), member("ada", "admin")],
  };

  test("roles in the order in which workspaces are shown, by the live name, under the handle where there is one", () => {
    const config = declared({ workspaces: { stage: { name: "Staging" } } });
    const { revocations, changes } = offboard(parts, { config });
    expect(revocations[0]?.workspaces).toEqual([
      {
        target: `workspaces.stage.members.${EVE}`,
        workspace: "Staging",
        workspaceId: "wrkspc_staging",
        role: "user",
        inherited: false,
      },
      {
        target: `workspaces.${PROD}.members.${EVE}`,
        workspace: "Production",
        workspaceId: PROD,
        role: "developer",
        inherited: false,
      },
    ]);
    expect(changes.flatMap(({ kind, target }) => (kind === "workspace_member" ? target : []))).toEqual([
      `workspaces.stage.members.${EVE}`,
      `workspaces.${PROD}.members.${EVE}`,
    ]);
  });

  test("an invitation with its id and role", () => {
    expect(offboard(parts).revocations[0]?.invites).toEqual([
      { target: `invites.${EVE}`, id: `invite_${EVE}`, role: "user", groups: [] },
    ]);
  });

  test("an invitation that is still open, with the groups that it brings along, by their names where those are known", () => {
    const groups = [group("Sales"), group("Research")];
    const invites = [
      invite(EVE, "user", { groupIds: ["rbac_group_sales", "rbac_group_gone", "rbac_group_research"] }),
      invite(EVE, "user", { id: "invite_old", expiresAt: NOW }),
      invite("ada@acme.example", "user", { groupIds: ["rbac_group_sales"] }),
    ];
    const shown = offboard({ groups, invites }).revocations[0]?.invites;
    expect(shown?.map(({ id, groups: names }) => [id, names])).toEqual([
      [`invite_${EVE}`, ["Research", "Sales", "rbac_group_gone"]],
    ]);
  });

  test("the groups that they are in, by name, each with what keeps the API from taking them out", () => {
    const eve = user(EVE);
    const groups = [
      group("Sales", [eve]),
      group("Legal", [eve], { source: "scim" }),
      group("Twins", [eve]),
      group("Twins", [], { id: "rbac_group_other" }),
      group("Research", [user("ada@acme.example")]),
    ];
    const { revocations, changes } = offboard({ groups });
    const place = (name: string, obstacle: string | null) => ({
      target: `groups.${name}.members.${EVE}`,
      group: name,
      groupId: `rbac_group_${name.toLowerCase()}`,
      obstacle,
    });
    expect(revocations[0]?.groups).toEqual([
      place("Legal", "provider-owned"),
      place("Sales", null),
      place("Twins", "group-twice"),
    ]);
    expect(changes.map(({ action, target, reason }) => `${action} ${target} [${reason}]`)).toEqual([
      `remove groups.Sales.members.${EVE} [offboarded]`,
      `manual groups.Legal.members.${EVE} [provider-owned]`,
      `manual groups.Twins.members.${EVE} [group-twice]`,
      `remove members.${EVE} [offboarded]`,
    ]);
  });

  test("a role in a workspace that no list has is taken all the same, by its id, before the others", () => {
    const live = org({ ...ORGANIZATION, members: [member("eve", "user")] });
    const [, row] = [...live.workspaceMembers].find(([id]) => id === PROD) ?? [];
    const workspaceMembers = new Map([...live.workspaceMembers, ...(row ? [["wrkspc_gone", row] as const] : [])]);
    const { changes } = offboard({}, { live: { ...live, workspaceMembers } });
    expect(changes.map(({ target }) => target)).toEqual([
      `workspaces.wrkspc_gone.members.${EVE}`,
      `workspaces.${PROD}.members.${EVE}`,
      `members.${EVE}`,
    ]);
  });

  test("keys that act as them before those that they made, and only such as work", () => {
    const keys = [
      key("made", PROD, by("eve")),
      key("acts", PROD, as("eve")),
      key("made-too", PROD, by("eve")),
      key("off", PROD, { ...as("eve"), status: "inactive" }),
    ];
    const shown = offboard({ keys }).revocations[0]?.keys.map(({ name, relation }) => `${relation} ${name}`);
    expect(shown).toEqual(["acts-as acts", "created made", "created made-too"]);
  });

  test("keys of the ids that they had before, unless somebody else has the id now", () => {
    const keys = [key("k1", PROD, as("then")), key("k2", PROD, as("ada")), key("k3", PROD, as("eve"))];
    const formerIds = new Map([[EVE, ["user_then", "user_ada", "user_eve"]]]);
    const names = (rest = {}) =>
      offboard({ keys }, { formerIds, ...rest }).revocations[0]?.keys.map(({ name }) => name);
    expect(names()).toEqual(["k1", "k3"]);
    expect(names({ formerIds: new Map() })).toEqual(["k3"]);
  });
});

describe("where the file speaks of a person", () => {
  const file = {
    members: { [EVE]: { role: "user" }, "ada@acme.example": { role: "user" }, "root@acme.example": { role: "admin" } },
    organization: { keys: { ci: { owner: EVE }, build: { owner: "ada@acme.example" } } },
    workspaces: {
      prod: {
        name: "Production",
        members: { "ada@acme.example": "user", [EVE]: "user" },
        keys: { web: { owner: EVE }, api: { owner: "ada@acme.example" }, odd: {} },
      },
      stage: { name: "Staging", owner: EVE },
    },
    review: { default_reviewer: EVE },
    accept: ["ada@acme.example", EVE].map((owner, index) => ({
      target: `workspaces.prod.keys.k${index}`,
      until: "2027-02-01",
      owner,
      reason: "a trial",
    })),
    guardrails: { protected: ["root@acme.example", EVE] },
  };
  const PATHS = [
    `members.${EVE}`,
    `workspaces.prod.members.${EVE}`,
    "organization.keys.ci.owner",
    "workspaces.prod.keys.web.owner",
    "workspaces.stage.owner",
    "review.default_reviewer",
    "guardrails.protected[1]",
    "accept[1].owner",
  ];

  test("every place, and the keys that nobody answers for any more", () => {
    const { revocations, findings } = offboard({}, { config: declared(file) });
    expect(revocations[0]).toMatchObject({
      declaredAt: PATHS,
      ownerless: ["organization.keys.ci", "workspaces.prod.keys.web"],
    });
    expect(findings.map(({ code, args, path, target }) => ({ code, args, path, target }))).toEqual([
      {
        code: "still-declared",
        args: { person: EVE, paths: PATHS },
        path: ["members", EVE],
        target: `members.${EVE}`,
      },
      {
        code: "key-owner-leaves",
        args: { key: "ci", owner: EVE },
        path: ["organization", "keys", "ci", "owner"],
        target: "organization.keys.ci",
      },
      {
        code: "key-owner-leaves",
        args: { key: "web", owner: EVE },
        path: ["workspaces", "prod", "keys", "web", "owner"],
        target: "workspaces.prod.keys.web",
      },
    ]);
  });

  test("is said to be edited where this very run does that", () => {
    const said = (rest: Parameters<typeof offboard>[1]) =>
      offboard({}, { config: declared(file), ...rest }).findings.find(({ code }) => code === "still-declared")?.args;
    expect(said({ editsFile: true })).toStrictEqual({ person: EVE, paths: PATHS, edited: true });
    for (const rest of [{}, { editsFile: false }]) expect(said(rest)).toStrictEqual({ person: EVE, paths: PATHS });
  });

  test("is what --update-config takes out, and what it leaves", () => {
    const { removed, left } = removePerson(JSON.stringify({ version: 1, ...file }), EVE);
    expect([...removed, ...left]).toEqual(PATHS);
  });

  test("nothing of whom it does not name", () => {
    const { revocations, findings } = offboard({}, { config: declared(file), people: ["grace@acme.example"] });
    expect([revocations[0]?.declaredAt, revocations[0]?.ownerless, findings]).toEqual([[], [], []]);
  });
});
