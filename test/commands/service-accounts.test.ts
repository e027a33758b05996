import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Stage, stage } from "../support/stage.ts";

const NO_TOKEN = { ANTHROPIC_AUTH_TOKEN: "" };
const SEEDED = { ingest: {}, automation: {} };

async function declaring(config: Record<string, unknown>): Promise<Stage> {
  const one = await stage();
  one.declare(config);
  return one;
}

const machinePaths = ({ sandbox }: Stage) =>
  sandbox.requests
    .filter(({ path }) => path.includes("service_accounts"))
    .map(({ method, path }) => `${method} ${path}`);

describe("with an Admin key alone", () => {
  test("what is declared is unknown with the way out, nothing is asked for it, and the rest is shown: exit 4", async () => {
    const one = await declaring({ service_accounts: SEEDED, members: { "new@acme.example": { role: "user" } } });
    const { exitCode, stdout } = await one.run(["drift"], { env: NO_TOKEN });
    expect(exitCode).toBe(4);
    expect(stdout).toContain("+ invites.new@acme.example");
    expect(stdout).toMatch(/x service_accounts .*need a token of OAuth.*ANTHROPIC_AUTH_TOKEN/);
    expect(machinePaths(one)).toEqual([]);
  });

  test("apply carries out the rest, and ends with 4", async () => {
    const one = await declaring({ service_accounts: { fresh: {} }, members: { "new@acme.example": { role: "user" } } });
    const ran = await one.run(["apply", "--yes", "--json"], { env: NO_TOKEN });
    expect([ran.exitCode, ran.json().verified, ran.json().results.map(({ status }) => status)]).toEqual([
      4,
      true,
      ["done"],
    ]);
  });

  test("a file without them, status and export need no token", async () => {
    const one = await declaring({ members: { "grace@acme.example": { role: "admin" } } });
    const status = await one.run(["status"], { env: NO_TOKEN });
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toContain("service accounts not shown: they need a token of OAuth");
    const exported = await one.run(["export"], { env: NO_TOKEN });
    expect(exported.exitCode).toBe(0);
    expect(exported.stdout).toContain("service_accounts: off # could not be read: ");
    expect((await one.run(["export", "--only", "service_accounts"], { env: NO_TOKEN })).exitCode).toBe(4);
  });

  test("a token without the scope says so, with the way to one that has it", async () => {
    const one = await declaring({ service_accounts: SEEDED });
    one.sandbox.control.fault({
      kind: "forbidden",
      match: { path: "/v1/organizations/service_accounts" },
      times: null,
    });
    const drift = await one.run(["drift"]);
    expect(drift.exitCode).toBe(4);
    expect(drift.stdout).toMatch(/x service_accounts .*\(403\); .*ant auth login --scope "org:admin"/);
  });

  test("a token that is rejected takes only the machines with it", async () => {
    const one = await declaring({ service_accounts: SEEDED, members: { "new@acme.example": { role: "user" } } });
    const { exitCode, stdout } = await one.run(["drift", "--json"], {
      env: { ANTHROPIC_AUTH_TOKEN: "sk-ant-oat01-sandbox-expired" },
    });
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      changes: [{ target: "invites.new@acme.example" }],
      unknown: [{ kind: "service_accounts", reason: "credential-rejected" }],
    });
  });
});

test("a token that is refused is named, and nobody is told to set one that is set", async () => {
  const one = await declaring({ service_accounts: SEEDED });
  const said = async (command: string, env = {}) => (await one.run([command], { env })).stdout.replaceAll(/\s+/g, " ");
  const forbidden = () =>
    one.sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/service_accounts" } });
  for (const command of ["drift", "whoami"]) {
    const rejected = await said(command, { ANTHROPIC_AUTH_TOKEN: "sk-ant-oat01-sandbox-expired" });
    expect(rejected).toContain("it is the token in ANTHROPIC_AUTH_TOKEN that was rejected");
    forbidden();
    const lacking = await said(command);
    expect(lacking).toContain("use a token of somebody who is an admin");
    expect(lacking).not.toContain("set ANTHROPIC_AUTH_TOKEN");
  }
});

describe("with a token beside the key", () => {
  test("accounts are made, given roles, changed and archived by name, and a second run changes nothing", async () => {
    const one = await declaring({
      manage: { service_accounts: "full" },
      service_accounts: { ingest: { description: "reads documents" }, "ci-deployer": { role: "developer" } },
      workspaces: {
        prod: { name: "Production", service_accounts: { ingest: "user", "ci-deployer": "developer" } },
        stg: { name: "Staging", service_accounts: { ingest: "user" } },
      },
    });
    const words = ["apply", "--yes", "--json"];
    const refused = await one.run(words);
    expect([refused.exitCode, refused.json().refusal?.fix]).toMatchObject([
      3,
      expect.stringContaining("--confirm automation"),
    ]);
    const ran = await one.run([...words, "--confirm", "automation"]);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect(ran.json().results.map(({ target, status }) => `${status} ${target}`)).toEqual([
      "done service_accounts.ci-deployer",
      "done service_accounts.ingest",
      "done workspaces.prod.service_accounts.ci-deployer",
      "done workspaces.stg.service_accounts.ingest",
      "done workspaces.prod.service_accounts.ingest",
      "done service_accounts.automation",
    ]);
    // Nothing says a role that does not change: the API would judge it as given anew.
    const { sandbox } = one;
    expect(
      sandbox.state.service_accounts.map(({ name, organization_role, archived_at }) => [
        name,
        organization_role,
        archived_at !== null,
      ]),
    ).toEqual([
      ["ingest", "developer", false],
      ["automation", "developer", true],
      ["ci-deployer", "developer", false],
    ]);
    const again = await one.run(["drift", "--json", "--ignore-unmanaged"]);
    expect([again.exitCode, again.json().changes]).toEqual([0, []]);
  });

  test("of an account that somebody has changed since, a saved plan is stale", async () => {
    const one = await declaring({ manage: { service_accounts: "full" }, service_accounts: { ingest: {} } });
    const saved = await one.run(["drift", "--out", "plan.json"]);
    expect(saved.exitCode).toBe(2);
    one.sandbox.control.console.edit("service_accounts", "automation", { organization_role: "admin" });
    const ran = await one.run(["apply", "--plan", "plan.json", "--yes", "--confirm", "automation", "--json"]);
    expect(ran.exitCode).toBe(3);
    expect(one.writes()).toEqual([]);
  });

  test("a hundred and more come in pages of a hundred", async () => {
    const { sandbox, run, declare } = await stage();
    const [model] = sandbox.state.service_accounts;
    for (let number = 0; number < 120 && model; number += 1) {
      const name = `machine-${number}`;
      sandbox.control.reset({
        ...sandbox.control.dump(),
        service_accounts: [...sandbox.state.service_accounts, { ...model, id: `svac_${number}`, name }],
      });
    }
    declare({ manage: { service_accounts: "additive" } });
    const drift = await run(["drift", "--json"]);
    expect(drift.json().unmanaged).toHaveLength(122);
    expect(sandbox.requests.filter(({ path }) => path === "/v1/organizations/service_accounts")).toHaveLength(2);
  });

  test("keys that act as one are shown with its name, wherever they are shown", async () => {
    const one = await stage();
    const tree = (await one.run(["status"])).stdout;
    expect(tree).toMatch(/prod-ingest .*acts as service account ingest/);
    expect(tree).toMatch(/service accounts\b.*\n.*ingest +developer/);
    expect((await one.run(["status", "--key", "prod-ingest"])).stdout).toContain("service account ingest");
    expect((await one.run(["export"])).stdout).toMatch(/prod-ingest: # .*acts as ingest/);
    expect((await one.run(["review"])).stdout).toMatch(/prod-ingest .*key, as the service account ingest/);
    await one.run(["review", "start", `${one.folder}/sheet.yaml`]);
    expect(readFileSync(`${one.folder}/sheet.yaml`, "utf8")).toContain("acts as the service account ingest;");
    const revoked = await one.run(["revoke", "--key", "prod-ingest", "--dry-run"]);
    expect(revoked.stdout).toMatch(/prod-ingest .*named, acts as the service account ingest/);
    const json = JSON.parse((await one.run(["revoke", "--key", "prod-ingest", "--dry-run", "--json"])).stdout);
    const named = { service_account: "svac_01sandboxIngest", service_account_name: "ingest" };
    expect(json.revocations[0].keys).toMatchObject([named]);
    one.declare({
      manage: { keys: "additive", service_accounts: "additive" },
      workspaces: { prod: { name: "Production" } },
    });
    expect((await one.run(["drift"])).stdout).toMatch(/keys\.prod-ingest .*acts as the service account ingest/);
  });

  test("so are those of drift where the file manages none, for one list that is asked for only where there is such a key", async () => {
    const one = await stage();
    const lists = () => one.sandbox.requests.filter(({ path }) => path === "/v1/organizations/service_accounts").length;
    const prod = (keys: object) =>
      one.declare({ manage: { keys: "additive" }, workspaces: { prod: { name: "Production", keys } } });
    prod({});
    expect((await one.run(["drift"])).stdout).toMatch(/keys\.prod-ingest .*acts as the service account ingest/);
    expect(lists()).toBe(1);
    // Without a token the id has to do, and nothing else changes.
    const without = await one.run(["drift", "--json"], { env: NO_TOKEN });
    expect(without.exitCode).toBe(2);
    expect(without.stdout).toContain('"service_account": "svac_01sandboxIngest"');
    expect(without.json()).toMatchObject({ unknown: [] });
    one.sandbox.control.console.edit("api_keys", "prod-ingest", { status: "inactive" });
    prod({ "prod-ingest": {} });
    expect((await one.run(["drift", "--json"])).json().changes).toMatchObject([
      { action: "manual", after: { service_account: "svac_01sandboxIngest", service_account_name: "ingest" } },
    ]);
    const before = lists();
    one.declare({ manage: { members: "additive" } });
    await one.run(["drift"]);
    expect(lists()).toBe(before);
  });

  test("a plan that names an account is carried out by whoever may not read its name", async () => {
    const one = await stage();
    one.sandbox.control.console.edit("api_keys", "prod-ingest", { status: "inactive" });
    one.declare({
      members: { "new@acme.example": { role: "user" } },
      workspaces: { prod: { name: "Production", keys: { "prod-ingest": {} } } },
    });
    await one.run(["drift", "--out", "plan.json"]);
    expect(readFileSync(`${one.folder}/plan.json`, "utf8")).toContain('"service_account_name": "ingest"');
    const applied = await one.run(["apply", "--plan", "plan.json", "--yes"], { env: NO_TOKEN });
    // The key is left to a person.
    expect([applied.exitCode, one.writes()]).toEqual([7, ["POST /v1/organizations/invites"]]);
  });

  test("an export is what drift finds nothing to say of", async () => {
    const one = await stage();
    expect((await one.run(["export", "--out", `${one.folder}/rbac.yaml`])).exitCode).toBe(0);
    const drift = await one.run(["drift", "--json"]);
    expect([drift.exitCode, drift.json().changes, drift.json().unmanaged]).toEqual([0, [], []]);
  });

  test("status says of one what it may do where, and which keys act as it", async () => {
    const one = await declaring({ workspaces: { prod: { name: "Production" } }, service_accounts: { automation: {} } });
    const { exitCode, stdout } = await one.run(["status", "--service-account", "ingest"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ingest {2}service account of Acme {2}developer {2}svac_01sandboxIngest\nfeeds documents/);
    expect(stdout).toContain("! not in rbac.yaml");
    expect(stdout).toMatch(/Production \(prod\) +developer/);
    expect(stdout).toMatch(/Default +user +as every service account is/);
    expect(stdout).toMatch(/keys that act as it \(1\).*prod-ingest/s);
    const { stdout: json } = await one.run(["status", "--service-account", "svac_01sandboxAutomation", "--json"]);
    expect(JSON.parse(json).service_account).toMatchObject({
      name: "automation",
      target: "service_accounts.automation",
      declared: { role: null },
      keys: [{ name: "org-automation" }],
    });
  });

  test("status of one that is not there names what comes nearest, and of any without a token is 4", async () => {
    const one = await stage();
    const missing = await one.run(["status", "--service-account", "ingset"]);
    expect([missing.exitCode, missing.stderr]).toMatchObject([1, expect.stringContaining('did you mean "ingest"')]);
    const blind = await one.run(["status", "--service-account", "ingest"], { env: NO_TOKEN });
    expect([blind.exitCode, blind.stderr]).toMatchObject([4, expect.stringContaining("ANTHROPIC_AUTH_TOKEN")]);
    const both = await one.run(["status", "--service-account", "ingest", "--usage", "7"]);
    expect(both.exitCode).toBe(64);
  });

  test("an admin is made by a person in the Console, and then has what the file says of it", async () => {
    const one = await declaring({
      service_accounts: { root: { role: "admin" } },
      workspaces: { prod: { name: "Production", service_accounts: { root: "admin" } } },
    });
    const asked = await one.run(["apply", "--yes", "--json"]);
    expect([asked.exitCode, asked.json().results]).toMatchObject([
      7,
      [{ target: "service_accounts.root", status: "manual" }],
    ]);
    one.sandbox.control.console.addServiceAccount("root", "admin");
    const ran = await one.run(["apply", "--yes", "--json"]);
    expect([ran.exitCode, ran.json().results]).toMatchObject([
      0,
      [{ target: "workspaces.prod.service_accounts.root", status: "done" }],
    ]);
  });
});
