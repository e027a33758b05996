import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../../../src/core/model/change.ts";
import type { ApiKey, OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import type { Plan } from "../../../src/core/model/plan.ts";
import { NO_CONFIG } from "../../../src/core/offboarding/input.ts";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { NOW } from "../../support/org.ts";
import { organizations } from "../../support/random-org.ts";

/** Organizations with at least one person, who leaves: which one is told by a number. Every other key acts as somebody. */
const departures = organizations.filter((live) => emailsOf(live).length > 0).map(withPrincipals);
const who = fc.nat({ max: 20 });
const decisions = fc.constantFrom("disable", "rotate", "keep", undefined);

function items<Item>(reading: ReadResult<Item> | undefined): readonly Item[] {
  return reading?.known ? reading.items : [];
}

function withPrincipals(live: OrgSnapshot): OrgSnapshot {
  const users = items(live.users);
  const keys = items(live.keys).map((key, index): ApiKey => {
    const actor = index % 2 === 0 ? users[index % users.length] : undefined;
    return actor ? { ...key, principal: { type: "user", id: actor.id } } : key;
  });
  return { ...live, keys: { known: true, items: keys } };
}

function emailsOf({ users, invites }: OrgSnapshot): readonly string[] {
  return [...items(users), ...items(invites)].map(({ email }) => email);
}

function personOf(live: OrgSnapshot, index: number): string {
  const emails = emailsOf(live);
  return emails[index % emails.length] ?? "";
}

function plan(
  live: OrgSnapshot,
  email: string,
  keys?: "disable" | "rotate" | "keep",
  ids: readonly string[] = [],
): Plan {
  return planOffboarding({
    config: NO_CONFIG,
    live,
    now: NOW,
    digest: (pieces) => [...pieces].join(""),
    people: [email],
    max: 1,
    formerIds: new Map([[email, ids]]),
    ...(keys && { keys }),
  });
}

/** The organization once every change that the API can make was made. */
function after(live: OrgSnapshot, changes: readonly Change[]): OrgSnapshot {
  const done = changes.filter(({ action }) => action === "remove");
  const ids = (kind: Change["kind"]) => new Set(done.filter((change) => change.kind === kind).map(({ id }) => id));
  const known = <Item>(list: readonly Item[]) => ({ known: true as const, items: list });
  const places = new Set(
    done.filter(({ kind }) => kind === "workspace_member").map(({ target, id }) => `${target} ${id}`),
  );
  return {
    ...live,
    users: known(items(live.users).filter(({ id }) => !ids("member").has(id))),
    invites: known(items(live.invites).filter(({ id }) => !ids("invite").has(id))),
    keys: known(items(live.keys).map((key) => (ids("key").has(key.id) ? { ...key, status: "inactive" } : key))),
    groups: known(
      items(live.groups).map((group) => {
        const left = new Set(done.flatMap(({ target, id }) => (target.startsWith(`groups.${group.name}.`) ? id : [])));
        return { ...group, members: known(items(group.members).filter(({ userId }) => !left.has(userId))) };
      }),
    ),
    workspaceMembers: new Map(
      [...live.workspaceMembers].map(([place, rows]) => [
        place,
        known(
          items(rows).filter(({ userId }) => {
            return ![...places].some((at) => at.startsWith(`workspaces.${place}.`) && at.endsWith(` ${userId}`));
          }),
        ),
      ]),
    ),
  };
}

describe("laws of the offboarding planner", () => {
  test("once it is carried out, only what a person has to do is left", () => {
    fc.assert(
      fc.property(departures, who, decisions, (live, index, keys) => {
        const email = personOf(live, index);
        const { changes } = plan(live, email, keys);
        const ids = items(live.users).flatMap((user) => (user.email === email ? user.id : []));
        const left = plan(after(live, changes), email, keys, [...ids, "user_x"]);
        expect(left.changes.filter(({ action }) => action !== "manual")).toEqual([]);
      }),
    );
  });

  test("nobody else's membership, invitation, role or key is ever in it", () => {
    fc.assert(
      fc.property(departures, who, decisions, (live, index, keys) => {
        const email = personOf(live, index);
        const others = new Set([
          ...items(live.users)
            .filter((user) => user.email !== email)
            .map(({ id }) => id),
          ...items(live.invites)
            .filter((one) => one.email !== email)
            .map(({ id }) => id),
        ]);
        const made = new Map(
          items(live.keys).map(({ id, principal, createdBy }) => {
            const maker = principal ?? createdBy;
            return [id, maker && "id" in maker ? maker.id : ""];
          }),
        );
        for (const { id, kind, target } of plan(live, email, keys).changes) {
          expect(others.has(id ?? "")).toBe(false);
          expect(kind === "key" ? others.has(made.get(id ?? "") ?? "") : !target.endsWith(`.${email}`)).toBe(false);
        }
      }),
    );
  });

  test("access ends in one order, whoever leaves", () => {
    const order = ["key", "invite", "workspace_member", "group_member", "member", "admin_key"];
    fc.assert(
      fc.property(departures, who, decisions, (live, index, keys) => {
        const email = personOf(live, index);
        const places = plan(live, email, keys).changes.map(({ kind }) => order.indexOf(kind));
        expect(places).toEqual(places.toSorted((one, other) => one - other));
      }),
    );
  });
});
