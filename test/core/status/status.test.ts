import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { isOrganizationAdmin } from "../../../src/core/model/role.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { reachScope, statusScope } from "../../../src/core/status/select.ts";
import { assemble, config, live, production, staging } from "../../support/core-status.ts";
import { failure } from "../../support/failure.ts";
import { invite, key, NOW, user } from "../../support/org.ts";

const ROLES = [
  "user",
  "claude_code_user",
  "developer",
  "billing",
  "managed",
  "admin",
  "owner",
  "primary_owner",
  "new_word",
];
const WORKSPACE_ROLES = ["user", "developer", "restricted_developer", "admin", "billing", "new_word"];

describe("laws", () => {
  const users = fc.uniqueArray(
    fc.record({ name: fc.stringMatching(/^[a-f]{1,3}$/), role: fc.constantFrom(...ROLES) }),
    {
      selector: ({ name }) => name,
    },
  );
  const rows = fc.array(fc.record({ at: fc.nat(20), role: fc.constantFrom(...WORKSPACE_ROLES) }), { maxLength: 8 });

  test("everybody inherits exactly when the organization role says so, whichever rows the API lists", () => {
    fc.assert(
      fc.property(users, rows, (people, rows) => {
        const everybody = people.map(({ name, role }) => user(`${name}@acme.example`, role));
        const members = new Map(
          rows.flatMap(({ at, role }) => {
            const who = everybody[at % (everybody.length || 1)];
            return who ? [[who.id, { userId: who.id, workspaceId: production.id, role }] as const] : [];
          }),
        );
        const status = assemble({ live: live({ users: everybody, members: [...members.values()] }) });
        const items = status.workspaces.known ? status.workspaces.items : [];
        const shown = items.find(({ id }) => id === production.id)?.members;
        const found = new Map(shown?.known ? shown.items.map((item) => [item.userId, item]) : []);
        for (const { id, role } of everybody) {
          const row = members.get(id);
          const member = found.get(id);
          if (isOrganizationAdmin(role)) expect(member).toMatchObject({ role: "admin", how: "inherited", from: role });
          else if (role === "billing" && (!row || row.role === "billing")) {
            expect(member).toMatchObject({ role: "billing", how: "inherited" });
          } else if (row) expect(member).toMatchObject({ role: row.role, how: "direct" });
          else expect(member).toBeUndefined();
        }
        expect(found.size).toBe(new Set([...found.keys()]).size);
      }),
    );
  });

  test("every key is shown exactly once, wherever it is and whatever could be read", () => {
    const place = fc.constantFrom(production.id, staging.id, "wrkspc_default", "wrkspc_gone", undefined);
    fc.assert(
      fc.property(fc.array(place, { maxLength: 30 }), fc.boolean(), (places, listed) => {
        const keys = places.map((workspaceId, index) =>
          key(`k${index}`, "", { scope: workspaceId ? { type: "workspace", workspaceId } : { type: "organization" } }),
        );
        const all = live({ keys });
        const unread = { known: false, reason: "permission-denied" } as const;
        const status = assemble({ live: listed ? all : { ...all, workspaces: unread } });
        const shown = [
          ...(status.workspaces.known ? status.workspaces.items : []).map(({ keys }) => keys),
          ...status.unlisted.map(({ keys }) => keys),
          status.keys,
        ].flatMap((reading) => (reading.known ? reading.items.map(({ id }) => id) : []));
        expect(shown.toSorted()).toEqual(keys.map(({ id }) => id).toSorted());
      }),
    );
  });

  test("what could not be read is never shown as empty", () => {
    const unread = { known: false, reason: "api-error", message: "boom" } as const;
    const nothing: OrgSnapshot = {
      ...live(),
      users: unread,
      invites: unread,
      keys: unread,
      rateLimits: unread,
      spendLimits: unread,
      workspaceMembers: new Map([[production.id, unread]]),
    };
    const status = assemble({ live: nothing });
    expect([status.members, status.invites, status.keys]).toEqual([unread, unread, unread]);
    const shown = status.workspaces.known ? status.workspaces.items.find(({ id }) => id === production.id) : undefined;
    expect(shown).toMatchObject({ members: unread, keys: unread, limits: unread, spendLimits: unread });
    expect(status.unknown.map(({ kind }) => kind)).toEqual([
      "members",
      "invites",
      "workspaces.prod.members",
      "rate_limits",
      "spend_limits",
      "keys",
    ]);
  });

  test("members of a workspace are not known where the organization's are not: whoever inherits is in no row", () => {
    const status = assemble({ live: { ...live(), users: { known: false, reason: "api-error" } } });
    const shown = status.workspaces.known ? status.workspaces.items : [];
    expect(shown.map(({ special, members }) => special === "default" || members.known)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test("spend limits without their preview are unavailable, which is no failure", () => {
    const status = assemble({ live: { ...live(), spendLimits: { known: false, reason: "preview-not-enabled" } } });
    expect(status.unknown).toEqual([]);
    expect(status.unavailable).toEqual([{ kind: "spend_limits", reason: "preview-not-enabled" }]);
  });
});

test("an expired invitation is shown only of somebody who is still outside", () => {
  const late = { status: "expired", expiresAt: NOW - DAY };
  const invites = [
    invite("ada@acme.example", "user", late),
    invite("zoe@acme.example", "user", late),
    invite("done@acme.example", "user", { status: "accepted" }),
  ];
  const { invites: shown } = assemble({ live: live({ invites }) });
  expect(shown.known && shown.items.map(({ email }) => email)).toEqual(["zoe@acme.example"]);
});

describe("what is read", () => {
  const listed = [production, staging, { id: "wrkspc_default", name: "Default", isDefault: true, tags: {} }];

  test("the whole organization reads everything, and no members of the default workspace", () => {
    const scope = statusScope({ view: "organization" }, config);
    expect(scope.membersOf(listed)).toEqual([production.id, staging.id]);
    expect(scope).toMatchObject({ users: true, invites: true, keys: true, rateLimits: true, spendLimits: true });
  });

  test.each(["prod", "Production", "production", production.id])(
    "--workspace %s reads that workspace alone",
    (word) => {
      const scope = statusScope({ view: "workspace", workspace: word }, config);
      expect(scope.membersOf(listed)).toEqual([production.id]);
      expect(scope.rateLimitsOf(listed)).toEqual([production.id]);
      expect(scope.invites).toBe(false);
    },
  );

  test("a workspace that is none, or two, costs no request", () => {
    const twins = [production, { ...production, id: "wrkspc_twin" }];
    expect(statusScope({ view: "workspace", workspace: "nope" }).membersOf(listed)).toEqual([]);
    expect(statusScope({ view: "workspace", workspace: "Production" }).membersOf(twins)).toEqual([]);
  });

  test("a person's workspaces are read after the person was found, an admin's not at all", () => {
    const first = statusScope({ view: "user", email: "ada@acme.example" });
    expect(first).toMatchObject({ users: true, invites: true, workspaces: false, keys: false });
    expect(reachScope("ada@acme.example", live()).membersOf(listed)).toEqual([production.id, staging.id]);
    expect(reachScope("grace@acme.example", live()).membersOf(listed)).toEqual([]);
    expect(reachScope("nobody@acme.example", live())).toMatchObject({ keys: false });
  });

  test("a key needs keys, workspaces and people", () => {
    const scope = statusScope({ view: "key", key: { by: "name", text: "x" } });
    expect(scope).toMatchObject({ users: true, workspaces: true, keys: true, invites: false, rateLimits: false });
    expect(scope.membersOf(listed)).toEqual([]);
  });
});

describe("one workspace", () => {
  const limits = live({
    rateLimits: [
      {
        id: "rl_sonnet",
        group: { type: "model_group", id: "rlg_s", displayName: "Claude Sonnet 5" },
        limits: { requests_per_minute: 4000, output_tokens_per_minute: 400_000 },
        models: ["claude-sonnet-5-5"],
      },
    ],
    overrides: [
      {
        rateLimitId: "rl_sonnet",
        workspaceId: production.id,
        group: { type: "model_group", id: "rlg_s" },
        overrides: { requests_per_minute: 1000, output_tokens_per_minute: 900_000, tokens_per_day: 5 },
        models: [],
      },
    ],
  });

  test("a limit is the lower of the workspace's and the organization's", () => {
    const status = assemble({ live: limits, selection: { view: "workspace", workspace: "prod" } });
    const shown = status.workspaces.known ? status.workspaces.items : [];
    expect(shown).toHaveLength(1);
    expect(shown[0]?.limits).toMatchObject({
      items: [
        {
          limits: [
            { limiter: "requests_per_minute", value: 1000, override: 1000, organization: 4000 },
            { limiter: "output_tokens_per_minute", value: 400_000, override: 900_000, organization: 400_000 },
            { limiter: "tokens_per_day", value: 5, override: 5 },
          ],
        },
      ],
    });
  });

  test("one that is not there names the nearest; two with the name are told apart by their ids", () => {
    const missing = failure(() => assemble({ selection: { view: "workspace", workspace: "pord" } }));
    expect([missing.code, missing.details.fix]).toEqual(["not-found", 'did you mean "prod"?']);
    const twins = live({ workspaces: [production, { ...production, id: "wrkspc_twin" }] });
    const both = failure(() => assemble({ live: twins, selection: { view: "workspace", workspace: "Production" } }));
    expect(both.code).toBe("ambiguous");
    expect(both.message).toMatch(/wrkspc_production.*wrkspc_twin/);
    // Nothing creates what is there twice.
    const which = failure(() => assemble({ live: twins, selection: { view: "workspace", workspace: "prod" } }));
    expect([which.code, which.message]).toEqual(["not-found", expect.stringContaining("cannot be told")]);
    const none = failure(() =>
      assemble({ live: live({ workspaces: [] }), selection: { view: "workspace", workspace: "prod" } }),
    );
    expect(none.details.fix).toBe("anth-rbac apply creates it");
  });

  test("a list of workspaces that could not be read is that failure, not `not-found`", () => {
    const snapshot: OrgSnapshot = { ...live(), workspaces: { known: false, reason: "permission-denied" } };
    expect(failure(() => assemble({ live: snapshot, selection: { view: "workspace", workspace: "prod" } })).code).toBe(
      "permission-denied",
    );
  });
});
