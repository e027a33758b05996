import fc from "fast-check";
import { expect, test } from "vitest";
import type { OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import type { ReviewGrant } from "../../../src/core/model/review.ts";
import { inheritedWorkspaceRole } from "../../../src/core/model/role.ts";
import { DAY, dayOf } from "../../../src/core/model/time.ts";
import type { DailyUsage } from "../../../src/core/model/usage.ts";
import { NO_CONFIG } from "../../../src/core/offboarding/input.ts";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { assembleReview, type ReviewInput } from "../../../src/core/review/review.ts";
import { NOW } from "../../support/org.ts";
import { organizations } from "../../support/random-org.ts";

/** Every other key acts as somebody; somebody else made it. */
const orgs = organizations.map((live): OrgSnapshot => {
  const users = items(live.users);
  const keys = items(live.keys).map((key, index) => {
    const actor = index % 2 === 0 ? users[index % users.length] : undefined;
    const maker = users[(index + 1) % Math.max(1, users.length)];
    return {
      ...key,
      ...(actor && { principal: { type: "user" as const, id: actor.id } }),
      ...(maker && { createdBy: { type: "user", id: maker.id } }),
    };
  });
  return { ...live, keys: { known: true, items: keys } };
});

function items<Item>(reading: ReadResult<Item> | undefined): readonly Item[] {
  return reading?.known ? reading.items : [];
}

function report(live: OrgSnapshot, rest: Partial<DailyUsage> = {}): DailyUsage {
  const used = items(live.keys).filter((_, index) => index % 3 === 0);
  const rows = used.map(({ id }) => ({ day: dayOf(NOW - 3 * DAY), keyId: id, requests: 1, tokens: 10 }));
  return { rows, from: NOW - 90 * DAY, to: NOW, asOf: NOW, namesActors: true, ...rest };
}

function review(live: OrgSnapshot, input: Partial<ReviewInput> = {}) {
  const usage = { days: 90, from: NOW - 90 * DAY, report: report(live) };
  return assembleReview({ live, now: NOW, usage, config: NO_CONFIG, ...input });
}

const nameOf = ({ subject, on, through }: ReviewGrant) =>
  [subject.type, subject.id, on.target, through.type, through.id].join(" ");

test("every way to access is in exactly one grant", () => {
  fc.assert(
    fc.property(orgs, (live) => {
      const admins = new Map(items(live.users).map(({ id, role }) => [id, inheritedWorkspaceRole(role)]));
      const isDefault = new Set(items(live.workspaces).flatMap((one) => (one.isDefault ? one.id : [])));
      const expected = [
        ...items(live.users).map(({ id }) => `person ${id} organization direct `),
        ...items(live.users).flatMap(({ id, role }) =>
          inheritedWorkspaceRole(role) ? `person ${id} workspaces.* inherited ${id}` : [],
        ),
        ...items(live.invites).flatMap(({ id, status, expiresAt = NOW + 1 }) =>
          ["accepted", "deleted", "expired"].includes(status) || expiresAt <= NOW
            ? []
            : `invite ${id} organization direct `,
        ),
        ...[...live.workspaceMembers].flatMap(([place, rows]) =>
          items(rows).flatMap(({ userId, role }) => {
            const inherited = admins.get(userId);
            if (isDefault.has(place) || inherited === "admin" || (inherited && inherited === role)) return [];
            return `person ${userId} workspaces.${place} direct `;
          }),
        ),
        ...items(live.groups).flatMap(({ id, name, members }) =>
          items(members).map(({ userId }) => `person ${userId} groups.${name} group ${id}`),
        ),
        ...items(live.serviceAccounts).map(({ id }) => `service_account ${id} organization direct `),
        ...[...live.workspaceServiceAccounts].flatMap(([place, rows]) =>
          items(rows).flatMap(({ serviceAccountId }) =>
            isDefault.has(place) ? [] : `service_account ${serviceAccountId} workspaces.${place} direct `,
          ),
        ),
        ...items(live.federationRules).flatMap(({ id, workspaces }) =>
          (workspaces === "all" ? ["organization"] : workspaces.map((place) => `workspaces.${place}`)).map(
            (on) => `federation_rule ${id} ${on} rule ${id}`,
          ),
        ),
        ...items(live.keys).flatMap(({ id, status, expiresAt = NOW + 1, scope }) => {
          if (status === "archived" || status === "expired" || expiresAt <= NOW) return [];
          const on = scope.type === "workspace" ? `workspaces.${scope.workspaceId}` : "organization";
          return `key ${id} ${on} key ${id}`;
        }),
      ];
      expect(review(live).grants.map(nameOf).sort()).toEqual(expected.sort());
    }),
    { numRuns: 100 },
  );
});

test("what revoke --dry-run lists of a person is a part of that person's grants", () => {
  fc.assert(
    fc.property(orgs, (live) => {
      for (const { email, id } of items(live.users)) {
        if (items(live.users).filter((one) => one.email === email).length > 1) continue;
        const { revocations } = planOffboarding({
          config: NO_CONFIG,
          live,
          now: NOW,
          digest: (pieces) => [...pieces].join(""),
          people: [email],
          max: 1,
          formerIds: new Map(),
        });
        const names = new Set(review(live, { user: email }).grants.map(nameOf));
        for (const { keys, workspaces, invites } of revocations) {
          for (const key of keys) expect([...names].some((name) => name.startsWith(`key ${key.id} `))).toBe(true);
          for (const invite of invites) expect(names).toContain(`invite ${invite.id} organization direct `);
          for (const { workspaceId, inherited } of workspaces) {
            const name = inherited ? `workspaces.* inherited ${id}` : `workspaces.${workspaceId} direct `;
            expect(names).toContain(`person ${id} ${name}`);
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("the order of the lists changes neither order nor wording", () => {
  const backwards = <Item>(reading: ReadResult<Item>): ReadResult<Item> =>
    reading.known ? { known: true, items: reading.items.toReversed() } : reading;
  const mapBackwards = <Item>(map: ReadonlyMap<string, ReadResult<Item>>) =>
    new Map([...map].toReversed().map(([id, reading]) => [id, backwards(reading)]));
  fc.assert(
    fc.property(orgs, (live) => {
      const usage = report(live);
      const other: OrgSnapshot = {
        ...live,
        users: backwards(live.users),
        invites: backwards(live.invites),
        workspaces: backwards(live.workspaces),
        keys: backwards(live.keys),
        serviceAccounts: backwards(live.serviceAccounts),
        workspaceMembers: mapBackwards(live.workspaceMembers),
        workspaceServiceAccounts: mapBackwards(live.workspaceServiceAccounts),
      };
      const asked = { days: 90, from: NOW - 90 * DAY };
      const one = review(live, { usage: { ...asked, report: usage } });
      const two = review(other, { usage: { ...asked, report: { ...usage, rows: usage.rows.toReversed() } } });
      expect(two.grants).toEqual(one.grants);
    }),
    { numRuns: 50 },
  );
});

test("use that is not known is asked about, and nothing follows from it", () => {
  const reports: readonly (DailyUsage | undefined)[] = [
    undefined,
    { rows: [], from: NOW - 30 * DAY, to: NOW, asOf: NOW, namesActors: true },
    { rows: [], from: NOW - 90 * DAY, to: NOW, asOf: NOW - DAY, namesActors: true },
  ];
  fc.assert(
    fc.property(orgs, fc.constantFrom(...reports), (live, found) => {
      const usage = { days: 90, from: NOW - 90 * DAY, ...(found && { report: found }) };
      for (const { lastUsed, advice, flags } of review(live, { usage, people: new Map() }).grants) {
        if (lastUsed.known) continue;
        expect(advice).toBe("ask");
        expect(flags).not.toContain("unused");
      }
    }),
    { numRuns: 50 },
  );
});
