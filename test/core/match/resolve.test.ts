import { describe, expect, test } from "vitest";
import { matchLive } from "../../../src/core/match/matches.ts";
import {
  findMember,
  findSettledWorkspace,
  findWorkspace,
  fittingWorkspaces,
  type WorkspaceChoice,
  workspaceChoices,
} from "../../../src/core/match/resolve.ts";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { NO_CONFIG } from "../../../src/core/offboarding/input.ts";
import { assembleReview } from "../../../src/core/review/review.ts";
import { planRotation } from "../../../src/core/rotation/rotation.ts";
import { assembleStatus } from "../../../src/core/status/status.ts";
import { declared } from "../../support/config.ts";
import { failure } from "../../support/failure.ts";
import { account, issuer, key, NOW, org, user, workspace } from "../../support/org.ts";
import { asked, holding, rotated } from "../../support/rotation.ts";

/** The handle of one workspace is the live name of another, and one word differs from a name by case alone. */
const config = declared({
  workspaces: { Staging: { name: "Production" }, prod: { name: "Staging" }, lab: { name: "Lab" } },
});
const live = org({ workspaces: [workspace("Production"), workspace("Staging"), workspace("Old")] });
const choices = () =>
  workspaceChoices(config, matchLive(config, live), live.workspaces.known ? live.workspaces.items : []);

describe("a word for a workspace", () => {
  test.each([
    ["prod", "wrkspc_staging"],
    ["Production", "wrkspc_production"],
    ["wrkspc_production", "wrkspc_production"],
    ["old", "wrkspc_old"],
    ["O\u006cd", "wrkspc_old"],
    ["lab", undefined],
  ])("%s means one", (word, id) => {
    expect(findWorkspace(choices(), word).id).toBe(id);
  });

  test("that fits two stops, and names both with their ids", () => {
    const { code, details } = failure(() => findWorkspace(choices(), "Staging"));
    expect(code).toBe("ambiguous");
    expect(details.message).toBe(
      '--workspace: "Staging" fits 2 workspaces: "Production" (handle Staging, wrkspc_production); "Staging" (handle prod, wrkspc_staging)',
    );
  });

  test("is taken in whatever form of Unicode it was typed", () => {
    const own = declared({ workspaces: { cafe: { name: "Caf\u00e9" } } });
    const snapshot = org({ workspaces: [workspace("Cafe\u0301", { id: "wrkspc_1" })] });
    const all = workspaceChoices(
      own,
      matchLive(own, snapshot),
      snapshot.workspaces.known ? snapshot.workspaces.items : [],
    );
    expect(["Caf\u00e9", "Cafe\u0301", "CAFE\u0301"].map((word) => findWorkspace(all, word).id)).toEqual(
      Array(3).fill("wrkspc_1"),
    );
  });
});

describe("a word for a machine", () => {
  const twins = <Item extends { readonly id: string }>(one: Item) => [one, { ...one, id: `${one.id}_2` }];

  test("that two accounts bear stops, and an id means one", () => {
    const [first] = twins(account("ci"));
    const live = org({ serviceAccounts: twins(account("ci")) });
    const ask = (asked: string) =>
      assembleStatus({ live, now: NOW, selection: { view: "service-account", account: asked } }).serviceAccount;
    expect(failure(() => ask("ci")).details).toEqual({
      message: `--service-account: "ci" fits 2 service accounts: ci (${first?.id}); ci (${first?.id}_2)`,
      fix: "name the one that is meant by its id",
    });
    expect(ask(`${first?.id}_2`)?.account.id).toBe(`${first?.id}_2`);
  });

  test("that two issuers bear stops; a URL of both is what a token says, and means both", () => {
    const one = issuer("github");
    const live = org({ issuers: twins(one) });
    const ask = (asked: string) =>
      assembleStatus({
        live,
        now: NOW,
        selection: { view: "subject", query: { subject: "x", claims: {}, issuer: asked } },
      }).subject?.rules;
    expect(failure(() => ask("github")).details.message).toBe(
      `--issuer: "github" fits 2 issuers: github (${one.id}); github (${one.id}_2)`,
    );
    expect([ask(one.id), ask(one.url)]).toEqual([[], []]);
  });
});

test("a workspace of the file is settled where it is matched, or still to be made, and not where it may be either of two", () => {
  const file = declared({
    workspaces: { prod: { name: "Prod" }, soon: { name: "Soon" }, twin: { name: "Twin" } },
  });
  const listed = [workspace("Prod"), workspace("Twin"), workspace("Twin", { id: "wrkspc_2" }), workspace("Old")];
  const settled = (word: string) =>
    findSettledWorkspace(file, matchLive(file, org({ workspaces: listed })), listed, word);
  expect(["prod", "soon", "Old", "wrkspc_2"].map((word) => settled(word).id)).toEqual([
    "wrkspc_prod",
    undefined,
    "wrkspc_old",
    "wrkspc_2",
  ]);
  const { code, details } = failure(() => settled("twin"));
  expect([code, details]).toEqual([
    "not-found",
    {
      message: 'the workspace "twin" is declared, and which live one it is cannot be told',
      fix: "anth-rbac drift says why",
    },
  ]);
});

test("members with one e-mail are named in the order of their ids, whatever the list's", () => {
  const bearers = ["user_b", "user_a"].map((id) => ({ ...user("ada@acme.example"), id }));
  const find = (usersOf: () => typeof bearers) => findMember({ usersOf }, "ada@acme.example");
  expect(failure(() => find(() => bearers)).details).toEqual({
    message: 'the e-mail "ada@acme.example" fits 2 members: ada@acme.example (user_a); ada@acme.example (user_b)',
    fix: "nobody can tell them apart by the e-mail: change or remove the one that is not meant in the Console",
  });
  expect([find(() => bearers.slice(1))?.id, find(() => [])]).toEqual(["user_a", undefined]);
});

test("an e-mail that two members bear stops every command that asks for one", () => {
  const live = org({ users: [user("ada@acme.example"), { ...user("ada@acme.example"), id: "user_b" }] });
  const usage = { days: 90, from: 0 };
  const email = "ada@acme.example";
  const asks = [
    () => assembleStatus({ live, now: NOW, selection: { view: "user", email } }),
    () => assembleReview({ live, now: NOW, usage, config: NO_CONFIG, user: email }),
  ];
  for (const ask of asks) {
    expect(failure(ask).message).toBe(
      'the e-mail "ada@acme.example" fits 2 members: ada@acme.example (user_ada); ada@acme.example (user_b)',
    );
  }
});

describe("a word for a key", () => {
  test("that is no key is quoted as far as a line goes", () => {
    const snapshot = org({ workspaces: [workspace("Prod")], keys: [key("web", "wrkspc_prod")] });
    const word = "x".repeat(100_000);
    const selection = (text: string) => ({ view: "key", key: { by: "name", text } }) as const;
    const lost = [
      () => assembleStatus({ live: snapshot, now: NOW, selection: selection(word) }),
      () => assembleStatus({ live: snapshot, now: NOW, selection: { view: "workspace", workspace: word } }),
      () => planRotation(asked(snapshot, { config: rotated(), scope: { workspaces: [], keys: [word] } })),
    ];
    for (const ask of lost) expect(failure(ask).details.message.length).toBeLessThan(200);
  });

  test("that fits keys of two places stops, and names both with their ids", () => {
    const keys = [key("web", "wrkspc_production"), key("web", "wrkspc_old", { id: "apikey_2" })];
    const snapshot = org({ workspaces: [workspace("Production"), workspace("Old")], keys });
    const ask = (text: string) =>
      assembleStatus({ live: snapshot, now: NOW, selection: { view: "key", key: { by: "name", text } } });
    const { code, details } = failure(() => ask("web"));
    expect([code, details.message]).toEqual([
      "ambiguous",
      '--key: "web" fits 2 keys: workspaces.wrkspc_old.keys.web (apikey_2); workspaces.wrkspc_production.keys.web (apikey_web)',
    ]);
    expect(ask("apikey_2").found?.map(({ key: { id } }) => id)).toEqual(["apikey_2"]);
  });

  test("that two keys of one place bear stops too; the keys of one rotation are one, and what is archived is none", () => {
    const ask = (text: string, ...keys: readonly ApiKey[]) => {
      const live = org({ workspaces: [workspace("Prod")], keys });
      const selection = { view: "key", key: { by: "name", text } } as const;
      return assembleStatus({ live, now: NOW, selection }).found?.map(({ key: { id } }) => id);
    };
    const [one, other] = ["a", "b"].map((id) => key("web", "wrkspc_prod", { id }));
    const next = key("web@next", "wrkspc_prod", { id: "c" });
    if (!one || !other) throw new Error("two were made");
    const { code, details } = failure(() => ask("web", one, other, next));
    expect([code, details.message]).toEqual([
      "ambiguous",
      '--key: "web" fits 2 keys: workspaces.wrkspc_prod.keys.web (a); workspaces.wrkspc_prod.keys.web (b)',
    ]);
    expect(ask("web", one, next)).toEqual(["a", "c"]);
    expect(ask("b", one, other)).toEqual(["b"]);
    expect(ask("web", one, { ...other, status: "archived" })).toEqual(["a", "b"]);
    const gone = [one, other].map((key) => ({ ...key, status: "archived" }) as const);
    expect(failure(() => ask("web", ...gone)).code).toBe("ambiguous");
  });

  test("that the file gives to one key, by its id, and the organization to another means neither", () => {
    const own = declared({
      workspaces: {
        prod: { name: "Prod", keys: { web: { id: "apikey_api" }, api: { id: "apikey_web" } } },
        dev: { name: "Dev" },
      },
    });
    const snapshot = (at: string) =>
      org({
        workspaces: [workspace("Prod"), workspace("Dev")],
        keys: [key("api", "wrkspc_prod"), key("web", at)],
      });
    const ask = (live: ReturnType<typeof snapshot>, text: string) =>
      assembleStatus({ config: own, live, now: NOW, selection: { view: "key", key: { by: "name", text } } });
    const split = snapshot("wrkspc_dev");
    expect(failure(() => ask(split, "web")).details.message).toContain("apikey_api");
    expect(failure(() => ask(split, "web")).details.message).toContain("apikey_web");
    const rotate = (live: ReturnType<typeof snapshot>, word: string) =>
      planRotation(asked(live, { config: own, scope: { workspaces: [], keys: [word] } })).plan.keys;
    const { code, details } = failure(() => rotate(snapshot("wrkspc_prod"), "web"));
    expect([code, details.message]).toEqual([
      "ambiguous",
      '--key: "web" fits 2 keys: workspaces.prod.keys.api (apikey_api); workspaces.prod.keys.web (apikey_web)',
    ]);
    expect(rotate(snapshot("wrkspc_prod"), "apikey_api").map(({ name }) => name)).toEqual(["web"]);
  });

  test("of a rotation is a declared name, or a live name or id of one of its keys", () => {
    const keys = [key("web", "wrkspc_prod"), key("web@next", "wrkspc_prod")];
    const rows = (word: string) =>
      planRotation(asked(holding(...keys), { config: rotated(), scope: { workspaces: [], keys: [word] } })).plan.keys;
    for (const word of ["web", "web@next", "apikey_web"]) expect(rows(word).map(({ name }) => name)).toEqual(["web"]);
    expect(failure(() => rows("wbe")).details.fix).toBe('did you mean "web"?');
  });
});

describe("the workspaces that a word can mean", () => {
  test("are those of the file, then those that it does not declare, each with its names", () => {
    const file = declared({
      workspaces: {
        prod: { name: "Produktion", previously: "Production" },
        lab: { name: "Lab" },
        twin: { name: "Twin" },
      },
    });
    const listed = [
      workspace("Old"),
      workspace("Production"),
      workspace("Twin"),
      workspace("Twin", { id: "wrkspc_2" }),
    ];
    expect(workspaceChoices(file, matchLive(file, org({ workspaces: listed })), listed)).toEqual([
      { handle: "prod", id: "wrkspc_production", names: ["Production", "Produktion"] },
      { handle: "lab", names: ["Lab"] },
      { handle: "twin", names: [] },
      { id: "wrkspc_old", names: ["Old"] },
      { id: "wrkspc_twin", names: ["Twin"] },
      { id: "wrkspc_2", names: ["Twin"] },
    ]);
  });

  const choice = (id: string | undefined, handle: string | undefined, ...names: readonly string[]) => ({
    names,
    ...(id !== undefined && { id }),
    ...(handle !== undefined && { handle }),
  });
  const fits = (word: string, ...from: readonly ReturnType<typeof choice>[]) =>
    fittingWorkspaces(from, word).map(({ id, handle }) => id ?? handle);

  test.each([
    [
      "an id comes before a handle and a name",
      "w1",
      [choice("w1", "a"), choice("w2", "w1"), choice("w3", "b", "w1")],
      ["w1"],
    ],
    [
      "a handle counts as much as a name",
      "x",
      [choice("w1", "x"), choice("w2", "a", "y", "x"), choice("w3", "b", "X")],
      ["w1", "w2"],
    ],
    [
      "case counts only where something fits exactly",
      "x",
      [choice("w1", "X"), choice("w2", "a", "y", "X")],
      ["w1", "w2"],
    ],
    ["one without a handle", "x", [choice("w1", undefined, "X")], ["w1"]],
    ["nothing that only begins alike", "x", [choice("w1", "xy", "xyz")], []],
  ])("%s", (_, word, from, expected) => {
    expect(fits(word, ...from)).toEqual(expected);
  });

  test("nothing fits: what may have been meant, a handle or a name", () => {
    const from = [choice("w1", "production", "Live"), choice(undefined, undefined, "Staging")];
    const details = (word: string) => failure(() => findWorkspace(from, word)).details;
    expect(details("prodction")).toEqual({
      message: '--workspace: no workspace has the handle, name or id "prodction"',
      fix: 'did you mean "production"?',
    });
    expect(failure(() => findWorkspace(from, "prodction")).code).toBe("not-found");
    expect(details("Stagin").fix).toBe('did you mean "Staging"?');
    expect(details("something else").fix).toBe(
      'there are "Live" (handle production, w1); "Staging"; anth-rbac status lists them',
    );
  });

  test("nothing fits: only the ways of naming one that there are, and the first of many", () => {
    const details = (from: readonly WorkspaceChoice[]) => failure(() => findWorkspace(from, "zzz")).details;
    expect(details(Array.from({ length: 7 }, (_, at) => choice(`w${at}`, undefined, `Team ${at}`)))).toEqual({
      message: '--workspace: no workspace has the name or id "zzz"',
      fix: 'there are "Team 0" (w0); "Team 1" (w1); "Team 2" (w2); "Team 3" (w3); "Team 4" (w4) and 2 more; anth-rbac status lists them',
    });
    const five = details(Array.from({ length: 5 }, (_, at) => choice(undefined, undefined, `Team ${at}`)));
    expect(five.fix).toBe('there are "Team 0"; "Team 1"; "Team 2"; "Team 3"; "Team 4"; anth-rbac status lists them');
    expect(details([choice(undefined, "prod", "Production")]).message).toContain("has the handle or name");
    expect(details([])).toEqual({ message: '--workspace: no workspace has the name "zzz"', fix: "there is none" });
  });

  test("several fit: each by all that it has", () => {
    const from = [choice("w1", undefined, "X"), choice(undefined, "x"), choice("w3", "b", "y", "x")];
    expect(findWorkspace(from, "X").id).toBe("w1");
    expect(failure(() => findWorkspace([...from, choice("w4", undefined, "x")], "x")).details).toEqual({
      message: '--workspace: "x" fits 3 workspaces: "x" (handle x); "y" (handle b, w3); "x" (w4)',
      fix: "name the one that is meant by its id",
    });
  });
});
