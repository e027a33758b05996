import type { Config } from "../../src/core/config/config.ts";
import type { RateLimit } from "../../src/core/model/limit.ts";
import type { OrgSnapshot } from "../../src/core/model/org.ts";
import { declared } from "./config.ts";
import { account, group, invite, issuer, key, type OrgParts, org, rule, user, workspace } from "./org.ts";

/** An organization and a file of one size. */
export interface Sized {
  readonly config: Config;
  readonly live: OrgSnapshot;
}

interface Written {
  readonly config: Readonly<Record<string, unknown>>;
  readonly live: OrgParts;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const entries = (count: number, entry: (index: number) => readonly [string, unknown]) =>
  Object.fromEntries(range(count).map(entry));
const manage = {
  ...{ workspaces: "full", members: "full", keys: "full", workspace_members: "full", groups: "full" },
  ...{ service_accounts: "full", federation: "full", rate_limits: "full", spend_limits: "full" },
};
const person = (n: number) => `p${n}@acme.example`;

const rateLimit = (n: number): RateLimit => ({
  id: `rl_${n}`,
  group: { type: "model_group", id: `rlg_${n}`, displayName: `Model ${n}` },
  limits: { requests_per_minute: 4000 },
  models: [`claude-model-${n}`],
});

/** One list each of what is declared and what is live, partly the same: what a planner may search in products of lists. */
const LISTS: Readonly<Record<string, (count: number) => Written>> = {
  "workspaces that are missing, beside others that hold keys": (count) => ({
    config: { workspaces: entries(count, (n) => [`w${n}`, { name: `Wanted ${n}`, keys: { [`w${n}-a`]: {} } }]) },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      keys: range(count).map((n) => key(`other-${n}`, `wrkspc_live${n}`)),
    },
  }),
  "workspaces that were all renamed by hand": (count) => ({
    config: { workspaces: entries(count, (n) => [`w${n}`, { name: `Wanted ${n}`, keys: { [`w${n}-a`]: {} } }]) },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      keys: range(count).map((n) => key(`w${n}-a`, `wrkspc_live${n}`)),
    },
  }),
  "keys of one workspace, named, renamed, pinned and in rotation": (count) => ({
    config: {
      manage,
      workspaces: {
        prod: {
          name: "Prod",
          keys: entries(count, (n) => [`prod-${n}`, n % 2 === 0 ? { previously: `old-${n}` } : { id: `apikey_${n}` }]),
        },
      },
    },
    live: {
      workspaces: [workspace("Prod")],
      keys: range(count).flatMap((n) => [
        key(n % 2 === 0 ? `old-${n}` : `any-${n}`, "wrkspc_prod", { id: `apikey_${n}` }),
        key(`prod-${n}@next`, "wrkspc_prod", { id: `apikey_next_${n}` }),
      ]),
    },
  }),
  "one name in many workspaces, beside strays of it": (count) => ({
    config: {
      workspaces: entries(count, (n) => [`w${n}`, { name: `Live${n}`, keys: { same: { id: `apikey_${n}` } } }]),
    },
    live: {
      workspaces: range(2 * count).map((n) => workspace(`Live${n}`)),
      keys: range(2 * count).map((n) => key("same", `wrkspc_live${n}`, { id: `apikey_${n}` })),
    },
  }),
  "keys that nothing declares, in workspaces with handles that they begin with": (count) => ({
    config: { manage, workspaces: entries(count, (n) => [`w${n}`, { name: `Live${n}` }]) },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      keys: range(count).map((n) => key(`w${n}-x`, `wrkspc_live${(n + 1) % count}`)),
    },
  }),
  "people, in the organization and in one workspace": (count) => ({
    config: {
      manage,
      members: entries(count, (n) => [person(n), { role: "developer" }]),
      workspaces: { prod: { name: "Prod", members: entries(count, (n) => [person(n), "user"]) } },
    },
    live: {
      users: range(count).map((n) => user(person(n + 5))),
      workspaces: [workspace("Prod")],
      members: range(count).map((n) => ({ userId: `user_p${n + 3}`, workspaceId: "wrkspc_prod", role: "user" })),
    },
  }),
  "people who are invited, with the same and with other roles": (count) => ({
    config: {
      manage,
      members: entries(count, (n) => [person(n), { role: "developer" }]),
      workspaces: { prod: { name: "Prod", members: entries(count, (n) => [person(n), "user"]) } },
    },
    live: {
      workspaces: [workspace("Prod")],
      invites: range(count).map((n) => invite(person(n + 5), n % 2 === 0 ? "developer" : "user")),
    },
  }),
  "limits of one workspace": (count) => ({
    config: {
      manage,
      workspaces: {
        prod: { name: "Prod", rate_limits: entries(count, (n) => [`claude-model-${n}`, { requests_per_minute: 9 }]) },
      },
    },
    live: {
      workspaces: [workspace("Prod")],
      rateLimits: range(count + 5).map(rateLimit),
      overrides: range(count).map((n) => {
        const { id: rateLimitId, limits: _, ...rest } = rateLimit(n + 5);
        return { ...rest, rateLimitId, workspaceId: "wrkspc_prod", overrides: { requests_per_minute: 8 + (n % 2) } };
      }),
    },
  }),
  "limits of many workspaces": (count) => ({
    config: {
      manage,
      workspaces: entries(count, (n) => [
        `w${n}`,
        {
          name: `Live${n}`,
          rate_limits: { "claude-model-1": { requests_per_minute: 9 } },
          spend_limit: { monthly: 50 },
        },
      ]),
    },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      rateLimits: [rateLimit(1)],
      spendLimits: range(count).map((n) => ({
        ...{ id: `spl_${n}`, workspaceId: `wrkspc_live${n}`, amountMinor: 5000 + (n % 2) },
        ...{ currency: "USD", period: "monthly" },
      })),
    },
  }),
  "service accounts, in the organization and in one workspace": (count) => ({
    config: {
      manage,
      service_accounts: entries(count, (n) => [`bot-${n}`, { role: "developer" }]),
      workspaces: { prod: { name: "Prod", service_accounts: entries(count, (n) => [`bot-${n}`, "developer"]) } },
    },
    live: {
      workspaces: [workspace("Prod")],
      serviceAccounts: range(count).map((n) => account(`bot-${n + 5}`)),
      accountMembers: range(count).map((n) => ({
        ...{
          serviceAccountId: `svac_bot-${n + 5}`,
          workspaceId: "wrkspc_prod",
          role: n % 2 === 0 ? "developer" : "user",
        },
      })),
    },
  }),
  "issuers, and rules that use them": (count) => ({
    config: {
      manage,
      service_accounts: { ci: {} },
      federation: {
        issuers: entries(count, (n) => [`issuer-${n}`, { url: `https://issuer-${n}.example` }]),
        rules: entries(count, (n) => [
          `rule-${n}`,
          {
            ...{ issuer: `issuer-${n}`, service_account: "ci", oauth_scope: "workspace:developer", workspaces: "all" },
            subject: `subject-${n}`,
          },
        ]),
      },
    },
    live: {
      serviceAccounts: [account("ci")],
      issuers: range(count).map((n) => issuer(`issuer-${n + 5}`, { url: `https://issuer-${n + 5}.example` })),
      rules: range(count).map((n) => rule(`rule-${n + 5}`, { issuerId: `fdis_issuer-${n + 5}` })),
    },
  }),
  "groups, and people in one of them": (count) => ({
    config: {
      manage,
      members: entries(count, (n) => [person(n), { role: "managed" }]),
      groups: {
        ...entries(count, (n) => [`Group${n}`, { members: [person(n)] }]),
        Everybody: { members: range(count).map(person) },
      },
    },
    live: {
      users: range(count).map((n) => user(person(n), "managed")),
      groups: [
        ...range(count).map((n) => group(`Group${n + 5}`, [user(person(n))])),
        group(
          "Everybody",
          range(count - 5).map((n) => user(person(n + 5))),
        ),
      ],
    },
  }),
  "machines, groups and people that nothing declares": (count) => ({
    config: {
      manage,
      members: { [person(0)]: { role: "developer" } },
      groups: {},
      service_accounts: {},
      federation: {},
    },
    live: {
      users: range(count).map((n) => user(person(n))),
      groups: range(count).map((n) => group(`Group${n}`, [user(person(n))])),
      serviceAccounts: range(count).map((n) => account(`bot-${n}`)),
      issuers: range(count).map((n) => issuer(`issuer-${n}`, { url: `https://issuer-${n}.example` })),
      rules: range(count).map((n) =>
        rule(`rule-${n}`, { issuerId: `fdis_issuer-${n}`, target: { type: "service_account", id: `svac_bot-${n}` } }),
      ),
    },
  }),
  "members of a workspace who are declared in many": (count) => ({
    config: {
      manage,
      members: entries(count, (n) => [person(n), { role: "developer" }]),
      workspaces: entries(count, (n) => [`w${n}`, { name: `Live${n}`, members: { [person(n)]: "user" } }]),
    },
    live: {
      users: range(count).map((n) => user(person(n))),
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      members: range(count).map((n) => ({ userId: `user_p${n}`, workspaceId: `wrkspc_live${n}`, role: "admin" })),
    },
  }),
  "what is accepted": (count) => ({
    config: {
      manage,
      workspaces: { prod: { name: "Prod" } },
      accept: range(count).map((n) => ({
        ...{ target: `workspaces.prod.keys.legacy-${n}`, until: "2027-01-31", owner: person(1), reason: "migrating" },
      })),
    },
    live: {
      workspaces: [workspace("Prod")],
      keys: range(count).map((n) => key(`legacy-${n + 5}`, "wrkspc_prod")),
    },
  }),
  "all of these together": (count) => {
    const share = range(Math.ceil(count / 10));
    const other = share.map((n) => n + 5);
    const of = (entry: (index: number) => readonly [string, unknown]) => entries(share.length, entry);
    return {
      config: {
        manage,
        members: of((n) => [person(n), { role: "developer" }]),
        groups: of((n) => [`Group${n}`, { members: [person(n)] }]),
        service_accounts: of((n) => [`bot-${n}`, {}]),
        federation: {
          issuers: of((n) => [`issuer-${n}`, { url: `https://issuer-${n}.example` }]),
          rules: of((n) => [
            `rule-${n}`,
            {
              ...{ issuer: `issuer-${n}`, service_account: `bot-${n}`, oauth_scope: "workspace:developer" },
              ...{ workspaces: [`w${n}`], subject: `subject-${n}` },
            },
          ]),
        },
        workspaces: of((n) => [
          `w${n}`,
          {
            name: `Live${n}`,
            members: { [person(n)]: "user" },
            service_accounts: { [`bot-${n}`]: "developer" },
            keys: { [`w${n}-a`]: {}, [`w${n}-b`]: { previously: `old-${n}` } },
            rate_limits: { "claude-model-1": { requests_per_minute: 9 } },
            spend_limit: { monthly: 50 },
          },
        ]),
        accept: share.map((n) => ({
          ...{
            target: `workspaces.w${n}.keys.legacy-${n}`,
            until: "2027-01-31",
            owner: person(1),
            reason: "migrating",
          },
        })),
      },
      live: {
        users: other.map((n) => user(person(n))),
        invites: share.slice(0, 5).map((n) => invite(person(n), "user")),
        groups: other.map((n) => group(`Group${n}`, [user(person(n))])),
        serviceAccounts: other.map((n) => account(`bot-${n}`)),
        issuers: other.map((n) => issuer(`issuer-${n}`, { url: `https://issuer-${n}.example` })),
        rules: other.map((n) => rule(`rule-${n}`, { issuerId: `fdis_issuer-${n}` })),
        workspaces: other.map((n) => workspace(`Live${n}`)),
        members: other.map((n) => ({ userId: `user_p${n}`, workspaceId: `wrkspc_live${n}`, role: "admin" })),
        keys: other.flatMap((n) => [
          ...[key(`old-${n}`, `wrkspc_live${n}`), key(`w${n}-a`, `wrkspc_live${n}`)],
          ...[key(`w${n}-b@next`, `wrkspc_live${n}`), key(`legacy-${n}`, `wrkspc_live${n}`)],
        ]),
        rateLimits: [rateLimit(1)],
        spendLimits: other.map((n) => ({
          ...{ id: `spl_${n}`, workspaceId: `wrkspc_live${n}`, amountMinor: 5000 + (n % 2) },
          ...{ currency: "USD", period: "monthly" },
        })),
      },
    };
  },
};

/** By what there is much of. */
export const SIZES: Readonly<Record<string, (count: number) => Sized>> = Object.fromEntries(
  Object.entries(LISTS).map(([what, sizeOf]) => [
    what,
    (count: number): Sized => {
      const { config, live } = sizeOf(count);
      return { config: declared(config), live: org(live) };
    },
  ]),
);
