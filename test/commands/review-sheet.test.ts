import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enterpriseSeed } from "../../src/sandbox/seed/enterprise.ts";
import { reviewSeed } from "../../src/sandbox/seed/review.ts";
import { NOW } from "../support/org.ts";
import { type Stage, stage } from "../support/stage.ts";

/** The sandbox with one of each flag, its file and its people. */
async function reviewStage(): Promise<Stage> {
  const opened = await stage({ seed: "review" });
  for (const file of ["rbac.yaml", "people.csv"]) cpSync(join("examples/review", file), join(opened.folder, file));
  return opened;
}

/** Edits a file of the stage. */
function edit({ folder }: Stage, file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** Everything is kept, but for the entries whose facts hold one of these words. */
function decide(one: Stage, others: Readonly<Record<string, string>> = {}): void {
  edit(one, "q4.yaml", (text) =>
    text.replaceAll(/facts: (.*)\n(.*)\n(.*)\n {6}decision:$/gm, (_, facts: string, grant: string, digest: string) => {
      const found = Object.entries(others).find(([words]) => words.split(" + ").every((word) => facts.includes(word)));
      return `facts: ${facts}\n${grant}\n${digest}\n      decision: ${found?.[1] ?? "keep"}`;
    }),
  );
}

test("the sandbox for reviews has one of each flag", async () => {
  const one = await reviewStage();
  const { stdout } = await one.run(["review", "--people", "people.csv", "--json"]);
  const inWorkspace = await one.run(["review", "--workspace", "staging", "--json"]);
  const flagsOf = (text: string) => {
    const { by_flag } = (JSON.parse(text) as { summary: { by_flag: Record<string, number> } }).summary;
    return Object.keys(by_flag).filter((flag) => (by_flag[flag] ?? 0) > 0);
  };
  expect(flagsOf(stdout)).toEqual([
    "not-in-people",
    "owner-left",
    "unused",
    "stale-invite",
    "admin",
    "wide-rule",
    "no-owner",
    "shared-key",
    "undeclared",
    "overdue-rotation",
  ]);
  expect(flagsOf(inWorkspace.stdout)).toContain("limit-never-reached");
});

test("--suggest shows what use says could be less, and writes nothing", async () => {
  const one = await reviewStage();
  const before = readFileSync(join(one.folder, "rbac.yaml"), "utf8");
  const { exitCode, stdout } = await one.run(["review", "--suggest"]);
  expect(exitCode).toBe(0);
  const changed = stdout.split("\n").filter((line) => /^[-+]/.test(line));
  expect(changed).toEqual([
    "--- a/rbac.yaml",
    "+++ b/rbac.yaml",
    "-  keys: { org-automation: {}, org-grace: { owner: grace@acme.example } }",
    "+  keys: { org-grace: { owner: grace@acme.example } }",
    "-      ada@acme.example: developer # from before there was a development workspace",
    "+      ada@acme.example: user # from before there was a development workspace",
    "-      stg-report: { owner: alan@acme.example }",
  ]);
  expect(readFileSync(join(one.folder, "rbac.yaml"), "utf8")).toBe(before);
  // What it prints is a diff that git takes, and what use speaks for is then in the file.
  writeFileSync(join(one.folder, "less.diff"), stdout);
  execFileSync("git", ["apply", "less.diff"], { cwd: one.folder });
  expect(readFileSync(join(one.folder, "rbac.yaml"), "utf8")).toContain("      ada@acme.example: user # from before");
  expect(await one.run(["review", "--suggest"])).toMatchObject({ exitCode: 0, stdout: "" });
  // Of one workspace, what its limits would have to be as well: ten times its highest minute.
  const staging = await one.run(["review", "--suggest", "--workspace", "staging"]);
  expect(staging.stdout).toContain(
    "-    rate_limits: { claude-sonnet-5-5: { requests_per_minute: 2000 } }\n+    rate_limits: { claude-sonnet-5-5: { requests_per_minute: 60 } }",
  );
  // Where use is not known, nothing is suggested.
  for (const path of ["/v1/organizations/analytics/usage", "/v1/organizations/usage_report/messages"]) {
    one.sandbox.control.fault({ kind: "forbidden", match: { path }, times: null });
  }
  expect((await one.run(["review", "--suggest"])).stdout).toBe("");
});

test("--suggest takes no format and no file, whose words it would not keep", async () => {
  const one = await reviewStage();
  for (const flags of [["--json"], ["--format", "csv"], ["--out", "s.txt"]]) {
    const { exitCode, stderr, stdout } = await one.run(["review", "--suggest", ...flags]);
    expect(exitCode, flags.join(" ")).toBe(64);
    expect(stdout + stderr).toContain("--suggest prints a diff of rbac.yaml");
  }
});

test("of somebody who has nothing a review does not send for the key of the feed, which it has", async () => {
  const one = await reviewStage();
  one.declare({ members: { "nobody@acme.example": {} } });
  const { stdout } = await one.run(["review", "--user", "nobody@acme.example"], {
    env: { ANTH_RBAC_ACTIVITY_KEY: one.sandbox.activityKey },
  });
  expect(stdout).toContain("0 grants");
  expect(stdout).not.toContain("ANTH_RBAC_ACTIVITY_KEY");
});

test("of a person says who is not known, and of a leaver whose secret they still know", async () => {
  const one = await reviewStage();
  one.declare({});
  const typo = await one.run(["review", "--user", "bbo@acme.example"]);
  expect([typo.exitCode, typo.stderr]).toEqual([
    1,
    expect.stringMatching(/"bbo@acme\.example" is no member.*"bob@acme\.example"/s),
  ]);
  expect((await one.run(["revoke", "--user", "bob@acme.example", "--keys", "keep", "--yes"])).exitCode).toBe(0);
  const { exitCode, stdout } = await one.run(["review", "--user", "bob@acme.example", "--json"]);
  const keys = JSON.parse(stdout).grants.map(({ subject }: { readonly subject: { name: string } }) => subject.name);
  expect([exitCode, keys]).toEqual([0, expect.arrayContaining(["dev-shared"])]);
});

describe("a sheet of decisions", () => {
  test("is begun, decided, finished and applied; then nothing differs, and the audit log is whole", async () => {
    const one = await reviewStage();
    const { run, folder } = one;
    const started = await run(["review", "start", "q4.yaml", "--json"]);
    expect([started.exitCode, JSON.parse(started.stdout)]).toMatchObject([
      0,
      { kind: "review", path: "q4.yaml", entries: 43 },
    ]);
    const open = await run(["review", "check", "q4.yaml", "--json"]);
    expect([open.exitCode, JSON.parse(open.stdout).open]).toEqual([2, 43]);
    decide(one, {
      "key stg-report": "remove",
      "key prod-batch": "remove",
      "bob@acme.example + workspaces.staging": "remove",
      "ada@acme.example + workspaces.staging": "lower\n      to: user",
    });
    expect(await run(["review", "check", "q4.yaml"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("43 of 43 decided"),
    });
    // As an editor of Windows leaves it.
    const before = `\ufeff${readFileSync(join(folder, "rbac.yaml"), "utf8").replaceAll("\n", "\r\n")}`;
    writeFileSync(join(folder, "rbac.yaml"), before);
    const shown = await run(["review", "finish", "q4.yaml"]);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).not.toContain("by hand");
    expect(shown.stdout).toContain("-      stg-report: { owner: alan@acme.example }");
    expect(shown.stdout).toContain("+      ada@acme.example: user # from before there was a development workspace");
    expect(readFileSync(join(folder, "rbac.yaml"), "utf8")).toBe(before);
    expect(existsSync(join(folder, "q4.yaml.evidence.json"))).toBe(false);
    expect((await run(["review", "finish", "q4.yaml", "--update-config"])).exitCode).toBe(0);
    const after = readFileSync(join(folder, "rbac.yaml"), "utf8");
    expect(after).toBe(
      before
        .replace("      stg-report: { owner: alan@acme.example }\r\n", "")
        .replace("      bob@acme.example: user\r\n", "")
        .replace("ada@acme.example: developer # from", "ada@acme.example: user # from"),
    );
    const evidence = join(folder, "q4.yaml.evidence.json");
    expect(statSync(evidence).mode & 0o777).toBe(0o600);
    const said = JSON.parse(readFileSync(evidence, "utf8"));
    expect(said).toMatchObject({ simulation: true, kind: "evidence", organization: { name: "Acme" }, steps: [] });
    expect(said.decisions).toHaveLength(43);
    expect(said.decisions.find(({ decision }: { decision: string }) => decision === "lower")).toMatchObject({
      by: "dora@acme.example",
      to: "user",
    });
    const log = (await run(["audit", "show"])).stdout;
    expect([log.includes("review evidence"), log.includes("how it ended is not")]).toEqual([true, false]);
    expect(await run(["apply", "--yes"])).toMatchObject({ exitCode: 0 });
    expect(await run(["drift"])).toMatchObject({ exitCode: 0 });
    expect((await run(["audit", "verify"])).exitCode).toBe(0);
    // Evidence is never overwritten.
    expect((await run(["review", "finish", "q4.yaml", "--update-config"])).exitCode).not.toBe(0);
  });

  test("has its edits in the evidence too where the run that made them was killed before that", async () => {
    const one = await reviewStage();
    const { run, folder } = one;
    await run(["review", "start", "q4.yaml"]);
    decide(one, {
      "key stg-report": "remove",
      "key prod-batch": "remove",
      "ada@acme.example + workspaces.staging": "lower\n      to: user",
    });
    const editsIn = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8")).edits;
    const finish = (evidence: string) =>
      run(["review", "finish", "q4.yaml", "--update-config", "--evidence", evidence]);
    expect((await finish("whole.json")).exitCode).toBe(0);
    expect(editsIn("whole.json")).toHaveLength(2);
    // As a run leaves it that was killed between the two: the file edited, no evidence.
    rmSync(join(folder, "whole.json"));
    expect((await finish("again.json")).exitCode).toBe(0);
    const byPath = (edits: readonly { readonly path: string }[]) => edits.map(({ path }) => path).sort();
    expect(byPath(editsIn("again.json"))).toEqual([
      "workspaces.staging.keys.stg-report",
      "workspaces.staging.members.ada@acme.example",
    ]);
    expect((await run(["audit", "verify"])).exitCode).toBe(0);
  });

  test("is no report as a table: whoever decides in a spreadsheet hears where decisions are read", async () => {
    const { run, folder } = await reviewStage();
    await run(["review", "--format", "csv", "--out", "q4.csv"]);
    const csv = readFileSync(join(folder, "q4.csv"), "utf8");
    for (const text of [csv, `\ufeff${csv.replaceAll(",", ";")}`]) {
      writeFileSync(join(folder, "q4.csv"), text);
      const { exitCode, stderr } = await run(["review", "check", "q4.csv"]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("anth-rbac review start FILE")]);
      expect(stderr).toContain('"q4.csv" is the report as a table, and no sheet');
    }
  });

  test("is never overwritten, with --force too", async () => {
    const { run, folder } = await reviewStage();
    writeFileSync(join(folder, "q4.yaml"), "mine\n");
    expect((await run(["review", "start", "q4.yaml", "--force"])).exitCode).toBe(3);
    expect(readFileSync(join(folder, "q4.yaml"), "utf8")).toBe("mine\n");
  });

  test("is refused where a fact was edited, and where it is of another organization", async () => {
    const one = await reviewStage();
    await one.run(["review", "start", "q4.yaml"]);
    const whole = readFileSync(join(one.folder, "q4.yaml"), "utf8");
    const edits: readonly (readonly [string, string, number])[] = [
      ["| developer on workspaces.prod", "| admin on workspaces.prod", 3],
      ['  "dora@acme.example":\n', '  "eve@acme.example":\n', 3],
      ['organization: { id: "0b4e7f52', 'organization: { id: "ffffffff', 3],
      ["reviewers:", "reviewers: [", 1],
    ];
    for (const [from, to, code] of edits) {
      expect(whole).toContain(from);
      writeFileSync(join(one.folder, "q4.yaml"), whole.replace(from, to));
      expect([to, (await one.run(["review", "check", "q4.yaml"])).exitCode]).toEqual([to, code]);
      // What was edited is no sheet to begin another one from: nothing advises that.
      if (code === 3) expect((await one.run(["review", "check", "q4.yaml"])).stderr).not.toContain("--from");
    }
    const small = one.sandbox.state;
    const elsewhere = { ...small.organization, id: "1c2d3e4f-6a3c-4d1e-9b8a-5c2d1f0e3a47" };
    const other = await stage({ seed: { ...small, organization: elsewhere } });
    writeFileSync(join(other.folder, "q4.yaml"), whole);
    expect((await other.run(["review", "check", "q4.yaml"])).exitCode).toBe(4);
  });

  test("takes no decision of the one it is about, none that is none, and none twice", async () => {
    const one = await reviewStage();
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, {
      "person + bob@acme.example + on organization": "keep\n      by: bob@acme.example",
      "key stg-report": "lower\n      to: user",
      "key stg-mail": "perhaps",
      "ada@acme.example + workspaces.staging": "lower\n      to: admin",
    });
    const { exitCode, stdout } = await one.run(["review", "check", "q4.yaml", "--json"]);
    expect(exitCode).toBe(2);
    const { problems } = JSON.parse(stdout) as { problems: readonly { code: string; facts: string }[] };
    expect(problems.map(({ code, facts }) => `${code} ${facts.split(" | ")[0]}`).sort()).toEqual([
      "no-decision key stg-mail, apikey_01sandboxStgMail",
      "no-decision key stg-report, apikey_01sandboxStgReport",
      "no-decision person Ada Example, ada@acme.example, user_01sandboxAda",
      "own-access person Bob Example, bob@acme.example, user_01sandboxBob",
    ]);
  });

  test("tells what moved, and --from keeps what was decided about the rest", async () => {
    const one = await reviewStage();
    await one.run(["review", "start", "q4.yaml"]);
    decide(one);
    expect((await one.run(["revoke", "--user", "gina@acme.example", "--yes"])).exitCode).toBe(0);
    const moved = await one.run(["review", "check", "q4.yaml", "--json"]);
    expect([moved.exitCode, JSON.parse(moved.stdout).problems]).toMatchObject([2, [{ code: "gone" }]]);
    const again = await one.run(["review", "start", "q4b.yaml", "--from", "q4.yaml", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ entries: 42, carried: 42 });
    expect((await one.run(["review", "check", "q4b.yaml"])).exitCode).toBe(0);
  });

  test("calls nothing gone that was not read, and says in each step and in the evidence what was not", async () => {
    const one = await reviewStage();
    one.declare({});
    await one.run(["review", "start", "q4.yaml"]);
    const entries = readFileSync(join(one.folder, "q4.yaml"), "utf8");
    expect(entries).toContain('"service account ');
    expect(entries).not.toContain("not read");
    decide(one);
    const env = { ANTHROPIC_AUTH_TOKEN: "" };
    const lacking = { unknown: [{ kind: "service_accounts", reason: "oauth-required" }, { kind: "federation" }] };
    const checked = JSON.parse((await one.run(["review", "check", "q4.yaml", "--json"], { env })).stdout);
    expect(checked).toMatchObject({ exit_code: 2, ...lacking });
    expect(
      new Set(checked.problems.map(({ code, facts }: Record<string, string>) => `${code} ${facts?.slice(0, 7)}`)),
    ).toEqual(new Set(["not-read service", "not-read federat"]));
    const text = await one.run(["review", "check", "q4.yaml"], { env });
    expect(text.stdout).toContain("not read: whether there is such a grant still is not known");
    expect(text.stdout).not.toContain("--from");
    // A list that was read still tells what has gone.
    expect((await one.run(["revoke", "--user", "gina@acme.example", "--yes"])).exitCode).toBe(0);
    const moved = await one.run(["review", "check", "q4.yaml", "--json"], { env });
    expect(JSON.parse(moved.stdout).problems).toContainEqual(expect.objectContaining({ code: "gone" }));

    const begun = await one.run(["review", "start", "less.yaml"], { env });
    expect(begun.stdout).toContain("not read: service_accounts (");
    expect(readFileSync(join(one.folder, "less.yaml"), "utf8")).toContain("# not read: service_accounts (");
    edit(one, "less.yaml", (written) => written.replaceAll("decision:\n", "decision: keep\n"));
    const ended = await one.run(["review", "finish", "less.yaml", "--update-config"], { env });
    expect(ended.stdout).toContain("not read: federation (");
    expect(JSON.parse(readFileSync(join(one.folder, "less.yaml.evidence.json"), "utf8"))).toMatchObject(lacking);
  });

  test("takes nothing over from two entries for one grant that say different things", async () => {
    const one = await reviewStage();
    await one.run(["review", "start", "q4.yaml"]);
    decide(one);
    const entry = / {4}- facts: "key stg-report.*\n.*\n.*\n.*\n/;
    const carried = async (decision: string, file: string) => {
      edit(one, "q4.yaml", (text) =>
        text.replace(entry, (own) => `${own}${own.replace("decision: keep", `decision: ${decision}`)}`),
      );
      const started = await one.run(["review", "start", file, "--from", "q4.yaml", "--json"]);
      return JSON.parse(started.stdout).carried;
    };
    expect(await carried("keep", "same.yaml")).toBe(43);
    expect(await carried("remove", "different.yaml")).toBe(42);
    expect(readFileSync(join(one.folder, "different.yaml"), "utf8")).toMatch(
      /key stg-report.*\n.*\n.*\n {6}decision:\n/,
    );
  });

  test("lists what the file cannot say with its command, and exits with 7", async () => {
    const one = await reviewStage();
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, {
      "person + bob@acme.example + on organization": "remove",
      "alan@acme.example + workspaces.*": "remove",
    });
    const { exitCode, stdout } = await one.run(["review", "finish", "q4.yaml", "--json"]);
    expect(exitCode).toBe(7);
    const { steps } = JSON.parse(stdout) as { steps: readonly string[] };
    expect(steps).toContain("anth-rbac revoke --user bob@acme.example");
    // Under full, what is kept and declared nowhere would go with the next apply.
    expect(steps).toContain("declare prod-batch in rbac.yaml: it is kept, and apply takes away what is not declared");
    expect(steps.some((step) => step.includes("organization role of alan@acme.example"))).toBe(true);
  });

  test("lists before apply what is kept and declared otherwise, which apply would change", async () => {
    const one = await reviewStage();
    edit(one, "rbac.yaml", (text) =>
      text.replace("role: claude_code_user", "role: claude_code_user, until: 2026-01-31"),
    );
    const { edit: change, setRole } = one.sandbox.control.console;
    change("workspace_members", "Production/dora@acme.example", { workspace_role: "workspace_user" });
    change("workspace_members", "Staging/dora@acme.example", { workspace_role: "workspace_admin" });
    setRole("bob@acme.example", "developer");
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, { "key prod-batch": "remove" });
    const { exitCode, stdout } = await one.run(["review", "finish", "q4.yaml", "--update-config"]);
    expect(exitCode).toBe(7);
    const { steps } = JSON.parse(readFileSync(join(one.folder, "q4.yaml.evidence.json"), "utf8")) as {
      steps: string[];
    };
    const [before = ""] = stdout.split("Before apply, by hand\n").slice(1);
    for (const step of steps) expect(before).toContain(step);
    expect(steps.toSorted()).toEqual([
      "set a later day at members.cleo@acme.example.until in rbac.yaml: cleo@acme.example is kept, and apply removes whose day has passed",
      "write the role admin at workspaces.staging.members.dora@acme.example in rbac.yaml: it is kept, and apply makes it developer",
      "write the role developer at members.bob@acme.example in rbac.yaml: it is kept, and apply makes it user",
      "write the role user at workspaces.prod.members.dora@acme.example in rbac.yaml: it is kept, and apply makes it restricted_developer",
    ]);
  });

  test("shows the edits of a file with CRLF as its lines, without a mark at each end", async () => {
    const one = await reviewStage();
    edit(one, "rbac.yaml", (text) => text.replaceAll("\n", "\r\n"));
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, { "person Dora + organization": "lower\n      to: user" });
    const { stdout } = await one.run(["review", "finish", "q4.yaml"]);
    expect(stdout).toMatch(/^-.*dora@acme\.example.*developer.*[^\\]\n\+.*dora@acme\.example.*user/m);
    expect(stdout).not.toContain("\\u{d}");
    const edits = (
      JSON.parse((await one.run(["review", "finish", "q4.yaml", "--json"])).stdout) as { edits: readonly string[] }
    ).edits;
    expect(edits).toContainEqual(expect.stringMatching(/^\+.*dora@acme\.example.*\r$/));
  });

  test("lists under full what apply does not reach, and names apply where it has something to do alone", async () => {
    const one = await reviewStage();
    edit(one, "rbac.yaml", (text) => text.replace(/^ {2}staging:\n(?: {4}.*\n)+/m, ""));
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, {
      "person + workspaces.wrkspc_01sandboxStaging": "remove",
      "person + (Claude Code)": "remove",
      claude_code_key_cleo: "remove",
      "stg-search-service": "remove",
      "erin@acme.example": "remove",
    });
    const { exitCode, stdout } = await one.run(["review", "finish", "q4.yaml", "--update-config"]);
    expect(exitCode).toBe(7);
    const end = (name: string, id: string) =>
      `end it in the Console: ${name} Example (user_01sandbox${name}) on workspaces.${id}, of which rbac.yaml says nothing`;
    for (const step of [
      ...["Ada", "Bob", "Dora"].map((name) => end(name, "wrkspc_01sandboxStaging")),
      end("Cleo", "wrkspc_01sandboxClaudeCode"),
      "anth-rbac revoke --key apikey_01sandboxClaudeCodeCleo",
      "archive it in the Console, so that nobody enables it again: the disabled key stg-search-service (apikey_01sandboxStgSearchService)",
      "anth-rbac revoke --user erin@acme.example",
    ])
      expect(stdout).toContain(step);
    // Members are additive: the edit alone gives apply nothing to do.
    expect(stdout).toContain("rbac.yaml is now");
    expect(stdout).not.toContain("next: anth-rbac apply");
  });

  test("names apply too where it takes away what no edit is needed for", async () => {
    const one = await reviewStage();
    edit(one, "rbac.yaml", (text) => text.replace(/^ {2}staging:\n(?: {4}.*\n)+/m, ""));
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, { "key stg-report": "remove" });
    const { exitCode, stdout } = await one.run(["review", "finish", "q4.yaml", "--update-config"]);
    expect(exitCode).toBe(7);
    expect(stdout).not.toContain("to edit the file");
    expect(stdout).toContain("then: anth-rbac apply");
    // Everything kept gives it nothing to do.
    const all = await reviewStage();
    await all.run(["review", "start", "q4.yaml"]);
    decide(all, { "key prod-batch": "remove" });
    // Without the flag nothing is written, where there is nothing to edit too: a decision may still be changed after a look.
    const look = await all.run(["review", "finish", "q4.yaml"]);
    expect(look.stdout).toContain("to end the review: anth-rbac review finish q4.yaml --update-config");
    expect(existsSync(join(all.folder, "q4.yaml.evidence.json"))).toBe(false);
    expect((await all.run(["audit", "show"])).stdout).not.toContain("review");
    expect((await all.run(["review", "finish", "q4.yaml", "--update-config"])).stdout).toContain(
      "next: anth-rbac apply",
    );
    await all.run(["review", "start", "q5.yaml"]);
    edit(all, "q5.yaml", (text) => text.replaceAll(/decision:$/gm, "decision: keep"));
    const kept = await all.run(["review", "finish", "q5.yaml", "--update-config"]);
    expect(kept.stdout).not.toContain("next: anth-rbac apply");
  });

  test("takes one workspace out of a rule that stays good in another", async () => {
    const seed = reviewSeed(NOW);
    const rules = (seed.federation_rules ?? []).map((rule) =>
      rule.name === "ingest-main"
        ? { ...rule, workspace_ids: ["wrkspc_01sandboxProduction", "wrkspc_01sandboxStaging"] }
        : rule,
    );
    const one = await stage({ seed: { ...seed, federation_rules: rules } });
    await one.run(["export", "--out", "rbac.yaml"]);
    await one.run(["review", "start", "q4.yaml"]);
    decide(one, { "rule ingest-main + workspaces.staging": "remove" });
    const { exitCode, stdout } = await one.run(["review", "finish", "q4.yaml", "--update-config"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("-      workspaces: [production, staging]\n+      workspaces: [production]\n");
    expect(stdout).toContain("next: anth-rbac apply");
    expect((await one.run(["apply", "--yes"])).exitCode).toBe(0);
    const left = one.sandbox.state.federation_rules?.find(({ name }) => name === "ingest-main");
    expect(left?.workspace_ids).toEqual(["wrkspc_01sandboxProduction"]);
  });

  test("of an enterprise with two groups of one name has an entry for each, and can be finished", async () => {
    const seed = enterpriseSeed(NOW);
    const [first] = seed.rbac_groups ?? [];
    const own = seed.rbac_group_members?.find(({ rbac_group_id }) => rbac_group_id === first?.id);
    if (!first || !own) throw new Error("the seed has no group with somebody in it");
    const twin = "rbac_group_01sandboxTwin";
    const one = await stage({
      seed: {
        ...seed,
        rbac_groups: [...(seed.rbac_groups ?? []), { ...first, id: twin }],
        rbac_group_members: [...(seed.rbac_group_members ?? []), { ...own, rbac_group_id: twin }],
      },
    });
    await one.run(["review", "start", "q4.yaml"]);
    const facts = readFileSync(join(one.folder, "q4.yaml"), "utf8").match(/facts: .*ada.*groups\.Engineering.*/g);
    expect(facts?.map((line) => /group (rbac_group_\w+)"$/.exec(line)?.[1])).toEqual([first.id, twin]);
    decide(one, { "bob + groups.Finance": "remove", "cleo + groups.All staff": "remove" });
    expect((await one.run(["review", "check", "q4.yaml"])).exitCode).toBe(0);
    // Where groups are: no Console has any.
    const { exitCode, stdout } = await one.run(["review", "finish", "q4.yaml"]);
    expect([exitCode, stdout]).toEqual([7, expect.stringContaining("end it in claude.ai, Organization settings: Bob")]);
    // Under no mode does apply take anybody out of the identity provider's.
    expect(stdout).toMatch(
      /^ {2}end it at the identity provider, which owns the group: Cleo .* on groups\.All staff$/m,
    );
  });

  test("asks nobody about their own access, and cannot begin where nobody else is there", async () => {
    const { run, declare, folder } = await stage();
    await run(["review", "start", "q4.yaml"]);
    const groups = readFileSync(join(folder, "q4.yaml"), "utf8")
      .split(/^ {2}"/m)
      .slice(1);
    expect(groups.map((group) => group.split('"')[0])).toEqual(["alan@acme.example", "grace@acme.example"]);
    expect(groups[0]).not.toMatch(/facts: "person Alan/);
    declare({ review: { default_reviewer: "alan@acme.example" } });
    await run(["review", "start", "other.yaml"]);
    expect(readFileSync(join(folder, "other.yaml"), "utf8")).toContain('  "alan@acme.example":');
  });
});

test("a sheet of more than 64 MB is refused with its bound, and one that is long is read", async () => {
  const one = await reviewStage();
  await one.run(["review", "start", "q4.yaml"]);
  const file = join(one.folder, "q4.yaml");
  const sheet = readFileSync(file, "utf8");
  const padded = (bytes: number) => `${sheet}${"# as much as anybody writes\n".repeat(Math.ceil(bytes / 28))}`;
  writeFileSync(file, padded(64 * 2 ** 20));
  const refused = await one.run(["review", "check", "q4.yaml"]);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("larger than 64 MB")]);
  writeFileSync(file, padded(4 * 2 ** 20));
  expect((await one.run(["review", "check", "q4.yaml"])).exitCode).toBe(2);
});
