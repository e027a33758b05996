import { expect, test } from "vitest";
import type { AuditRecord } from "../../../src/core/audit/audit.ts";
import { cancelledInvites } from "../../../src/core/audit/cancelled-invites.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { NOW } from "../../support/org.ts";

const EVE = "eve@acme.example";
const create = (...groupIds: readonly string[]) =>
  ({ name: "create-invite", email: EVE, role: "user", groupIds }) as const;
const remove = { name: "delete-invite", inviteId: "invite_1" } as const;

type Line = Partial<AuditRecord> & { readonly day?: number };

/** What is left after these lines of a log, each a write to eve's invitation in the organization o-1 unless it says otherwise. */
function leftBy(...lines: readonly Line[]) {
  const cancelled = cancelledInvites(undefined);
  for (const [index, { day = 0, ...rest }] of lines.entries()) {
    const record: AuditRecord = {
      seq: index + 1,
      at: new Date(NOW + day * DAY).toISOString(),
      prev: "",
      hash: "",
      command: "apply",
      event: "write",
      outcome: "started",
      organization: { id: "o-1" },
      kind: "invite",
      action: "update",
      target: `invites.${EVE}`,
      ...rest,
    };
    cancelled.visit(JSON.stringify(record));
  }
  return { at: (day: number, id = "o-1") => Object.fromEntries(cancelled.found(id, NOW + day * DAY)), cancelled };
}

const begun: Line = { phase: "started", calls: [remove, create("g1", "g2")] };
const ended = (outcome: AuditRecord["outcome"], ...calls: NonNullable<AuditRecord["calls"]>): Line => ({
  phase: "ended",
  begun: 1,
  outcome,
  ...(calls.length > 0 && { calls }),
});
const again: Line = { action: "create", phase: "started", calls: [create("g1", "g2")] };
const notAgain: Line = { action: "create", phase: "ended", begun: 3, outcome: "failed" };
const LEFT = { [EVE]: ["g1", "g2"] };

test.each<[string, readonly Line[], unknown]>([
  ["a run that was killed", [begun], LEFT],
  ["one whose second call failed", [begun, ended("failed", create("g1", "g2"))], LEFT],
  ["one whose first call failed", [begun, ended("failed")], {}],
  ["one that finished", [begun, ended("done")], {}],
  ["a further one that failed", [begun, ended("failed", create("g1", "g2")), again, notAgain], LEFT],
  [
    "a further one that finished",
    [begun, ended("failed", create("g1", "g2")), again, { ...notAgain, outcome: "done" }],
    {},
  ],
  ["an invitation without them", [begun, { phase: "ended", action: "create", outcome: "done" }], {}],
  ["a member's end", [begun, { kind: "member", action: "remove", target: `members.${EVE}`, outcome: "done" }], {}],
  ["somebody else's end", [begun, { action: "remove", target: "invites.eva@acme.example", outcome: "done" }], LEFT],
  ["an invitation without groups that is changed", [begun, { phase: "started", calls: [remove, create()] }], {}],
  ["another spelling of the address", [{ ...begun, target: "invites.Eve@ACME.example" }], LEFT],
  ["another API", [{ ...begun, api: { host: "gateway.example" } }], {}],
  ["no write", [{ ...begun, event: "refusal" }], {}],
])("after %s", (_, lines, expected) => {
  expect(leftBy(...lines).at(1)).toEqual(expected);
});

test("no longer than the invitation could have been accepted, and of its own organization", () => {
  const { at, cancelled } = leftBy(
    begun,
    ended("failed", create("g1", "g2")),
    { ...again, day: 15 },
    { ...notAgain, day: 15 },
  );
  expect([at(20), at(22)]).toEqual([LEFT, {}]);
  expect([at(1, "o-2"), cancelled.isNone()]).toEqual([{}, false]);
  expect(leftBy(begun, ended("done")).cancelled.isNone()).toBe(true);
});
