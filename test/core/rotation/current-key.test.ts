import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import type { RotationInput } from "../../../src/core/rotation/rotation.ts";
import { key, NOW, user } from "../../support/org.ts";
import { asked, holding, lines, planOf, rotate, rotated, TARGET, web } from "../../support/rotation.ts";

const inactive = { status: "inactive" };
const tested = { handover: new Map([[TARGET, "tested" as const]]) };
const made = (id: string) => ({ createdBy: { type: "user", id } });

describe("why a key is due", () => {
  const members = { "ada@acme.example": { role: "developer" } };
  const config = (until?: string, mode = "full") =>
    rotated(
      {},
      { manage: { members: mode }, members: until ? { "ada@acme.example": { ...members[ADA], until } } : {} },
    );
  const ADA = "ada@acme.example";
  const users = { known: true, items: [user("ada@acme.example"), user("eve@acme.example")] } as const;
  const because = (one: ApiKey, rest: Partial<RotationInput> = {}) =>
    planOf({ ...holding(one), users }, rest).keys[0]?.because;

  test.each<[string, ApiKey, Partial<RotationInput>, string | undefined]>([
    ["young, and made by a member", web("", made("user_ada")), {}, undefined],
    ["made by somebody who has left", web("", made("user_gone")), {}, "creator-left"],
    ["made by somebody who is not to be a member", web("", made("user_eve")), { config: config() }, "creator-left"],
    ["made by somebody of whom the file does not say that", web("", made("user_eve")), {}, undefined],
    [
      "made by somebody whose last day was",
      web("", made("user_ada")),
      { config: config("2026-11-22") },
      "creator-left",
    ],
    [
      "made by somebody whose last day is today",
      web("", made("user_ada")),
      { config: config("2026-11-23") },
      undefined,
    ],
    [
      "acting as a member, whoever made it",
      web("", { ...made("user_gone"), principal: { type: "user", id: "user_ada" } }),
      {},
      undefined,
    ],
    ["old", web("", { createdAt: NOW - 91 * DAY }), {}, "age"],
    ["old to the day, not over it", web("", { createdAt: NOW - 90 * DAY }), {}, undefined],
    ["about to expire", web("", { expiresAt: NOW + 14 * DAY }), {}, "expiry"],
    ["not about to", web("", { expiresAt: NOW + 14 * DAY + 1 }), {}, undefined],
    ["disabled", web("", inactive), {}, "not-active"],
    ["old and disabled", web("", { ...inactive, createdAt: NOW - 91 * DAY }), {}, "age"],
    ["forced", web(), { force: true }, "forced"],
    ["forced, and old", web("", { createdAt: NOW - 91 * DAY }), { force: true }, "age"],
    ["leaked, and old", web("", { createdAt: NOW - 91 * DAY }), { leaked: true }, "leaked"],
  ])("%s", (_, one, rest, expected) => {
    expect(because(one, rest)).toBe(expected);
  });

  test("the day that it falls due is told whether it is due or not", () => {
    const dueAt = (one: ApiKey, rest = {}) => rotate([one], rest).plan.keys[0]?.dueAt;
    const createdAt = NOW - 100 * DAY;
    for (const rest of [{}, { force: true }, { leaked: true }]) {
      expect(dueAt(web("", { createdAt }), rest)).toBe(createdAt + 90 * DAY);
      expect(dueAt(web(), rest)).toBe(NOW + 80 * DAY);
    }
    expect(dueAt(web("", { ...inactive, createdAt }))).toBe(createdAt + 90 * DAY);
    expect(dueAt(web("@next"))).toBeUndefined();
  });
});

describe("a rotation that is forced is not forced twice", () => {
  const today = { createdAt: NOW - 1 };
  const end = Date.parse("2026-11-27T00:00:00Z");

  test.each<[string, readonly ApiKey[], number, boolean]>([
    ["during the overlap", [web(), web("@previous-20261120")], end - 1, true],
    ["when the overlap is over", [web(), web("@previous-20261120")], end, false],
    ["when the old key was disabled before", [web(), web("@previous-20261120", inactive)], NOW, false],
    ["when it was made today after a leak", [web("", today), web("@disabled-20261123", inactive)], NOW, true],
    ["when an older key was disabled today", [web(), web("@disabled-20261123", inactive)], NOW, false],
    [
      "when it was made today, and an old one was disabled long ago",
      [web("", today), web("@disabled-20261120", inactive)],
      NOW,
      false,
    ],
    ["when nothing was rotated", [web("", today)], NOW, false],
  ])("%s", (_, keys, now, isDone) => {
    expect(rotate(keys, { force: true, now }).plan.keys[0]?.because).toBe(isDone ? undefined : "forced");
  });
});

describe("what a replacement waits for", () => {
  const CUT = "update apikey_web@next web@next→web [safe cut-over]";
  const SECRET = "manual apikey_web@next web@next→web [safe secret-needed]";
  const both = [web(), web("@next")];

  test.each<[string, readonly ApiKey[], Partial<RotationInput>, string]>([
    ["nobody has its secret", both, {}, "hand-over"],
    ["the service was seen to have it", both, tested, "cut-over"],
    ["it was seen to be delivered here", both, { ...tested, config: rotated({ deliver: [["cat"]] }) }, "cut-over"],
    ["its predecessor was renamed, and it was not", [web("@previous-20261123"), web("@next")], {}, "cut-over"],
    // That the old key was disabled says nothing of where the secret of the new one is.
    ["its predecessor was disabled", [web("@disabled-20261123", inactive), web("@next")], {}, "hand-over"],
    ["a key was rotated away, and another is there", [...both, web("@previous-20261120")], {}, "hand-over"],
  ])("%s", (_, keys, rest, next) => {
    const { plan } = rotate(keys, rest);
    expect(plan.keys[0]).toMatchObject({ phase: "replacement-ready", next });
    const own = lines(plan.changes).filter((line) => line.includes("@next"));
    expect(own).toEqual([next === "cut-over" ? CUT : SECRET]);
  });

  test("a step for somebody is about the declared key, and the cut-over about the live one", () => {
    const targets = (rest = {}) => rotate(both, rest).plan.changes.map(({ target }) => target);
    expect(targets()).toEqual([TARGET]);
    expect(targets(tested)).toEqual([TARGET, `${TARGET}@next`]);
  });
});

test("the key to create: its name, its workspace as it is called live, and where", () => {
  const create = (rest: Partial<RotationInput> = {}) => planOf(holding(), rest).keys[0]?.create;
  const url = "https://platform.claude.com/settings/keys";
  for (const keys of [[], [web("", inactive)]]) {
    expect(rotate(keys).plan.keys[0]?.create).toEqual({ name: "web@next", workspace: "Prod", url });
  }
  expect(rotate([web()]).plan.keys[0]).not.toHaveProperty("create");
  const config = rotated({}, { organization: { keys: { ci: {} } }, workspaces: {} });
  expect(create({ config })).toEqual({ name: "ci@next", workspace: null, url });
});

test("a key of an earlier name is renamed with a label of the declared one", () => {
  const old = key("old", "wrkspc_prod", { id: "apikey_web" });
  const input = asked(holding(old, web("@next")), { ...tested, config: rotated({ previously: "old" }) });
  expect(lines(planOf(input.live, input).changes)).toEqual([
    "update apikey_web old→web@previous-20261123 [safe superseded]",
    "update apikey_web@next web@next→web [safe cut-over]",
  ]);
});

test("a key that works no more is superseded without an overlap, and nobody says that both work", () => {
  const input = asked(holding(web("", inactive), web("@next")), tested);
  expect(planOf(input.live, input).changes.map(({ after, reason }) => [after, reason])).toEqual([
    [{ name: "web@disabled-20261123" }, "superseded-stopped"],
    [{ name: "web" }, "cut-over"],
  ]);
});
