import { describe, expect, test } from "vitest";
import { holdTogether, missingObjects, missingUsers } from "../../../src/core/match/contradictions.ts";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { account, issuer, key, type OrgParts, org, rule, user, workspace } from "../../support/org.ts";

const PROD = "wrkspc_production";
const as = (id: string, rest: Partial<ApiKey> = {}) =>
  key(`of-${id}`, PROD, { principal: { type: "user", id }, ...rest });
const grace = user("grace@acme.example", "admin");
const parts: OrgParts = { users: [grace], workspaces: [workspace("Production")] };
const member = (userId: string) => ({ userId, workspaceId: PROD, role: "developer" });

describe("people whom the list of members lacks", () => {
  test("are those with a role in a workspace, and those whom a key in force acts as, each once", () => {
    const live = org({
      ...parts,
      members: [member(grace.id), member("user_bob")],
      keys: [as("user_bob"), as("user_eve"), as("user_new", { status: "paused" })],
    });
    expect(missingUsers(live)).toEqual({
      inForce: [
        { id: "user_bob", namedBy: "workspace" },
        { id: "user_eve", namedBy: "key" },
        { id: "user_new", namedBy: "key" },
      ],
      disabled: [],
    });
  });

  test("apart from those whom only a disabled key names; keys that have ended name nobody", () => {
    const live = org({
      ...parts,
      keys: [
        as("user_old", { status: "inactive" }),
        as("user_gone", { status: "archived" }),
        as("user_late", { status: "expired" }),
      ],
    });
    expect(missingUsers(live)).toEqual({ inForce: [], disabled: [{ id: "user_old", namedBy: "key" }] });
  });

  test("are nobody where the members were not read", () => {
    const live = { ...org({ ...parts, members: [member("user_bob")] }), users: unread };
    expect(missingUsers(live)).toEqual({ inForce: [], disabled: [] });
  });
});

const unread = { known: false, reason: "not-read" } as const;

describe("a list that others contradict is unknown", () => {
  const usersOf = (found: OrgParts) => holdTogether(org({ ...parts, ...found }), []).users;

  test("members who lack somebody whom the API does not call gone", () => {
    const live = org(parts);
    expect(holdTogether(live, [])).toEqual(live);
    const unsettled = [
      { id: "user_bob", namedBy: "workspace" },
      { id: "user_eve", namedBy: "key" },
    ] as const;
    expect(holdTogether(live, unsettled).users).toEqual({
      known: false,
      reason: "incomplete-answer",
      message:
        "members of the organization: the list lacks user_bob, who has a role in a workspace, and 1 more; it is not taken for whole",
    });
  });

  test("members who are nobody, or among whom nobody can be an admin", () => {
    expect(usersOf({ users: [] })).toMatchObject({ known: false, reason: "incomplete-answer" });
    expect(usersOf({ users: [user("bob@acme.example")] })).toMatchObject({ known: false });
    expect(usersOf({ users: [user("bob@acme.example"), grace] })).toMatchObject({ known: true });
    // A role that is new may be an admin's.
    expect(usersOf({ users: [user("bob@acme.example", "security_admin")] })).toMatchObject({ known: true });
    expect(usersOf({ users: [user("bob@acme.example", "primary_owner")] })).toMatchObject({ known: true });
  });

  test("limits of the organization that lack one which a workspace has", () => {
    const group = { type: "batch", id: "rlg_1" };
    const limit = { id: "rl_1", group, limits: {}, models: [] };
    const override = { rateLimitId: "rl_1", workspaceId: PROD, group, overrides: {}, models: [] };
    expect(holdTogether(org({ ...parts, rateLimits: [limit], overrides: [override] }), []).rateLimits.known).toBe(true);
    const lacking = holdTogether(org({ ...parts, rateLimits: [], overrides: [override] }), []).rateLimits;
    expect(lacking).toMatchObject({
      known: false,
      reason: "incomplete-answer",
      message: expect.stringContaining("rl_1"),
    });
  });
});

test("spend limits in two currencies are unknown: an organization is billed in one", () => {
  const limit = (currency: string) => ({ id: `spl_${currency}`, currency, period: "monthly" });
  const held = (...currencies: string[]) => {
    const { spendLimits, memberSpendLimits } = holdTogether(
      { ...org(parts), memberSpendLimits: { known: true, items: currencies.map(limit) } },
      [],
    );
    return [spendLimits, memberSpendLimits];
  };
  expect(held("USD", "USD").map(({ known }) => known)).toEqual([true, true]);
  const message = "spend limits: the list has amounts in USD and in JPY, and an organization is billed in one currency";
  expect(held("USD", "JPY")[1]).toEqual({ known: false, reason: "incomplete-answer", message });
  const ofWorkspaces = org({ ...parts, spendLimits: ["USD", "JPY"].map(limit) });
  expect(holdTogether(ofWorkspaces, []).spendLimits).toEqual({ known: false, reason: "incomplete-answer", message });
});

describe("what is said of a list that is not whole", () => {
  const said = (live: ReturnType<typeof org>, unsettled: Parameters<typeof holdTogether>[1] = []) => {
    const { users, rateLimits } = holdTogether(live, unsettled);
    return [users, rateLimits].map((list) => (list.known ? null : list.message));
  };
  const group = { type: "batch", id: "rlg_1" };
  const override = (rateLimitId: string) => ({ rateLimitId, workspaceId: PROD, group, overrides: {}, models: [] });

  test.each<[string, OrgParts, Parameters<typeof holdTogether>[1], string]>([
    ["it is empty", { users: [] }, [], "the list is empty, and somebody's credential reads it"],
    ["it has no admin", { users: [user("b@x.example")] }, [], "the list has no admin, and every organization has one"],
    [
      "it lacks one whom a key acts as",
      {},
      [{ id: "user_eve", namedBy: "key" }],
      "the list lacks user_eve, whom a key acts as; it is not taken for whole",
    ],
    [
      "it lacks three",
      {},
      ["user_b", "user_c", "user_d"].map((id) => ({ id, namedBy: "workspace" }) as const),
      "the list lacks user_b, who has a role in a workspace, and 2 more; it is not taken for whole",
    ],
  ])("of members where %s", (_, found, unsettled, message) => {
    expect(said(org({ ...parts, ...found }), unsettled)).toEqual([`members of the organization: ${message}`, null]);
  });

  test("of limits, with the workspace that has one; the first that is missing", () => {
    const limit = { id: "rl_1", group, limits: {}, models: [] };
    expect(said(org({ ...parts, rateLimits: [limit], overrides: ["rl_1", "rl_2", "rl_3"].map(override) }))).toEqual([
      null,
      `rate limits of the organization: the list lacks rl_2, which workspace ${PROD} has a limit of its own for`,
    ]);
  });

  test("nothing of what could not be read, or because of it", () => {
    const lacking = org({ ...parts, overrides: [override("rl_2")] });
    expect(holdTogether({ ...lacking, rateLimits: unread }, []).rateLimits).toEqual(unread);
    expect(said({ ...lacking, workspaceRateLimits: new Map([[PROD, unread]]) })).toEqual([null, null]);
    expect(holdTogether({ ...lacking, users: unread }, [{ id: "x", namedBy: "key" }]).users).toEqual(unread);
  });

  test("nobody is missed where roles, or keys, could not be read; a key of a machine names nobody", () => {
    const live = org({ ...parts, members: [member("user_bob")], keys: [as("user_eve")] });
    const named = (rest: object) => missingUsers({ ...live, ...rest }).inForce.map(({ id }) => id);
    expect(named({})).toEqual(["user_bob", "user_eve"]);
    expect(named({ workspaceMembers: new Map([[PROD, unread]]) })).toEqual(["user_eve"]);
    expect(named({ keys: unread })).toEqual(["user_bob"]);
    const machine = key("m", PROD, { principal: { type: "service_account", id: "svac_1" } });
    expect(named({ keys: { known: true, items: [machine, key("nobodys", PROD)] } })).toEqual(["user_bob"]);
  });
});

describe("objects that their lists lack", () => {
  const machine = (id: string) => ({ principal: { type: "service_account" as const, id } });
  const role = (serviceAccountId: string) => ({ serviceAccountId, workspaceId: PROD, role: "developer" });
  const lacking = org({
    ...parts,
    serviceAccounts: [account("ci")],
    accountMembers: [role("svac_ci"), role("svac_a")],
    keys: [
      key("far", "wrkspc_far"),
      key("farther", "wrkspc_far", machine("svac_a")),
      key("off", "wrkspc_off", { status: "inactive", ...machine("svac_off") }),
      key("gone", "wrkspc_gone", { status: "archived", ...machine("svac_gone") }),
      key("acts", PROD, machine("svac_b")),
      key("person's", PROD, { principal: { type: "user", id: "user_eve" } }),
      { ...key("organization's", PROD), scope: { type: "organization" } },
    ],
    rules: [
      rule("one", { target: { type: "service_account", id: "svac_c" } }),
      rule("two", { issuerId: "fdis_other" }),
      rule("three", { target: { type: "unknown", word: "robot" } }),
    ],
    issuers: [issuer("github")],
  });
  const found = () => missingObjects(lacking);

  test("are those that others in force name, each once and by the first that does", () => {
    expect(found()).toEqual({
      workspaces: [{ id: "wrkspc_far", namedBy: "key" }],
      serviceAccounts: [
        { id: "svac_a", namedBy: "workspace" },
        { id: "svac_b", namedBy: "key" },
        { id: "svac_c", namedBy: "rule" },
      ],
      federationIssuers: [{ id: "fdis_other", namedBy: "rule" }],
    });
  });

  test("are none of a list that was not read", () => {
    const blind = { ...lacking, workspaces: unread, serviceAccounts: unread, federationIssuers: unread };
    expect(missingObjects(blind)).toEqual({ workspaces: [], serviceAccounts: [], federationIssuers: [] });
  });

  test("make that list unknown, and no other", () => {
    const accounts = { workspaces: [], serviceAccounts: found().serviceAccounts, federationIssuers: [] };
    const held = holdTogether(lacking, [], accounts);
    expect(held.serviceAccounts).toEqual({
      known: false,
      reason: "incomplete-answer",
      message:
        "service accounts: the list lacks svac_a, which has a role in a workspace, and 2 more; it is not taken for whole",
    });
    expect([held.workspaces.known, held.federationIssuers.known]).toEqual([true, true]);
    const rest = holdTogether(lacking, [], { ...found(), serviceAccounts: [] });
    expect([rest.workspaces, rest.federationIssuers]).toMatchObject([
      { message: "workspaces: the list lacks wrkspc_far, which a key in force names; it is not taken for whole" },
      {
        message:
          "federation issuers: the list lacks fdis_other, which a federation rule names; it is not taken for whole",
      },
    ]);
  });
});
