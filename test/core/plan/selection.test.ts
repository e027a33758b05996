import { describe, expect, test } from "vitest";
import type { ManagedKind } from "../../../src/core/config/config.ts";
import { managedKindOf } from "../../../src/core/kinds/kinds.ts";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { Change } from "../../../src/core/model/change.ts";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import {
  EVERYTHING,
  isRemoval,
  mayBeSelected,
  type Selection,
  selectTargets,
} from "../../../src/core/plan/selection.ts";
import { declared } from "../../support/config.ts";
import { key, NOW, org, workspace } from "../../support/org.ts";

const TARGETS: Readonly<Record<string, ManagedKind>> = {
  "members.ada@acme.example": "members",
  "invites.ada@acme.example": "members",
  "workspaces.prod": "workspaces",
  "workspaces.prod.members.ada@acme.example": "workspace_members",
  "workspaces.prod.rate_limits.claude-haiku-5-5": "rate_limits",
  "workspaces.prod.spend_limit": "spend_limits",
  "workspaces.prod.keys.prod-auth": "keys",
  "organization.keys.org-automation": "keys",
};

describe("--only", () => {
  test.each(Object.entries(TARGETS))("%s is of %s", (target, kind) => {
    expect(managedKindOf(target)).toBe(kind);
  });

  test("takes the targets of its kinds and no other, keys of the organization among keys", () => {
    const config = declared({ workspaces: { prod: { name: "Production" } } });
    for (const kind of new Set(Object.values(TARGETS))) {
      const isSelected = selectTargets(
        { ...EVERYTHING, kinds: new Set([kind]) },
        config,
        org(),
        matchLive(config, org()),
      );
      const wanted = Object.keys(TARGETS).filter((target) => TARGETS[target] === kind);
      expect(Object.keys(TARGETS).filter(isSelected)).toEqual(wanted);
      expect(isSelected("no target at all")).toBe(false);
    }
  });

  test("is every kind, removals too, where nothing is said", () => expect(EVERYTHING).toEqual({ removals: true }));

  test("takes every target where it is not given, and those of both kinds where it is given two", () => {
    const config = declared({});
    const selected = (kinds?: ReadonlySet<ManagedKind>) =>
      [...Object.keys(TARGETS), "no target at all"].filter(
        selectTargets({ ...EVERYTHING, ...(kinds && { kinds }) }, config, org(), matchLive(config, org())),
      );
    expect(selected()).toEqual([...Object.keys(TARGETS), "no target at all"]);
    expect(selected(new Set(["spend_limits", "rate_limits"]))).toEqual([
      "workspaces.prod.rate_limits.claude-haiku-5-5",
      "workspaces.prod.spend_limit",
    ]);
    expect(selected(new Set())).toEqual([]);
  });
});

describe("--workspace", () => {
  const config = declared({ workspaces: { prod: { name: "Production" } } });
  const live = org({ workspaces: [workspace("Production"), workspace("Staging")] });
  const chosen = (word: string) => {
    const isSelected = selectTargets({ ...EVERYTHING, workspaces: [word] }, config, live, matchLive(config, live));
    return [...Object.keys(TARGETS), "workspaces.wrkspc_staging.keys.stg"].filter(isSelected);
  };

  test("by handle, live name or id: what is inside it, and nothing of the organization", () => {
    const inside = Object.keys(TARGETS).filter((target) => target.startsWith("workspaces.prod"));
    for (const word of ["prod", "Production", "wrkspc_production"]) expect(chosen(word)).toEqual(inside);
    for (const word of ["Staging", "wrkspc_staging"])
      expect(chosen(word)).toEqual(["workspaces.wrkspc_staging.keys.stg"]);
  });

  test("that is declared and not there yet is chosen by its handle", () => {
    const both = declared({ workspaces: { prod: { name: "Production" }, lab: { name: "Lab" } } });
    const isSelected = selectTargets({ ...EVERYTHING, workspaces: ["lab"] }, both, live, matchLive(both, live));
    expect(["workspaces.lab", "workspaces.prod"].filter(isSelected)).toEqual(["workspaces.lab"]);
  });

  test("that does not exist stops the run and names what is near", () => {
    expect(() => chosen("prodd")).toThrow(
      expect.objectContaining({ code: "not-found", details: expect.objectContaining({ fix: 'did you mean "prod"?' }) }),
    );
  });

  test("with --only takes what both mean", () => {
    const kinds: ReadonlySet<ManagedKind> = new Set(["keys"]);
    const isSelected = selectTargets(
      { ...EVERYTHING, kinds, workspaces: ["prod"] },
      config,
      live,
      matchLive(config, live),
    );
    expect(Object.keys(TARGETS).filter(isSelected)).toEqual(["workspaces.prod.keys.prod-auth"]);
  });

  test("may be given several times, and chooses none where it is given none", () => {
    const chosenBy = (workspaces: readonly string[]) =>
      ["workspaces.prod", "workspaces.wrkspc_staging", "workspaces.other", "members.ada@acme.example", "none"].filter(
        selectTargets({ ...EVERYTHING, workspaces }, config, live, matchLive(config, live)),
      );
    expect(chosenBy(["Staging", "prod"])).toEqual(["workspaces.prod", "workspaces.wrkspc_staging"]);
    expect(chosenBy([])).toEqual([]);
  });

  test("knows only handles where the workspaces were not read", () => {
    const unread: OrgSnapshot = { ...org(), workspaces: { known: false, reason: "permission-denied" } };
    const choose = (word: string) =>
      selectTargets({ ...EVERYTHING, workspaces: [word] }, config, unread, matchLive(config, unread));
    expect(Object.keys(TARGETS).filter(choose("prod"))).toHaveLength(5);
    expect(() => choose("wrkspc_production")).toThrow(expect.objectContaining({ code: "not-found" }));
  });
});

describe("what --workspace may mean, before anything but the list of workspaces is read", () => {
  const config = declared({
    workspaces: {
      prod: { name: "Production", previously: ["Live", "Prod 1"], id: "wrkspc_9" },
      lab: { name: "Café" },
    },
  });
  const LIVE = ["Production", "Live", "Prod 1", "Caf\u00e9", "Staging", "Lab"].map((name) => workspace(name));
  const pinned = workspace("Renamed by hand", { id: "wrkspc_9" });
  const meant = (...workspaces: readonly string[]) =>
    [...LIVE, pinned].filter(mayBeSelected({ ...EVERYTHING, workspaces }, config)).map(({ name }) => name);

  test.each([
    ["prod", ["Production", "Live", "Prod 1", "Renamed by hand"]],
    ["PRODUCTION", ["Production", "Live", "Prod 1", "Renamed by hand"]],
    ["wrkspc_9", ["Renamed by hand"]],
    ["WRKSPC_STAGING", ["Staging"]],
    ["staging", ["Staging"]],
    ["live", ["Live"]],
    ["lab", ["Caf\u00e9", "Lab"]],
    ["cafe\u0301", ["Caf\u00e9"]],
    ["nothing", []],
  ])("%s: what it names, and whatever the declaration it names could be", (word, names) => {
    expect(meant(word)).toEqual(names);
  });

  test("is every workspace where it is not given, none where it is given none, and all that several words mean", () => {
    expect([...LIVE, pinned].every(mayBeSelected(EVERYTHING, config))).toBe(true);
    expect(meant()).toEqual([]);
    expect(meant("staging", "lab")).toEqual(["Caf\u00e9", "Staging", "Lab"]);
  });
});

test("--no-remove leaves out what is removed, and what a person is to end; not what is made, changed, or to be made by a person", () => {
  const change = (action: Change["action"], after: object | null) => ({ action, after }) as Change;
  expect([change("remove", null), change("manual", null)].map(isRemoval)).toEqual([true, true]);
  expect(["create", "update", "manual"].map((action) => isRemoval(change(action as Change["action"], {})))).toEqual([
    false,
    false,
    false,
  ]);
});

test("an error that holds up what is selected is said, and no other", () => {
  const config = {
    manage: { keys: "full", workspaces: "additive", members: "additive" },
    members: {},
    workspaces: { prod: { name: "Production", id: "wrkspc_typo", keys: {} }, dev: { name: "Development" } },
  };
  const live = org({
    workspaces: [workspace("Production"), workspace("Development"), workspace("Old")],
    keys: [key("old", "wrkspc_old")],
  });
  const file = { path: "rbac.yaml", digest: "" };
  const errors = (selection: Partial<Selection>) =>
    reconcile({
      config: declared(config),
      live,
      now: NOW,
      file,
      digest: () => "",
      selection: { ...EVERYTHING, ...selection },
    }).findings.map(({ code }) => code);
  const said = ["pinned-id-not-found"];
  expect(errors({})).toEqual(said);
  expect(errors({ kinds: new Set(["keys"]) })).toEqual(said);
  expect(errors({ workspaces: ["prod"] })).toEqual(said);
  expect(errors({ workspaces: ["wrkspc_old"] })).toEqual(said);
  expect(errors({ workspaces: ["wrkspc_production"], kinds: new Set(["keys"]) })).toEqual(said);
  expect(errors({ workspaces: ["dev"] })).toEqual([]);
  expect(errors({ kinds: new Set(["members"]) })).toEqual([]);
});
