import { describe, expect, test } from "vitest";
import type { Locate } from "../../../src/core/model/finding.ts";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { DAY, dayOf } from "../../../src/core/model/time.ts";
import type { DailyUse } from "../../../src/core/model/usage.ts";
import { NO_CONFIG } from "../../../src/core/offboarding/input.ts";
import { assembleReview, type ReviewInput } from "../../../src/core/review/review.ts";
import { declared } from "../../support/config.ts";
import { account, invite, key, NOW, type OrgParts, org, user, workspace } from "../../support/org.ts";

const production = workspace("Production");
const locate: Locate = () => ({ line: 7, column: 3 });
const grace = user("grace@acme.example", "admin");
const ada = user("ada@acme.example");
const old = { createdAt: NOW - 200 * DAY };

/** The grants of an organization in which nothing was used, unless rows say so. */
function grants(parts: OrgParts, rows: readonly DailyUse[] = [], input: Partial<ReviewInput> = {}) {
  const report = { rows, from: NOW - 90 * DAY, to: NOW, asOf: NOW, namesActors: true };
  const usage = { days: 90, from: NOW - 90 * DAY, report };
  const live: OrgSnapshot = org({ workspaces: [production], ...parts });
  return assembleReview({ live, now: NOW, usage, config: NO_CONFIG, ...input }).grants;
}

/** The one grant of a key. */
function ofKey(
  rest: Parameters<typeof key>[2],
  parts: OrgParts = {},
  input: Partial<ReviewInput> = {},
  rows: readonly DailyUse[] = [],
) {
  const found = grants({ users: [grace, ada], keys: [key("prod-x", production.id, rest)], ...parts }, rows, input);
  const grant = found.find(({ subject }) => subject.type === "key");
  if (!grant) throw new Error("no grant");
  return grant;
}

describe("a key", () => {
  test("that was not used in the span and is older than it is to be removed; a younger one is not", () => {
    expect(ofKey(old)).toMatchObject({ flags: ["unused", "no-owner"], advice: "remove", reason: { code: "unused" } });
    expect(ofKey({ createdBy: { type: "user", id: ada.id } })).toMatchObject({ flags: [], advice: "keep" });
  });

  test("that was used says on which day", () => {
    const use = { day: dayOf(NOW - 2 * DAY), keyId: "apikey_prod-x", tokens: 1 };
    const rest = { ...old, createdBy: { type: "user", id: ada.id } };
    expect(ofKey(rest, {}, {}, [use, { ...use, day: dayOf(NOW - 9 * DAY) }])).toMatchObject({
      lastUsed: { at: dayOf(NOW - 2 * DAY), known: true },
      advice: "keep",
      since: old.createdAt,
      by: { type: "user", id: ada.id, email: "ada@acme.example", name: ada.name },
    });
  });

  test("of somebody who has left, of nobody, and of one person made by another are told apart", () => {
    expect(ofKey({ createdBy: { type: "user", id: "user_gone" } })).toMatchObject({
      flags: ["owner-left"],
      advice: "ask",
    });
    expect(ofKey({})).toMatchObject({ flags: ["no-owner"], advice: "ask" });
    const shared = { principal: { type: "user", id: ada.id }, createdBy: { type: "user", id: grace.id } } as const;
    expect(ofKey(shared)).toMatchObject({
      flags: ["shared-key"],
      advice: "ask",
      subject: { email: "ada@acme.example" },
    });
  });

  test("whose members were not read is of nobody who left", () => {
    const live = {
      ...org({
        workspaces: [production],
        keys: [key("prod-x", production.id, { createdBy: { type: "user", id: "user_gone" } })],
      }),
      users: { known: false, reason: "api-error" } as const,
    };
    const [grant] = assembleReview({
      live,
      now: NOW,
      usage: { days: 90, from: NOW - 90 * DAY },
      config: NO_CONFIG,
    }).grants;
    expect(grant).toMatchObject({ flags: [], advice: "ask" });
  });

  test("that is disabled is kept, for it gives nobody access; what has ended is no grant", () => {
    expect(ofKey({ ...old, status: "inactive" })).toMatchObject({ advice: "keep", reason: { code: "disabled" } });
    for (const rest of [{ status: "archived" }, { status: "expired" }, { expiresAt: NOW }]) {
      expect(() => ofKey(rest)).toThrow("no grant");
    }
  });

  test("is overdue by its own rotation, and is declared somewhere", () => {
    const config = declared({
      members: { "ada@acme.example": { role: "developer" } },
      workspaces: {
        prod: { name: "Production", keys: { "prod-x": { owner: "ada@acme.example", rotate_every: "90d" } } },
      },
    });
    const use = { day: dayOf(NOW), keyId: "apikey_prod-x", tokens: 1 };
    expect(ofKey(old, {}, { config, locate }, [use])).toMatchObject({
      flags: ["overdue-rotation"],
      on: { target: "workspaces.prod", name: "Production" },
      declared: { path: "workspaces.prod.keys.prod-x", position: { line: 7 } },
    });
    expect(ofKey(old, { users: [grace] }, { config, locate }, [use]).flags).toEqual(["owner-left", "overdue-rotation"]);
  });

  test("in a workspace whose limit is a hundred times its highest minute says so", () => {
    const overrides = [
      {
        rateLimitId: "r",
        workspaceId: production.id,
        group: { type: "batch", id: "r" },
        overrides: { requests_per_minute: 1000 },
        models: [],
      },
    ];
    const peak = { requests: 10, inputTokens: 0, outputTokens: 0 };
    const asked = { workspace: "Production", peak };
    expect(ofKey({}, { overrides }, asked).flags).toContain("limit-never-reached");
    expect(ofKey({}, { overrides }, { ...asked, peak: { ...peak, requests: 11 } }).flags).not.toContain(
      "limit-never-reached",
    );
  });
});

test("a workspace of which nobody can tell which it is has no grants to show, and that is said", () => {
  const workspaces = [production, { ...production, id: "wrkspc_twin" }];
  const config = declared({ workspaces: { prod: { name: production.name } } });
  expect(() => grants({ workspaces }, [], { config, workspace: "prod" })).toThrow(/cannot be told/);
});

describe("a person", () => {
  test("who is an admin has one grant on the organization and one on every workspace", () => {
    expect(grants({ users: [grace] }).map(({ on, role, flags }) => [on.target, role, flags])).toEqual([
      ["organization", "admin", ["admin"]],
      ["workspaces.*", "admin", []],
    ]);
  });

  test("who is not among the people, or has left, is to be removed, with the command that does it", () => {
    const people = new Map([["grace@acme.example", { works: false, until: "2026-11-01" }]]);
    const found = grants({ users: [grace, ada] }, [], { people });
    expect(found.map(({ advice }) => advice)).toEqual(["remove", "remove", "remove"]);
    expect(found[0]?.reason).toEqual({
      code: "not-in-people",
      args: { email: "ada@acme.example", standing: "absent" },
    });
    expect(found[1]?.reason.args).toMatchObject({ standing: "left", day: "2026-11-01" });
  });

  test("whose role in a workspace no request and no key needed could do with less", () => {
    const members = [{ userId: ada.id, workspaceId: production.id, role: "developer" }];
    const role = (rows: readonly DailyUse[], keys: OrgParts["keys"] = []) =>
      grants({ users: [ada], members, keys }, rows).find(
        ({ subject, on }) => subject.type === "person" && on.name !== null,
      );
    expect(role([])).toMatchObject({ advice: "lower", reason: { args: { enough: "user" } } });
    const use = { day: dayOf(NOW), actorId: ada.id, tokens: 1 };
    expect(role([{ ...use, workspaceId: production.id }])?.advice).toBe("keep");
    expect(role([{ ...use, workspaceId: "wrkspc_other" }])?.advice).toBe("lower");
    expect(role([], [key("prod-x", production.id, { createdBy: { type: "user", id: ada.id } })])?.advice).toBe("keep");
  });

  test("who was invited more than a week ago is asked for", () => {
    const invited = (days: number) =>
      grants({ invites: [invite("erin@acme.example", "developer", { invitedAt: NOW - days * DAY })] })[0];
    expect(invited(8)).toMatchObject({ flags: ["stale-invite"], advice: "remove", since: NOW - 8 * DAY });
    expect(invited(7)).toMatchObject({ flags: [], advice: "keep" });
  });
});

test("only what the file manages can be undeclared, and never without a file", () => {
  const parts = { users: [ada], keys: [key("prod-x", production.id)], serviceAccounts: [account("ci")] };
  const flagged = (config: ReturnType<typeof declared>, rest = {}) =>
    grants(parts, [], { config, ...rest }).flatMap(({ subject, flags }) =>
      flags.includes("undeclared") ? subject.type : [],
    );
  const config = declared({ members: { "grace@acme.example": { role: "admin" } } });
  expect(flagged(config, { locate })).toEqual(["person"]);
  expect(flagged(config)).toEqual([]);
});

test("of one person there are the keys that they know besides those that act as them", () => {
  const keys = [
    key("acts", production.id, { principal: { type: "user", id: ada.id } }),
    key("made", production.id, { createdBy: { type: "user", id: ada.id } }),
    key("other", production.id, { createdBy: { type: "user", id: grace.id } }),
  ];
  const found = grants({ users: [grace, ada], keys }, [], { user: "ada@acme.example" });
  expect(found.map(({ subject }) => subject.name).sort()).toEqual(["acts", "ada", "made"]);
});

test("what could not be read counts where the file manages it, and what needs another credential does not", () => {
  const live: OrgSnapshot = {
    ...org({ workspaces: [production] }),
    users: { known: false, reason: "api-error" },
    serviceAccounts: { known: false, reason: "oauth-required" },
  };
  const usage = { days: 90, from: NOW - 90 * DAY };
  const config = declared({ members: { "grace@acme.example": { role: "admin" } } });
  expect(assembleReview({ live, now: NOW, usage, config, locate }).unknown).toEqual([
    { kind: "members", reason: "api-error", counts: true },
    { kind: "service_accounts", reason: "oauth-required", counts: false },
  ]);
});

describe("where the list of workspaces could not be read", () => {
  const members = [{ workspaceId: production.id, userId: ada.id, role: "developer" }];
  const file = declared({
    members: { "ada@acme.example": { role: "developer" } },
    workspaces: {
      prod: { name: "Production", members: { "ada@acme.example": "developer" }, keys: { "prod-x": {} } },
    },
  });
  const parts: OrgParts = {
    users: [ada],
    keys: [key("prod-x", production.id, old)],
    members,
  };
  const reviewOf = (lacking: Partial<OrgSnapshot>, rest: Partial<ReviewInput> = {}) => {
    const report = { rows: [], from: NOW - 90 * DAY, to: NOW, asOf: NOW, namesActors: true };
    const usage = { days: 90, from: NOW - 90 * DAY, report };
    const live = { ...org({ workspaces: [production], ...parts }), ...lacking };
    return assembleReview({ live, now: NOW, usage, config: file, locate, ...rest });
  };
  const unread = { known: false, reason: "api-error" } as const;

  test("that counts, for nobody knows what roles there are in them", () => {
    const lacking = { workspaces: unread, workspaceMembers: new Map() };
    expect(reviewOf(lacking).unknown).toContainEqual({ kind: "workspaces", reason: "api-error", counts: true });
    const bare = { config: NO_CONFIG, locate: undefined } as unknown as Partial<ReviewInput>;
    expect(reviewOf(lacking, bare).unknown).toContainEqual({ kind: "workspaces", reason: "api-error", counts: true });
  });

  test("no key in one is called undeclared", () => {
    const flagged = (lacking: Partial<OrgSnapshot>) =>
      reviewOf(lacking).grants.filter(({ flags }) => flags.includes("undeclared"));
    expect(flagged({ workspaces: unread, workspaceMembers: new Map() })).toEqual([]);
    const other = reviewOf({}, { config: { ...file, workspaces: new Map() } });
    expect(other.grants.filter(({ flags }) => flags.includes("undeclared"))).not.toEqual([]);
  });

  test("nor is a role said to be needed by no key, where the keys or the members were not read", () => {
    const role = (lacking: Partial<OrgSnapshot>) =>
      reviewOf(lacking).grants.find(({ on, through }) => on.target === "workspaces.prod" && through.type === "direct");
    expect(role({ keys: { known: true, items: [] } })?.reason.code).toBe("role-not-needed");
    expect(role({ keys: unread })?.reason.code).not.toBe("role-not-needed");
  });
});
