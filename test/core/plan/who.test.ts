import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { Activity } from "../../../src/core/model/activity.ts";
import type { Change } from "../../../src/core/model/change.ts";
import { ownWriteOf, soughtIn } from "../../../src/core/plan/who.ts";
import { declared } from "../../support/config.ts";
import { key, NOW, org, user, workspace } from "../../support/org.ts";

const ada = { ...user("ada@acme.example"), id: "user_ada" };
const bob = { ...user("bob@acme.example"), id: "user_bob" };
const prod = workspace("Prod", { id: "wrkspc_prod" });
const config = declared({ workspaces: { prod: { name: "Prod" } } });
const live = org({ users: [ada, bob], workspaces: [prod], keys: [key("one", prod.id, { id: "apikey_one" })] });

const change = (kind: string, target: string, id: string | null) =>
  ({ action: "update", kind, target, id, before: {}, after: {}, risk: "safe", reason: "differs" }) as unknown as Change;

const member = change("member", "members.ada@acme.example", ada.id);
const place = change("workspace", "workspaces.prod", prod.id);
const membership = change("workspace_member", "workspaces.prod.members.ada@acme.example", ada.id);
const own = change("key", "workspaces.prod.keys.one", "apikey_one");
const rateLimit = change("rate_limit", "workspaces.prod.rate_limits.batch", "rl_1");
const invite = change("invite", "invites.gone@acme.example", null);
const changes = [member, place, membership, own, rateLimit, invite];

const activity = (fields: Partial<Activity>): Activity => ({
  id: "activity_1",
  at: NOW,
  type: "something_happened",
  actor: { type: "user_actor" },
  ids: [],
  emails: [],
  ...fields,
});

/** The targets that a list of activities, newest first, tells of. */
function told(activities: readonly Activity[]): readonly string[] {
  const sought = soughtIn({ plan: { changes, unmanaged: [] }, live, matches: matchLive(config, live) });
  return [...sought.newest(activities).keys()].map(({ target }) => target).sort();
}

describe("an activity is about the object that it names", () => {
  test("and about no other: whatever else it names, a person, a place and a membership are three things", () => {
    const ids = fc.uniqueArray(fc.constantFrom("user_ada", "user_bob", "wrkspc_prod", "wrkspc_other", "unknown_7"));
    fc.assert(
      fc.property(ids, (named) => {
        const objects = named.filter((id) => id !== "unknown_7");
        const has = (...wanted: typeof objects) => wanted.every((id) => objects.includes(id));
        const alone = objects.length === 1;
        const wanted = [
          ...(alone && has("user_ada") ? [member] : []),
          ...(alone && has("wrkspc_prod") ? [place] : []),
          // Several people may be added by one activity.
          ...(has("user_ada", "wrkspc_prod") ? [membership] : []),
        ];
        expect(told([activity({ ids: named })])).toEqual(wanted.map(({ target }) => target));
      }),
    );
  });

  test("a key is known by its id, whatever it is in and whoever made it", () => {
    const ids = ["apikey_one", "wrkspc_prod", "user_ada", "user_bob"];
    expect(told([activity({ ids })])).toEqual([own.target]);
  });

  test("an e-mail is as good as an id, with an id beside it that nobody knows any more", () => {
    expect(told([activity({ emails: ["gone@acme.example"] })])).toEqual([invite.target]);
    expect(told([activity({ emails: ["gone@acme.example"], ids: ["user_gone"] })])).toEqual([invite.target]);
    expect(told([activity({ emails: ["gone@acme.example"], ids: ["user_gone", "wrkspc_prod"] })])).toEqual([]);
  });

  test("a type that speaks of limits is about limits alone, and a read about nothing", () => {
    expect(told([activity({ type: "platform_workspace_rate_limit_updated", ids: ["wrkspc_prod"] })])).toEqual([
      rateLimit.target,
    ]);
    expect(told([activity({ type: "org_user_viewed", ids: ["user_ada"] })])).toEqual([]);
  });

  test("the newest counts, and pages that come later change nothing", () => {
    const sought = soughtIn({ plan: { changes: [member], unmanaged: [] }, live, matches: matchLive(config, live) });
    const newer = activity({ id: "newer", ids: ["user_ada"] });
    expect(sought.isEnough([activity({ ids: ["user_bob"] })])).toBe(false);
    const read = [activity({ ids: ["user_bob"] }), newer, activity({ id: "older", ids: ["user_ada"] })];
    expect(sought.isEnough(read)).toBe(true);
    expect(sought.newest(read).get(member)).toBe(newer);
  });
});

describe("a write of this machine's", () => {
  const writes = [{ at: NOW, target: member.target, command: "apply" }];

  test("is known by its target and its time, by one clock", () => {
    expect(ownWriteOf(member, activity({ at: NOW + 60_000 }), writes, 0)?.command).toBe("apply");
    expect(ownWriteOf(member, activity({ at: NOW + 130_000 }), writes, 0)).toBeUndefined();
    expect(ownWriteOf(member, activity({ at: NOW + 3_600_000 }), writes, 3_600_000)?.command).toBe("apply");
    expect(ownWriteOf(place, activity({}), writes, 0)).toBeUndefined();
  });

  test("is never what comes from a browser, a moment later", () => {
    const from = (userAgent: string) => activity({ at: NOW + 1000, actor: { type: "user_actor", userAgent } });
    expect(ownWriteOf(member, from("Mozilla/5.0"), writes, 0)).toBeUndefined();
    expect(ownWriteOf(member, from("Anthropic/JS 1.14.0"), writes, 0)?.command).toBe("apply");
  });

  test("is never what the directory did, in the same minute too", () => {
    expect(ownWriteOf(member, activity({ actor: { type: "scim_directory_sync_actor" } }), writes, 0)).toBeUndefined();
  });
});
