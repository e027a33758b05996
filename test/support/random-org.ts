import fc from "fast-check";
import type { WorkspaceRateLimit } from "../../src/core/model/limit.ts";
import { SPEND_PERIODS } from "../../src/core/model/limit.ts";
import {
  type ApiKey,
  type Group,
  type Invite,
  itemsOf,
  type LiveWorkspace,
  type OrgSnapshot,
  type ServiceAccount,
  type User,
  type WorkspaceMember,
  type WorkspaceServiceAccount,
} from "../../src/core/model/org.ts";
import { ASSIGNABLE_ROLES, inheritedWorkspaceRole, WORKSPACE_ROLES } from "../../src/core/model/role.ts";
import { DAY, formatLifetime } from "../../src/core/model/time.ts";
import { account, group, invite, issuer, key, NOW, org, rule, workspace } from "./org.ts";

const RATE_LIMITS = [
  { id: "rl_opus", type: "model_group", displayName: "Claude Opus", models: ["claude-opus-5-5"] },
  { id: "rl_sonnet", type: "model_group", displayName: "Claude Sonnet", models: ["claude-sonnet-5-5"] },
  { id: "rl_batch", type: "batch", displayName: undefined, models: [] },
].map(({ id, type, displayName, models }) => ({
  id,
  group: { type, id: `rlg_${id}`, ...(displayName && { displayName }) },
  limits: { requests_per_minute: 4000, tokens_per_minute: 1_000_000 },
  models,
}));

/** Where the names of people and of workspaces are taken from. */
interface Names {
  readonly people: fc.Arbitrary<string>;
  readonly workspaces: fc.Arbitrary<string>;
}

const ANY: Names = {
  people: fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/),
  workspaces: fc.stringMatching(/^[A-Z][a-z]{0,6}$/),
};
const FEW: Names = {
  people: fc.constantFrom("ada", "bob", "cas", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "lea"),
  workspaces: fc.constantFrom("Prod", "Stage", "Dev", "Lab", "Old"),
};

const roles = fc.constantFrom(...ASSIGNABLE_ROLES, "admin", "owner");

/** Organizations of every sort, small: names are unique, as what a file declares must be. */
export const organizations: fc.Arbitrary<OrgSnapshot> = organizationsOf(ANY);

/** The same with so few names to choose from that any two have people and workspaces in common. */
export const neighbours: fc.Arbitrary<OrgSnapshot> = organizationsOf(FEW);

function organizationsOf(names: Names): fc.Arbitrary<OrgSnapshot> {
  const emails = fc
    .uniqueArray(names.people, { maxLength: 10 })
    .map((people) => people.map((name) => `${name}@acme.example`));
  const parts = fc.tuple(
    emails,
    fc.array(roles, { minLength: 10, maxLength: 10 }),
    fc.nat(10),
    workspaces(names),
    fc.infiniteStream(fc.nat(1000)),
  );
  return parts.map(([people, words, joined, live, dice]) => {
    const users = people.slice(0, joined).map((email, index): User => {
      return { id: `user_${index}`, email, name: email, role: words[index] ?? "user" };
    });
    const roll = (sides: number) => (dice.next().value ?? 0) % sides;
    const serviceAccounts = machines(roll);
    const some = groups(users, roll);
    const invites = people.slice(joined).map((email, index): Invite => {
      const groupIds = some.flatMap(({ id, source }) => (source === "direct" && roll(3) === 0 ? id : []));
      return invite(email, ASSIGNABLE_ROLES[index % 5], groupIds.length > 0 ? { groupIds } : {});
    });
    return org({
      users,
      invites,
      workspaces: live,
      rateLimits: RATE_LIMITS,
      members: live.flatMap((place) => members(place, users, roll)),
      overrides: live.flatMap((place) => overrides(place, roll)),
      groups: some,
      serviceAccounts,
      accountMembers: live.flatMap((place) => accountMembers(place, serviceAccounts, roll)),
      ...federation(live, serviceAccounts, roll),
      keys: live.flatMap((place) => keys(place, users, roll)),
      spendLimits: live.flatMap(({ id }) =>
        roll(2)
          ? [{ id: `spl_${id}`, workspaceId: id, amountMinor: roll(1000) * 50, currency: "USD", period: "monthly" }]
          : [],
      ),
    });
  });
}

type Roll = (sides: number) => number;

function workspaces(names: Names): fc.Arbitrary<readonly LiveWorkspace[]> {
  const tags = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.string({ maxLength: 5 }), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  return fc.uniqueArray(fc.tuple(names.workspaces, tags), { maxLength: 4, selector: ([name]) => name }).map((all) =>
    all
      .filter(([name]) => name !== "Default")
      .map(([name, own]) =>
        workspace(name, {
          tags: own,
          workspaceGeo: "us",
          allowedInferenceGeos: "unrestricted",
          defaultInferenceGeo: "global",
        }),
      ),
  );
}

/** Inherited rows are listed or not, as chance has it: the API promises neither. */
function members({ id }: LiveWorkspace, users: readonly User[], roll: Roll): readonly WorkspaceMember[] {
  return users.flatMap((user) => {
    const inherited = inheritedWorkspaceRole(user.role);
    const role = inherited ?? WORKSPACE_ROLES[roll(4)] ?? "user";
    return roll(2) ? [{ userId: user.id, workspaceId: id, role }] : [];
  });
}

/** Some of four, one of them the identity provider's, with anybody in them. */
function groups(users: readonly User[], roll: Roll): readonly Group[] {
  return ["Engineering", "Finance", "Sales", "All staff"].flatMap((name) => {
    const inside = users.filter(() => roll(2) === 0);
    return roll(2) ? [group(name, inside, { source: name === "All staff" ? "scim" : "direct" })] : [];
  });
}

/** Some of four, of every role, with and without a description; an admin among them is rare. */
function machines(roll: Roll): readonly ServiceAccount[] {
  return ["ci", "deploy", "ingest", "nightly"].flatMap((name) => {
    const role = roll(8) === 0 ? "admin" : "developer";
    const said = ["", "what it is for", "something else"][roll(3)];
    return roll(2) ? [account(name, { role, ...(said && { description: said }) })] : [];
  });
}

const ISSUERS = [
  issuer("github"),
  issuer("gitlab", { url: "https://gitlab.com", checkJti: false }),
  issuer("cluster", { url: "https://kubernetes.acme.example", jwks: { type: "inline", keys: [{ kty: "EC" }] } }),
];

/**
 * Some issuers, and rules of theirs in some workspaces or in all: all of them say whose workloads they mean, so that each can
 * be written, and a rule of one name is always of one issuer, since that can never change.
 */
function federation(places: readonly LiveWorkspace[], accounts: readonly ServiceAccount[], roll: Roll) {
  const issuers = ISSUERS.filter(() => roll(2)).map((each) => (roll(3) ? each : { ...each, maxJwtLifetime: 7200 }));
  const rules = Object.entries({ main: "github", release: "github", preview: "cluster" }).flatMap(
    ([name, ofIssuer]) => {
      const from = issuers.find((one) => one.name === ofIssuer);
      // An account that is an admin is made at the Console, and until then no rule can name it.
      const able = accounts.filter(({ role }) => role === "developer");
      const to = able[roll(Math.max(1, able.length))];
      const where = places.filter(() => roll(2)).map(({ id }) => id);
      if (!from || !to || roll(3) === 0) return [];
      const claims = [
        { repository_owner_id: "1", namespace_id: "1" },
        { repository: "acme/app", project_path: "acme/app" },
      ];
      return [
        rule(name, {
          issuerId: from.id,
          target: { type: "service_account", id: to.id },
          workspaces: where.length === 0 ? "all" : where,
          oauthScope: roll(2) ? "workspace:developer" : "workspace:inference",
          tokenLifetime: [60, 900, 86_400][roll(3)] ?? 900,
          match: {
            claims: claims[roll(2)] ?? {},
            ...(roll(2) && { subject: "repo:acme/app:ref:refs/heads/main" }),
            ...(roll(2) && { audience: "https://api.anthropic.com" }),
            ...(roll(4) === 0 && { condition: "claims.ref_protected == 'true'" }),
          },
          ...(roll(2) && { description: `what ${name} is for` }),
        }),
      ];
    },
  );
  return { issuers, rules };
}

function accountMembers(
  { id }: LiveWorkspace,
  accounts: readonly ServiceAccount[],
  roll: Roll,
): readonly WorkspaceServiceAccount[] {
  return accounts.flatMap(({ id: serviceAccountId }) =>
    roll(2) ? [{ serviceAccountId, workspaceId: id, role: WORKSPACE_ROLES[roll(4)] ?? "user" }] : [],
  );
}

function overrides({ id }: LiveWorkspace, roll: Roll): readonly WorkspaceRateLimit[] {
  return RATE_LIMITS.flatMap(({ id: rateLimitId, group, models }) =>
    roll(2) ? [{ rateLimitId, workspaceId: id, group, models, overrides: { requests_per_minute: roll(4000) } }] : [],
  );
}

function keys({ id, name }: LiveWorkspace, users: readonly User[], roll: Roll): readonly ApiKey[] {
  return Array.from({ length: roll(4) }, (_, index) => {
    const status = ["active", "inactive", "archived", "expired"][roll(8)] ?? "active";
    const creator = users[roll(Math.max(1, users.length))];
    return key(`${name.toLowerCase()}-key${index}`, id, {
      id: `apikey_${id}_${index}`,
      status,
      createdAt: NOW - roll(200) * DAY,
      ...(creator && { createdBy: { type: "user", id: creator.id } }),
    });
  });
}

/** The rbac.yaml that says exactly what an organization is, every kind managed in full. */
export function written(live: OrgSnapshot): Record<string, unknown> {
  const { users, invites, workspaces, keys, spendLimits, serviceAccounts, groups } = live;
  const { federationIssuers, federationRules } = live;
  if (
    !users.known ||
    !invites.known ||
    !workspaces.known ||
    !keys.known ||
    !spendLimits.known ||
    !serviceAccounts.known ||
    !groups.known ||
    !federationIssuers.known ||
    !federationRules.known
  )
    throw new Error("all must be known");
  const emailOf = new Map(users.items.map(({ id, email }) => [id, email]));
  const roleOf = new Map(users.items.map(({ id, role }) => [id, role]));
  const accountOf = new Map(serviceAccounts.items.map(({ id, name }) => [id, name]));
  const handleOf = (id: string) => workspaces.items.find((place) => place.id === id)?.name.toLowerCase();
  const declare = (place: LiveWorkspace) => {
    const inside = live.workspaceMembers.get(place.id);
    const limits = live.workspaceRateLimits.get(place.id);
    const machines = live.workspaceServiceAccounts.get(place.id);
    const spend = spendLimits.items.find(({ workspaceId }) => workspaceId === place.id);
    return {
      name: place.name,
      tags: place.tags,
      data_residency: { workspace_geo: "us", allowed_inference_geos: "unrestricted", default_inference_geo: "global" },
      members: Object.fromEntries(
        (inside?.known ? inside.items : [])
          .filter(({ userId }) => !inheritedWorkspaceRole(roleOf.get(userId) ?? ""))
          .map(({ userId, role }) => [emailOf.get(userId), role]),
      ),
      service_accounts: Object.fromEntries(
        (machines?.known ? machines.items : []).map(({ serviceAccountId, role }) => [
          accountOf.get(serviceAccountId),
          role,
        ]),
      ),
      rate_limits: Object.fromEntries(
        (limits?.known ? limits.items : []).map(({ group, models, overrides }) => [models[0] ?? group.type, overrides]),
      ),
      ...(spend?.amountMinor !== undefined && { spend_limit: { monthly: spend.amountMinor / 100 } }),
      keys: Object.fromEntries(
        keys.items
          .filter(
            ({ scope, status }) => status === "active" && scope.type === "workspace" && scope.workspaceId === place.id,
          )
          .map(({ name }) => [name, {}]),
      ),
    };
  };
  return {
    manage: {
      members: "full",
      workspaces: "full",
      workspace_members: "full",
      rate_limits: "full",
      spend_limits: "full",
      keys: "full",
      service_accounts: "full",
      groups: "full",
      federation: "full",
    },
    key_policy: { rotate_every: "999d" },
    members: Object.fromEntries([...users.items, ...invites.items].map(({ email, role }) => [email, { role }])),
    service_accounts: Object.fromEntries(
      serviceAccounts.items.map(({ name, role, description }) => [name, { role, ...(description && { description }) }]),
    ),
    groups: Object.fromEntries(
      groups.items.map(({ name, members }) => [
        name,
        { members: members.known ? members.items.map(({ email }) => email) : [] },
      ]),
    ),
    federation: {
      issuers: Object.fromEntries(
        federationIssuers.items.map(({ name, url, jwks, checkJti, maxJwtLifetime }) => [
          name,
          {
            url,
            jwks: jwks.type === "inline" ? { keys: jwks.keys } : "discovery",
            check_jti: checkJti,
            max_jwt_lifetime: formatLifetime(maxJwtLifetime),
          },
        ]),
      ),
      rules: Object.fromEntries(
        federationRules.items.map(({ name, match, target, workspaces: places, ...rest }) => [
          name,
          {
            issuer: federationIssuers.items.find(({ id }) => id === rest.issuerId)?.name,
            service_account: target.type === "unknown" ? target.word : accountOf.get(target.id),
            oauth_scope: rest.oauthScope,
            workspaces: places === "all" ? places : places.map(handleOf),
            subject: null,
            condition: null,
            audience: null,
            ...match,
            token_lifetime: formatLifetime(rest.tokenLifetime),
            ...(rest.description !== undefined && { description: rest.description }),
          },
        ]),
      ),
    },
    workspaces: Object.fromEntries(
      workspaces.items.filter(({ isDefault }) => !isDefault).map((place) => [place.name.toLowerCase(), declare(place)]),
    ),
  };
}

const ENTERPRISE_ROLES = ["user", "managed"] as const;

/** The same as a Claude Enterprise organization can be: its own roles, groups, and nothing of the Console; an owner is always there. */
export const enterprises: fc.Arbitrary<OrgSnapshot> = neighbours.map((live): OrgSnapshot => {
  const people = live.users.known ? live.users.items : [];
  const role = (index: number) => ENTERPRISE_ROLES[index % 2] ?? "user";
  const root: User = { id: "user_root", email: "root@acme.example", name: "root", role: "primary_owner" };
  // What each may spend follows from who is there: some have no limit, some one, some several.
  const memberLimits = people.flatMap(({ id }, index) =>
    SPEND_PERIODS.slice(0, index % 4).map((period, at) => ({
      id: `spl_${id}_${period}`,
      userId: id,
      amountMinor: 100 * index + 50 * at,
      currency: "USD",
      period,
    })),
  );
  const invites = (live.invites.known ? live.invites.items : []).map((one, index) => ({ ...one, role: role(index) }));
  return {
    ...org({
      users: [...people.map((one, index) => ({ ...one, role: role(index) })), root],
      invites,
      groups: live.groups.known ? live.groups.items : [],
      memberLimits,
    }),
    type: "enterprise",
  };
});

/** What is declared of one: nothing of the Console. */
export function writtenEnterprise(live: OrgSnapshot): Record<string, unknown> {
  const { members, groups } = written(live);
  const limitsOf = (email: string) => {
    const userId = itemsOf(live.users).find((person) => person.email === email)?.id;
    const own = itemsOf(live.memberSpendLimits).filter((limit) => limit.userId === userId);
    return Object.fromEntries(own.map(({ period, amountMinor = 0 }) => [period, amountMinor / 100]));
  };
  const withLimits = Object.entries(members as Record<string, object>).map(([email, entry]) => {
    const limits = limitsOf(email);
    return [email, { ...entry, ...(Object.keys(limits).length > 0 && { spend_limit: limits }) }];
  });
  const manage = { members: "full", groups: "full", spend_limits: "full" };
  return { manage, members: Object.fromEntries(withLimits), groups };
}
