import fc from "fast-check";
import { expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import type { RotationInput } from "../../../src/core/rotation/rotation.ts";
import { key, NOW } from "../../support/org.ts";
import { applied, rotate, TARGET } from "../../support/rotation.ts";

/** Where a rotation starts: each is a state that `rotate` or somebody by hand can leave behind. */
const start = fc.constantFrom<readonly ApiKey[]>(
  [],
  [web("web")],
  [web("web", { status: "expired", expiresAt: NOW - DAY })],
  [web("web"), web("web@next")],
  [web("web"), web("web@previous-20261120")],
  [web("web"), web("web@previous-20261101", { status: "inactive" })],
  [web("web"), web("web@disabled-20261001", { status: "inactive" })],
);

function web(name: string, rest: Partial<ApiKey> = {}): ApiKey {
  return key(name, "wrkspc_prod", { createdAt: NOW - 100 * DAY, ...rest });
}

/** Runs until nothing but time changes anything, carrying out at most `limits[n]` changes in the n-th run. */
function run(from: readonly ApiKey[], limits: readonly number[], rest: Partial<RotationInput>): readonly ApiKey[] {
  let keys = from;
  let made = 0;
  for (let day = 0; day < 60; day++) {
    const now = NOW + day * DAY;
    const leaked = rest.leaked === true && day === 0;
    const handover = new Map([[TARGET, "tested" as const]]);
    const { plan } = rotate(keys, { handover, archive: true, now, ...rest, leaked });
    for (const change of plan.changes.slice(0, limits[day] ?? Number.POSITIVE_INFINITY)) {
      keys = applied(keys, change);
      if (change.reason !== "replacement-needed") continue;
      made += 1;
      keys = [...keys, web("web@next", { id: `apikey_made_${made}`, createdAt: now })];
    }
  }
  return keys;
}

/** What is left in the end that is not archived. */
function outcome(keys: readonly ApiKey[]) {
  const left = keys.filter(({ status }) => status !== "archived");
  return left.map(({ name, status }) => `${name} ${status}`);
}

const limits = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 8 });
const options = fc.record({ leaked: fc.boolean() });

test("every rotation ends with one active current key and the others archived, wherever it is cut", () => {
  fc.assert(
    fc.property(start, limits, options, (keys, cuts, rest) => {
      expect(outcome(run(keys, cuts, rest))).toEqual(["web active"]);
    }),
  );
});

test("wherever a plain cut-over is cut, both keys work and the next run finishes it without the secret", () => {
  const keys = [web("web"), web("web@next")];
  const { plan } = rotate(keys, { handover: new Map([[TARGET, "tested"]]) });
  const cut = plan.changes.slice(0, 1).reduce(applied, keys);
  const finished = rotate(cut).plan.changes.reduce(applied, cut);
  expect(outcome(finished)).toEqual(["web@previous-20261123 active", "web active"]);
});

test("a change that was carried out is not planned again", () => {
  fc.assert(
    fc.property(start, fc.boolean(), fc.boolean(), (keys, force, leaked) => {
      const rest = { force, leaked, archive: true, handover: new Map([[TARGET, "tested" as const]]) };
      const first = rotate(keys, rest).plan.changes;
      const after = first.reduce(applied, keys);
      const again = rotate(after, rest).plan.changes.filter(({ action }) => action !== "manual");
      const done = new Set(first.filter(({ action }) => action !== "manual").map(({ id }) => id));
      expect(again.filter(({ id }) => done.has(id))).toEqual([]);
    }),
  );
});
