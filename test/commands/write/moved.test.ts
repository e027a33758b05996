/** Others at work between the plan and the write: what is about to be taken away is looked at once more. */
import { expect, test } from "vitest";
import { MACHINES } from "../../support/federation.ts";
import { NOW } from "../../support/org.ts";
import { type Ran, type Stage, stage } from "../../support/stage.ts";

/** Runs, and does something at the Console as soon as the first write has taken effect: between it and the next one. */
async function meanwhile(one: Stage, words: readonly string[], hasBegun: () => boolean, act: () => void): Promise<Ran> {
  let acted = false;
  const now = () => {
    // The clock is asked for the time of each result.
    if (!acted && hasBegun()) {
      acted = true;
      act();
    }
    return NOW;
  };
  const ran = await one.run([...words, "--yes", "--json"], { now });
  expect(acted).toBe(true);
  return ran;
}

const tagged =
  ({ sandbox }: Stage, name: string) =>
  () =>
    sandbox.state.workspaces.some((workspace) => workspace.name === name && workspace.tags?.moved === "yes");

const failures = (ran: Ran) =>
  ran.json().results.flatMap(({ target, error }) => (error ? `${target} ${error.code}` : []));

test("a key that was given another name meanwhile is not disabled", async () => {
  const one = await stage();
  const { console: person } = one.sandbox.control;
  person.createKey({ name: "stg-new", workspace: "Staging" });
  one.declare({
    manage: { keys: "full" },
    workspaces: {
      stg: { name: "Staging", keys: { "stg-auth-service": {} } },
      dev: { name: "Development", tags: { moved: "yes" } },
    },
  });
  const ran = await meanwhile(one, ["apply", "--allow", "max_removals=test"], tagged(one, "Development"), () =>
    person.edit("api_keys", "stg-new", { name: "stg-auth-two" }),
  );
  expect([ran.exitCode, failures(ran)]).toEqual([5, ["workspaces.stg.keys.stg-new moved-since-plan"]]);
  expect(ran.json().results.map(({ error }) => error?.message)).toContainEqual(
    expect.stringContaining('name is "stg-auth-two" now, and was "stg-new"'),
  );
  expect(one.sandbox.state.api_keys.find(({ name }) => name === "stg-auth-two")?.status).toBe("active");
});

test("a workspace that was renamed, or got a key, meanwhile is not archived", async () => {
  for (const act of [
    ({ sandbox }: Stage) => sandbox.control.console.edit("workspaces", "Staging", { name: "Payments LIVE" }),
    ({ sandbox }: Stage) => sandbox.control.console.createKey({ name: "stg-new", workspace: "Staging" }),
  ]) {
    const one = await stage();
    one.declare({
      manage: { workspaces: "full" },
      workspaces: { prod: { name: "Production", tags: { moved: "yes" } }, dev: { name: "Development" } },
    });
    const ran = await meanwhile(
      one,
      ["apply", "--confirm", "Staging", "--allow", "max_removals=test"],
      tagged(one, "Production"),
      () => act(one),
    );
    expect([ran.exitCode, failures(ran).map((text) => text.split(" ")[1])]).toEqual([5, ["moved-since-plan"]]);
    expect(one.sandbox.state.workspaces.find(({ id }) => id.endsWith("Staging"))?.archived_at).toBeNull();
  }
});

test("somebody who became an administrator meanwhile is not removed, and nothing is said to be verified", async () => {
  const one = await stage();
  one.declare({});
  const ran = await meanwhile(
    one,
    ["revoke", "--user", "bob@acme.example", "--keys", "disable"],
    () => one.sandbox.state.api_keys.some(({ name, status }) => name === "dev-bob" && status === "inactive"),
    () => one.sandbox.control.console.setRole("bob@acme.example", "admin"),
  );
  expect([ran.exitCode, ran.json().verified]).toEqual([5, false]);
  expect(failures(ran)).toContain("members.bob@acme.example moved-since-plan");
});

test("what an answer shows of somebody else's work on the same object is said, and costs no request", async () => {
  const one = await stage();
  one.declare({
    workspaces: {
      dev: { name: "Development", tags: { moved: "yes" } },
      stg: { name: "Staging", tags: { team: "x" } },
    },
  });
  const ran = await meanwhile(one, ["apply"], tagged(one, "Development"), () =>
    one.sandbox.control.console.edit("workspaces", "Staging", { name: "Payments LIVE", tags: { env: "live" } }),
  );
  expect(failures(ran)).toEqual([]);
  expect(ran.json().findings).toContainEqual(
    expect.objectContaining({
      code: "moved-since-plan",
      severity: "warning",
      message: expect.stringContaining('name is "Payments LIVE" now, and was "Staging"'),
    }),
  );
  const staging = one.sandbox.state.workspaces.find(({ id }) => id.endsWith("Staging"));
  expect([staging?.name, staging?.tags]).toEqual(["Payments LIVE", { env: "live", team: "x" }]);
  expect(one.writes()).toHaveLength(2);
});

const RULE = MACHINES.federation.rules["deploy-main"];

/** A stage of machines whose first write is a tag of Production, and what is declared of two of its rules. */
async function ruled(rules: Record<string, unknown>): Promise<Stage> {
  const one = await stage({ seed: "machines" });
  const { prod, ...others } = MACHINES.workspaces;
  one.declare({
    ...MACHINES,
    workspaces: { ...others, prod: { ...prod, tags: { moved: "yes" } } },
    federation: { ...MACHINES.federation, rules },
  });
  return one;
}

const rule = ({ sandbox }: Stage, name: string) =>
  (sandbox.state.federation_rules ?? []).find((one) => one.name === name);

test.each([
  // On an issuer that everybody shares the whole match goes along with a word that differs.
  ["only its description differs", { description: "deploys" }],
  ["another of its conditions differs", { audience: "https://other.example" }],
])("a rule that somebody narrowed meanwhile is not widened again where %s", async (_, differs) => {
  const one = await ruled({ "deploy-main": { ...RULE, ...differs } });
  const { claims: __, ...match } = rule(one, "deploy-main")?.match ?? {};
  const claims = { ...RULE.claims, environment: "production" };
  const ran = await meanwhile(one, ["apply"], tagged(one, "Production"), () =>
    one.sandbox.control.console.edit("federation_rules", "deploy-main", { match: { ...match, claims } }),
  );
  expect([ran.exitCode, failures(ran)]).toEqual([5, ["federation.rules.deploy-main moved-since-plan"]]);
  expect(rule(one, "deploy-main")?.match.claims).toEqual(claims);
});

test("tokens whose life somebody shortened meanwhile do not live longer again", async () => {
  const one = await ruled({ "deploy-main": { ...RULE, token_lifetime: "10m" } });
  const ran = await meanwhile(one, ["apply"], tagged(one, "Production"), () =>
    one.sandbox.control.console.edit("federation_rules", "deploy-main", { token_lifetime_seconds: 60 }),
  );
  expect([ran.exitCode, failures(ran)]).toEqual([5, ["federation.rules.deploy-main moved-since-plan"]]);
  expect(rule(one, "deploy-main")?.token_lifetime_seconds).toBe(60);
});

test("what somebody else changed of a rule beside what this run changes stands, and is said", async () => {
  const indexer = {
    ...{ issuer: "cluster", service_account: "indexer", oauth_scope: "workspace:inference", workspaces: ["prod"] },
    ...{ subject: "system:serviceaccount:search:indexer", audience: "https://api.anthropic.com" },
    token_lifetime: "1h",
  };
  const one = await ruled({ "deploy-main": RULE, indexer: { ...indexer, description: "reads" } });
  const match = { subject_prefix: "system:serviceaccount:search:reader", audience: "https://api.anthropic.com" };
  const ran = await meanwhile(one, ["apply"], tagged(one, "Production"), () =>
    one.sandbox.control.console.edit("federation_rules", "indexer", { match }),
  );
  expect(failures(ran)).toEqual([]);
  expect(ran.json().findings).toContainEqual(
    expect.objectContaining({ code: "moved-since-plan", message: expect.stringContaining("search:reader") }),
  );
  expect(rule(one, "indexer")).toMatchObject({ match, description: "reads" });
});
