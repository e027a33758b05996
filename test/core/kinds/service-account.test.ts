import { describe, expect, test } from "vitest";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { declared } from "../../support/config.ts";
import { account, NOW, org, workspace } from "../../support/org.ts";

const PROD = workspace("Production");
const inProd = (name: string, role: string) => ({ serviceAccountId: `svac_${name}`, workspaceId: PROD.id, role });

/** What is planned for service accounts, each change as one line. */
function plan(config: Record<string, unknown>, live: OrgSnapshot) {
  const file = { path: "rbac.yaml", digest: "0" };
  const made = reconcile({
    config: declared(config),
    live,
    now: NOW,
    file,
    digest: (pieces) => `#${[...pieces].join("").length}`,
  });
  return {
    ...made,
    lines: made.changes.map(({ action, target, id, before, after, risk }) =>
      [action, target, id, JSON.stringify(before), JSON.stringify(after), risk].join(" "),
    ),
  };
}

/** A file in which Production is declared, with these fields of its own. */
const file = (accounts: Record<string, unknown>, inside?: Record<string, string>, mode = "additive") => ({
  manage: { service_accounts: mode },
  service_accounts: accounts,
  workspaces: { prod: { name: "Production", ...(inside && { service_accounts: inside }) } },
});

describe("service accounts", () => {
  test("what is missing is created before its roles, which wait for its id", () => {
    const { lines } = plan(file({ ci: { description: "deploys" } }, { ci: "developer" }), org({ workspaces: [PROD] }));
    expect(lines).toEqual([
      'create service_accounts.ci  null {"role":"developer","description":"deploys"} widening',
      'create workspaces.prod.service_accounts.ci  null {"role":"developer"} widening',
    ]);
  });

  test("the role is in a change only where it differs, and what the file leaves out is not managed", () => {
    const live = org({
      serviceAccounts: [account("ci", { description: "old" }), account("root", { role: "admin" }), account("kept")],
    });
    const { lines } = plan(
      file({ ci: { role: "developer", description: "new" }, root: { role: "developer" }, kept: {} }),
      live,
    );
    expect(lines).toEqual([
      'create workspaces.prod  null {"name":"Production"} safe',
      'update service_accounts.ci svac_ci {"description":"old"} {"description":"new"} safe',
      'update service_accounts.root svac_root {"role":"admin"} {"role":"developer"} removal',
    ]);
  });

  test("admins are made in the Console, and the roles of one that is not there yet wait for that", () => {
    const live = org({ workspaces: [PROD], serviceAccounts: [account("ci")] });
    const { lines } = plan(file({ ci: { role: "admin" }, root: { role: "admin" } }, { root: "admin" }), live);
    expect(lines).toEqual([
      'manual service_accounts.ci svac_ci {"role":"developer"} {"role":"admin"} widening',
      'manual service_accounts.root  null {"role":"admin"} widening',
    ]);
  });

  test("what is not declared is reported, and archived for good under `full`: its roles end with it", () => {
    const live = org({
      workspaces: [PROD],
      serviceAccounts: [account("ci"), account("stray")],
      accountMembers: [inProd("ci", "user"), inProd("stray", "admin")],
    });
    const reported = plan(file({ ci: {} }), live);
    expect(reported.lines).toEqual([]);
    expect(reported.unmanaged.map(({ target }) => target)).toEqual([
      "service_accounts.stray",
      "workspaces.prod.service_accounts.ci",
      "workspaces.prod.service_accounts.stray",
    ]);
    expect(plan(file({ ci: {} }, undefined, "full"), live).lines).toEqual([
      'remove workspaces.prod.service_accounts.ci svac_ci {"role":"user"} null removal',
      'remove service_accounts.stray svac_stray {"name":"stray","role":"developer"} null irreversible',
    ]);
  });

  test("another role raises or lowers; whatever the list of accounts lacks is only reported", () => {
    const live = org({
      workspaces: [PROD],
      serviceAccounts: [account("ci"), account("etl")],
      accountMembers: [inProd("ci", "user"), inProd("etl", "admin"), inProd("ghost", "admin")],
    });
    const { lines, unmanaged } = plan(file({ ci: {}, etl: {} }, { ci: "admin", etl: "user" }, "full"), live);
    expect(lines).toEqual([
      'update workspaces.prod.service_accounts.ci svac_ci {"role":"user"} {"role":"admin"} widening',
      'update workspaces.prod.service_accounts.etl svac_etl {"role":"admin"} {"role":"user"} removal',
    ]);
    expect(unmanaged.map(({ target }) => target)).toEqual(["workspaces.prod.service_accounts.svac_ghost"]);
  });

  test("a workspace that names an account which is neither declared nor there is an error", () => {
    const { lines, findings } = plan(
      file({ ci: {} }, { etl: "user" }),
      org({ workspaces: [PROD], serviceAccounts: [account("ci")] }),
    );
    expect(lines).toEqual([]);
    expect(findings).toMatchObject([
      { code: "unknown-service-account", severity: "error", target: "workspaces.prod.service_accounts.etl" },
    ]);
  });

  test("of a role that this version does not know nothing is planned, and the word is said", () => {
    const live = org({ serviceAccounts: [account("ci", { role: "overseer" })], workspaces: [PROD] });
    const { lines, findings } = plan(file({ ci: { role: "developer" } }), live);
    expect(lines).toEqual([]);
    expect(findings).toMatchObject([{ code: "unknown-word", args: { word: "overseer" } }]);
  });

  test("of a list that could not be read nothing is planned, neither made nor taken away", () => {
    const gone = { known: false, reason: "oauth-required", message: "no token" } as const;
    const live = { ...org({ workspaces: [PROD] }), serviceAccounts: gone };
    const { lines, unknown } = plan(file({ ci: {} }, { ci: "user" }, "full"), live);
    expect(lines).toEqual([]);
    expect(unknown).toEqual([{ kind: "service_accounts", reason: "oauth-required", message: "no token" }]);
  });

  test("what is taken from machines asks no guardrail whose it is, though the people were not read", () => {
    const users = { known: false, reason: "not-read" } as const;
    const live = { ...org({ serviceAccounts: [account("stray")] }), users };
    const config = { ...file({ ci: {} }, undefined, "full"), guardrails: { protected: ["grace@acme.example"] } };
    const { guardrails } = plan(config, live);
    expect(guardrails.find(({ rule }) => rule === "protected")).toMatchObject({ ok: true, refuses: false });
  });
});
