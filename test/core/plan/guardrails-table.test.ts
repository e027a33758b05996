/** Each guardrail × each kind of change: what is taken, and from whom, decides, and not which kind takes it, or by which action. */
import { expect, test } from "vitest";
import { NAMED_KINDS } from "../../../src/core/kinds/kinds.ts";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { Change } from "../../../src/core/model/change.ts";
import type { GuardrailRule } from "../../../src/core/model/guardrail.ts";
import { guard } from "../../../src/core/plan/guardrails.ts";
import { declared } from "../../support/config.ts";
import { account, group, invite, issuer, key, org, rule, user, workspace } from "../../support/org.ts";

const [grace, ada, bob] = [
  user("grace@acme.example", "admin"),
  user("ada@acme.example", "admin"),
  user("bob@acme.example"),
];
const prod = workspace("Production");
const LIVE = org({
  users: [grace, ada, bob],
  invites: [invite("hal@acme.example")],
  workspaces: [prod, workspace("Old")],
  members: [
    { workspaceId: prod.id, userId: bob.id, role: "admin" },
    { workspaceId: prod.id, userId: grace.id, role: "admin" },
  ],
  keys: [
    key("grace", prod.id, { principal: { type: "user", id: grace.id } }),
    key("web", prod.id),
    key("old", "wrkspc_old"),
  ],
  serviceAccounts: [account("ci")],
  accountMembers: [{ serviceAccountId: "svac_ci", workspaceId: prod.id, role: "developer" }],
  groups: [group("Ops", [grace]), group("Web", [bob])],
  issuers: [issuer("github")],
  rules: [rule("deploy")],
});
/** Nothing may be taken at all, every admin there is is needed, and grace is protected and runs it herself. */
const CONFIG = declared({
  workspaces: { prod: { name: "Production" } },
  guardrails: {
    ...{ min_admins: 2, min_workspace_admins: 3, protected: [grace.email], domains: ["acme.example"] },
    max_removals: { percent: 0, always_allow: 0, never_exceed: 0 },
  },
});

const at = (kind: Change["kind"], target: string, id: string | null, rest: object = {}): Change =>
  ({
    action: "remove",
    kind,
    target,
    id,
    risk: "removal",
    reason: "differs",
    before: null,
    after: null,
    ...rest,
  }) as Change;
/** An update to something less, as each kind knows it. */
const less = (after: object, risk = "removal") => ({ action: "update", before: {}, after, risk });
const HERS = ["protected", "self", "max_removals"] as const;

const TABLE: readonly (readonly [string, Change, readonly GuardrailRule[]])[] = [
  [
    "an admin removed",
    at("member", `members.${grace.email}`, grace.id),
    ["min_admins", "min_workspace_admins", ...HERS],
  ],
  [
    "an admin demoted, by a person",
    at("member", `members.${grace.email}`, grace.id, { ...less({ role: "user" }), action: "manual" }),
    ["min_admins", "min_workspace_admins", ...HERS],
  ],
  ["a member removed", at("member", `members.${bob.email}`, bob.id), ["min_workspace_admins", "max_removals"]],
  ["a member raised", at("member", `members.${bob.email}`, bob.id, less({ role: "developer" }, "widening")), []],
  ["an invitation cancelled", at("invite", "invites.hal@acme.example", "invite_hal@acme.example"), ["max_removals"]],
  [
    "an invitation to another domain",
    at("invite", "invites.hal@acme.exmaple", null, { action: "create", after: { role: "user" }, risk: "widening" }),
    ["domains"],
  ],
  ["a workspace archived, with her key", at("workspace", "workspaces.prod", prod.id, { risk: "irreversible" }), HERS],
  [
    "a workspace archived",
    at("workspace", "workspaces.wrkspc_old", "wrkspc_old", { risk: "irreversible" }),
    ["max_removals"],
  ],
  // What is in it goes on: of her key nothing is taken.
  [
    "a workspace that gets an external key for good",
    at("workspace", "workspaces.prod", prod.id, less({ external_key_id: "ekey_1" }, "irreversible")),
    ["max_removals"],
  ],
  ["a workspace held to fewer regions", at("workspace", "workspaces.prod", prod.id, less({})), ["max_removals"]],
  ["a workspace opened to all regions", at("workspace", "workspaces.prod", prod.id, less({}, "widening")), []],
  [
    "a workspace role taken away",
    at("workspace_member", `workspaces.prod.members.${bob.email}`, bob.id),
    ["min_workspace_admins", "max_removals"],
  ],
  [
    "a workspace role lowered",
    at("workspace_member", `workspaces.prod.members.${bob.email}`, bob.id, less({ role: "user" })),
    ["min_workspace_admins", "max_removals"],
  ],
  ["her key disabled", at("key", "workspaces.prod.keys.grace", "apikey_grace"), HERS],
  [
    "her key disabled by its status",
    at("key", "workspaces.prod.keys.grace", "apikey_grace", less({ status: "inactive" })),
    HERS,
  ],
  ["a key disabled", at("key", "workspaces.prod.keys.web", "apikey_web"), ["max_removals"]],
  [
    "an account archived",
    at("service_account", "service_accounts.ci", "svac_ci", { risk: "irreversible" }),
    ["max_removals"],
  ],
  [
    "an account lowered",
    at("service_account", "service_accounts.ci", "svac_ci", less({ role: "developer" })),
    ["max_removals"],
  ],
  [
    "an account's role in a workspace taken away",
    at("workspace_service_account", "workspaces.prod.service_accounts.ci", "svac_ci"),
    ["max_removals"],
  ],
  [
    "an issuer archived",
    at("federation_issuer", "federation.issuers.github", "fdis_github", { risk: "irreversible" }),
    ["max_removals"],
  ],
  [
    "a rule archived",
    at("federation_rule", "federation.rules.deploy", "fdrl_deploy", { risk: "irreversible" }),
    ["max_removals"],
  ],
  [
    "a rule in fewer workspaces",
    at("federation_rule", "federation.rules.deploy", "fdrl_deploy", less({})),
    ["max_removals"],
  ],
  ["her group deleted", at("group", "groups.Ops", "rbac_group_ops", { risk: "irreversible" }), HERS],
  ["a group deleted", at("group", "groups.Web", "rbac_group_web", { risk: "irreversible" }), ["max_removals"]],
  ["she is taken out of a group", at("group_member", `groups.Ops.members.${grace.email}`, grace.id), HERS],
  ["she is signed out", at("session", `members.${grace.email}.sessions`, grace.id), HERS],
  ["her admin keys deleted, by a person", at("admin_key", `members.${grace.email}`, null, { action: "manual" }), HERS],
  // A limit is nobody's access: lowered it is looked at once more before it is sent, and cleared it gives more (design 3, 6).
  ["a limit lowered", at("rate_limit", "workspaces.prod.rate_limits.batch", "rl_1", less({}, "safe")), []],
  ["a limit cleared", at("rate_limit", "workspaces.prod.rate_limits.batch", "rl_1", { risk: "widening" }), []],
  ["a spend limit lowered", at("spend_limit", "workspaces.prod.spend_limit", "spl_1", less({}, "safe")), []],
  [
    "her spend limit lowered",
    at("member_spend_limit", `members.${grace.email}.spend_limit`, "spl_2", less({}, "safe")),
    [],
  ],
  [
    "the activity feed switched off",
    at("compliance", "organization.compliance", null, less({ state: "disabled" }, "irreversible")),
    ["max_removals"],
  ],
];

test.each(TABLE)("%s", (_, change, refusing) => {
  const results = guard({
    changes: [change],
    config: CONFIG,
    live: LIVE,
    matches: matchLive(CONFIG, LIVE),
    self: { email: grace.email },
  });
  expect(results.filter(({ refuses }) => refuses).map(({ rule: name }) => name)).toEqual(refusing);
});

test("each kind of change stands in the table", () => {
  const kinds = new Set(TABLE.map(([, { kind }]) => kind));
  expect(NAMED_KINDS.filter(([kind]) => !kinds.has(kind))).toEqual([]);
});
