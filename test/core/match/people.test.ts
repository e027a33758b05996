import { expect, test } from "vitest";
import { matchPeople } from "../../../src/core/match/people.ts";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { declared } from "../../support/config.ts";
import { NOW, org, user } from "../../support/org.ts";

const { members } = declared({ members: { "jos\u00e9@b\u00fccher.example": { role: "developer" } } });
const SPELLINGS = [
  "jos\u00e9@b\u00fccher.example",
  "JOSE\u0301@xn--bcher-kva.example",
  "jose\u0301@bu\u0308cher.example",
];

test("a person is found by any spelling of the e-mail, live and declared", () => {
  for (const live of SPELLINGS) {
    const people = matchPeople({ members }, { known: true, items: [user(live)] });
    expect(SPELLINGS.map((email) => people.user(email)?.email)).toEqual(Array(3).fill(live));
    expect(people.member(live)?.role).toBe("developer");
  }
});

test("two live people of one e-mail are told apart by nobody, and nobody is gone where the members are not known", () => {
  const items = [user("jose\u0301@acme.example"), { ...user("jos\u00e9@acme.example"), id: "user_2" }];
  const people = matchPeople({ members }, { known: true, items });
  expect([people.user("jos\u00e9@acme.example"), people.ambiguous]).toEqual([undefined, [items]]);
  expect([people.isGone("user_2"), people.isGone("user_3")]).toEqual([false, true]);
  expect(matchPeople({ members }, { known: false, reason: "permission-denied" }).isGone("user_3")).toBe(false);
});

test("whoever leaves is found in whatever form the e-mail is typed", () => {
  const live = org({ users: [user("jose\u0301@acme.example", "user")] });
  const question = { config: declared({}), live, now: NOW, digest: () => "", max: 1, formerIds: new Map() };
  const { changes } = planOffboarding({ ...question, people: ["Jos\u00e9@acme.example"] });
  expect(changes.map(({ action, kind, id }) => `${action} ${kind} ${id}`)).toEqual(["remove member user_jose\u0301"]);
});

test("who is who: by e-mail, by id, and by what the file says of them", () => {
  const items = [user("ada@acme.example"), user("bob@acme.example")];
  const file = declared({ members: { "ada@acme.example": { role: "user" }, "new@acme.example": { role: "user" } } });
  const people = matchPeople(file, { known: true, items });
  expect([people.user("ADA@acme.example"), people.user("new@acme.example")]).toEqual([items[0], undefined]);
  expect([people.usersOf("bob@acme.example"), people.usersOf("new@acme.example")]).toEqual([[items[1]], []]);
  expect(people.member("New@acme.example")?.email).toBe("new@acme.example");
  expect(people.member("bob@acme.example")).toBeUndefined();
  expect([[...people.users.keys()], people.ambiguous]).toEqual([["user_ada", "user_bob"], []]);
  const unknown = matchPeople(file, { known: false, reason: "permission-denied" });
  expect([unknown.user("ada@acme.example"), unknown.usersOf("ada@acme.example"), unknown.users.size]).toEqual([
    undefined,
    [],
    0,
  ]);
});
