import { describe, expect, test } from "vitest";
import { unknownWords } from "../../../src/core/match/unknown-words.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { declared } from "../../support/config.ts";
import { invite, key, NOW, type OrgParts, org, user, workspace } from "../../support/org.ts";

const PROD = "wrkspc_production";
const GRACE = user("grace@acme.example", "security_admin");
const ADA = user("ada@acme.example");
const ROOT = user("root@acme.example", "admin");
const robot = { principal: { type: "unknown", word: "robot_actor" } } as const;

const parts: OrgParts = {
  users: [GRACE, ADA, ROOT],
  invites: [invite("bob@acme.example", "wizard"), invite("eve@acme.example", "user", { status: "paused" })],
  workspaces: [workspace("Production")],
  members: [
    { userId: GRACE.id, workspaceId: PROD, role: "admin" },
    { userId: ADA.id, workspaceId: PROD, role: "auditor" },
    { userId: ROOT.id, workspaceId: PROD, role: "developer" },
  ],
  keys: [
    key("frozen", PROD, { status: "frozen" }),
    key("robot", PROD, robot),
    key("far", PROD, { scope: { type: "unknown", word: "galaxy" } }),
    key("plain", PROD),
  ],
};

const planned = (config: Record<string, unknown>, live = org(parts)) =>
  reconcile({
    config: declared(config),
    live,
    now: NOW,
    file: { path: "rbac.yaml", digest: "d" },
    digest: (text) => String(text.length),
  });

describe("a word that is not known", () => {
  test("is said of every object that bears it, by its target", () => {
    const { findings } = unknownWords(org(parts), new Map([[PROD, "prod"]]));
    expect(findings.map(({ target, args }) => [target, ...Object.values(args)])).toEqual([
      ["members.grace@acme.example", "role", "security_admin"],
      ["invites.bob@acme.example", "role", "wizard"],
      ["invites.eve@acme.example", "status", "paused"],
      ["workspaces.prod.members.ada@acme.example", "role", "auditor"],
      ["workspaces.prod.keys.frozen", "status", "frozen"],
      ["workspaces.prod.keys.robot", "principal", "robot_actor"],
      ["organization.keys.far", "scope", "galaxy"],
    ]);
    expect(findings.every(({ code, severity }) => code === "unknown-word" && severity === "warning")).toBe(true);
  });

  test("keeps everything about its object out of a plan that takes away all that is not declared", () => {
    const { changes, findings } = planned({
      manage: { members: "full", workspace_members: "full", keys: "full" },
      members: {
        "root@acme.example": { role: "admin" },
        "eve@acme.example": { role: "user" },
        "grace@acme.example": { role: "user" },
      },
      workspaces: { prod: { name: "Production", members: {}, keys: {} } },
    });
    // Of ada the organization role is known, and of root the workspace role is inherited.
    expect(changes.map(({ action, target }) => `${action} ${target}`)).toEqual([
      "remove members.ada@acme.example",
      "remove workspaces.prod.keys.plain",
    ]);
    expect(findings.filter(({ code }) => code === "unknown-word")).toHaveLength(7);
  });

  test("of an object of the organization that has ended says nothing", () => {
    const ended = [invite("bob@acme.example", "wizard", { status: "deleted" })];
    expect(unknownWords(org({ invites: ended }), new Map()).findings).toEqual([]);
  });
});
