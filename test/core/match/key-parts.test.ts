import { describe, expect, test } from "vitest";
import { hasSoundSuccessor, isOfToday, keyParts, madeBefore } from "../../../src/core/match/key-parts.ts";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { key, NOW } from "../../support/org.ts";
import { holding, rotated, TARGET, web } from "../../support/rotation.ts";

const inactive = { status: "inactive" };
const path = ["workspaces", "prod", "keys", "web"];

function declaredOf(keys: readonly ApiKey[], config = rotated()) {
  const [declared] = matchLive(config, holding(...keys)).keys.declared;
  if (!declared) throw new Error("the test's config declares a key");
  return declared;
}
const parts = (keys: readonly ApiKey[], config = rotated(), now = NOW) => keyParts(declaredOf(keys, config), now);

describe("the current key", () => {
  const current = (keys: readonly ApiKey[], config = rotated()) => parts(keys, config).current?.id;
  const made = (id: string, createdAt: number, rest: Partial<ApiKey> = {}) => web("", { id, createdAt, ...rest });
  const renamed = rotated({ previously: ["old", "older"] });
  const old = (name: string, rest: Partial<ApiKey> = {}) => key(name, "wrkspc_prod", rest);

  test.each<[string, readonly ApiKey[], string | undefined]>([
    ["the one of the name", [web("@next"), web()], "apikey_web"],
    ["the active one, before a newer one that is not", [made("a", 1), made("b", 2, inactive)], "a"],
    [
      "the newest, where none is active",
      [made("a", 1, inactive), made("c", 3, { status: "expired" }), made("b", 2, inactive)],
      "c",
    ],
    ["none that is archived", [web("", { status: "archived" })], undefined],
    ["none where there is none", [web("@next"), web("@previous-20261120")], undefined],
  ])("%s", (_, keys, expected) => {
    expect(current(keys)).toBe(expected);
  });

  test.each<[string, readonly ApiKey[], string | undefined]>([
    ["one of an earlier name, where none bears the name", [old("older")], "apikey_older"],
    ["one of the name, active or not, before one of an earlier name", [old("old"), web("", inactive)], "apikey_web"],
    ["the active one of all earlier names", [old("old", inactive), old("older")], "apikey_older"],
  ])("is %s", (_, keys, expected) => {
    expect(current(keys, renamed)).toBe(expected);
  });

  test("that is the only one, and is in order, leaves nothing else to tell", () => {
    const nothing = { superseded: [], findings: [], misplaced: [] };
    for (const one of [web(), web("", inactive)]) {
      expect(parts([one])).toEqual({ ...nothing, current: one, model: one, live: [one] });
    }
    expect(parts([web("", { status: "archived" })])).toEqual({ ...nothing, live: [] });
  });

  test("is nobody's to tell where several bear the name, or several an earlier one", () => {
    const found = parts([made("b", 1), made("a", 2)]);
    expect(found.findings).toMatchObject([
      { code: "ambiguous-name", args: { kind: "key", name: "web", ids: ["a", "b"] }, path, target: TARGET },
    ]);
    expect(parts([old("old"), old("older")], renamed).findings).toMatchObject([{ args: { name: "old" } }]);
    expect(parts([made("b", 1, inactive), made("a", 2)]).findings).toEqual([]);
  });
});

describe("a pinned key", () => {
  const pinned = rotated({ id: "apikey_x" });
  const x = (label = "", rest: Partial<ApiKey> = {}) => web(label, { id: "apikey_x", ...rest });
  const codes = (keys: readonly ApiKey[]) =>
    parts(keys, pinned).findings.map(({ code, severity }) => `${severity} ${code}`);

  test("is the current one, whatever its name, or however many bear it", () => {
    for (const keys of [
      [key("anything", "wrkspc_prod", { id: "apikey_x" }), web("", inactive)],
      [x(), web(), web("", { id: "apikey_2" })],
    ]) {
      const found = parts(keys, pinned);
      expect([found.current, found.findings]).toEqual([keys[0], []]);
    }
  });

  test("is nobody's to tell where it has another name and an active one has the declared name: the id may be another's", () => {
    const found = parts([key("anything", "wrkspc_prod", { id: "apikey_x" }), web()], pinned);
    expect(found.live.map(({ id }) => id)).toEqual(["apikey_web"]);
    expect(found.findings).toMatchObject([
      {
        code: "ambiguous-name",
        args: { kind: "key", name: "web", ids: ["apikey_web", "apikey_x"], pinned: "apikey_x" },
        path,
        target: TARGET,
      },
    ]);
  });

  test("is so under a name that only looks like a label of ours", () => {
    const other = key("other@previous-20261120", "wrkspc_prod", { id: "apikey_x" });
    expect(parts([other], pinned)).toMatchObject({ current: other, superseded: [], findings: [] });
  });

  test("that is not there is said, and another of its name taken", () => {
    const found = parts([web()], pinned);
    expect(found.current?.id).toBe("apikey_web");
    expect(found.findings).toMatchObject([
      { code: "pinned-id-not-found", args: { kind: "key", id: "apikey_x" }, path, target: TARGET },
    ]);
  });

  test("that is in another place is an error, and is told by where it is", () => {
    const found = parts([key("web", "wrkspc_other", { id: "apikey_x" })], pinned);
    expect(found.current).toBeUndefined();
    expect(found.findings).toMatchObject([
      {
        code: "key-in-other-workspace",
        severity: "error",
        args: { key: "web", declared: "prod", live: "wrkspc_other" },
        path,
        target: TARGET,
      },
    ]);
    // It is said once: it is the one that was meant.
    expect(found.misplaced).toEqual([]);
    expect(parts([key("web@next", "wrkspc_other", { id: "apikey_x" })], pinned).misplaced).toEqual([]);
  });

  test("that was rotated away, or archived, is not the current one any more", () => {
    for (const keys of [
      [web(), x("@previous-20261120")],
      [web(), x("@disabled-20261101", inactive)],
      [web(), x("", { status: "archived" })],
    ]) {
      expect(parts(keys, pinned).current?.id).toBe("apikey_web");
      expect(parts(keys, pinned).findings).toMatchObject([
        {
          code: "pinned-id-superseded",
          args: { key: "web", id: "apikey_x", current: "apikey_web" },
          path,
          target: TARGET,
        },
      ]);
    }
    const leaked = parts([x("@disabled-20261101", inactive)], pinned);
    expect(leaked.findings.map(({ args }) => args)).toEqual([{ key: "web", id: "apikey_x" }]);
  });

  test("that is the replacement is none yet", () => {
    expect(parts([web(), x("@next")], pinned)).toMatchObject({
      current: { id: "apikey_web" },
      next: { id: "apikey_x" },
      findings: [],
    });
    expect(codes([web(), x("@next")])).toEqual([]);
  });
});

describe("the replacement", () => {
  test("is the active one; archived ones are none, and two are one too many", () => {
    expect(parts([web(), web("@next")]).next?.id).toBe("apikey_web@next");
    expect(parts([web(), web("@next", { status: "archived" })])).not.toHaveProperty("next");
    expect(parts([web(), web("@next", { status: "frozen" })])).not.toHaveProperty("next");
    const twice = parts([web("@next", { id: "b" }), web("@next", { id: "a" })]);
    expect(twice.findings).toMatchObject([
      { code: "ambiguous-name", args: { name: "web@next", ids: ["a", "b"], wait: true } },
    ]);
    expect(twice).not.toHaveProperty("current");
  });
});

test("superseded keys, with the first instant of their day; and all that are live, in their order", () => {
  const found = parts([
    web("@disabled-20261101", { ...inactive, createdAt: 1 }),
    web("@previous-20261120", { createdAt: 2 }),
    web("@previous-20261001", { status: "archived" }),
    web("@next"),
    web(),
    web("@disabled-20261102", { ...inactive, createdAt: 3 }),
  ]);
  expect(found.superseded.map(({ key: { name }, kind, since }) => [name, kind, since])).toEqual([
    ["web@disabled-20261101", "disabled", Date.parse("2026-11-01")],
    ["web@previous-20261120", "previous", Date.parse("2026-11-20")],
    ["web@disabled-20261102", "disabled", Date.parse("2026-11-02")],
  ]);
  expect(found.live.map(({ name }) => name)).toEqual([
    "web",
    "web@next",
    "web@disabled-20261102",
    "web@previous-20261120",
    "web@disabled-20261101",
  ]);
  expect(found.findings).toEqual([]);
});

describe("keys of the name in other places", () => {
  const away = (name: string, rest: Partial<ApiKey> = {}) => key(name, "wrkspc_other", rest);

  test.each<[string, ApiKey, boolean]>([
    ["of the name", away("web"), true],
    ["a replacement", away("web@next"), true],
    ["one that was rotated away there", away("web@previous-20261120"), false],
    ["one that was disabled there", away("web@disabled-20261120"), false],
    ["one that is not active", away("web", inactive), false],
    ["of another name", away("api"), false],
    ["with a label that is none of ours", away("web@prod"), false],
    ["in the organization itself", key("web", "", { scope: { type: "organization" } }), true],
  ])("%s", (_, one, isSaid) => {
    const live = one.scope.type === "organization" ? "organization" : "wrkspc_other";
    expect(parts([web(), one]).misplaced).toEqual(
      isSaid
        ? [
            expect.objectContaining({
              code: "key-in-other-workspace",
              severity: "error",
              args: { key: one.name, declared: "prod", live },
              path,
              target: TARGET,
            }),
          ]
        : [],
    );
  });

  test("ten are told, and not the eleventh", () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => away("web", { id: `apikey_${n}` }));
    expect([9, 10, 11].map((count) => parts(many(count)).misplaced.length)).toEqual([9, 10, 10]);
  });

  test("of a key of the organization itself, as much", () => {
    const config = rotated({}, { workspaces: {}, organization: { keys: { web: {} } } });
    expect(parts([web()], config).misplaced).toMatchObject([
      { args: { declared: "organization", live: "wrkspc_prod" }, target: "organization.keys.web" },
    ]);
    const pinned = rotated({}, { workspaces: {}, organization: { keys: { web: { id: "apikey_web" } } } });
    expect(parts([web()], pinned).findings).toMatchObject([{ args: { declared: "organization" } }]);
  });
});

describe("what a person has to explain first", () => {
  const today = "web@previous-20261123";
  test.each<[string, ApiKey, string, Record<string, string>]>([
    ["a day that no calendar has", web("@previous-20261399"), "invalid-format", { value: "web@previous-20261399" }],
    ["a day to come", web("@previous-20261124"), "key-unsettled", { problem: "label-after-today", rename: today }],
    [
      "a soak from a day to come",
      web("@disabled-20261124", inactive),
      "key-unsettled",
      { problem: "label-after-today", rename: "web@disabled-20261123" },
    ],
    [
      "a day before the key was made",
      web("@previous-20261101", { createdAt: NOW }),
      "key-unsettled",
      { problem: "label-before-key", rename: today },
    ],
    [
      "a disabled key that is active",
      web("@disabled-20261101"),
      "key-unsettled",
      { problem: "disabled-but-active", rename: today },
    ],
  ])("%s", (_, one, code, args) => {
    const { findings } = parts([web(), one]);
    expect(findings).toMatchObject([{ code, args, path, target: TARGET }]);
    if (code === "invalid-format") {
      const expected = "a day of the calendar at the end of the key's live name";
      expect(findings[0]?.args).toEqual({ ...args, expected });
    } else expect(findings[0]?.args).toEqual({ key: one.name, ...args });
  });

  test.each([
    ["a replacement that could not take over", web("@next", inactive), "replacement-not-active"],
    ["one that was archived in its overlap", web("@previous-20261120", { status: "archived" }), "archived-in-overlap"],
  ])("%s, which no other name explains", (_, one, problem) => {
    expect(parts([web(), one]).findings).toMatchObject([
      { code: "key-unsettled", args: { key: one.name, problem }, path, target: TARGET },
    ]);
    expect(parts([web(), one]).findings[0]?.args).not.toHaveProperty("rename");
  });
});

describe("a replacement that acts as a person", () => {
  const as = (id: string) => ({ principal: { type: "user", id } }) as const;
  const machine = { principal: { type: "service_account", id: "user_eve" } } as const;
  test.each<[string, ApiKey, ApiKey, boolean]>([
    ["where the current key acts as nobody", web(), web("@next", as("user_eve")), true],
    ["where it acts as somebody else", web("", as("user_ada")), web("@next", as("user_eve")), true],
    ["where it acts as a machine", web("", machine), web("@next", as("user_eve")), true],
    ["as the current key does", web("", as("user_eve")), web("@next", as("user_eve")), false],
    ["or rather as a machine", web(), web("@next", machine), false],
    ["or rather as nobody", web("", as("user_eve")), web("@next"), false],
  ])("%s", (_, current, next, isSaid) => {
    const { findings } = parts([current, next]);
    expect(findings.map(({ code, args }) => ({ code, args }))).toEqual(
      isSaid ? [{ code: "key-unsettled", args: { key: "web@next", problem: "replacement-acts-as-person" } }] : [],
    );
    expect(findings.every((one) => one.target === TARGET && one.path?.join() === path.join())).toBe(true);
  });

  test("and replaces none", () => {
    expect(parts([web("@next", as("user_eve"))]).findings).toEqual([]);
  });

  test("is held against the newest key that was rotated away where there is no current one", () => {
    const left = [web("@disabled-20261101", { ...inactive, ...machine }), web("@next", as("user_eve"))];
    const args = { key: "web@next", problem: "replacement-acts-as-person" };
    expect(parts(left).findings).toMatchObject([{ code: "key-unsettled", args }]);
  });
});

describe("a replacement of a key that acts as a service account", () => {
  const as = (id: string) => ({ principal: { type: "service_account", id } }) as const;
  test.each<[string, ApiKey, ApiKey, boolean]>([
    ["acts as it too", web("", as("svac_a")), web("@next", as("svac_a")), false],
    ["acts as another", web("", as("svac_a")), web("@next", as("svac_b")), true],
    ["acts as nobody", web("", as("svac_a")), web("@next"), false],
    [
      "acts as another than the one that leaked",
      web("@disabled-20261101", { ...inactive, ...as("svac_a") }),
      web("@next", as("svac_b")),
      true,
    ],
  ])("%s", (_, old, next, isSaid) => {
    expect(parts([old, next]).findings).toMatchObject(
      isSaid ? [{ code: "key-unsettled", args: { key: "web@next", problem: "replacement-acts-otherwise" } }] : [],
    );
  });
});

describe("whether the key that took over is there to stay", () => {
  test.each<[string, readonly ApiKey[], boolean]>([
    ["active, of the name, and without an end", [web()], true],
    ["more than a fortnight from its end", [web("", { expiresAt: NOW + 14 * DAY + 1 })], true],
    ["a fortnight from its end", [web("", { expiresAt: NOW + 14 * DAY })], false],
    ["not active", [web("", inactive)], false],
    ["of an earlier name", [key("old", "wrkspc_prod")], false],
    ["not there", [], false],
  ])("%s: %s", (_, keys, expected) => {
    const declared = declaredOf(keys, rotated({ previously: "old" }));
    expect(hasSoundSuccessor(declared, keyParts(declared, NOW), NOW)).toBe(expected);
  });
});

test("a key was there before another was rotated away until the end of that day, UTC", () => {
  const superseded = { key: web(), kind: "previous", since: Date.parse("2026-11-20") } as const;
  const end = Date.parse("2026-11-21");
  expect([end - 1, end].map((createdAt) => madeBefore(superseded, createdAt))).toEqual([true, false]);
  const times = [Date.parse("2026-11-19T23:59:59.999Z"), superseded.since, end - 1, end];
  expect(times.map((now) => isOfToday(superseded, now))).toEqual([false, true, true, false]);
});
