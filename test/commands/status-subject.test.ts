import { expect, test } from "vitest";
import { passingOn } from "../support/pass-on.ts";
import { stage } from "../support/stage.ts";

const MAIN = "repo:acme/app:ref:refs/heads/main";
const OWNER = ["--claim", "repository_owner=acme", "--claim", "repository_owner_id=1234"];

test("status says what a workload with a token may do: rule, account, workspaces, limits", async () => {
  const { run, sandbox } = await stage({ seed: "machines" });
  const asked = await run(["status", "--subject", MAIN, "--issuer", "github", ...OWNER]);
  expect([asked.exitCode, asked.stderr]).toMatchObject([0, expect.not.stringContaining("error")]);
  expect(asked.stdout).toMatch(/github → deploy-main +yes/);
  // What a job has to be given is there with its ids.
  expect(asked.stdout).toMatch(/github → deploy-main +yes +fdrl_01sandboxDeployMain/);
  expect(asked.stdout).toMatch(/as ci-deployer +developer +workspace:developer, for 15m +svac_01sandboxCiDeployer/);
  expect(asked.stdout).toMatch(/Production +developer +limits: the organization's/);
  // The loose rule lets it in everywhere, and its account has a role in one workspace alone.
  expect(asked.stdout).toMatch(/github → nightly +yes/);
  expect(asked.stdout).toMatch(/Production +no: the account has no role there/);
  // Each list once; whose organization it is, each credential says.
  const paths = sandbox.requests.map(({ path }) => path).filter((path) => !path.endsWith("/me"));
  expect(paths.toSorted()).toEqual([...new Set(paths)].sort());
});

test("limits that could not be read are not the organization's", async () => {
  const { run, sandbox } = await stage({ seed: "machines" });
  const limits = [{ type: "requests_per_minute", value: 5 }];
  sandbox.control.console.edit("workspace_rate_limits", "Staging/rl_01sandboxSonnet5", { limits });
  const forbidden = () =>
    sandbox.control.fault({
      kind: "forbidden",
      match: { path: "/v1/organizations/workspaces/wrkspc_01sandboxStaging/rate_limits" },
    });
  forbidden();
  const asked = await run(["status", "--subject", MAIN, ...OWNER]);
  expect([asked.exitCode, asked.stdout]).toEqual([
    4,
    expect.stringMatching(/Staging +developer +limits: not known \(permission-denied\)/),
  ]);
  expect(asked.stdout).toMatch(/Production +developer +limits: the organization's/);
  forbidden();
  const { subject } = JSON.parse((await run(["status", "--subject", MAIN, ...OWNER, "--json"])).stdout);
  const [{ workspaces }] = subject.rules;
  expect(workspaces.map(({ limits }: { limits: unknown }) => limits === null)).toEqual([false, true]);
});

test("what was not named is asked for, and what differs is no", async () => {
  const { run } = await stage({ seed: "machines" });
  const some = await run(["status", "--subject", MAIN, "--json"]);
  const { subject } = JSON.parse(some.stdout);
  expect(subject.rules.map((rule: { name: string; answer: string }) => [rule.name, rule.answer])).toEqual([
    ["nightly", "yes"],
    ["deploy-main", "depends on claims that were not named"],
    ["indexer", "no"],
  ]);
  const fork = await run(["status", "--subject", "repo:mallory/app:ref:refs/heads/main"]);
  expect(fork.stdout).toContain("no rule lets it in");
});

test("the audience that a rule asks for is shown: the job chooses it", async () => {
  const { run } = await stage({ seed: "machines" });
  const asked = await run(["status", "--subject", MAIN, ...OWNER]);
  expect(asked.stdout).toMatch(/github → deploy-main +yes.*\n.*with the audience "https:\/\/api\.anthropic\.com"/);
});

test("a rule whose account is archived lets nobody in, and one whose account was not read is not called so", async () => {
  const { run, sandbox } = await stage({ seed: "machines" });
  const ask = (...more: string[]) => run(["status", "--subject", "system:serviceaccount:search:indexer", ...more]);
  sandbox.control.fault({
    kind: "5xx",
    status: 500,
    match: { path: "/v1/organizations/service_accounts" },
    times: null,
  });
  const unread = await ask();
  expect([unread.exitCode, unread.stdout]).toEqual([
    1,
    expect.stringMatching(/indexer +yes.*\n(?:.*\n)*.*as whom is not known/),
  ]);
  sandbox.control.clearFaults();
  sandbox.control.console.edit("service_accounts", "indexer", { archived_at: "2026-11-01T00:00:00Z" });
  const archived = await ask();
  expect(archived.stdout).toContain("no rule lets it in");
  expect(archived.stdout).toMatch(/cluster → indexer +no: its service account is archived/);
  const { rules } = JSON.parse((await ask("--json")).stdout).subject;
  expect(rules.find((rule: { name: string }) => rule.name === "indexer")).toMatchObject({ answer: "no", open: [] });
});

test("a condition is for the API to judge", async () => {
  const { run, sandbox } = await stage({ seed: "machines" });
  sandbox.control.console.edit("federation_rules", "indexer", {
    match: { subject_prefix: "system:*", condition: "claims.ns == 'search'" },
  });
  const { subject } = JSON.parse((await run(["status", "--subject", "system:x", "--json"])).stdout);
  expect(subject.rules[0]).toMatchObject({ name: "indexer", answer: "depends on the condition" });
});

test("of a rule that asks in a way that is new nobody can say that it lets a token in", async () => {
  const one = await stage({ seed: "machines" });
  const url = await passingOn(one, (path, body) => {
    if (!path.startsWith("/v1/organizations/federation_rules")) return body;
    const rules = body.data as { name: string; match: object }[];
    return { ...body, data: rules.map((rule) => ({ ...rule, match: { ...rule.match, claims_any: { ref: ["x"] } } })) };
  });
  const asked = await one.run(["status", "--subject", MAIN, ...OWNER, "--json", "--base-url", url]);
  const { subject } = JSON.parse(asked.stdout);
  const answers = subject.rules.map((rule: { name: string; answer: string }) => `${rule.name}: ${rule.answer}`);
  expect(answers.filter((answer: string) => answer.endsWith(": yes"))).toEqual([]);
  expect(answers).toContain("deploy-main: depends on claims that were not named");
});

test("flags of a token go with a subject, and an issuer that is not there names the nearest", async () => {
  const { run } = await stage({ seed: "machines" });
  expect((await run(["status", "--issuer", "github"])).exitCode).toBe(64);
  expect((await run(["status", "--subject", MAIN, "--claim", "owner"])).exitCode).toBe(64);
  for (const [words, said] of [
    [["sub=repo:mallory/app"], 'contradicts --subject "repo:acme/app:ref:refs/heads/main"'],
    [["ref=main", "ref=next"], '--claim names "ref" twice, as "main" and as "next"'],
  ] as const) {
    const asked = await run(["status", "--subject", MAIN, ...words.flatMap((word) => ["--claim", word])]);
    expect([asked.exitCode, asked.stderr]).toEqual([64, expect.stringContaining(said)]);
  }
  const same = await run([
    "status",
    "--subject",
    MAIN,
    "--claim",
    `sub=${MAIN}`,
    "--claim",
    "ref=a",
    "--claim",
    "ref=a",
  ]);
  expect(same.exitCode).toBe(0);
  const near = await run(["status", "--subject", MAIN, "--issuer", "gihub"]);
  expect([near.exitCode, near.stderr]).toMatchObject([1, expect.stringContaining('did you mean "github"')]);
});
