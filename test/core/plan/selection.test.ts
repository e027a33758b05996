import { describe, expect, test } from "vitest";
import type { ManagedKind } from "../../../src/core/config/config.ts";
import { managedKindOf } from "../../../src/core/kinds/kinds.ts";
import { matchLive } from "../../../src/core/match/matches.ts";
import { EVERYTHING, selectTargets } from "../../../src/core/plan/selection.ts";
import { declared } from "../../support/config.ts";
import { org, workspace } from "../../support/org.ts";

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
    }
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
});
