import { describe, expect, test } from "vitest";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { assembleStatus } from "../../../src/core/status/status.ts";
import { answers, assemble, codes, config, live, person, production, staging } from "../../support/core-status.ts";
import { failure } from "../../support/failure.ts";
import { invite, key, NOW, user } from "../../support/org.ts";

describe("one person", () => {
  test("is told first which promised workspace they are missing from", () => {
    const { notes, access } = person("ada@acme.example");
    expect(codes(notes)).toEqual(["declared-not-member"]);
    expect(notes[0]?.args).toMatchObject({ workspace: { handle: "prod" }, role: "developer" });
    expect(access.known && access.items.map(({ workspace, state }) => [workspace.name, state])).toEqual([
      ["Production", "absent"],
      ["Staging", "member"],
      ["Claude Code", "absent"],
      ["Default", "by-organization-role"],
    ]);
  });

  test("is told of workspaces that nobody promised, of a weak role, of an end near by and of an undeclared membership", () => {
    expect(codes(person("bob@acme.example").notes)).toEqual([
      "until-soon",
      "not-member",
      "member-not-declared",
      "workbench-only",
    ]);
  });

  test("an admin is in every workspace by inheritance, rows or not", () => {
    const { access, notes } = person("grace@acme.example", { live: { ...live(), workspaceMembers: new Map() } });
    expect(notes).toEqual([]);
    expect(access.known && access.items.filter(({ state }) => state === "member")).toHaveLength(3);
  });

  test("a workspace whose members could not be read is unknown, not absent", () => {
    const unread = new Map([[production.id, { known: false, reason: "api-error" } as const]]);
    const { access, notes } = person("ada@acme.example", { live: { ...live(), workspaceMembers: unread } });
    expect(access.known && access.items[0]).toMatchObject({ state: "unknown", reason: "api-error" });
    expect(codes(notes)).toContain("memberships-unread");
    expect(codes(notes)).not.toContain("declared-not-member");
  });

  test("is found by the whole e-mail only; a plus-address is another person", () => {
    const missing = failure(() => person("ada+x@acme.example"));
    expect(missing.code).toBe("not-found");
    expect(missing.details.fix).toContain('"ada@acme.example"');
  });

  test("whose access the file has ended is sent to no apply that would do nothing, or take it away", () => {
    const late = NOW + 60 * DAY;
    const notes = (parts: Parameters<typeof live>[0] = {}) =>
      person("bob@acme.example", { now: late, live: live(parts) }).notes;
    expect(codes(notes())).toContain("until-passed");
    expect(codes(notes())).not.toContain("not-member");
    const gone = live().users;
    const others = gone.known ? gone.items.filter(({ email }) => email !== "bob@acme.example") : [];
    const [first, ...rest] = notes({ users: others });
    expect(first).toMatchObject({ code: "not-in-organization", args: { ended: expect.any(String) } });
    expect(codes(rest)).not.toContain("until-passed");
    const invited = notes({ users: others, invites: [invite("bob@acme.example", "user", { expiresAt: late + DAY })] });
    expect(codes(invited)).toEqual(expect.arrayContaining(["invite-pending", "until-passed"]));
    const ended = (role: string, manage = config.manage) => {
      const users = [...others, user("bob@acme.example", role)];
      const noted = person("bob@acme.example", {
        now: late,
        live: live({ users }),
        config: { ...config, manage },
      }).notes;
      return noted.find(({ code }) => code === "until-passed")?.args;
    };
    // No apply removes an admin of the organization, or anybody where the file does not manage members.
    expect(ended("user")).not.toHaveProperty("byHand");
    expect(ended("admin")).toHaveProperty("byHand", true);
    expect(ended("user", { ...config.manage, members: "off" })).toHaveProperty("byHand", true);
  });

  test("who is gone is no suggestion of their own", () => {
    const invites = [invite("zoe@acme.example", "user", { status: "accepted" })];
    const fix = (status: string) =>
      failure(() => person("zoe@acme.example", { live: live({ invites: [{ ...invites[0], status } as never] }) }))
        .details.fix;
    expect(fix("accepted")).toContain("declare them under members");
    expect(fix("deleted")).toContain("declare them under members");
  });

  test("is sent to no apply for what the file does not manage, and told of the role that an invitation needs", () => {
    const off = { ...config, manage: { ...config.manage, members: "off", workspace_members: "off" } } as const;
    const noted = (email: string, input: Parameters<typeof person>[1]) =>
      person(email, input).notes.map(({ code, args }) => [code, args]);
    expect(noted("ada@acme.example", { config: off })).toEqual([
      ["declared-not-member", expect.objectContaining({ byHand: true })],
    ]);
    expect(noted("bob@acme.example", { config: off })).toContainEqual([
      "not-member",
      expect.objectContaining({ byHand: true }),
    ]);
    const nobody = live({ invites: [] });
    expect(noted("erin@acme.example", { config: off, live: nobody })).toEqual([
      ["not-in-organization", { declared: "developer", byHand: true }],
    ]);
    const erin = config.members.get("erin@acme.example");
    const { role: _, ...roleless } = erin ?? {};
    const members = new Map([...config.members, ["erin@acme.example", roleless]]) as typeof config.members;
    expect(noted("erin@acme.example", { config: { ...config, members }, live: nobody })).toEqual([
      ["not-in-organization", { needsRole: true }],
    ]);
  });

  test("nobody, and no workspace that is not there, is sent to an apply that manages neither", () => {
    const off = { ...config, manage: { ...config.manage, members: "off", workspaces: "off" } } as const;
    const empty = live({ workspaces: [] });
    const asked = { selection: { view: "workspace", workspace: "prod" }, live: empty } as const;
    const fixes = (input: { readonly config?: typeof config }) => [
      failure(() => person("zzz@else.example", input)).details.fix,
      failure(() => assemble({ ...asked, ...input })).details.fix,
    ];
    for (const fix of fixes({})) expect(fix).toContain("anth-rbac apply");
    for (const fix of fixes({ config: off })) expect(fix).toContain("in the Console: the file does not manage");
  });

  test("may be invited, or have been, or only be declared", () => {
    const erin = person("erin@acme.example");
    expect([erin.user, codes(erin.notes)]).toEqual([undefined, ["invite-pending"]]);
    const late = live({ invites: [invite("erin@acme.example", "user", { status: "expired", expiresAt: NOW - DAY })] });
    expect(codes(person("erin@acme.example", { live: late }).notes)).toEqual(["invite-expired"]);
    expect(codes(person("erin@acme.example", { live: live({ invites: [] }) }).notes)).toEqual(["not-in-organization"]);
    const unread: OrgSnapshot = { ...live(), invites: { known: false, reason: "api-error" } };
    // Nor is it said that they are not invited.
    expect(codes(person("zoe@acme.example", { live: unread }).notes)).toEqual(["invites-unread"]);
  });

  test("has keys that act as them, and knows the secrets of others that they created", () => {
    const by = { createdBy: { type: "user", id: "user_ada" } };
    const keys = [
      key("own", staging.id, { ...by, principal: { type: "user", id: "user_ada" } }),
      key("legacy", staging.id, by),
      key("robot", staging.id, { ...by, principal: { type: "service_account", id: "svac_1" } }),
      key("other", staging.id, { createdBy: { type: "user", id: "user_bob" } }),
    ];
    const { keys: own, created, notes } = person("ada@acme.example", { live: live({ keys }) });
    const names = (reading: typeof own) => (reading.known ? reading.items.map(({ name }) => name) : []);
    expect([names(own), names(created)]).toEqual([["own"], ["legacy", "robot"]]);
    expect(notes.at(-1)).toEqual({ code: "knows-secrets", args: { keys: 2 } });
  });

  test("may hold a key that Claude Code minted: it is theirs, though it names nobody, and needs no words", () => {
    const parts = {
      users: [user("ada@acme.example")],
      members: [{ userId: "user_ada", workspaceId: "wrkspc_claude code", role: "user" }],
      keys: [key("minted", "wrkspc_claude code", { createdBy: { type: "user", id: "user_ada" } })],
    };
    const { keys, created, notes } = person("ada@acme.example", { live: live(parts) });
    expect([keys.known && keys.items.length, created.known && created.items.length]).toEqual([1, 0]);
    expect(codes(notes)).not.toContain("workbench-only");
    expect(answers("minted", parts.keys)[0]?.notes).toEqual([]);
  });

  test("without an rbac.yaml is told where to be added all the same", () => {
    const { selection, ...rest } = {
      selection: { view: "user", email: "ada@acme.example" } as const,
      live: live(),
      now: NOW,
    };
    const { user: ada } = assembleStatus({ ...rest, selection });
    expect(codes(ada?.notes ?? [])).toEqual(["not-member"]);
  });
});
