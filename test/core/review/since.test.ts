/** Since when, and by whom: what the activity feed tells of a grant, and what it does not. */
import { describe, expect, test } from "vitest";
import type { Activity, ActivityRead } from "../../../src/core/model/activity.ts";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { NO_CONFIG } from "../../../src/core/offboarding/input.ts";
import { assembleReview, giversOf, type ReviewInput } from "../../../src/core/review/review.ts";
import { invite, key, NOW, type OrgParts, org, user, workspace } from "../../support/org.ts";

const production = workspace("Production", { id: "wrkspc_prod" });
const grace = { ...user("grace@acme.example", "admin"), id: "user_grace", name: "Grace" };
const ada = { ...user("ada@acme.example"), id: "user_ada", name: "Ada" };
const SWITCHED = "org_compliance_api_settings_updated";

const activity = (daysAgo: number, type: string, ids: readonly string[], more: Partial<Activity> = {}): Activity => ({
  id: `activity_${daysAgo}_${type}`,
  at: NOW - daysAgo * DAY,
  type,
  actor: { type: "user_actor", id: grace.id, email: "grace@acme.example" },
  ids,
  emails: [],
  ...more,
});

const member = (what: string, daysAgo: number, ids = ["user_ada", "wrkspc_prod"]) =>
  activity(daysAgo, `platform_workspace_member_${what}`, ids);

function inputOf(parts: OrgParts, activities: readonly Activity[]): ReviewInput {
  const live: OrgSnapshot = org({ users: [grace, ada], workspaces: [production], ...parts });
  return { live, now: NOW, usage: { days: 90, from: NOW - 90 * DAY }, config: NO_CONFIG, activities };
}

const ofAda = { members: [{ userId: "user_ada", workspaceId: "wrkspc_prod", role: "developer" }] };

/** Since how many days, and by whom, the grant at a target with a way is had. */
function given(activities: readonly Activity[], target: string, parts: OrgParts = ofAda, who = "ada@acme.example") {
  const { grants } = assembleReview(inputOf(parts, activities));
  const grant = grants.find(({ on, subject }) => on.target === target && (subject.email ?? subject.name) === who);
  if (!grant) throw new Error(`no grant on ${target}`);
  return [grant.since === null ? null : (NOW - grant.since) / DAY, grant.by?.email ?? grant.by?.id ?? null];
}

const IN_PROD = "workspaces.wrkspc_prod";
const UNKNOWN = [null, null];

describe("a role in a workspace", () => {
  test("is had since the newest activity that gave or changed it", () => {
    expect(given([member("updated", 5), member("added", 50)], IN_PROD)).toEqual([5, "grace@acme.example"]);
    expect(given([member("added", 50)], IN_PROD)).toEqual([50, "grace@acme.example"]);
  });

  test("is nobody else's, and of no other workspace", () => {
    expect(given([member("added", 5, ["user_ada", "wrkspc_other"])], IN_PROD)).toEqual(UNKNOWN);
    expect(given([member("added", 5, ["user_bob", "wrkspc_prod"])], IN_PROD)).toEqual(UNKNOWN);
    expect(given([activity(5, "platform_workspace_updated", ["wrkspc_prod"])], IN_PROD)).toEqual(UNKNOWN);
    expect(given([member("added", 5)], "organization")).toEqual(UNKNOWN);
  });

  test("is not known where what came last took it, or may have changed it", () => {
    expect(given([member("removed", 5), member("added", 50)], IN_PROD)).toEqual(UNKNOWN);
    const assigned = activity(5, "role_assignment_granted", ["user_ada", "wrkspc_prod"]);
    expect(given([assigned, member("added", 50)], IN_PROD)).toEqual(UNKNOWN);
  });

  test("is not known where the feed was off meanwhile", () => {
    expect(given([activity(20, SWITCHED, []), member("added", 50)], IN_PROD)).toEqual(UNKNOWN);
    expect(given([member("updated", 5), activity(20, SWITCHED, [])], IN_PROD)[0]).toBe(5);
  });
});

test("a role in the organization is given by whoever invited, or changed it; and with it the one that it brings along", () => {
  const invited = activity(90, "org_user_invite_sent", [], { emails: ["ada@acme.example"] });
  const raised = activity(7, "claude_user_role_updated", ["user_grace"], { emails: ["grace@acme.example"] });
  expect(given([invited], "organization")).toEqual([90, "grace@acme.example"]);
  expect(given([raised, invited], "organization", {}, "grace@acme.example")[0]).toBe(7);
  expect(given([raised, invited], "workspaces.*", {}, "grace@acme.example")[0]).toBe(7);
  const synchronised = activity(3, "scim_user_updated", ["user_ada"]);
  expect(given([synchronised, invited], "organization")).toEqual(UNKNOWN);
});

test("what has a time of its own keeps it, and only an activity of that moment tells who made it", () => {
  const made = { createdAt: NOW - 40 * DAY };
  const keys = (createdBy?: { type: string; id: string }) => ({
    keys: [key("prod-x", "wrkspc_prod", { id: "apikey_x", ...made, ...(createdBy && { createdBy }) })],
  });
  const created = (daysAgo: number) => activity(daysAgo, "platform_api_key_created", ["apikey_x"]);
  expect(given([created(40)], IN_PROD, keys(), "prod-x")).toEqual([40, "grace@acme.example"]);
  expect(given([created(39)], IN_PROD, keys(), "prod-x")).toEqual([40, null]);
  expect(given([created(40)], IN_PROD, keys({ type: "user", id: "user_ada" }), "prod-x")).toEqual([
    40,
    "ada@acme.example",
  ]);
  const sent = (daysAgo: number) => activity(daysAgo, "org_user_invite_sent", [], { emails: ["new@acme.example"] });
  const invites = { invites: [{ ...invite("new@acme.example"), invitedAt: NOW - 2 * DAY }] };
  expect(given([sent(2)], "organization", invites, "new@acme.example")).toEqual([2, "grace@acme.example"]);
  expect(given([sent(1)], "organization", invites, "new@acme.example")).toEqual([2, null]);
});

test("a rule is good in a workspace since it was made there, or opened to it; an update leaves that open", () => {
  const rule = {
    id: "fdrl_one",
    name: "one",
    issuerId: "fdis_one",
    match: { subject: "x" },
    oauthScope: "workspace:developer",
    target: { type: "service_account", id: "svac_one" },
    workspaces: ["wrkspc_prod"],
    tokenLifetime: 900,
  } as const;
  const rules = { rules: [rule] };
  const of = (what: string, daysAgo: number, ids: readonly string[] = []) =>
    activity(daysAgo, `platform_federation_rule_${what}`, ["fdrl_one", ...ids]);
  expect(given([of("created", 9)], IN_PROD, rules, "one")[0]).toBe(9);
  expect(given([of("workspace_added", 4, ["wrkspc_prod"]), of("created", 9)], IN_PROD, rules, "one")[0]).toBe(4);
  expect(given([of("workspace_added", 4, ["wrkspc_other"]), of("created", 9)], IN_PROD, rules, "one")[0]).toBe(9);
  expect(given([of("updated", 4), of("created", 9)], IN_PROD, rules, "one")).toEqual(UNKNOWN);
});

test("who gave it is named in the words of the rest of the API: a person, a key by its name, the directory", () => {
  const by = (actor: Activity["actor"]) => {
    const live = { ...ofAda, keys: [key("robot", "wrkspc_prod", { id: "apikey_robot" })] };
    const { grants } = assembleReview(inputOf(live, [{ ...member("added", 5), actor }]));
    return grants.find(({ on, through }) => on.target === IN_PROD && through.type === "direct")?.by;
  };
  const person = { type: "user", id: "user_grace", email: "grace@acme.example", name: "Grace" };
  expect(by({ type: "user_actor", id: "user_grace", email: "grace@acme.example" })).toEqual(person);
  expect(by({ type: "user_actor", id: "user_gone", email: "gone@acme.example" })).toEqual({
    type: "user",
    id: "user_gone",
    email: "gone@acme.example",
    name: null,
  });
  expect(by({ type: "api_actor", id: "apikey_robot" })).toMatchObject({ type: "api_actor", name: "robot" });
  expect(by({ type: "scim_directory_sync_actor", id: "directory_1", name: "OktaSCIMV2" })).toMatchObject({
    type: "scim_directory_sync_actor",
    name: "OktaSCIMV2",
    email: null,
  });
});

describe("how far the feed is read", () => {
  const sought = () => giversOf(inputOf(ofAda, []));
  const read = (activities: readonly Activity[], stopped: ActivityRead["stopped"] = "whole") => ({
    activities,
    stopped,
  });

  test("only the types that tell of it are asked for, and what switches the feed on", () => {
    const { types } = sought();
    expect(types).toContain("platform_workspace_member_added");
    expect(types).toContain(SWITCHED);
    expect(types).not.toContain("platform_federation_rule_created");
    expect(new Set(types).size).toBe(types.length);
  });

  test("until everything is found, the feed was switched on, or there are too many pages", () => {
    const everything = [
      member("added", 5),
      activity(6, "claude_user_role_updated", ["user_ada"]),
      activity(7, "claude_user_role_updated", ["user_grace"]),
    ];
    const part = everything.slice(0, 2);
    const switched = activity(8, SWITCHED, []);
    expect(sought().isEnough(part)).toBe(false);
    expect(sought().isEnough(everything)).toBe(true);
    expect(sought().isEnough([...part, switched])).toBe(true);
    expect(sought().reading(read(everything, "enough"))).toEqual({ known: true, stopped: "found" });
    const reading = sought().reading(read([...part, switched], "enough"));
    expect(reading).toEqual({ known: true, stopped: "switched-on", since: switched.at });
    expect(sought().reading(read(part))).toEqual({ known: true, stopped: "beginning" });
    expect(sought().reading(read(part, "pages"))).toEqual({ known: true, stopped: "limit", since: NOW - 6 * DAY });
  });

  test("what came on an earlier page keeps its activity", () => {
    const one = sought();
    const first = [member("updated", 5)];
    expect(one.isEnough(first)).toBe(false);
    expect([...one.givers([...first, member("added", 50)]).values()].map(({ at }) => at)).toEqual([NOW - 5 * DAY]);
  });
});
