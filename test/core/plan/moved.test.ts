import { expect, test } from "vitest";
import type { Change } from "../../../src/core/model/change.ts";
import { movedSince } from "../../../src/core/plan/saved-plan.ts";

type Raise = Extract<Change, { kind: "member"; action: "update" }>;

const change = (target: string, more: Partial<Raise> = {}): Raise => ({
  action: "update",
  kind: "member",
  target,
  id: "user_1",
  before: { role: "user" },
  after: { role: "developer" },
  risk: "widening",
  reason: "differs",
  ...more,
});

test("a plan that is made anew of the same has not moved, in whatever order", () => {
  const changes = [change("members.a@x.example"), change("members.b@x.example", { id: "user_2" })];
  expect(movedSince({ changes }, { changes: changes.toReversed() })).toEqual([]);
});

test("what is not needed any more, what nobody has seen, and what is another change now are named", () => {
  const agreed = [change("members.a@x.example"), change("members.b@x.example", { id: "user_2" })];
  const fresh = [
    change("members.b@x.example", { id: "user_2", before: { role: "billing" } }),
    change("members.c@x.example", { id: "user_3" }),
  ];
  expect(movedSince({ changes: agreed }, { changes: fresh })).toEqual([
    { target: "members.a@x.example", how: "gone" },
    { target: "members.b@x.example", how: "differs" },
    { target: "members.c@x.example", how: "new" },
  ]);
});

test("another object behind the same target is another change", () => {
  const fresh = { changes: [change("members.a@x.example", { id: "user_9" })] };
  expect(movedSince({ changes: [change("members.a@x.example")] }, fresh).map(({ how }) => how)).toEqual([
    "gone",
    "new",
  ]);
});

test("what only a person can do is not looked at", () => {
  const manual: Change = { ...change("members.a@x.example"), action: "manual" };
  expect(movedSince({ changes: [] }, { changes: [manual] })).toEqual([]);
  expect(movedSince({ changes: [manual] }, { changes: [] })).toEqual([]);
});
