import { describe, expect, test } from "vitest";
import { matchLive } from "../../../src/core/match/matches.ts";
import { findWorkspace, workspaceChoices } from "../../../src/core/match/resolve.ts";
import { planRotation } from "../../../src/core/rotation/rotation.ts";
import { assembleStatus } from "../../../src/core/status/status.ts";
import { declared } from "../../support/config.ts";
import { failure } from "../../support/failure.ts";
import { key, NOW, org, workspace } from "../../support/org.ts";
import { asked, holding, rotated } from "../../support/rotation.ts";

/** The handle of one workspace is the live name of another, and one word differs from a name by case alone. */
const config = declared({
  workspaces: { Staging: { name: "Production" }, prod: { name: "Staging" }, lab: { name: "Lab" } },
});
const live = org({ workspaces: [workspace("Production"), workspace("Staging"), workspace("Old")] });
const choices = workspaceChoices(config, matchLive(config, live), live.workspaces.known ? live.workspaces.items : []);

describe("a word for a workspace", () => {
  test.each([
    ["prod", "wrkspc_staging"],
    ["Production", "wrkspc_production"],
    ["wrkspc_production", "wrkspc_production"],
    ["old", "wrkspc_old"],
    ["O\u006cd", "wrkspc_old"],
    ["lab", undefined],
  ])("%s means one", (word, id) => {
    expect(findWorkspace(choices, word).id).toBe(id);
  });

  test("that fits two stops, and names both with their ids", () => {
    const { code, details } = failure(() => findWorkspace(choices, "Staging"));
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

describe("a word for a key", () => {
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

  test("of a rotation is a declared name, or a live name or id of one of its keys", () => {
    const keys = [key("web", "wrkspc_prod"), key("web@next", "wrkspc_prod")];
    const rows = (word: string) =>
      planRotation(asked(holding(...keys), { config: rotated(), scope: { workspaces: [], keys: [word] } })).plan.keys;
    for (const word of ["web", "web@next", "apikey_web"]) expect(rows(word).map(({ name }) => name)).toEqual(["web"]);
    expect(failure(() => rows("wbe")).details.fix).toBe('did you mean "web"?');
  });
});
