import { describe, expect, test } from "vitest";
import type { Config } from "../../../src/core/config/config.ts";
import { keyParts } from "../../../src/core/match/key-parts.ts";
import { keyPath, keyTarget, scopeText, workspaceIdOf } from "../../../src/core/match/key-place.ts";
import { entriesOf, whereOf } from "../../../src/core/match/keys.ts";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { declared } from "../../support/config.ts";
import { account, key, NOW, org, workspace } from "../../support/org.ts";

const WORKSPACES = [workspace("Prod"), workspace("Other"), workspace("Loose")];
const file = (keys: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  declared({ workspaces: { prod: { name: "Prod", keys }, other: { name: "Other" } }, ...rest });
const matched = (config: Config, keys: readonly ApiKey[]) =>
  matchLive(config, org({ workspaces: WORKSPACES, keys })).keys;
const ofOrganization = (name: string, rest: Partial<ApiKey> = {}) =>
  key(name, "", { scope: { type: "organization" }, ...rest });
const ids = (keys: readonly ApiKey[] = []) => keys.map(({ id }) => id);

test("a namesake elsewhere is no stray of an entry whose id names another key; a replacement elsewhere is", () => {
  const config = file({ web: { id: "apikey_api" } });
  const entry = (name: string) =>
    matched(config, [key("api", "wrkspc_prod"), key(name, "wrkspc_other")]).entryElsewhere(key(name, "wrkspc_other"));
  expect([entry("web"), entry("web@next")?.key.name]).toEqual([undefined, "web"]);
  const problems = (name: string, written: Record<string, unknown>) => {
    const [one] = matched(file(written), [key("api", "wrkspc_prod"), key(name, "wrkspc_other")]).declared;
    return one && keyParts(one, NOW).misplaced.map(({ args }) => args);
  };
  expect(problems("web", { web: { id: "apikey_api" } })).toEqual([]);
  expect(problems("web@next", { web: { id: "apikey_api" } })).toMatchObject([{ key: "web@next" }]);
  expect(problems("web", { web: null })).toMatchObject([{ key: "web" }]);
});

describe("the live keys that could be a declared one", () => {
  const here = (config: Config, keys: readonly ApiKey[]) => ids(matched(config, keys).declared[0]?.here);
  const one = key("web", "wrkspc_prod");

  test.each<[string, ApiKey, boolean]>([
    ["of its name", one, true],
    ["of its name, archived", { ...one, status: "archived" }, true],
    ["of its name, with a label", { ...one, name: "web@next" }, true],
    ["of its name, with a label that is none of ours", { ...one, name: "web@prod" }, false],
    ["of an earlier name", { ...one, name: "old" }, true],
    ["of an earlier name, with a label", { ...one, name: "old@next" }, false],
    ["of another name", { ...one, name: "api" }, false],
    ["of its name, in another workspace", key("web", "wrkspc_other"), false],
    ["of its name, in the organization itself", ofOrganization("web"), false],
    [
      "of its name, in a place of a kind that nobody knows",
      key("web", "", { scope: { type: "unknown", word: "x" } }),
      false,
    ],
  ])("one %s", (_, live, isHere) => {
    expect(here(file({ web: { previously: "old" } }), [live])).toEqual(isHere ? [live.id] : []);
  });

  test("the pinned one whatever its name, each once", () => {
    const config = file({ web: { id: "apikey_x", previously: ["old"] } });
    const keys = [one, key("x", "wrkspc_prod"), key("old", "wrkspc_prod")];
    expect(here(config, keys)).toEqual(["apikey_web", "apikey_old", "apikey_x"]);
    expect(here(config, [key("web", "wrkspc_prod", { id: "apikey_x" })])).toEqual(["apikey_x"]);
    const away = [key("x", "wrkspc_other")];
    expect(here(config, away)).toEqual([]);
    expect(ids([matched(config, away).declared[0]?.pinned].flatMap((found) => found ?? []))).toEqual(["apikey_x"]);
    expect(matched(config, [one]).declared[0]).not.toHaveProperty("pinned");
  });

  test("of the organization itself, by the same rules", () => {
    const config = declared({ organization: { keys: { ci: {} } } });
    const found = matched(config, [ofOrganization("ci"), ofOrganization("ci@next"), key("ci", "wrkspc_prod")]).declared;
    expect(found).toMatchObject([{ workspace: null, workspaceName: null }]);
    expect(ids(found[0]?.here)).toEqual(["apikey_ci", "apikey_ci@next"]);
  });

  test("none of a workspace that is still to be made, and then its declared name is all that there is", () => {
    const config = declared({ workspaces: { lab: { name: "Lab", keys: { web: {} } } } });
    const [found] = matched(config, [ofOrganization("web"), key("api", "wrkspc_prod")]).declared;
    expect(found).toMatchObject({ workspace: "lab", workspaceName: "Lab", here: [] });
    const renamed = file(
      { web: {} },
      { workspaces: { prod: { id: "wrkspc_prod", name: "Production", keys: { web: {} } } } },
    );
    expect(matched(renamed, []).declared[0]?.workspaceName).toBe("Prod");
  });

  test("a workspace that nobody can tell has no declared keys", () => {
    const config = declared({ workspaces: { prod: { name: "Prod", keys: { web: {} } } } });
    const twins = org({ workspaces: [workspace("Prod"), workspace("Prod", { id: "wrkspc_2" })], keys: [one] });
    expect(matchLive(config, twins).keys.declared).toEqual([]);
  });
});

describe("the keys of a name elsewhere", () => {
  const elsewhere = (config: Config, keys: readonly ApiKey[]) => ids(matched(config, keys).declared[0]?.elsewhere);

  test("are those in places that do not declare it, labelled or not", () => {
    const keys = [
      key("web", "wrkspc_prod", { id: "here" }),
      key("web", "wrkspc_other", { id: "other" }),
      key("web@next", "wrkspc_loose", { id: "next" }),
      ofOrganization("web", { id: "organization" }),
      key("api", "wrkspc_other", { id: "api" }),
    ];
    expect(elsewhere(file({ web: {} }), keys)).toEqual(["other", "next", "organization"]);
    const both = {
      workspaces: {
        prod: { name: "Prod", keys: { web: { id: "here" } } },
        other: { name: "Other", keys: { web: { id: "other" } } },
      },
    };
    // Which key is meant is pinned: another of the bare name is a key of its own.
    expect(elsewhere(declared(both), keys)).toEqual(["next"]);
    const organization = { keys: { web: { id: "organization" } } };
    expect(elsewhere(declared({ ...both, organization }), keys)).toEqual(["next"]);
  });

  test("are none of an earlier name", () => {
    expect(elsewhere(file({ web: { previously: "old" } }), [key("old", "wrkspc_other")])).toEqual([]);
  });
});

describe("the entry that a live key belongs to", () => {
  const config = declared({
    organization: { keys: { ci: {} } },
    workspaces: {
      prod: { name: "Prod", keys: { web: { id: "apikey_pinned" }, api: { previously: "old" } } },
      other: { name: "Other" },
      soon: { name: "Soon", keys: { new: {} } },
    },
  });
  const entry = (live: ApiKey) => {
    const found = matched(config, [live]).entryOf(live);
    return found && `${found.workspace} ${found.key.name}`;
  };

  test.each<[string, ApiKey, string | undefined]>([
    ["of its name, in its place", key("api", "wrkspc_prod"), "prod api"],
    ["of its name, with a label", key("api@next", "wrkspc_prod"), "prod api"],
    ["of an earlier name", key("old", "wrkspc_prod"), "prod api"],
    ["pinned, whatever its name and place", key("x", "wrkspc_other", { id: "apikey_pinned" }), "prod web"],
    ["pinned, of another's name", key("api", "wrkspc_prod", { id: "apikey_pinned" }), "prod web"],
    ["of the organization itself", ofOrganization("ci"), "null ci"],
    ["of a workspace's name, in the organization", ofOrganization("api"), undefined],
    ["of the organization's name, in a workspace", key("ci", "wrkspc_prod"), undefined],
    ["of its name, in a declared place that does not declare it", key("api", "wrkspc_other"), undefined],
    ["of its name, in a place that nothing declares", key("api", "wrkspc_loose"), undefined],
    ["of no name", key("x", "wrkspc_prod"), undefined],
    ["of the organization, with the name of a workspace's that is still to be made", ofOrganization("new"), undefined],
  ])("one %s", (_, live, expected) => {
    expect(entry(live)).toBe(expected);
  });

  test("the organization itself is no workspace, whatever that is called", () => {
    const config = declared({
      organization: { keys: { ci: { id: "a" } } },
      workspaces: { null: { name: "Prod", keys: { ci: { id: "b" } } } },
    });
    const [one, other] = [ofOrganization("ci"), key("ci", "wrkspc_prod", { id: "apikey_2" })];
    const { entryOf } = matched(config, [one, other]);
    expect([entryOf(one)?.workspace, entryOf(other)?.workspace]).toEqual([null, "null"]);
  });

  test("elsewhere is the first of its name in another place", () => {
    const both = declared({
      workspaces: {
        prod: { name: "Prod", keys: { web: { id: "a" } } },
        other: { name: "Other", keys: { web: { id: "b" } } },
        loose: { name: "Loose" },
      },
    });
    const place = (live: ApiKey) => matched(both, [live]).entryElsewhere(live)?.workspace;
    expect(
      [
        key("web", "wrkspc_prod"),
        key("web@next", "wrkspc_other"),
        key("web", "wrkspc_loose"),
        ofOrganization("web"),
      ].map(place),
    ).toEqual(["other", "prod", "prod", "prod"]);
    expect(place(key("api", "wrkspc_loose"))).toBeUndefined();
    const only = key("web", "wrkspc_prod");
    expect(matched(file({ web: {} }), [only]).entryElsewhere(only)).toBeUndefined();
    const ci = ofOrganization("ci");
    expect(matched(file({}, { organization: { keys: { ci: {} } } }), [ci]).entryElsewhere(ci)).toBeUndefined();
  });
});

test("the live keys that entries of a name name by their ids", () => {
  const config = declared({
    organization: { keys: { web: { id: "apikey_ops" } } },
    workspaces: {
      prod: { name: "Prod", keys: { web: { id: "apikey_web", previously: "old" }, api: {} } },
      other: { name: "Other", keys: { web: { id: "apikey_gone" } } },
    },
  });
  const keys = [key("web", "wrkspc_prod"), key("api", "wrkspc_prod"), key("ops", "wrkspc_other")];
  const { pinnedAs } = matched(config, keys);
  expect([pinnedAs("web"), pinnedAs("old"), pinnedAs("api"), pinnedAs("none")].map(ids)).toEqual([
    ["apikey_ops", "apikey_web"],
    [],
    [],
    [],
  ]);
});

test("the flags that tell rotate which entry is meant: its name, and where it is only where others have that name", () => {
  const config = declared({
    organization: { keys: { web: { id: "apikey_1" }, "night job": {} } },
    workspaces: {
      prod: { name: "Prod", keys: { web: { id: "apikey_2" }, api: {} } },
      lab: { name: "Lab", keys: { web: { id: "apikey_3" } } },
    },
  });
  const { flagsOf } = matched(config, []);
  expect(entriesOf(config).map(flagsOf)).toEqual([
    "--key apikey_1",
    "--key 'night job'",
    "--workspace prod --key web",
    "--key api",
    "--workspace lab --key web",
  ]);
});

test("the service account that a key acts as, by its name where the accounts were read", () => {
  const acting = key("web", "wrkspc_prod", { principal: { type: "service_account", id: "svac_ci" } });
  const gone = key("api", "wrkspc_prod", { principal: { type: "service_account", id: "svac_gone" } });
  const eves = key("eves", "wrkspc_prod", { principal: { type: "user", id: "svac_ci" } });
  const keys = [acting, gone, eves, key("bare", "wrkspc_prod")];
  const live = org({ workspaces: WORKSPACES, keys, serviceAccounts: [account("ci")] });
  expect(keys.map(matchLive(file({}), live).keys.accountOf)).toEqual([
    { id: "svac_ci", name: "ci" },
    { id: "svac_gone" },
    undefined,
    undefined,
  ]);
  const unread = { ...live, serviceAccounts: { known: false, reason: "permission-denied" } } as const;
  expect(matchLive(file({}), unread).keys.accountOf(acting)).toStrictEqual({ id: "svac_ci" });
});

test("live keys by id and by place", () => {
  const keys = [key("a", "wrkspc_prod"), ofOrganization("b"), key("c", "wrkspc_prod")];
  const { byId, byWorkspace } = matched(file({}), keys);
  expect([...byId.keys()]).toEqual(["apikey_a", "apikey_b", "apikey_c"]);
  expect([...byWorkspace].map(([place, own]) => [place, ids(own)])).toEqual([
    ["wrkspc_prod", ["apikey_a", "apikey_c"]],
    [undefined, ["apikey_b"]],
  ]);
});

test("every key of the file, matched or not, those of the organization first, with its place", () => {
  const config = file({ web: {}, api: {} }, { organization: { keys: { ci: {} } } });
  expect(entriesOf(config).map(whereOf)).toEqual([
    { path: ["organization", "keys", "ci"], target: "organization.keys.ci" },
    { path: ["workspaces", "prod", "keys", "web"], target: "workspaces.prod.keys.web" },
    { path: ["workspaces", "prod", "keys", "api"], target: "workspaces.prod.keys.api" },
  ]);
  expect(entriesOf(declared({}))).toEqual([]);
});

test("a match is made once of a file and a snapshot, and again of others", () => {
  const [config, live] = [file({}), org({ workspaces: WORKSPACES })];
  expect(matchLive(config, live)).toBe(matchLive(config, live));
  expect(matchLive(config, { ...live })).not.toBe(matchLive(config, live));
  expect(matchLive({ ...config }, live)).not.toBe(matchLive(config, live));
  expect(matchLive(config, live)).toBe(matchLive(config, live));
});

test("nothing is matched with what could not be read", () => {
  const unread = { known: false, reason: "permission-denied" } as const;
  const live = org({ workspaces: WORKSPACES, keys: [key("web", "wrkspc_prod")] });
  const config = file({ web: {} });
  expect(matchLive(config, { ...live, keys: unread }).keys).toMatchObject({ declared: [{ here: [] }] });
  expect(matchLive(config, { ...live, workspaces: unread })).toMatchObject({
    matched: [],
    undeclared: [],
    findings: [],
    keys: { declared: [] },
  });
  expect([...matchLive(config, { ...live, workspaces: unread }).handles.keys()]).toEqual([]);
  expect([...matchLive(config, { ...live, workspaces: unread }).ambiguous]).toEqual([]);
});

test("no workspace is missing from an organization of a sort that has none", () => {
  const config = declared({ workspaces: { prod: { name: "Prod", id: "wrkspc_prod" } } });
  const of = (rest: object) => matchLive(config, { ...org(), workspaces: { known: true, items: [], ...rest } });
  expect(of({}).findings).toMatchObject([{ code: "pinned-id-not-found" }]);
  expect(of({ foreign: true }).findings).toEqual([]);
});

test.each([null, undefined])("the place of a key of the organization itself (%s)", (place) => {
  expect([keyTarget(place, "ci"), keyPath(place, "ci")]).toEqual([
    "organization.keys.ci",
    ["organization", "keys", "ci"],
  ]);
});

test("the place of a live key in a finding, and by id", () => {
  const unknown = key("a", "", { scope: { type: "unknown", word: "galaxy" } });
  expect(
    [key("a", "wrkspc_1"), ofOrganization("a"), unknown].map((one) => [workspaceIdOf(one), scopeText(one)]),
  ).toEqual([
    ["wrkspc_1", "wrkspc_1"],
    [undefined, "organization"],
    ["(galaxy)", "(galaxy)"],
  ]);
});
