import { describe, expect, test } from "vitest";
import { claudeCodeIds, isSpecial, matchWorkspaces } from "../../../src/core/match/workspaces.ts";
import type { ApiKey, LiveWorkspace } from "../../../src/core/model/org.ts";
import { declared } from "../../support/config.ts";
import { key, org, workspace } from "../../support/org.ts";

function match(
  workspaces: Record<string, Record<string, unknown>>,
  live: readonly LiveWorkspace[] | undefined,
  keys: readonly ApiKey[] = [],
) {
  const found = matchWorkspaces(declared({ workspaces }), live, keys);
  return {
    matched: found.matched.map(({ declared: { handle }, live: one }) => `${handle} ${one?.id}`),
    handles: Object.fromEntries(found.handles),
    undeclared: found.undeclared.map(({ id }) => id),
    ambiguous: [...found.ambiguous],
    isOneLost: found.isOneLost,
    findings: found.findings.map(({ code, args, path, target }) => ({ code, args, path: path?.join("."), target })),
  };
}
const NOTHING = { matched: [], handles: {}, undeclared: [], ambiguous: [], isOneLost: false, findings: [] };
const [PROD, OTHER] = [workspace("Prod"), workspace("Other")];

describe("which workspace is which", () => {
  test("nothing is matched, and nothing undeclared, where they are not known", () => {
    expect(match({ prod: { name: "Prod" } }, undefined)).toEqual(NOTHING);
  });

  test.each<[string, Record<string, unknown>, readonly LiveWorkspace[], string]>([
    ["by its name", { name: "Prod" }, [OTHER, PROD], "wrkspc_prod"],
    ["by its id, whatever its name", { name: "New", id: "wrkspc_other" }, [PROD, OTHER], "wrkspc_other"],
    ["by an earlier name", { name: "Production", previously: ["Old", "Prod"] }, [OTHER, PROD], "wrkspc_prod"],
    ["by its name before an earlier one", { name: "Prod", previously: "Other" }, [OTHER, PROD], "wrkspc_prod"],
    ["in any form of Unicode", { name: "Caf\u00e9" }, [workspace("Cafe\u0301", { id: "wrkspc_prod" })], "wrkspc_prod"],
  ])("%s", (_, entry, live, id) => {
    const found = match({ prod: entry }, live);
    const undeclared = live.map((one) => one.id).filter((one) => one !== id);
    expect(found).toEqual({ ...NOTHING, matched: [`prod ${id}`], handles: { [id]: "prod" }, undeclared });
  });

  test("one that is not there is to be made", () => {
    expect(match({ prod: { name: "Prod" } }, [OTHER])).toEqual({
      ...NOTHING,
      matched: ["prod undefined"],
      undeclared: ["wrkspc_other"],
    });
  });

  test.each([
    ["the name", { name: "Prod" }],
    ["an earlier name", { name: "New", previously: "Prod" }],
  ])("a pinned one that is not there is an error, none is made, and what bears %s is left alone", (_, names) => {
    expect(match({ prod: { ...names, id: "wrkspc_x" } }, [PROD, OTHER])).toEqual({
      ...NOTHING,
      ambiguous: ["wrkspc_prod"],
      undeclared: ["wrkspc_other"],
      isOneLost: true,
      findings: [
        {
          code: "pinned-id-not-found",
          args: { kind: "workspace", id: "wrkspc_x" },
          path: "workspaces.prod.id",
          target: "workspaces.prod",
        },
      ],
    });
  });

  test("two of the name are nobody's to tell, in any order, and nothing is said of them", () => {
    const live = [workspace("Prod", { id: "b" }), workspace("Prod", { id: "a" }), OTHER];
    expect(match({ prod: { name: "Prod" } }, live)).toEqual({
      ...NOTHING,
      undeclared: ["wrkspc_other"],
      ambiguous: ["a", "b"],
      findings: [
        {
          code: "ambiguous-name",
          args: { kind: "workspace", name: "Prod", ids: ["a", "b"] },
          path: "workspaces.prod",
          target: "workspaces.prod",
        },
      ],
    });
  });

  test("nor are two of earlier names; one name twice is one", () => {
    const entry = { name: "New", previously: ["Prod", "Other"] };
    expect(match({ new: entry }, [PROD, OTHER]).findings).toMatchObject([{ args: { name: "Prod" } }]);
    const spelled = { name: "New", previously: ["Caf\u00e9", "Cafe\u0301"] };
    const cafe = [workspace("Caf\u00e9", { id: "wrkspc_1" })];
    expect(match({ new: spelled }, cafe).matched).toEqual(["new wrkspc_1"]);
  });

  test("a pinned one is not renamed to what another is called: the id may be another's", () => {
    const wrong = { prod: { name: "Prod", id: "wrkspc_other" } };
    const findings = [
      {
        code: "ambiguous-name",
        args: { kind: "workspace", name: "Prod", ids: ["wrkspc_other", "wrkspc_prod"], pinned: "wrkspc_other" },
        path: "workspaces.prod",
        target: "workspaces.prod",
      },
    ];
    expect(match(wrong, [PROD, OTHER])).toEqual({ ...NOTHING, ambiguous: ["wrkspc_other", "wrkspc_prod"], findings });
    // What an entry of its own names is that entry's all the same.
    const own = { matched: ["other wrkspc_other"], handles: { wrkspc_other: "other" }, ambiguous: ["wrkspc_prod"] };
    expect(match({ ...wrong, other: { name: "Other" } }, [PROD, OTHER])).toEqual({ ...NOTHING, ...own, findings });
    const swapped = { ...wrong, other: { name: "Other", id: "wrkspc_prod" } };
    expect(match(swapped, [PROD, OTHER])).toMatchObject({ matched: [], undeclared: [] });
    // One that is renamed itself makes room.
    const passedOn = { ...wrong, old: { name: "Old", id: "wrkspc_prod" } };
    expect(match(passedOn, [PROD, OTHER]).matched).toEqual(["prod wrkspc_other", "old wrkspc_prod"]);
  });

  test("one that another entry pins is not renamed to make room for a second of its name: the id may be another's", () => {
    const entries = { prod: { name: "Prod" }, pinned: { name: "Elsewhere", id: "wrkspc_prod" } };
    expect(match(entries, [PROD, OTHER])).toEqual({
      ...NOTHING,
      undeclared: ["wrkspc_other"],
      ambiguous: ["wrkspc_prod"],
      // What is not declared may be what the id was meant to be.
      isOneLost: true,
      findings: [
        {
          code: "ambiguous-name",
          args: { kind: "workspace", name: "Elsewhere", ids: ["wrkspc_prod"], pinned: "wrkspc_prod", other: "Prod" },
          path: "workspaces.pinned",
          target: "workspaces.pinned",
        },
      ],
    });
    // Where the other entry has one of its own, or the pinned one keeps its name, each is what it is.
    const twins = [PROD, { ...PROD, id: "wrkspc_twin" }];
    expect(match(entries, twins).matched).toEqual(["prod wrkspc_twin", "pinned wrkspc_prod"]);
    const renamed = { prod: { name: "New", previously: ["Old"] }, pinned: { name: "Elsewhere", id: "wrkspc_prod" } };
    expect(match(renamed, [PROD]).matched).toEqual(["pinned wrkspc_prod", "prod undefined"]);
  });
});

describe("a workspace that is missing by name, while another holds its keys", () => {
  const wanted = (keys: Record<string, unknown> = { web: {} }) => ({ lab: { name: "Lab", keys } });
  const held = (name: string, rest: Partial<ApiKey> = {}) => key(name, "wrkspc_prod", rest);
  const perhaps = (live: readonly LiveWorkspace[], keys: readonly ApiKey[], entries = wanted()) => {
    const { findings, matched } = match(entries, live, keys);
    return [findings.map(({ code }) => code), matched];
  };
  const RENAMED = [["workspace-perhaps-renamed"], []];
  const NEW = [[], ["lab undefined"]];

  test("was perhaps renamed: that is said, and nothing is planned about it", () => {
    expect(match(wanted(), [PROD, OTHER], [held("web")])).toEqual({
      ...NOTHING,
      undeclared: ["wrkspc_other"],
      ambiguous: ["wrkspc_prod"],
      findings: [
        {
          code: "workspace-perhaps-renamed",
          args: { workspace: "Lab", live: "Prod", id: "wrkspc_prod" },
          path: "workspaces.lab",
          target: "workspaces.lab",
        },
      ],
    });
  });

  test.each<[string, readonly ApiKey[], unknown]>([
    ["a key of the name", [held("web")], RENAMED],
    ["one with a label", [held("web@next")], RENAMED],
    ["one that is disabled", [held("web", { status: "inactive" })], RENAMED],
    ["one that is archived", [held("web", { status: "archived" })], NEW],
    ["one of another name", [held("api")], NEW],
    [
      "one in a workspace that no list has",
      [held("web", { scope: { type: "workspace", workspaceId: "wrkspc_gone" } })],
      NEW,
    ],
    ["one of the organization itself", [held("web", { scope: { type: "organization" } })], NEW],
    ["none", [], NEW],
  ])("%s", (_, keys, expected) => {
    expect(perhaps([PROD], keys)).toEqual(expected);
  });

  test("any of its keys will do, and no key of an entry without keys", () => {
    expect(perhaps([PROD], [held("web")], wanted({ api: {}, web: {} }))).toEqual(RENAMED);
    expect(perhaps([PROD], [held("web")], wanted({}))).toEqual(NEW);
    expect(perhaps([PROD], [held("web")], { lab: { name: "Lab" } } as never)).toEqual(NEW);
  });

  test("is found behind one that no list has, and beside an entry without keys", () => {
    const gone = held("web", { id: "apikey_2", scope: { type: "workspace", workspaceId: "wrkspc_gone" } });
    expect(perhaps([PROD], [held("web"), gone])).toEqual(RENAMED);
    const found = match({ bare: { name: "Bare" }, ...wanted() }, [PROD], [held("web")]);
    expect([found.findings.map(({ code }) => code), found.matched]).toEqual([
      ["workspace-perhaps-renamed"],
      ["bare undefined"],
    ]);
  });

  test("is not one that is matched, pinned, or nobody's to tell", () => {
    const both = { prod: { name: "Prod" }, ...wanted() };
    expect(match(both, [PROD], [held("web")])).toMatchObject({
      matched: ["prod wrkspc_prod", "lab undefined"],
      findings: [],
    });
    const pinned = { other: { name: "Other", id: "wrkspc_prod" }, ...wanted() };
    expect(match(pinned, [PROD], [held("web")]).matched).toEqual(["other wrkspc_prod", "lab undefined"]);
    const twins = [PROD, workspace("Prod", { id: "wrkspc_2" })];
    expect(match(both, twins, [held("web")])).toMatchObject({
      matched: ["lab undefined"],
      findings: [{ code: "ambiguous-name" }],
    });
  });

  test("each is one other: two that are missing are not both the one, and what is taken is passed over", () => {
    const entries = {
      a: { name: "A", keys: { web: { id: "apikey_1" } } },
      b: { name: "B", keys: { web: { id: "apikey_2" } } },
    };
    const one = match(entries, [PROD], [held("web")]);
    expect(one.findings.map(({ target }) => target)).toEqual(["workspaces.a"]);
    expect(one.matched).toEqual(["b undefined"]);
    const two = match(entries, [PROD, OTHER], [held("web"), key("web", "wrkspc_other", { id: "apikey_o" })]);
    expect(two.findings.map(({ args }) => "live" in args && args.live)).toEqual(["Other", "Prod"]);
    expect(two.ambiguous).toEqual(["wrkspc_other", "wrkspc_prod"]);
  });
});

test("the workspaces of Claude Code's are those of that very name, and none where they were not read", () => {
  const live = org({ workspaces: [PROD, workspace("Claude Code", { id: "wrkspc_cc" }), workspace("claude code")] });
  expect([...claudeCodeIds(live)]).toEqual(["wrkspc_cc"]);
  expect([...claudeCodeIds({ workspaces: { known: false, reason: "permission-denied" } })]).toEqual([]);
});

test.each([
  [workspace("Default", { isDefault: true }), true],
  [workspace("Claude Code"), true],
  [workspace("Claude code"), false],
  [PROD, false],
])("%j may be touched only by a declaration: %s", (one, expected) => {
  expect(isSpecial(one)).toBe(expected);
});
