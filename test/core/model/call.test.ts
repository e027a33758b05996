import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallIds } from "../../../src/core/kinds/kind.ts";
import { callsOf } from "../../../src/core/kinds/kinds.ts";
import type { ApiCall } from "../../../src/core/model/call.ts";
import type { Change } from "../../../src/core/model/change.ts";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { checkFresh, loadPlan, savePlan } from "../../../src/core/plan/saved-plan.ts";
import { changeWith } from "../../support/change.ts";
import { declared } from "../../support/config.ts";
import { issuer, NOW, rule } from "../../support/org.ts";
import { enterprises, neighbours, written, writtenEnterprise } from "../../support/random-org.ts";

const FACTS: CallIds = {
  workspaceId: (workspace) => `wrkspc_${workspace}`,
  userId: (email) => `user_${email}`,
  serviceAccountId: (name) => `svac_${name}`,
  groupId: (name) => `rbac_group_${name}`,
  groupsOfInvite: () => [],
  federationIssuerId: (name) => `fdis_${name}`,
  federationRule: (id) => ({ rule: rule(id.slice("fdrl_".length)), issuerUrl: issuer("github").url }),
  memberSpendLimitId: (id, period) => `spl_${id}_${period}`,
  currency: "USD",
};

/** Every call that there is; the compiler minds that none is forgotten. */
const EVERY_CALL = {
  "create-invite": true,
  "delete-invite": true,
  "update-user": true,
  "remove-user": true,
  "create-workspace": true,
  "update-workspace": true,
  "archive-workspace": true,
  "add-workspace-member": true,
  "update-workspace-member": true,
  "remove-workspace-member": true,
  "update-rate-limit": true,
  "set-spend-limit": true,
  "delete-spend-limit": true,
  "set-member-spend-limit": true,
  "delete-member-spend-limit": true,
  "sign-out": true,
  "set-compliance": true,
  "create-group": true,
  "delete-group": true,
  "add-group-member": true,
  "remove-group-member": true,
  "update-key": true,
  "create-service-account": true,
  "update-service-account": true,
  "archive-service-account": true,
  "add-workspace-service-account": true,
  "update-workspace-service-account": true,
  "remove-workspace-service-account": true,
  "create-federation-issuer": true,
  "update-federation-issuer": true,
  "archive-federation-issuer": true,
  "create-federation-rule": true,
  "update-federation-rule": true,
  "archive-federation-rule": true,
  "add-federation-rule-workspace": true,
  "remove-federation-rule-workspace": true,
} as const satisfies Record<ApiCall["name"], true>;

function plan(config: Record<string, unknown>, live: OrgSnapshot) {
  const file = { path: "rbac.yaml", digest: "0" };
  return reconcile({
    config: declared(config),
    live,
    now: NOW,
    file,
    digest: (pieces) => `#${[...pieces].join("").length}`,
  });
}

function change(rest: Record<string, unknown>): Change {
  return changeWith({ action: "create", kind: "workspace", target: "workspaces.prod", ...rest });
}

describe("from change to call", () => {
  test("every change of a plan is one call, an update of an invitation two, a rule one and one a workspace, what a person must do none", () => {
    fc.assert(
      fc.property(neighbours, neighbours, (one, live) => {
        for (const item of plan(written(one), live).changes) {
          const calls = callsOf(item, FACTS) ?? [];
          if (item.kind === "federation_rule" && item.action !== "manual") {
            const ofPlaces = calls.filter(({ name }) => /^(?:add|remove)-federation-rule-workspace$/.test(name));
            expect(calls.length - ofPlaces.length).toBeLessThanOrEqual(1);
            expect(calls.length).toBeGreaterThan(0);
            continue;
          }
          const count = item.action === "manual" ? 0 : item.kind === "invite" && item.action === "update" ? 2 : 1;
          expect(calls).toHaveLength(count);
        }
      }),
    );
  });

  test("every call is the call of some change", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(neighbours, neighbours, (one, live) => {
        const { changes } = plan(written(one), live);
        for (const item of changes) for (const { name } of callsOf(item, FACTS) ?? []) reached.add(name);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(enterprises, enterprises, (one, live) => {
        const { changes } = plan(writtenEnterprise(one), live);
        for (const item of changes) for (const { name } of callsOf(item, FACTS) ?? []) reached.add(name);
      }),
    );
    // People are signed out by an offboarding alone; a rule that leaves a workspace is in `commands/federation.test.ts`.
    const elsewhere = ["sign-out", "set-compliance", "remove-federation-rule-workspace"];
    reached.delete("remove-federation-rule-workspace");
    const planned = Object.keys(EVERY_CALL).filter((name) => !elsewhere.includes(name));
    expect([...reached].sort()).toEqual(planned.sort());
  });

  test("of the tags only the difference that was shown is sent, with null for those that go", () => {
    const tags = change({
      action: "update",
      id: "wrkspc_1",
      before: { tags: { a: "1", b: "2", c: "3" } },
      after: { tags: { b: "4", c: "3", d: "5" } },
    });
    expect(callsOf(tags, FACTS)).toEqual([
      { name: "update-workspace", workspaceId: "wrkspc_1", fields: { tags: { a: null, b: "4", d: "5" } } },
    ]);
  });

  test("rate limits go to the organization's own id, null clears, and a removal clears all", () => {
    const at = { kind: "rate_limit", target: "workspaces.prod.rate_limits.claude-opus-5-5", id: "rl_1" } as const;
    const update = change({
      ...at,
      action: "update",
      before: {},
      after: { requests_per_minute: 5, tokens_per_day: null },
    });
    expect(callsOf(update, FACTS)).toEqual([
      {
        name: "update-rate-limit",
        workspaceId: "wrkspc_prod",
        rateLimitId: "rl_1",
        limits: [
          { type: "requests_per_minute", value: 5 },
          { type: "tokens_per_day", value: null },
        ],
      },
    ]);
    const remove = change({ ...at, action: "remove", before: { requests_per_minute: 5 } });
    expect(callsOf(remove, FACTS)).toMatchObject([{ limits: [{ type: "requests_per_minute", value: null }] }]);
  });

  test.each([
    ["USD", 12.5, "1250"],
    ["USD", 0.1 + 0.2, "30"],
    ["JPY", 5000, "5000"],
    // Currencies whose hundredth nobody writes: it is the minor unit all the same.
    ["HUF", 5000, "500000"],
    ["IDR", 5000, "500000"],
    ["COP", 12.5, "1250"],
    ["IQD", 12.345, "12345"],
    ["CLF", 0.0001, "1"],
    ["jpy", 5000, "5000"],
  ])("spend limits are minor units: %s %d", (currency, monthly, amount) => {
    const limit = change({ kind: "spend_limit", target: "workspaces.prod.spend_limit", after: { monthly } });
    expect(callsOf(limit, { ...FACTS, currency })).toMatchObject([{ name: "set-spend-limit", amount }]);
  });

  test("an object that does not exist leaves a change without its call", () => {
    const add = change({
      kind: "workspace_member",
      target: "workspaces.prod.members.ada@acme.example",
      after: { role: "user" },
    });
    expect(callsOf(add, { ...FACTS, workspaceId: () => undefined })).toBeUndefined();
    expect(callsOf(add, { ...FACTS, userId: () => undefined })).toBeUndefined();
  });
});

describe("a saved plan", () => {
  const digest = (text: string) =>
    `${text.length}:${[...text].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) | 0, 7)}`;

  test("is equal when it is loaded, and fresh as long as nothing moved", () => {
    fc.assert(
      fc.property(neighbours, neighbours, (one, live) => {
        const made = plan(written(one), live);
        const loaded = loadPlan(savePlan(made, digest), digest, "plan.json");
        const { config, liveDigest, takenAt, changes } = made;
        expect(loaded).toEqual({
          file: "plan.json",
          organization: { id: null, name: null },
          config,
          liveDigest,
          takenAt,
          changes,
          unknown: made.unknown.map(({ kind }) => ({ kind })),
        });
        expect(() => checkFresh(loaded, made)).not.toThrow();
        expect(() => checkFresh(loaded, { ...made, liveDigest: "moved" })).toThrow(/stale/);
        expect(() => checkFresh(loaded, { ...made, config: { ...config, digest: "edited" } })).toThrow(/stale/);
      }),
    );
  });

  test("is refused wherever one of its changes was edited", () => {
    fc.assert(
      fc.property(neighbours, neighbours, fc.nat(), (one, live, at) => {
        const made = plan(written(one), live);
        fc.pre(made.changes.length > 0);
        const object = JSON.parse(savePlan(made, digest));
        const index = at % made.changes.length;
        const edited = (edit: Record<string, unknown>) =>
          JSON.stringify({ ...object, changes: object.changes.with(index, { ...object.changes[index], ...edit }) });
        expect(() => loadPlan(edited({ id: "another" }), digest, "p")).toThrow(/edited/);
        expect(() => loadPlan(edited({ action: "explode" }), digest, "p")).toThrow(/not a plan/);
        expect(() => loadPlan(JSON.stringify({ ...object, changes: [] }), digest, "p")).toThrow(/edited/);
      }),
    );
  });

  test.each(["", "[]", "null", "{", '{"kind":"plan"}', "kind: plan"])("is none: %s", (text) => {
    expect(() => loadPlan(text, digest, "plan.json")).toThrow('"plan.json" is not a plan');
  });
});
