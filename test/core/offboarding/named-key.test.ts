import { describe, expect, test } from "vitest";
import { declared } from "../../support/config.ts";
import { failure } from "../../support/failure.ts";
import { changeLines, DENIED, ORGANIZATION, offboard, PROD } from "../../support/offboarding.ts";
import { key, org } from "../../support/org.ts";

const NOTHING = { workspaces: [], groups: [], invites: [], keys: [], ownerless: [], declaredAt: [], ended: [] };
const keys = [key("web", PROD), key("api", PROD)];
const asked = (rest: Parameters<typeof offboard>[1], held = keys) => offboard({ keys: held }, { people: [], ...rest });
const ids = (plan: ReturnType<typeof offboard>) => plan.revocations.map(({ keys: [shown] }) => shown?.id);

describe("a key by the word that was given", () => {
  test("is that of the id, before any of the name", () => {
    const both = [...keys, key("apikey_web", PROD, { id: "apikey_z" })];
    expect(ids(asked({ key: "apikey_web" }, both))).toEqual(["apikey_web"]);
    expect(ids(asked({ key: "api" }, both))).toEqual(["apikey_api"]);
  });

  test("is found in whatever form of Unicode it is typed", () => {
    expect(ids(asked({ key: "cafe\u0301" }, [key("caf\u00e9", PROD)]))).toEqual(["apikey_caf\u00e9"]);
  });

  test("is the one that is not archived, else the newest of the archived ones", () => {
    const archived = (id: string, createdAt: number) => key("web", PROD, { id, createdAt, status: "archived" });
    expect(ids(asked({ key: "web" }, [archived("new", 3), key("web", PROD, { createdAt: 1 })]))).toEqual([
      "apikey_web",
    ]);
    expect(ids(asked({ key: "web" }, [archived("old", 1), archived("new", 3), archived("mid", 2)]))).toEqual(["new"]);
  });

  test("that several bear is nobody's to guess, in any order", () => {
    const twins = [key("twin", PROD, { id: "b" }), key("twin", PROD, { id: "a" })];
    const { code, details } = failure(() => asked({ key: "twin" }, twins));
    expect([code, details]).toEqual([
      "ambiguous",
      {
        message: `--key: "twin" fits 2 keys: workspaces.${PROD}.keys.twin (a); workspaces.${PROD}.keys.twin (b)`,
        fix: "name the one that is meant by its id",
      },
    ]);
  });

  test("is the one that the file calls so by its id, and nobody's to guess where another bears the name", () => {
    const config = declared({ workspaces: { prod: { name: "Production", keys: { web: { id: "apikey_old" } } } } });
    const old = key("legacy", PROD, { id: "apikey_old" });
    expect(ids(asked({ key: "web", config }, [old]))).toEqual(["apikey_old"]);
    const { code, details } = failure(() => asked({ key: "web", config }, [old, ...keys]));
    expect([code, details.message]).toEqual([
      "ambiguous",
      '--key: "web" fits 2 keys: workspaces.prod.keys.legacy (apikey_old); workspaces.prod.keys.web (apikey_web)',
    ]);
    expect(ids(asked({ key: "apikey_web", config }, [old, ...keys]))).toEqual(["apikey_web"]);
  });

  test("that nothing bears stops, with what may have been meant: a name or an id", () => {
    const details = (word: string) => failure(() => asked({ key: word })).details;
    expect(details("wbe")).toEqual({
      message: 'no live key has the name or the id "wbe"',
      fix: 'did you mean "web"?',
    });
    expect(details("apikey_wbe").fix).toBe('did you mean "apikey_web"?');
    expect(details("x".repeat(100_000)).message.length).toBeLessThan(200);
    expect(details("something else").fix).toBe("anth-rbac status lists what there is");
  });

  test("that nothing bears is listed as not found where that may be", () => {
    const plan = asked({ key: "wbe", ifExists: true });
    expect(plan.revocations).toEqual([{ ...NOTHING, subject: { kind: "key", name: "wbe", id: null } }]);
    expect([plan.changes, plan.findings]).toEqual([[], []]);
  });

  test("says nothing where the keys are not known, and that they are not", () => {
    const live = { ...org(ORGANIZATION), keys: DENIED };
    for (const rest of [{ key: "web" }, { keyIds: ["apikey_web"] }]) {
      const plan = asked({ ...rest, live });
      expect(plan.revocations).toEqual([]);
      expect(plan.unknown).toEqual([{ kind: "keys", reason: "permission-denied" }]);
    }
  });
});

describe("keys that a leaked secret may be", () => {
  test("are each disabled because of that; one that is named as well, once", () => {
    const line = (name: string, reason: string) =>
      `remove key workspaces.${PROD}.keys.${name} apikey_${name} [${reason}]`;
    expect(changeLines(asked({ keyIds: ["apikey_web"], key: "web" }))).toEqual([line("web", "leaked")]);
    expect(changeLines(asked({ keyIds: ["apikey_web"], key: "api" }))).toEqual([
      line("web", "leaked"),
      line("api", "named"),
    ]);
    expect(ids(asked({ keyIds: ["apikey_web"], key: "web" }))).toEqual(["apikey_web"]);
  });

  test("are there, or it stops", () => {
    const { code, message } = failure(() => asked({ keyIds: ["apikey_gone"], ifExists: true }));
    expect([code, message]).toEqual(["not-found", 'no live key has the name or the id "apikey_gone"']);
  });
});

test("a key is shown as what was named, with what it serves", () => {
  const config = declared({ workspaces: { prod: { name: "Production", keys: { web: {} } } } });
  const { revocations, findings, changes } = asked({ key: "web", config });
  expect(revocations).toMatchObject([
    {
      ...NOTHING,
      subject: { kind: "key", name: "web", id: "apikey_web" },
      keys: [{ relation: "named", decision: "disable", declared: true }],
    },
  ]);
  expect(findings).toMatchObject([{ code: "declared-key-revoked", args: { key: "web" } }]);
  expect(changes).toEqual([
    {
      action: "remove",
      kind: "key",
      target: "workspaces.prod.keys.web",
      id: "apikey_web",
      before: { status: "active" },
      after: null,
      risk: "removal",
      reason: "named",
    },
  ]);
});

describe("a leaked secret that no list has", () => {
  const secret = (secretKind: "admin" | "oauth" | "enterprise" | "api" | "foreign") =>
    ({ secretKind, hint: "sk-ant-...x" }) as NonNullable<NonNullable<Parameters<typeof offboard>[1]>["secret"]>;

  test.each([
    ["admin", "Console, Settings, Admin keys: delete it"],
    ["oauth", "an OAuth token of a sign-in: sign the account out, `ant auth logout`"],
    ["enterprise", "claude.ai, Organization settings, API: delete it"],
  ] as const)("%s: somebody is told where to end it", (kind, where) => {
    const plan = asked({ secret: secret(kind) });
    expect(plan.revocations).toEqual([{ ...NOTHING, subject: { kind: "secret", ...secret(kind) } }]);
    expect(plan.changes).toEqual([
      {
        action: "manual",
        kind: "admin_key",
        target: "organization.keys.sk-ant-...x",
        id: null,
        before: null,
        after: { where },
        risk: "removal",
        reason: "leaked",
      },
    ]);
    expect([plan.findings, plan.unknown]).toEqual([[], []]);
  });

  test("and that would be in the list is not found, or listed as that where it may be", () => {
    for (const kind of ["api", "foreign"] as const) {
      const { code, details } = failure(() => asked({ secret: secret(kind) }));
      expect(code).toBe("not-found");
      expect(details.message).toBe('no key of this organization fits "sk-ant-...x"');
      expect(details.fix).toContain("check the organization");
    }
    const plan = asked({ secret: secret("api"), ifExists: true });
    expect(plan.revocations).toEqual([{ ...NOTHING, subject: { kind: "secret", ...secret("api") } }]);
    expect(plan.changes).toEqual([]);
  });
});
