/** The end of a revocation: the evidence that says of which API it is, why, and who is still in; and what is tried before it begins. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Stage, stage } from "../../support/stage.ts";

const BOB = ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes", "--api-rpm", "0"] as const;
const text = ({ folder }: Stage, name: string) => readFileSync(join(folder, name), "utf8");
const host = ({ sandbox }: Stage) => new URL(sandbox.url).host;

test("evidence of a simulation says so first, and names its host; so does each line of the log", async () => {
  const one = await stage();
  expect((await one.run([...BOB, "--evidence", "bob.json", "--reason", "HR-1204: left"])).exitCode).toBe(0);
  const evidence = JSON.parse(text(one, "bob.json"));
  expect(Object.entries(evidence).slice(0, 7)).toEqual([
    ["simulation", true],
    ["format_version", "1"],
    ["kind", "evidence"],
    ["verified", true],
    ["still_in", []],
    ["api", { host: host(one) }],
    ["reason", "HR-1204: left"],
  ]);
  const records = text(one, "state/audit.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(records.length).toBeGreaterThan(10);
  for (const record of records)
    expect(record).toMatchObject({ api: { host: host(one) }, because: "HR-1204: left", command: "revoke" });
  expect((await one.run(["audit", "show"])).stdout).toContain("because: HR-1204: left");

  const other = await stage();
  expect((await other.run([...BOB, "--evidence", "bob.md", "--reason", "HR-1204"])).exitCode).toBe(0);
  const [first, , second, , third] = text(other, "bob.md").split("\n");
  expect(first).toMatch(/^# Evidence of a simulated revocation: nothing of this happened/);
  expect(second).toContain("which is not the official API");
  expect(third).toContain("Reason given: HR-1204");
});

test.each([
  ["keys", ["members.bob@acme.example", "workspaces.wrkspc_01sandboxDevelopment.members.bob@acme.example"], []],
  ["workspace_members", ["workspaces.wrkspc_01sandboxDevelopment.keys.dev-bob", "members.bob@acme.example"], ["kept"]],
])("a run with --only %s says what it leaves, and that the leaver is still in", async (kind, left, decided) => {
  const one = await stage();
  const { exitCode, stdout } = await one.run([...BOB, "--only", kind, "--evidence", "bob.json", "--json"]);
  const { findings, results, revocations } = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  const said = findings.filter(({ code }: { readonly code: string }) => code === "left-by-only");
  expect(said).toHaveLength(1);
  for (const target of left) expect(said[0].message).toContain(target);
  for (const { target } of results) expect(said[0].message).not.toContain(`"${target}"`);
  expect(findings.map(({ code }: { readonly code: string }) => code)).not.toContain("declared-key-revoked");
  const decisions = new Set(revocations[0].keys.map(({ decision }: { readonly decision: string }) => decision));
  expect([...decisions]).toEqual([decided.length > 0 ? "keep" : "disable"]);
  expect(JSON.parse(text(one, "bob.json"))).toMatchObject({ verified: true, still_in: ["bob@acme.example"] });
  // The next one finishes the job, and says nothing of the kind.
  const whole = await one.run([...BOB, "--evidence", "all.json", "--json"]);
  expect(whole.stdout).not.toContain("left-by-only");
  expect(JSON.parse(text(one, "all.json"))).toMatchObject({ verified: true, still_in: [] });
});

test("a run with --only members says nothing of what ends with a membership", async () => {
  const one = await stage();
  const { exitCode, stdout } = await one.run([...BOB, "--only", "members", "--json"]);
  expect(exitCode).toBe(0);
  const findings: readonly { readonly code: string; readonly message: string }[] = JSON.parse(stdout).findings;
  const said = findings.flatMap(({ code, message }) => (code === "left-by-only" ? message : []));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("dev-shared");
  expect(said[0]).not.toMatch(/dev-bob|members\.bob/);
});

test("--only and --update-config are wrong usage: the file would forget somebody who is in", async () => {
  const one = await stage();
  one.declare({ members: { "bob@acme.example": { role: "user" } } });
  const { exitCode, stderr } = await one.run([...BOB, "--only", "keys", "--update-config"]);
  expect([exitCode, stderr]).toEqual([64, expect.stringContaining("--only leaves access")]);
});

test("a refusal has the reason of the run, too", async () => {
  const one = await stage();
  expect((await one.run([...BOB, "--batch", "x", "--reason", "a"])).exitCode).toBe(64);
  writeFileSync(join(one.folder, "bob.json"), "");
  expect((await one.run([...BOB, "--evidence", "bob.json", "--reason", "HR-7"])).exitCode).toBe(3);
  const entries = JSON.parse((await one.run(["audit", "show", "--json"])).stdout).entries;
  expect(entries).toMatchObject([{ event: "refusal", because: "HR-7", about: ["members.bob@acme.example"] }]);
});

test("a refusal says whom the run was about, and is found by it", async () => {
  const one = await stage();
  one.declare({ guardrails: { protected: ["grace@acme.example"] } });
  for (const words of [
    ["--user", "grace@acme.example", "--keys", "disable", "--yes"],
    ["--key", "prod-batch"],
  ]) {
    expect((await one.run(["revoke", ...words])).exitCode).toBe(3);
  }
  const found = async (target: string) => {
    const { stdout } = await one.run(["audit", "show", "--json", "--target", target]);
    return (JSON.parse(stdout).entries as readonly { target?: string; about?: readonly string[] }[]).map(
      ({ target: rule, about }) => [rule, about],
    );
  };
  const grace = ["members.grace@acme.example"];
  expect(await found("*grace@acme.example")).toEqual([["protected", grace]]);
  expect(await found("*.keys.prod-batch")).toEqual([
    [undefined, ["workspaces.wrkspc_01sandboxProduction.keys.prod-batch"]],
  ]);
  expect((await one.run(["audit", "show"])).stdout).toContain("about members.grace@acme.example");
});

test("whoever is still in stands at the top of the evidence", async () => {
  const one = await stage();
  one.sandbox.control.fault({
    kind: "forbidden",
    match: { method: "DELETE", path: "/v1/organizations/users/*" },
    times: null,
  });
  expect((await one.run([...BOB, "--evidence", "bob.json"])).exitCode).not.toBe(0);
  expect(JSON.parse(text(one, "bob.json"))).toMatchObject({ verified: false, still_in: ["bob@acme.example"] });
  const ada = await stage();
  ada.sandbox.control.console.setRole("bob@acme.example", "admin");
  expect((await ada.run([...BOB, "--allow", "min_admins=test", "--evidence", "bob.md"])).exitCode).toBe(7);
  expect(text(ada, "bob.md")).toContain(
    "**This revocation is not finished.** Still in the organization: bob&#64;acme.example.",
  );
});

test("what another API did is no history of this one", async () => {
  const one = await stage();
  expect((await one.run(BOB)).exitCode).toBe(0);
  const lines = text(one, "state/audit.jsonl");
  expect(lines).toContain(host(one));
  const other = await stage();
  mkdirSync(join(other.folder, "state"), { mode: 0o700 });
  for (const name of ["audit.jsonl", "audit.head"]) {
    writeFileSync(join(other.folder, "state", name), text(one, `state/${name}`), { mode: 0o600 });
  }
  other.sandbox.control.console.removeUser("bob@acme.example");
  expect((await other.run(BOB)).exitCode).toBe(1);
  other.sandbox.control.reset();
  expect((await one.run(BOB)).exitCode).toBe(0);
});

test.each<[string, (one: Stage) => readonly string[]]>([
  ["a folder that is not there", () => ["--evidence", "no/such/folder/bob.json"]],
  [
    "an rbac.yaml that cannot be edited",
    (one) => {
      const shared = "members: &people { bob@acme.example: { role: user } }\nworkspaces: {}\n";
      writeFileSync(join(one.folder, "rbac.yaml"), `version: 1\n${shared}`);
      writeFileSync(
        join(one.folder, "rbac.yaml"),
        "version: 1\nmembers:\n  &who bob@acme.example: { role: developer }\nguardrails: { protected: [] }\n",
      );
      return ["--update-config"];
    },
  ],
])("%s is refused before the first write", async (_, prepare) => {
  const one = await stage();
  const ran = await one.run([...BOB, "--json", ...prepare(one)]);
  expect([ran.exitCode, ran.json().code, one.writes()]).toEqual([3, "cannot-finish", []]);
  const entries = JSON.parse((await one.run(["audit", "show", "--json"])).stdout).entries;
  expect(entries).toMatchObject([{ event: "refusal", reason: expect.stringContaining("cannot-finish") }]);
});

test("a trial leaves nothing behind", async () => {
  const one = await stage();
  writeFileSync(
    join(one.folder, "rbac.yaml"),
    "version: 1\nmembers:\n  bob@acme.example: { role: developer }\n  ada@acme.example: { role: developer }\n",
  );
  chmodSync(join(one.folder, "rbac.yaml"), 0o640);
  expect((await one.run([...BOB, "--update-config", "--evidence", "bob.json"])).exitCode).toBe(0);

  expect(readdirSync(one.folder).sort()).toEqual(["bob.json", "rbac.yaml", "state"]);
  expect(statSync(join(one.folder, "rbac.yaml")).mode & 0o777).toBe(0o640);
  expect(text(one, "rbac.yaml")).not.toContain("bob@");
});

test("what is said of a declared key that was revoked is as true after the revocation as before it", async () => {
  const one = await stage();
  one.declare({ workspaces: { prod: { name: "Production", keys: { "prod-ingest": {} } } } });
  const said = async (...more: string[]) => {
    const { stdout } = await one.run(["revoke", "--key", "prod-ingest", ...more]);
    return stdout.match(/a revoked key is never enabled again: (.*) \[declared-key-revoked\]/)?.[1];
  };
  const advice =
    "replace it with anth-rbac rotate --key prod-ingest --force (done before the revocation, the service goes on without a gap)";
  expect([await said("--dry-run"), await said("--yes")]).toEqual([advice, advice]);
  expect((await one.run(["rotate", "--key", "prod-ingest", "--force"])).stdout).toContain('create "prod-ingest@next"');
});
