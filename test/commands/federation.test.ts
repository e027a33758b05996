import { describe, expect, test } from "vitest";
import { MACHINES } from "../support/federation.ts";
import { passingOn } from "../support/pass-on.ts";
import { type Stage, stage } from "../support/stage.ts";

const RULE = MACHINES.federation.rules["deploy-main"];
const CLUSTER = MACHINES.federation.issuers.cluster;
const APPLY = ["apply", "--yes", "--json", "--api-rpm", "0"];

async function machines(config: Record<string, unknown> = {}): Promise<Stage> {
  const one = await stage({ seed: "machines" });
  one.declare({ ...MACHINES, ...config });
  return one;
}

/** The federation of the file, with rules, and issuers, of its own. */
const ruled = (rules: Record<string, unknown>, issuers: Record<string, unknown> = {}) => ({
  federation: { issuers: { ...MACHINES.federation.issuers, ...issuers }, rules },
});

/** What a run asked the API to change, in order, by the last words of each path. */
const federationWrites = (one: Stage) =>
  one.writes().map((write) => write.replace("/v1/organizations/", "").replace(/federation_/g, ""));

const codes = (ran: { json: () => { findings: readonly { code: string; severity: string }[] } }) =>
  ran.json().findings.map(({ code, severity }) => `${severity} ${code}`);

describe("with a token beside the key", () => {
  test("an export is what drift finds nothing to change of", async () => {
    const one = await stage({ seed: "machines" });
    const exported = await one.run(["export", "--out", `${one.folder}/rbac.yaml`]);
    expect([exported.exitCode, exported.stderr]).toMatchObject([0, expect.not.stringContaining("left out")]);
    const drift = await one.run(["drift", "--json"]);
    expect([drift.exitCode, drift.json().changes, drift.json().unmanaged]).toEqual([0, [], []]);
  });

  test("account, role, issuer, rule and its workspaces are made in this order, and a second run changes nothing", async () => {
    const one = await machines({
      service_accounts: { ...MACHINES.service_accounts, fresh: {} },
      workspaces: {
        prod: { name: "Production", service_accounts: { fresh: "developer" } },
        stg: { name: "Staging", service_accounts: { fresh: "user" } },
      },
      ...ruled(
        { fresh: { ...RULE, issuer: "gitlab", service_account: "fresh", claims: { project_id: "7" } } },
        { gitlab: { url: "https://gitlab.com" } },
      ),
    });
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect(federationWrites(one)).toEqual([
      "POST service_accounts",
      "POST workspaces/wrkspc_01sandboxProduction/service_accounts",
      "POST workspaces/wrkspc_01sandboxStaging/service_accounts",
      "POST issuers",
      "POST rules",
      "POST rules/fdrl_01sandbox00001/workspaces",
    ]);
    expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
  });

  test("what only differs in words is one request, with the whole match, since GitHub is everybody's", async () => {
    const one = await machines(ruled({ "deploy-main": { ...RULE, description: "deploys" } }));
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().results.length]).toEqual([0, 1]);
    expect(federationWrites(one)).toEqual(["POST rules/fdrl_01sandboxDeployMain"]);
    const [rule] = one.sandbox.state.federation_rules ?? [];
    expect(rule).toMatchObject({ description: "deploys", match: { claims: RULE.claims, audience: RULE.audience } });
  });

  test("of the loose rule everything that its file says is set, and what it says nothing of stays", async () => {
    const nightly = {
      ...RULE,
      service_account: "nightly",
      workspaces: ["stg"],
      subject: "repo:acme/app:environment:night",
    };
    const one = await machines(ruled({ "deploy-main": RULE, nightly }));
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(federationWrites(one)).toEqual([
      "POST rules/fdrl_01sandboxNightly/workspaces",
      "POST rules/fdrl_01sandboxNightly",
    ]);
    expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
  });

  test("a rule goes from one workspace to another in one request, and leaves one of two in another", async () => {
    const one = await machines(ruled({ "deploy-main": RULE, indexer: indexerRule(["stg"]) }));
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(federationWrites(one)).toEqual(["POST rules/fdrl_01sandboxIndexer"]);
    one.sandbox.control.clearRequests();
    one.declare({ ...MACHINES, ...ruled({ "deploy-main": { ...RULE, workspaces: ["prod"] } }) });
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().changes]).toMatchObject([0, [{ action: "update", risk: "removal" }]]);
    expect(federationWrites(one)).toEqual(["DELETE rules/fdrl_01sandboxDeployMain/workspaces/wrkspc_01sandboxStaging"]);
  });

  test("under full a service account goes after its rule, and a rule before its issuer, each by name", async () => {
    const { indexer: _, ...kept } = MACHINES.service_accounts;
    const one = await machines({
      manage: { service_accounts: "full", federation: "full" },
      service_accounts: kept,
      workspaces: {
        prod: { name: "Production", service_accounts: { "ci-deployer": "developer" } },
        stg: MACHINES.workspaces.stg,
      },
      federation: { issuers: { github: MACHINES.federation.issuers.github }, rules: { "deploy-main": RULE } },
    });
    const refused = await one.run(APPLY);
    expect([refused.exitCode, refused.json().refusal?.fix]).toMatchObject([
      3,
      // The rule and its account bear one name: their ids tell them apart.
      expect.stringContaining(
        "--confirm fdrl_01sandboxIndexer --confirm nightly --confirm cluster --confirm svac_01sandboxIndexer",
      ),
    ]);
    expect(one.writes()).toEqual([]);
    const names = ["fdrl_01sandboxIndexer", "nightly", "cluster", "svac_01sandboxIndexer"].flatMap((name) => [
      "--confirm",
      name,
    ]);
    const ran = await one.run([...APPLY, ...names, "--allow", "max_removals=the cluster is gone"]);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect(federationWrites(one)).toEqual([
      "POST rules/fdrl_01sandboxIndexer/archive",
      "POST rules/fdrl_01sandboxNightly/archive",
      "POST issuers/fdis_01sandboxCluster/archive",
      "POST service_accounts/svac_01sandboxIndexer/archive",
    ]);
  });

  test("an account that a rule still uses stays, and so does an issuer: a finding, and nothing planned about it", async () => {
    const { nightly: _, ...kept } = MACHINES.service_accounts;
    const workspaces = {
      prod: MACHINES.workspaces.prod,
      stg: { name: "Staging", service_accounts: { "ci-deployer": "developer" } },
    };
    const one = await machines({ manage: { service_accounts: "full" }, service_accounts: kept, workspaces });
    const drift = await one.run(["drift", "--json"]);
    expect(drift.exitCode).toBe(2);
    expect(codes(drift)).toContain("error service-account-in-use");
    expect(drift.stdout).toContain("still lets somebody in as it");
    expect(drift.json().changes.filter(({ target }) => target.includes("service_accounts.nightly"))).toEqual([]);
    const only = await machines({
      manage: { service_accounts: "full", federation: "full" },
      service_accounts: kept,
      workspaces,
      ...ruled({ "deploy-main": RULE, indexer: indexerRule(["prod"]) }),
    });
    const some = await only.run(["apply", "--dry-run", "--json", "--only", "service_accounts"]);
    expect([codes(some).includes("error service-account-in-use"), some.json().changes]).toEqual([true, []]);
  });

  test("an account is not archived where its rule could not be", async () => {
    const { nightly: _, ...kept } = MACHINES.service_accounts;
    const one = await machines({
      manage: { service_accounts: "full", federation: "full" },
      service_accounts: kept,
      workspaces: {
        prod: MACHINES.workspaces.prod,
        stg: { name: "Staging", service_accounts: { "ci-deployer": "developer" } },
      },
      ...ruled({ "deploy-main": RULE, indexer: indexerRule(["prod"]) }),
    });
    one.sandbox.control.fault({
      kind: "status",
      status: 400,
      match: { path: "/v1/organizations/federation_rules/*/archive" },
    });
    const ran = await one.run([...APPLY, "--confirm", "fdrl_01sandboxNightly", "--confirm", "svac_01sandboxNightly"]);
    expect([ran.exitCode, ran.json().results]).toMatchObject([
      5,
      [
        { target: "federation.rules.nightly", status: "failed" },
        { target: "service_accounts.nightly", status: "skipped", error: { code: "blocked" } },
      ],
    ]);
  });

  test("org:admin is made at the Console, and an issuer behind such a rule is changed there", async () => {
    const one = await machines(
      ruled(
        { "deploy-main": RULE, root: { ...RULE, oauth_scope: "org:admin" } },
        { github: { url: MACHINES.federation.issuers.github.url, max_jwt_lifetime: "10m" } },
      ),
    );
    const rule = { name: "root", issuer: "github", service_account: "ci-deployer", oauth_scope: "org:admin" };
    const first = await one.run(["drift", "--json"]);
    expect(first.json().changes.map(({ action, target }) => `${action} ${target}`)).toEqual([
      "update federation.issuers.github",
      "manual federation.rules.root",
    ]);
    one.sandbox.control.console.addFederationRule({ ...rule, subject: RULE.subject, workspaces: ["Production"] });
    const ran = await one.run(APPLY);
    expect(ran.exitCode).toBe(7);
    expect(ran.json().results.map(({ target, status }) => `${status} ${target}`)).toEqual([
      "manual federation.issuers.github",
      "manual federation.rules.root",
    ]);
  });

  test("what is loose about it is no matter of a rotation", async () => {
    const loose = { ...RULE, subject: "repo:acme/*" };
    const keys = { workspaces: { ...MACHINES.workspaces, prod: { name: "Production", keys: { "ci-key": {} } } } };
    const one = await machines({ ...ruled({ loose }), ...keys });
    expect((await one.run(["validate"])).stdout).toContain("federation-subject-wildcard");
    const rotated = await one.run(["rotate", "--key", "ci-key", "--dry-run"]);
    expect(rotated.stdout).toContain("acting as the service account ci-deployer");
    expect(rotated.stdout).not.toContain("federation-");
  });

  test("no claims are none, written as {} or not at all", async () => {
    const { claims: _, ...rule } = RULE;
    const bare = { ...rule, claims: {} };
    const one = await machines(
      ruled({ "deploy-main": bare, two: { ...bare, subject: "repo:acme/app:ref:refs/heads/two" } }),
    );
    expect((await one.run(APPLY)).json().verified).toBe(true);
    expect((await one.run(["drift", "--ignore-unmanaged"])).exitCode).toBe(0);
  });

  test("an issuer that differs is a finding: the API cannot change it", async () => {
    const other = { ...RULE, issuer: "cluster", subject: "system:serviceaccount:app:main", claims: { ns: "app" } };
    const one = await machines(ruled({ "deploy-main": other }, { cluster: CLUSTER }));
    const drift = await one.run(["drift", "--json"]);
    expect([drift.exitCode, codes(drift).filter((code) => code.startsWith("error"))]).toEqual([
      2,
      ["error immutable-field"],
    ]);
    expect(drift.stdout).toContain("it is fixed when the rule is created");
    // And what is asked of the tokens of one issuer is not asked of those of another.
    expect([drift.json().changes, codes(drift)]).toEqual([
      [],
      expect.not.arrayContaining(["warning federation-tenant-unpinned"]),
    ]);
  });

  test("a write that the API would refuse is none: a rule that names no tenant is an error before it is sent", async () => {
    const loose = { ...RULE, subject: "repo*", claims: { event_name: "push" } };
    const one = await machines(ruled({ "deploy-main": RULE, loose }));
    const ran = await one.run(APPLY);
    expect([ran.exitCode, codes(ran).filter((code) => code.startsWith("error")), one.writes()]).toEqual([
      2,
      ["error federation-tenant-unpinned"],
      [],
    ]);
    expect((await one.run(["validate"])).stdout).toMatch(
      /warning.*does not say whose workloads.*federation-tenant-unpinned/,
    );
  });

  test("of what nobody declared drift says what is loose, with what to do about each", async () => {
    const one = await machines();
    one.sandbox.control.console.edit("service_accounts", "nightly", { organization_role: "admin" });
    one.sandbox.control.console.edit("federation_issuers", "cluster", {
      check_jti: false,
      max_jwt_lifetime_seconds: 7200,
      jwks_polling_disabled_at: "2026-11-01T00:00:00Z",
    });
    one.sandbox.control.console.remove("workspace_service_accounts", "Production/indexer");
    one.declare({ ...MACHINES, workspaces: { ...MACHINES.workspaces, prod: { name: "Production" } } });
    const drift = await one.run(["drift", "--json"]);
    expect(new Set(codes(drift))).toEqual(
      new Set([
        "warning federation-admin-target",
        "warning federation-every-workspace",
        "warning federation-long-lifetime",
        "info federation-name-only",
        "warning federation-no-audience",
        "warning federation-polling-stopped",
        "warning federation-pull-request",
        "warning federation-subject-wildcard",
        "warning federation-target-unusable",
        "warning federation-token-reuse",
      ]),
    );
  });

  test("of a declared rule whose account has no role where it leads drift says so, and not of one that has it there", async () => {
    const rule = { ...RULE, service_account: "indexer" };
    const workspaces = (accounts: object) => ({
      prod: { name: "Production", service_accounts: {} },
      stg: { name: "Staging", service_accounts: accounts },
      fresh: { name: "Fresh" },
    });
    const rules = ruled({ "deploy-main": RULE, other: { ...rule, workspaces: ["prod", "stg", "fresh"] } });
    const one = await machines({ ...rules, workspaces: workspaces({}) });
    // In Production it is live, which the file does not say; in the others it is not.
    const said = (text: string) =>
      [...text.matchAll(/"indexer" of the rule "other" has no role in "(\w+)"/g)].map(([, at]) => at);
    expect(said((await one.run(["drift"])).stdout).sort()).toEqual(["fresh", "stg"]);
    expect(said((await one.run(["validate"])).stdout)).toEqual([]);
    one.declare({ ...MACHINES, ...rules, workspaces: workspaces({ indexer: "user" }) });
    expect(said((await one.run(["drift"])).stdout)).toEqual(["fresh"]);
    one.declare({ ...MACHINES, ...rules, manage: { service_accounts: "full" }, workspaces: workspaces({}) });
    expect(said((await one.run(["validate"])).stdout).sort()).toEqual(["fresh", "prod", "stg"]);
  });

  test("a rule whose account was archived behind its back lets nobody in, and that is said", async () => {
    const one = await machines();
    one.sandbox.control.console.edit("service_accounts", "indexer", { archived_at: "2026-11-01T00:00:00Z" });
    one.declare({ ...MACHINES, service_accounts: {}, workspaces: {}, federation: { issuers: {}, rules: {} } });
    const drift = await one.run(["drift", "--json"]);
    expect(codes(drift)).toContain("warning federation-target-unusable");
    const { federation_rules: rules } = (await one.run(["status", "--json"])).json() as unknown as {
      readonly federation_rules: readonly { readonly name: string; readonly service_account: object }[];
    };
    expect(rules.find(({ name }) => name === "indexer")?.service_account).toMatchObject({ archived: true });
    expect(rules.find(({ name }) => name === "nightly")?.service_account).toMatchObject({ archived: false });
  });
});

test.each([
  ["service_accounts", "ci-deployer", "service_accounts", /the list lacks svac_01sandboxCiDeployer, which/],
  ["federation_issuers", "github", "federation", /the list lacks fdis_01sandboxGithub, which a federation rule names/],
  ["workspaces", "Production", "workspaces", /the list lacks wrkspc_01sandboxProduction, which a key in force names/],
])("a list of %s that lacks %s is not taken for whole: nothing is made anew", async (list, name, kind, why) => {
  const one = await machines({ manage: { federation: "full", service_accounts: "full", keys: "additive" } });
  const way = await passingOn(one, (path, body) => {
    if (new URL(path, one.sandbox.url).pathname !== `/v1/organizations/${list}`) return body;
    return { ...body, data: (body.data as { name: string }[]).filter((row) => row.name !== name) };
  });
  const drift = await one.run(["drift", "--json", "--base-url", way]);
  const { changes, unknown } = drift.json() as unknown as Plan;
  expect(drift.exitCode).toBe(1);
  expect(unknown).toContainEqual(expect.objectContaining({ kind, message: expect.stringMatching(why) }));
  expect(changes.filter(({ action }) => action !== "remove").map(({ target }) => target)).toEqual([]);
});

interface Plan {
  readonly changes: readonly { readonly action: string; readonly target: string }[];
  readonly unknown: readonly { readonly kind: string; readonly message: string }[];
}

test("with an Admin key alone federation is unknown, said once, and the rest is shown: exit 4", async () => {
  const one = await machines({ members: { "new@acme.example": { role: "user" } } });
  const { exitCode, stdout } = await one.run(["drift", "--json"], { env: { ANTHROPIC_AUTH_TOKEN: "" } });
  expect(exitCode).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    changes: [{ target: "invites.new@acme.example" }],
    unknown: [
      { kind: "service_accounts", reason: "oauth-required" },
      { kind: "federation", reason: "oauth-required" },
    ],
  });
  expect(one.sandbox.requests.filter(({ path }) => path.includes("federation"))).toEqual([]);
});

function indexerRule(workspaces: readonly string[]) {
  return {
    issuer: "cluster",
    service_account: "indexer",
    oauth_scope: "workspace:inference",
    workspaces,
    subject: "system:serviceaccount:search:indexer",
    audience: "https://api.anthropic.com",
  };
}

describe("status", () => {
  const paths = (one: Stage) => one.sandbox.requests.map(({ path }) => path).filter((path) => !path.endsWith("/me"));
  const ofFederation = (one: Stage) => paths(one).filter((path) => path.includes("federation"));

  test("names a loose rule at the top, and what is loose about it, without a file too", async () => {
    const one = await stage({ seed: "machines" });
    const [, , attention, ...tree] = (await one.run(["status"])).stdout.split("\n");
    expect(attention).toContain("1 loose rule of federation");
    const lines = tree.filter((line) => line.includes("loose: "));
    expect(lines).toEqual([expect.stringMatching(/nightly .*loose: pull request|nightly .*loose: subject wildcard/)]);
    expect(lines[0]).toMatch(/every workspace, long lifetime, no audience/);
  });

  test("shows issuers and rules, what the file has of them, and reads each list once", async () => {
    const one = await machines({ federation: { issuers: MACHINES.federation.issuers, rules: {} } });
    const ran = await one.run(["status", "--json"]);
    expect(ofFederation(one).sort()).toEqual([
      "/v1/organizations/federation_issuers",
      "/v1/organizations/federation_rules",
    ]);
    expect(paths(one).toSorted()).toEqual([...new Set(paths(one))].sort());
    const { federation_issuers: issuers, federation_rules: rules } = JSON.parse(ran.stdout);
    expect(issuers).toMatchObject([
      { name: "cluster", declared: true },
      { name: "github", target: "federation.issuers.github", jwks: "discovery", check_jti: true, declared: true },
    ]);
    expect(rules).toMatchObject([
      {
        target: "federation.rules.deploy-main",
        issuer: { name: "github" },
        service_account: { name: "ci-deployer", archived: false },
        token_lifetime_seconds: 900,
        every_workspace: false,
        workspaces: [{ name: "Production" }, { name: "Staging" }],
        match: { subject: "repo:acme/app:ref:refs/heads/main", claims: { repository_owner_id: "1234" } },
        declared: false,
      },
      { name: "indexer" },
      { name: "nightly", every_workspace: true, workspaces: [] },
    ]);
    const { stdout } = await one.run(["status"]);
    expect(stdout).toMatch(/nightly +github → nightly +workspace:developer, for 24h +in every workspace .*not in rbac/);
  });

  test.each([
    ["--user", "ada@acme.example"],
    ["--workspace", "Production"],
    ["--key", "ci-key"],
    ["--service-account", "nightly"],
  ])("%s shows nothing of it, and asks nothing", async (...question) => {
    const one = await stage({ seed: "machines" });
    const ran = await one.run(["status", ...question, "--json"]);
    expect([ran.exitCode, JSON.parse(ran.stdout).federation_rules, ofFederation(one)]).toEqual([0, null, []]);
  });

  test("without a token it is not known, with the reason, and where the file has it that is a part that is missing", async () => {
    const key = ({ sandbox }: Stage) => ({
      env: { ANTHROPIC_ADMIN_KEY: sandbox.adminKey, ANTHROPIC_AUTH_TOKEN: undefined },
    });
    const bare = await stage({ seed: "machines" });
    const shown = JSON.parse((await bare.run(["status", "--json"], key(bare))).stdout);
    expect([shown.federation_issuers, shown.federation_rules]).toEqual([null, null]);
    expect(shown.unavailable).toContainEqual(expect.objectContaining({ kind: "federation", reason: "oauth-required" }));
    const declared = await machines();
    const { unknown } = JSON.parse((await declared.run(["status", "--json"], key(declared))).stdout);
    expect(unknown).toContainEqual(expect.objectContaining({ kind: "federation", reason: "oauth-required" }));
  });

  test("a list that fails is not known where it would stand, and the other is shown", async () => {
    const one = await stage({ seed: "machines" });
    one.sandbox.control.fault({
      kind: "5xx",
      status: 500,
      match: { path: "/v1/organizations/federation_rules" },
      times: null,
    });
    const { stdout } = await one.run(["status", "--api-rpm", "0"]);
    expect(stdout).toContain("federation issuers (2)");
    expect(stdout).toMatch(/federation rules: not known \(/);
  });

  test("a sort of organization that has none has none", async () => {
    const one = await stage({ seed: "enterprise" });
    const { federation_issuers: issuers, federation_rules: rules } = JSON.parse(
      (await one.run(["status", "--json"])).stdout,
    );
    expect([issuers, rules]).toEqual([[], []]);
  });
});
