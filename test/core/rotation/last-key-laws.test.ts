import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY, dayOf } from "../../../src/core/model/time.ts";
import type { RotationInput } from "../../../src/core/rotation/rotation.ts";
import { key, NOW, user } from "../../support/org.ts";
import { applied, asked, holding, rotate, rotated, TARGET } from "../../support/rotation.ts";

/** Every name that the key `web`, or a key of its rotation, may bear at the Console; today is 2026-11-23. */
const label = fc.oneof(
  fc.constantFrom("web", "web@next", "web@previous-20261399", "other"),
  fc
    .tuple(fc.constantFrom("previous", "disabled"), fc.integer({ min: -120, max: 60 }))
    .map(([kind, days]) => `web@${kind}-${dayOf(NOW + days * DAY).replaceAll("-", "")}`),
);
const status = fc.constantFrom("active", "active", "inactive", "expired", "archived");

const liveKey = fc
  .record({
    name: label,
    status,
    age: fc.integer({ min: 0, max: 400 }),
    left: fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined }),
    creator: fc.constantFrom("user_ada", "user_gone"),
  })
  .map(({ name, status, age, left, creator }) => ({
    name,
    // Past its end a key is expired, whatever it was.
    status: left !== undefined && left <= 0 && status !== "archived" ? "expired" : status,
    createdAt: NOW - age * DAY,
    createdBy: { type: "user", id: creator },
    ...(left !== undefined && { expiresAt: NOW + left * DAY }),
  }));

/** Something that hands at the Console do to one of the keys, by its place in the list, or a new key. */
type Hand = { readonly at: number; readonly edit: Partial<ApiKey> } | { readonly create: string };
const hand: fc.Arbitrary<Hand> = fc.oneof(
  fc.record({ at: fc.nat(6), edit: fc.record({ status: fc.constantFrom("active", "inactive", "archived") }) }),
  fc.record({ at: fc.nat(6), edit: label.map((name) => ({ name })) }),
  label.map((create) => ({ create })),
);

/** A day: what hands do first, what is asked of the run, and after how many of its writes it is cut off. */
const day = fc.record({
  hands: fc.array(hand, { maxLength: 2 }),
  wait: fc.integer({ min: 0, max: 40 }),
  force: fc.boolean(),
  archive: fc.boolean(),
  handover: fc.constantFrom(undefined, "tested" as const, "delivered" as const),
  cut: fc.integer({ min: 0, max: 5 }),
});

function manipulated(keys: readonly ApiKey[], what: Hand, now: number): readonly ApiKey[] {
  if ("create" in what)
    return [...keys, key(what.create, "wrkspc_prod", { id: `apikey_hand_${keys.length}`, createdAt: now })];
  return keys.map((one, index) => {
    // Nobody can bring back what is archived, or what has run out.
    const isFixed = one.status === "archived" || (one.status === "expired" && what.edit.status !== "archived");
    return index !== what.at || isFixed ? one : { ...one, ...what.edit };
  });
}

/** The keys by which a service that uses `web` can still work. */
function working(keys: readonly ApiKey[]): readonly string[] {
  return keys.filter(({ name, status }) => status === "active" && /^web(@|$)/.test(name)).map(({ id }) => id);
}

function aged(keys: readonly ApiKey[], now: number): readonly ApiKey[] {
  return keys.map((one) =>
    one.expiresAt !== undefined && one.expiresAt <= now && one.status !== "archived"
      ? { ...one, status: "expired" }
      : one,
  );
}

const config = rotated({}, { members: { "ada@acme.example": { role: "developer" } } });

function plan(keys: readonly ApiKey[], rest: Partial<RotationInput>) {
  const live = { ...holding(...keys), users: { known: true, items: [user("ada@acme.example")] } as const };
  return asked(live, { config, ...rest });
}

describe("whatever state the keys are in, and whatever hands do at the Console between the runs", () => {
  test("no run takes the last active key away, wherever it is cut off", () => {
    fc.assert(
      fc.property(fc.array(liveKey, { maxLength: 5 }), fc.array(day, { minLength: 1, maxLength: 6 }), (start, days) => {
        let now = NOW;
        let keys: readonly ApiKey[] = start.map((one, index) =>
          key(one.name, "wrkspc_prod", { ...one, id: `apikey_${index}` }),
        );
        for (const { hands, wait, cut, handover, ...flags } of days) {
          now += wait * DAY;
          keys = aged(keys, now);
          for (const what of hands) keys = manipulated(keys, what, now);
          const input = plan(keys, { ...flags, now, handover: new Map(handover ? [[TARGET, handover]] : []) });
          const before = working(keys);
          for (const change of rotate(keys, input)
            .plan.changes.filter(({ action }) => action !== "manual")
            .slice(0, cut)) {
            keys = applied(keys, change);
            if (before.length > 0) expect(working(keys)).not.toEqual([]);
          }
        }
      }),
      { numRuns: 700, seed: 20_261_123 },
    );
  });

  test("nothing is disabled or archived but while a key of the declared name is active and does not end soon", () => {
    fc.assert(
      fc.property(fc.array(liveKey, { maxLength: 5 }), day, (start, { handover, force, archive }) => {
        const keys = start.map((one, index) => key(one.name, "wrkspc_prod", { ...one, id: `apikey_${index}` }));
        const input = plan(keys, { force, archive, handover: new Map(handover ? [[TARGET, handover]] : []) });
        const { changes, keys: rows } = rotate(keys, input).plan;
        const taken = changes.filter(({ action, risk }) => action === "update" && risk !== "safe").map(({ id }) => id);
        const sound = keys.filter(
          ({ id, name, status, expiresAt = Number.POSITIVE_INFINITY }) =>
            name === "web" && status === "active" && expiresAt - NOW > 14 * DAY && !taken.includes(id),
        );
        if (taken.length > 0) expect(sound).toHaveLength(1);
        if (rows[0]?.phase === "unsettled") expect(changes).toEqual([]);
      }),
      { numRuns: 1_500, seed: 20_261_123 },
    );
  });
});
