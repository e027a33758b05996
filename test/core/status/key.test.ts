import { describe, expect, test } from "vitest";
import { matchesHint } from "../../../src/core/keys/secret-match.ts";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import type { KeyQuery } from "../../../src/core/status/select.ts";
import { answers, codes, config, live, production, staging } from "../../support/core-status.ts";
import { failure } from "../../support/failure.ts";
import { key, NOW } from "../../support/org.ts";

describe("one key", () => {
  const auth = key("prod-auth", production.id, { hint: "sk-ant-api03-abc...wxyz" });

  test("is found by id, by name with all that its rotation made of it, and by hint", () => {
    const old = key("prod-auth@previous-20261120", production.id);
    const found = (query: KeyQuery | string) => answers(query, [auth, old]).map(({ key }) => key.name);
    expect(found("prod-auth")).toEqual(["prod-auth", "prod-auth@previous-20261120"]);
    expect(found(auth.id)).toEqual(["prod-auth"]);
    expect(found({ by: "hint", text: "sk-ant-api03-abc...wxyz" })).toEqual(["prod-auth"]);
    expect(failure(() => answers("prod-auht", [auth])).details.fix).toBe('did you mean "prod-auth"?');
  });

  test("in order, declared and owned, needs no words but those on its owner", () => {
    const [answer] = answers("prod-auth", [{ ...auth, principal: { type: "user", id: "user_ada" } }]);
    expect(answer).toMatchObject({ notes: [], key: { target: "workspaces.prod.keys.prod-auth" } });
  });

  test("is no day old when it was made a moment ago by a clock with parts of a second", () => {
    const [answer] = answers("prod-auth", [key("prod-auth", production.id, { createdAt: NOW + 999 })]);
    expect(answer?.key.ageDays).toBe(0);
  });

  test("whose maker has left is due, as for rotate; one that is not declared is not", () => {
    const made = { createdBy: { type: "user", id: "user_gone" } } as const;
    const phases = (name: string, who: Parameters<typeof key>[2]) =>
      answers(name, [key(name, production.id, who)]).map(({ key }) => key.phase);
    expect(phases("prod-auth", made)).toEqual([{ phase: "due" }]);
    expect(phases("prod-other", made)).toMatchObject([{ phase: "current" }]);
    expect(phases("prod-auth", { createdBy: { type: "user", id: "user_ada" } })).toMatchObject([{ phase: "current" }]);
    expect(phases("prod-auth", { ...made, status: "inactive" })).toMatchObject([{ phase: "disabled" }]);
  });

  test("of another workspace than the file says is told so first", () => {
    const [answer] = answers("prod-auth", [key("prod-auth", staging.id)]);
    expect(answer?.notes[0]).toMatchObject({
      code: "key-in-other-workspace",
      args: { declared: "prod", workspace: { handle: "staging" } },
    });
  });

  test("is not said to be in the wrong workspace where two could be the right one", () => {
    const twins = live({
      workspaces: [production, { ...production, id: "wrkspc_twin" }],
      keys: [key("prod-auth", production.id)],
    });
    const [answer] = answers("prod-auth", [], { live: twins });
    expect(codes(answer?.notes ?? [])).toEqual(["key-ownerless"]);
    expect(answer?.key.declared?.elsewhere).toBeUndefined();
  });

  test("whose name is declared twice belongs to the declaration of its own workspace", () => {
    const prod = config.workspaces.get("prod");
    const both = prod && {
      ...config,
      workspaces: new Map([...config.workspaces, ["staging", { ...prod, handle: "staging", name: "Staging" }]]),
    };
    const [answer] = answers("prod-auth", [key("prod-auth", staging.id)], both ? { config: both } : {});
    expect(answer?.key.declared?.target).toBe("workspaces.staging.keys.prod-auth");
  });

  test.each([
    ["prod-cron", staging, "Production"],
    ["staging-cron", production, "Staging"],
    ["stag-cron", production, "Staging"],
    ["prod-cron", production, undefined],
    ["cron", staging, undefined],
    ["st-cron", production, undefined],
    ["billing-cron", production, undefined],
  ])("named %s in %o suggests %s", (name, where, expected) => {
    const [answer] = answers(name, [key(name, where.id)]);
    const note = answer?.notes.find(({ code }) => code === "key-name-suggests");
    expect(note && "meant" in note.args ? note.args.meant.name : undefined).toBe(expected);
  });

  test.each([
    ["inactive", "key-disabled"],
    ["expired", "key-expired"],
    ["archived", "key-archived"],
    ["paused", "key-status-unknown"],
  ])("that is %s says so before anything else", (status, code) => {
    expect(codes(answers("prod-auth", [{ ...auth, status }])[0]?.notes ?? [])[0]).toBe(code);
  });

  test("says who made it, whom it acts as, and whether they are still there", () => {
    const left = key("prod-auth", production.id, { principal: { type: "user", id: "user_gone" } });
    const [answer] = answers("prod-auth", [left]);
    expect(answer?.key.actsAs).toEqual({ type: "user", id: "user_gone", left: true });
    expect(codes(answer?.notes ?? [])).toContain("key-owner-left");
    const unread: OrgSnapshot = { ...live({ keys: [left] }), users: { known: false, reason: "api-error" } };
    const [unsure] = answers("prod-auth", [], { live: unread });
    expect(unsure?.key.actsAs).toEqual({ type: "user", id: "user_gone" });
    expect(codes(unsure?.notes ?? [])).not.toContain("key-owner-left");
  });

  test("of the organization has to be told a workspace with each call", () => {
    const [answer] = answers("robot", [key("robot", "", { scope: { type: "organization" } })]);
    expect(codes(answer?.notes ?? [])).toContain("key-without-workspace");
    expect(answer?.key.target).toBe("organization.keys.robot");
  });

  test("is found by its secret's ends; several that fit are all shown", () => {
    const secret = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz";
    const twin = key("twin", staging.id, { hint: "sk-ant-api03-abc...wxyz" });
    const other = key("other", staging.id, { hint: "sk-ant-api03-abc...0000" });
    expect(answers({ by: "secret", secret }, [auth, twin, other]).map(({ key }) => key.name)).toEqual([
      "prod-auth",
      "twin",
    ]);
    const missing = failure(() => answers({ by: "secret", secret }, [other]));
    expect(missing.code).toBe("not-found");
    expect(JSON.stringify(missing)).not.toContain("klmnop");
  });

  test.each([
    ["sk-ant-api03-abc...wxyz", true],
    ["sk-ant-api03-abc…wxyz", true],
    ["sk-ant-api03-abc****wxyz", true],
    ["...wxyz", true],
    ["sk-ant-api03-abc...", true],
    ["sk-ant-api03-...", false],
    ["...", false],
    ["sk-ant-api03-abc...wxyy", false],
    ["sk-ant-api03-abd...wxyz", false],
    ["sk-ant-api03-abcdefghijklmnopqrstuvwxyz...pqrstuvwxyz", false],
    ["wxyz", false],
    ["", false],
  ])("the hint %s fits: %s", (hint, fits) => {
    expect(matchesHint("sk-ant-api03-abcdefghijklmnopqrstuvwxyz", hint)).toBe(fits);
  });
});
