import { describe, expect, test } from "vitest";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { locatedFindings } from "../../../src/report/findings/located.ts";
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

/** The first sentence that is said of a file in which workspaces are managed whole. */
function findingMessage(config: Record<string, unknown>, workspaces: OrgParts["workspaces"] & {}): string | undefined {
  const { changes, findings } = plan({ ...config, manage }, { workspaces });
  expect(changes).toEqual([]);
  return locatedFindings(findings, () => undefined)[0]?.message;
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

  test.each([
    ["a letter too many", "Stagging"],
    ["a letter missing", "Stging"],
    ["another letter", "Stabing"],
    ["two that changed places", "Stagign"],
  ])("with %s is a mistake of the file too", (_, name) => {
    const message = findingMessage({ workspaces: { stg: { name, keys: { k: {} } } } }, [workspace("Staging")]);
    expect(message).toBe(
      `the workspace "Staging" would go and "${name}", which is one letter from it, would be added; neither is planned; write the name as it is in the organization, or a new one with previously: Staging beside it; to replace it on purpose, remove the old one first, in a run of its own`,
    );
  });

  test("a slip of the pen takes nothing of any kind away", () => {
    const config = {
      manage: { ...manage, groups: "full", service_accounts: "full", workspace_members: "full" },
      members: { "grcae@acme.example": { role: "user" }, "jane@acme.example": {}, "jana@acme.example": {} },
      groups: { Enginering: {} },
      service_accounts: { deplyoer: {} },
      workspaces: {
        prod: { name: "Prod", keys: { "prod-auth-servce": {} }, members: { "grcae@acme.example": "user" } },
        // Both are people of the organization: one takes the other's place.
        dev: { name: "Dev", members: { "jana@acme.example": "user" } },
      },
    };
    const parts = {
      users: ["grace@acme.example", "jane@acme.example", "jana@acme.example"].map((email) => user(email, "user")),
      workspaces: [workspace("Prod"), workspace("Dev")],
      keys: [key("prod-auth-service", "wrkspc_prod")],
      groups: [group("Engineering")],
      serviceAccounts: [account("deployer")],
      members: [
        { userId: "user_grace", workspaceId: "wrkspc_prod", role: "user" },
        { userId: "user_jane", workspaceId: "wrkspc_dev", role: "user" },
      ],
    };
    const { changes, errors } = outcome(config, parts);
    expect(changes).toEqual([
      "create workspace_member workspaces.dev.members.jana@acme.example",
      "remove workspace_member workspaces.dev.members.jane@acme.example",
    ]);
    expect(errors).toEqual([
      "same-name-replaced groups.Enginering",
      "same-name-replaced invites.grcae@acme.example",
      "same-name-replaced service_accounts.deplyoer",
      "same-name-replaced workspaces.prod.keys.prod-auth-servce",
    ]);
  });

  test("a replacement that was misnamed at the Console stays, and is said", () => {
    const config = { manage, members: {}, workspaces: { prod: { name: "Prod", keys: { web: {} } } } };
    const names = ["web", "web@Next", "web @next", "other@Next"];
    const parts = { workspaces: [workspace("Prod")], keys: names.map((name) => key(name, "wrkspc_prod")) };
    const { changes, unmanaged, findings } = plan(config, parts);
    expect(changes.map(({ target }) => target)).toEqual(["workspaces.prod.keys.other@Next"]);
    expect(unmanaged.map(({ name }) => name)).toEqual(["web @next", "web@Next"]);
    const said = findings.flatMap(({ code, severity, args }) =>
      code === "key-unsettled" ? [{ severity, ...args }] : [],
    );
    expect(said).toEqual(
      ["web@Next", "web @next"].map((name) => {
        return { severity: "warning", key: name, problem: "label-not-known", rename: "web@next" };
      }),
    );
  });

  test.each([3, 100])("a slip is found among %i that go, however many they are", (many) => {
    const names = Array.from({ length: many }, (_, index) => `batch-${index}`);
    const live = [...names, "billing", "reporting"].map((name) => key(name, "wrkspc_prod"));
    const keys = { biling: {}, reportign: {}, other: {} };
    const config = { manage, members: {}, workspaces: { prod: { name: "Prod", keys } } };
    const { changes, errors } = outcome(config, { workspaces: [workspace("Prod")], keys: live });
    expect(errors).toEqual(["biling", "reportign"].map((name) => `same-name-replaced workspaces.prod.keys.${name}`));
    expect(changes).toHaveLength(many + 1);
  });

  test.each([
    ["a number", "team1", "team2"],
    ["a word of a letter", "team-a", "team-b"],
    ["a short word", "prod-eu", "prod-us"],
    ["the first letter", "nora", "dora"],
    ["two letters", "batch", "batches"],
  ])("names that %s tells apart are two", (_, old, name) => {
    const config = { manage, workspaces: { new: { name } } };
    expect(outcome(config, { workspaces: [workspace(old)] }).changes).toHaveLength(2);
  });

  test("nothing is added beside what looks the same and is not declared, unless the file says that it knows of it", () => {
    const parts = {
      users: [user("bob@acme.example", "user")],
      workspaces: [workspace("Production"), workspace("Default", { isDefault: true })],
      keys: [key("Web", "wrkspc_production")],
      groups: [group("Finance")],
    };
    const config = {
      manage: { keys: "additive", members: "additive", groups: "additive" },
      members: { "b\u043eb@acme.example": { role: "user" } },
      groups: { finance: {} },
      workspaces: { prod: { name: "production", spend_limit: { monthly: 5 } }, default: { name: "default" } },
    };
    const errors = [
      "look-alike-there groups.finance",
      "look-alike-there invites.b\u043eb@acme.example",
      "look-alike-there workspaces.default",
      "look-alike-there workspaces.prod",
    ];
    expect(outcome(config, parts)).toEqual({ changes: [], errors });
    const keys = { workspaces: { prod: { name: "Production", keys: { web: {} } } } };
    expect(outcome(keys, parts)).toEqual({ changes: [], errors: ["look-alike-there workspaces.prod.keys.web"] });
    const accept = [
      { target: "workspaces.wrkspc_production", until: "2027-01-31", owner: "a@b.example", reason: "the old one" },
    ];
    expect(outcome({ ...config, accept }, parts).changes).toEqual([
      "create workspace workspaces.prod",
      "create spend_limit workspaces.prod.spend_limit",
    ]);
  });

  test("whom the file ends by their own entry leaves, however like the name of somebody new is", () => {
    const members = {
      "erin@acme.example": { role: "user", until: "2026-11-22" },
      "erik@acme.example": { role: "developer" },
    };
    for (const mode of ["additive", "full"]) {
      const config = { manage: { members: mode }, members };
      expect(outcome(config, { users: [user("erin@acme.example", "user")] }), mode).toEqual({
        changes: ["create invite invites.erik@acme.example", "remove member members.erin@acme.example"],
        errors: [],
      });
      expect(outcome(config, { invites: [invite("erin@acme.example")] }), mode).toEqual({
        changes: ["create invite invites.erik@acme.example", "remove invite invites.erin@acme.example"],
        errors: [],
      });
    }
    // Without the entry it may be a slip of the pen.
    const { "erin@acme.example": _erin, ...others } = members;
    const slip = outcome({ manage, members: others }, { users: [user("erin@acme.example", "user")] });
    expect(slip.errors).toEqual(["same-name-replaced invites.erik@acme.example"]);
  });

  test("names that merely differ are replaced as the file says, and it says how a rename is written", () => {
    const config = { manage, workspaces: { stg: { name: "Staging 2" }, prod: { name: "Prod", keys: { web: {} } } } };
    const parts = {
      workspaces: [workspace("Staging"), workspace("Prod")],
      keys: ["a", "b", "c", "d", "e", "f"].map((name) => key(name, "wrkspc_prod")),
    };
    expect(outcome(config, { workspaces: parts.workspaces }).changes).toEqual([
      "create workspace workspaces.stg",
      "remove workspace workspaces.wrkspc_staging",
      "manual key workspaces.prod.keys.web",
    ]);
    const said = locatedFindings(
      plan(config, parts).findings.filter(({ code }) => code === "perhaps-renamed"),
      () => undefined,
    );
    expect(said.map(({ target, severity, message }) => [target, severity, message.split(";")[0]])).toEqual([
      [
        "workspaces.prod.keys.web",
        "warning",
        '"a", "b", "c", "d", "e" and 1 more would be disabled while "web", which is declared beside them, is still to be created',
      ],
      [
        "workspaces.stg",
        "warning",
        '"Staging" would be archived while "Staging 2", which is declared beside it, is still to be created',
      ],
    ]);
    const renamed = { manage, workspaces: { stg: { name: "Staging 2", previously: "Staging" } } };
    expect(plan(renamed, { workspaces: [workspace("Staging")] }).findings).toEqual([]);
  });
});
