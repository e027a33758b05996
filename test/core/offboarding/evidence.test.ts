import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../../../src/core/audit/audit.ts";
import type { ChangeResult } from "../../../src/core/model/plan.ts";
import { evidenceJson, evidenceOf, type LastActivities } from "../../../src/core/offboarding/evidence.ts";
import type { EndedAccess, Revocation } from "../../../src/core/offboarding/revocation.ts";
import { changeWith } from "../../support/change.ts";
import { EVE } from "../../support/offboarding.ts";
import { NOW } from "../../support/org.ts";

const ROLE = `workspaces.prod.members.${EVE}`;
const removal = (kind: string, target: string, id: string | null) =>
  changeWith({
    action: "remove",
    kind,
    target,
    id,
    before: kind === "key" ? { status: "active" } : { role: "user" },
    risk: "removal",
    reason: "offboarded",
  });
const MEMBER = removal("member", `members.${EVE}`, "user_eve");
const KEY = removal("key", "workspaces.prod.keys.web", "apikey_web");

function result(change: ChangeResult["change"], rest: Partial<ChangeResult> = {}): ChangeResult {
  return { change, status: "done", id: change.id, requestId: "req_1", at: NOW, error: null, ...rest };
}

function record(rest: Partial<AuditRecord>): AuditRecord {
  return {
    command: "revoke",
    event: "write",
    outcome: "done",
    seq: 1,
    at: "2026-11-22T08:00:00.000Z",
    ...HASHES,
    ...rest,
  };
}
const HASHES = { prev: "0", hash: "1" };

const endedKey = (id: string, target = KEY.target): EndedAccess => ({ kind: "key", target, id, state: "inactive" });
const endedRole = (target: string): EndedAccess => ({ kind: "workspace_member", target, id: null, state: "absent" });

function revocation(ended: readonly EndedAccess[] = []): Revocation {
  const subject = { kind: "person", email: EVE, userId: null, name: null, role: null, standing: "gone" } as const;
  return { subject, workspaces: [], groups: [], keys: [], invites: [], ownerless: [], declaredAt: [], ended };
}

interface Run {
  readonly results?: readonly ChangeResult[];
  readonly earlier?: readonly AuditRecord[];
  readonly ended?: readonly EndedAccess[];
}

function evidence({ results = [], earlier = [], ended = [] }: Run) {
  const plan = { organization: { id: "org_1" }, revocations: [revocation(ended)] };
  return evidenceOf({ plan, results, verified: true, remaining: [] }, earlier, NOW);
}

describe("the actions of an evidence", () => {
  test("are those of earlier runs, then those of this one, each with all that is known of it", () => {
    const earlier = [
      record({ action: "remove", kind: "key", target: KEY.target, id: "apikey_web", request_id: "req_0", reason: "x" }),
    ];
    const error = { code: "rate-limited", message: "too many requests" } as const;
    const { actions } = evidence({ earlier, results: [result(MEMBER, { status: "failed", error })] });
    expect(actions).toEqual([
      {
        at: "2026-11-22T08:00:00.000Z",
        action: "remove",
        kind: "key",
        target: KEY.target,
        id: "apikey_web",
        status: "done",
        requestId: "req_0",
        error: "x",
      },
      {
        at: "2026-11-23T12:00:00.000Z",
        action: "remove",
        kind: "member",
        target: MEMBER.target,
        id: "user_eve",
        status: "failed",
        requestId: "req_1",
        error: "rate-limited: too many requests",
      },
    ]);
  });

  test("say null for what a record does not hold, and for what was never written", () => {
    const unwritten = result(MEMBER, { status: "manual", at: null, id: null, requestId: null });
    const { actions } = evidence({ earlier: [record({ outcome: "refused" })], results: [unwritten] });
    expect(actions).toEqual([
      {
        at: "2026-11-22T08:00:00.000Z",
        action: null,
        kind: null,
        target: "",
        id: null,
        status: "refused",
        requestId: null,
        error: null,
      },
      {
        at: null,
        action: "remove",
        kind: "member",
        target: MEMBER.target,
        // The object that it was about, where the result has none of its own.
        id: "user_eve",
        status: "manual",
        requestId: null,
        error: null,
      },
    ]);
  });

  test("name the object that a write made", () => {
    expect(evidence({ results: [result(KEY, { id: "apikey_new" })] }).actions[0]?.id).toBe("apikey_new");
  });
});

describe("what was over before the run", () => {
  test.each<[string, EndedAccess, Run, boolean]>([
    ["a key that nothing was done to", endedKey("apikey_web"), {}, true],
    ["a key that this run ended", endedKey("apikey_web"), { results: [result(KEY)] }, false],
    ["a key that an earlier run ended", endedKey("apikey_web"), { earlier: [record({ id: "apikey_web" })] }, false],
    [
      "a key that an earlier run ended under another name",
      endedKey("apikey_web"),
      { earlier: [record({ id: "apikey_web", target: "workspaces.prod.keys.old" })] },
      false,
    ],
    ["another key of the same name", endedKey("apikey_2"), { results: [result(KEY)] }, true],
    ["a key that could not be ended", endedKey("apikey_web"), { results: [result(KEY, { status: "failed" })] }, true],
    [
      "a role that an earlier run took",
      endedRole(ROLE),
      { earlier: [record({ target: ROLE, id: "user_eve" })] },
      false,
    ],
    ["a role of another place", endedRole(ROLE), { earlier: [record({ target: MEMBER.target })] }, true],
    ["a role, beside an action without an id", endedRole(ROLE), { earlier: [record({ target: KEY.target })] }, true],
  ])("%s", (_, one, run, isListed) => {
    expect(evidence({ ...run, ended: [one] }).alreadyRevoked).toEqual(isListed ? [one] : []);
  });
});

describe("what is left", () => {
  const left = [removal("workspace_member", `workspaces.prod.members.ada@acme.example`, "user_ada"), MEMBER, KEY];

  test("is told, and of people only those who are members still are in", () => {
    const plan = { organization: {}, revocations: [] };
    const found = evidenceOf({ plan, results: [], verified: false, remaining: left }, [], NOW);
    expect(found).toMatchObject({ after: { verified: false, remaining: left }, stillIn: [EVE], takenAt: NOW });
  });

  test("to a person is what was not done by the API, and nothing that was", () => {
    const results = [result(KEY), result(MEMBER, { status: "manual", at: null }), result(KEY, { status: "failed" })];
    expect(evidence({ results }).byHand).toEqual([MEMBER]);
    expect(evidence({}).byHand).toEqual([]);
  });

  test("a plan that is about nobody has no subjects", () => {
    const found = evidenceOf({ plan: { organization: {} }, results: [], verified: true, remaining: [] }, [], NOW);
    expect(found.before).toEqual([]);
  });
});

describe("until when a token may work", () => {
  const AT = "2026-11-22T08:00:00.000Z";
  const session = { kind: "session", target: `members.${EVE}.sessions` } as const;
  const out = (change: Partial<ChangeResult> = {}) =>
    result(
      changeWith({
        ...session,
        action: "remove",
        id: "user_eve",
        before: { email: EVE },
        risk: "removal",
        reason: "offboarded",
      }),
      change,
    );
  test.each<[string, Run, string | null]>([
    ["an hour after the sign-out", { results: [out()] }, "2026-11-23T13:00:00.000Z"],
    ["one of an earlier run counts", { earlier: [record({ ...session, at: AT })] }, "2026-11-22T09:00:00.000Z"],
    [
      "the last counts, whichever comes first",
      { earlier: [record({ ...session, at: AT })], results: [out(), out({ at: NOW - 1000 })] },
      "2026-11-23T13:00:00.000Z",
    ],
    ["none where the sign-out failed", { results: [out({ status: "failed" })] }, null],
    ["none where it was left to a person", { results: [out({ status: "manual", at: null })] }, null],
    ["none where something else was done", { results: [result(MEMBER)] }, null],
  ])("%s", (_, run, until) => {
    expect(evidence(run).tokensUntil).toBe(until);
  });
});

describe("as JSON", () => {
  const json = (facts = {}, organization = {}) => {
    const plan = { organization, revocations: [revocation([endedRole(ROLE)])] };
    const run = { plan, results: [result(MEMBER)], verified: true, remaining: [] };
    return evidenceJson(evidenceOf(run, [], NOW, facts));
  };

  test("it has every field, and null where nothing is known", () => {
    const { before, ...rest } = json();
    expect(before).toHaveLength(1);
    expect(rest).toEqual({
      format_version: "1",
      kind: "evidence",
      verified: true,
      still_in: [],
      reason: null,
      organization: { id: null, name: null },
      taken_at: "2026-11-23T12:00:00.000Z",
      subjects: [{ kind: "person", email: EVE, user_id: null, name: null, role: null, standing: "gone" }],
      actions: [
        {
          at: "2026-11-23T12:00:00.000Z",
          action: "remove",
          kind: "member",
          target: MEMBER.target,
          id: "user_eve",
          status: "done",
          request_id: "req_1",
          error: null,
        },
      ],
      found_done: [endedRole(ROLE)],
      tokens_may_work_until: null,
      after: { verified: true, remaining: [] },
      activities: [],
    });
  });

  test("it says why, of whom, and by which API", () => {
    const facts = { because: "TICKET-7", api: { host: "127.0.0.1:8080", simulated: false } };
    const found = json(facts, { id: "org_1", name: "Acme" });
    expect(found).toMatchObject({ reason: "TICKET-7", organization: { id: "org_1", name: "Acme" } });
    expect(found).toMatchObject({ api: { host: "127.0.0.1:8080" } });
    expect(found).not.toHaveProperty("simulation");
  });

  test("it says of each person what they did last, or why that is not known", () => {
    const whose = { email: EVE, userId: "user_eve" };
    const actor = { type: "user_actor", id: "user_eve", ipAddress: "192.0.2.7", userAgent: "Mozilla/5.0" };
    const one = { id: "act_1", at: NOW, type: "api_key_created", actor, ids: ["apikey_web"], emails: [EVE] };
    const bare = { ...one, id: "act_2", actor: { type: "user_actor" } };
    const denied = { reason: "permission-denied", message: "the key may not read it" };
    const activities: readonly LastActivities[] = [
      { ...whose, known: true, items: [one, bare], more: true },
      { ...whose, known: false, ...denied },
    ];
    const shown = { at: "2026-11-23T12:00:00.000Z", type: "api_key_created", ids: ["apikey_web"], emails: [EVE] };
    const subject = { email: EVE, user_id: "user_eve" };
    expect(json({ activities }).activities).toEqual([
      {
        ...subject,
        known: true,
        more: true,
        items: [
          { ...shown, id: "act_1", via: { ip_address: "192.0.2.7", user_agent: "Mozilla/5.0" } },
          { ...shown, id: "act_2", via: { ip_address: null, user_agent: null } },
        ],
      },
      { ...subject, known: false, ...denied },
    ]);
  });

  test("that of a simulation says so before anything else", () => {
    const found = json({ api: { host: "127.0.0.1:8080", simulated: true } });
    expect(Object.entries(found)[0]).toEqual(["simulation", true]);
  });
});
