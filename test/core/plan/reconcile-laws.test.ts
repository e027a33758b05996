import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import type { Plan } from "../../../src/core/model/plan.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { savePlan } from "../../../src/core/plan/saved-plan.ts";
import { declared } from "../../support/config.ts";
import { NOW } from "../../support/org.ts";
import { organizations, written } from "../../support/random-org.ts";

function plan(config: Record<string, unknown>, live: OrgSnapshot): Plan {
  const file = { path: "rbac.yaml", digest: "0" };
  return reconcile({ config: declared(config), live, now: NOW, file, digest: (pieces) => [...pieces].join("") });
}

/** The same file with everything additive, as it is where `manage` says nothing. */
function additive({ manage, ...config }: Record<string, unknown>): Record<string, unknown> {
  return config;
}

/** Two organizations of different making: one that is declared, one that is live. */
const pairs = fc.tuple(organizations, organizations);

describe("laws of the converge planner", () => {
  test("what is declared as it is needs nothing", () => {
    fc.assert(
      fc.property(organizations, (live) => {
        const { changes, unmanaged, findings } = plan(written(live), live);
        expect({ changes, unmanaged, errors: findings.filter(({ severity }) => severity === "error") }).toEqual({
          changes: [],
          unmanaged: [],
          errors: [],
        });
      }),
    );
  });

  test("the order of the lists and of the file changes nothing, the digest included", () => {
    fc.assert(
      fc.property(pairs, ([one, live]) => {
        expect(plan(reversed(written(one)), backwards(live))).toEqual(plan(written(one), live));
      }),
    );
  });

  test("under default settings nothing that is merely undeclared is removed", () => {
    fc.assert(
      fc.property(pairs, ([one, live]) => {
        const { changes } = plan(additive(written(one)), live);
        expect(changes.filter(({ action, after }) => action === "remove" || after === null)).toEqual([]);
      }),
    );
  });

  test("an unknown kind yields no change of that kind, no removal and nothing missing", () => {
    const kinds = fc.constantFrom("users", "invites", "workspaces", "keys", "rateLimits", "spendLimits");
    const gone: ReadResult<never> = { known: false, reason: "permission-denied" };
    fc.assert(
      fc.property(pairs, kinds, ([one, live], kind) => {
        const { changes, unmanaged, unknown } = plan(written(one), { ...live, [kind]: gone });
        const touched = new Set([...changes, ...unmanaged].map((item) => item.kind));
        const silent = {
          users: ["member", "workspace_member"],
          invites: ["invite"],
          workspaces: ["workspace", "workspace_member", "rate_limit", "spend_limit", "key"],
          keys: ["key"],
          rateLimits: ["rate_limit"],
          spendLimits: ["spend_limit"],
        }[kind];
        expect(silent.filter((name) => (touched as Set<string>).has(name))).toEqual([]);
        expect(unknown).toHaveLength(1);
      }),
    );
  });

  test("one change for one live object, and a plan is plain data that a file can hold", () => {
    fc.assert(
      fc.property(pairs, ([one, live]) => {
        const { changes, ...rest } = plan(written(one), live);
        const objects = changes.map(({ kind, target }) => `${kind} ${target}`);
        expect(new Set(objects).size).toBe(objects.length);
        expect(JSON.parse(savePlan({ changes, ...rest }, (text) => text)).changes).toEqual(changes);
      }),
    );
  });

  test("additions come before removals, and what cannot be undone after them", () => {
    const stage = { create: 0, update: 1, remove: 2, manual: 4 };
    fc.assert(
      fc.property(pairs, ([one, live]) => {
        const { changes } = plan(written(one), live);
        const stages = changes.map(({ action, risk }) =>
          risk === "irreversible" && action !== "manual" ? 3 : stage[action],
        );
        const firstRemoval = stages.findIndex((number) => number >= 2);
        const added = stages.lastIndexOf(0);
        expect(firstRemoval === -1 || added < firstRemoval).toBe(true);
        expect(stages.filter((number) => number >= 2)).toEqual(stages.filter((number) => number >= 2).toSorted());
      }),
    );
  });
});

/** Every list of a snapshot the other way round. */
function backwards(live: OrgSnapshot): OrgSnapshot {
  const turn = <Item>(reading: ReadResult<Item>): ReadResult<Item> =>
    reading.known ? { known: true, items: reading.items.toReversed() } : reading;
  return {
    ...live,
    users: turn(live.users),
    invites: turn(live.invites),
    workspaces: turn(live.workspaces),
    keys: turn(live.keys),
    rateLimits: turn(live.rateLimits),
    spendLimits: turn(live.spendLimits),
    workspaceMembers: new Map([...live.workspaceMembers].reverse().map(([id, reading]) => [id, turn(reading)])),
    workspaceRateLimits: new Map([...live.workspaceRateLimits].reverse().map(([id, reading]) => [id, turn(reading)])),
  };
}

/** Every mapping of a file the other way round. */
function reversed<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  ) as Value;
}
