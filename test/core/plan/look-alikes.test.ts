import { describe, expect, test } from "vitest";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { declared } from "../../support/config.ts";
import {
  account,
  group,
  invite,
  issuer,
  key,
  NOW,
  type OrgParts,
  org,
  rule,
  user,
  workspace,
} from "../../support/org.ts";

function plan(config: Record<string, unknown>, parts: OrgParts) {
  const file = { path: "rbac.yaml", digest: "" };
  return reconcile({ config: declared(config), live: org(parts), now: NOW, file, digest: () => "" });
}

/** What is planned, and what is found that stops it. */
function outcome(config: Record<string, unknown>, parts: OrgParts) {
  const { changes, findings } = plan(config, parts);
  return {
    changes: changes.map(({ action, kind, target }) => `${action} ${kind} ${target}`),
    errors: findings.flatMap(({ code, severity, target }) => (severity === "error" ? `${code} ${target}` : [])),
  };
}

const manage = { workspaces: "full", members: "full", keys: "full" };

describe("one name in two spellings", () => {
  test("of Unicode is one workspace, one person and one key", () => {
    const config = {
      manage,
      members: { "jos\u00e9@acme.example": { role: "developer" } },
      workspaces: {
        cafe: { name: "Caf\u00e9", keys: { "cl\u00e9": {} }, members: { "jos\u00e9@acme.example": "user" } },
      },
    };
    const parts = {
      users: [user("jose\u0301@acme.example")],
      workspaces: [workspace("Cafe\u0301", { id: "wrkspc_cafe" })],
      keys: [key("cle\u0301", "wrkspc_cafe")],
      members: [{ userId: "user_jose\u0301", workspaceId: "wrkspc_cafe", role: "user" }],
    };
    expect(outcome(config, parts)).toEqual({
      changes: [],
      errors: [],
    });
  });

  test("is one target to accept", () => {
    const accept = ["cl\u00e9", "gone"].map((name) => {
      return { target: `workspaces.prod.keys.${name}`, until: "2027-01-31", owner: "a@b.example", reason: "known" };
    });
    const config = { manage: { keys: "additive" }, workspaces: { prod: { name: "Prod" } }, accept };
    const { unmanaged, accepted, findings } = plan(config, {
      workspaces: [workspace("Prod")],
      keys: [key("cle\u0301", "wrkspc_prod")],
    });
    expect([unmanaged, accepted.length, findings.map(({ code }) => code)]).toEqual([[], 1, ["accept-unused"]]);
  });

  test.each([
    ["case", "staging"],
    ["blanks", " Staging "],
    ["a letter of another alphabet", "St\u0430ging"],
    ["an accent", "St\u00e1ging"],
  ])(
    "by %s is a mistake of the file: neither the archive nor the creation is planned, nor what would be inside",
    (_, name) => {
      const config = { manage, workspaces: { stg: { name, keys: { k: {} }, spend_limit: { monthly: 5 } } } };
      expect(outcome(config, { workspaces: [workspace("Staging"), workspace("Old")] })).toEqual({
        changes: ["remove workspace workspaces.wrkspc_old"],
        errors: ["same-name-replaced workspaces.stg"],
      });
    },
  );

  test("so it is for people and keys", () => {
    const config = {
      manage,
      members: { "b\u043eb@acme.example": { role: "user" } },
      workspaces: { prod: { name: "Prod", keys: { web: {} } } },
    };
    const parts = {
      users: [user("bob@acme.example", "user")],
      workspaces: [workspace("Prod")],
      keys: [key("Web", "wrkspc_prod")],
    };
    expect(outcome(config, parts)).toEqual({
      changes: [],
      errors: ["same-name-replaced invites.b\u043eb@acme.example", "same-name-replaced workspaces.prod.keys.web"],
    });
  });

  test("so it is for groups, and nobody is added to the one that is not created", () => {
    const bob = user("bob@acme.example");
    const config = { manage: { groups: "full" }, groups: { finance: { members: ["bob@acme.example"] } } };
    expect(outcome(config, { users: [bob], groups: [group("Finance", [bob]), group("Old")] })).toEqual({
      changes: ["remove group groups.Old"],
      errors: ["same-name-replaced groups.finance"],
    });
  });

  test("each that looks the same is spared, where there are several", () => {
    const workspaces = [workspace("Prod", { id: "wrkspc_1" }), workspace("PROD", { id: "wrkspc_2" })];
    const error = "same-name-replaced workspaces.prod";
    expect(outcome({ manage, workspaces: { prod: { name: "prod" } } }, { workspaces })).toEqual({
      changes: [],
      errors: [error, error],
    });
  });

  test("so it is where the look-alike is invited already, or cannot be", () => {
    const members = { "b\u043eb@acme.example": {} };
    const [users, invites] = [[user("bob@acme.example", "user")], [invite("b\u043eb@acme.example")]];
    const errors = ["same-name-replaced invites.b\u043eb@acme.example"];
    expect(outcome({ manage, members }, { users, invites })).toEqual({ changes: [], errors });
    const noRole = ["invite-needs-role invites.b\u043eb@acme.example", ...errors];
    expect(outcome({ manage, members }, { users })).toEqual({ changes: [], errors: noRole });
  });

  test("nobody joins a group of whose name there are two, in whatever form of Unicode", () => {
    const bob = user("bob@acme.example");
    const groups = [group("Caf\u00e9", [], { id: "one" }), group("Cafe\u0301", [], { id: "other" })];
    const config = { groups: { "Cafe\u0301": { members: ["bob@acme.example"] } } };
    expect(outcome(config, { users: [bob], groups })).toEqual({
      changes: [],
      errors: ["ambiguous-name groups.Cafe\u0301"],
    });
  });

  test("a federation rule waits for a workspace that nobody can tell", () => {
    const [issuers, serviceAccounts] = [[issuer("github")], [account("ci")]];
    const rules = [rule("main", { workspaces: ["wrkspc_staging"] })];
    const { subject, claims = {}, audience } = rules[0]?.match ?? {};
    const main = { issuer: "github", service_account: "ci", oauth_scope: "workspace:developer", workspaces: ["stg"] };
    const config = {
      manage: { federation: "full", workspaces: "full" },
      service_accounts: { ci: {} },
      federation: {
        issuers: { github: { url: issuers[0]?.url, jwks: "discovery" } },
        rules: { main: { ...main, subject, claims, audience } },
      },
    };
    const live = { workspaces: [workspace("Staging")], issuers, rules, serviceAccounts };
    const stg = { name: "Staging", id: "wrkspc_typo" };
    expect(outcome({ ...config, workspaces: { stg } }, live)).toEqual({
      changes: [],
      errors: ["pinned-id-not-found workspaces.stg"],
    });
  });

  test("names that merely differ are replaced as the file says", () => {
    const config = { manage, workspaces: { stg: { name: "Staging 2" } } };
    expect(outcome(config, { workspaces: [workspace("Staging")] }).changes).toEqual([
      "create workspace workspaces.stg",
      "remove workspace workspaces.wrkspc_staging",
    ]);
  });
});
