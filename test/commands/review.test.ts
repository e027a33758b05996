import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stage } from "../support/stage.ts";

interface Grant {
  readonly subject: { readonly type: string; readonly name: string | null; readonly email: string | null };
  readonly on: { readonly target: string };
  readonly last_used: { readonly at: string | null; readonly known: boolean };
  readonly flags: readonly string[];
  readonly advice: string;
  readonly reason: string;
}

const grantsIn = (text: string) => (JSON.parse(text) as { readonly grants: readonly Grant[] }).grants;

describe("review", () => {
  test("works without an rbac.yaml, and says what was read and used", async () => {
    const { run } = await stage();
    const { exitCode, stdout } = await run(["review", "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "review",
      exit_code: 0,
      organization: { name: "Acme" },
      usage: { days: 90, as_of: "2026-11-23T12:00:00.000Z" },
      unknown: [],
      summary: { grants: 37, by_flag: { admin: 2, unused: 2, undeclared: 0 } },
    });
    const byName = new Map(grantsIn(stdout).map((grant) => [grant.subject.name, grant]));
    expect(byName.get("prod-batch")).toMatchObject({
      last_used: { at: "2026-11-19", known: true },
      flags: ["no-owner"],
    });
    expect(byName.get("dev-bob")?.last_used.at).toBe("2026-11-20");
  });

  test("says which lists a credential may not read, and that is no failure", async () => {
    const { run, declare } = await stage();
    const env = { ANTHROPIC_AUTH_TOKEN: "" };
    const without = await run(["review", "--json"], { env });
    expect([without.exitCode, JSON.parse(without.stdout).unknown]).toMatchObject([
      0,
      [
        { kind: "service_accounts", reason: "oauth-required" },
        { kind: "federation", reason: "oauth-required" },
      ],
    ]);
    declare({ service_accounts: { ingest: {} } });
    expect((await run(["review", "--json"], { env })).exitCode).toBe(4);
  });

  test("takes the legacy report where the other is closed, and then asks about people", async () => {
    const { run, sandbox } = await stage();
    sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/analytics/usage" }, times: null });
    const grants = grantsIn((await run(["review", "--json"])).stdout);
    expect(grants.find(({ subject }) => subject.name === "prod-batch")?.last_used).toMatchObject({
      at: "2026-11-19",
      known: true,
    });
    expect(grants.find(({ subject }) => subject.type === "person")).toMatchObject({
      last_used: { known: false },
      advice: "ask",
    });
    // Its head says so, on screen and on the page.
    const said = /known until [\d: -]+ UTC, of keys alone: the report that can be read names no people/;
    for (const format of ["text", "html"]) expect((await run(["review", "--format", format])).stdout).toMatch(said);
    sandbox.control.clearFaults();
    expect((await run(["review"])).stdout).not.toMatch(said);
  });

  test("asks about everything where no report can be read", async () => {
    const { run, sandbox } = await stage();
    for (const path of ["/v1/organizations/analytics/usage", "/v1/organizations/usage_report/messages"]) {
      sandbox.control.fault({ kind: "forbidden", match: { path }, times: null });
    }
    const { exitCode, stdout, stderr } = await run(["review", "--json"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("use is not known");
    expect(grantsIn(stdout).filter(({ advice }) => advice === "remove")).toEqual([]);
  });

  test("holds the people of a file against those who have access", async () => {
    const { run, folder } = await stage();
    writeFileSync(join(folder, "hr.csv"), "email,status\nada@acme.example,active\nbob@acme.example,terminated\n");
    const found = grantsIn(
      (await run(["review", "--user", "bob@acme.example", "--people", "hr.csv", "--json"])).stdout,
    );
    expect(found.map(({ subject, on }) => `${subject.name} ${on.target.split(".")[0]}`)).toEqual([
      "Bob Example organization",
      "dev-shared workspaces",
      "dev-bob workspaces",
      "Bob Example workspaces",
      "Bob Example workspaces",
    ]);
    const his = found.filter(({ subject }) => subject.email === "bob@acme.example");
    expect(new Set(his.map(({ advice }) => advice))).toEqual(new Set(["remove"]));
    expect(his[0]?.reason).toContain("anth-rbac revoke --user bob@acme.example");
    writeFileSync(join(folder, "bad.csv"), "email,status\nada@acme.example,active\nbob,terminated\n");
    expect(await run(["review", "--people", "bad.csv"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("line 3"),
    });
    writeFileSync(join(folder, "latin.csv"), Buffer.from("email,name\nada@acme.example,Zo\u00eb\n", "latin1"));
    expect(await run(["review", "--people", "latin.csv"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("save it as UTF-8"),
    });
    writeFileSync(join(folder, "odd.csv"), "contact\nada@acme.example\n");
    expect(await run(["review", "--people", "odd.csv"])).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("--people-column"),
    });
    expect((await run(["review", "--people", "odd.csv", "--people-column", "contact"])).exitCode).toBe(0);
  });

  test("looks at one workspace, its limits too", async () => {
    const { run, sandbox } = await stage();
    const found = grantsIn((await run(["review", "--workspace", "Production", "--json"])).stdout);
    expect(new Set(found.map(({ on }) => on.target))).toEqual(
      new Set(["workspaces.*", "workspaces.wrkspc_01sandboxProduction"]),
    );
    const members = sandbox.requests.filter(({ path }) => path.endsWith("/members"));
    expect(members).toHaveLength(1);
    // And says so, or somebody would take it for all there is: the pictures of it too.
    const page = (await run(["review", "--workspace", "Production", "--format", "html"])).stdout;
    expect(page).toContain("<h1>Access review: Acme, Production alone</h1>");
    expect(page.match(/requests of [\w ]+ by day/g)).toEqual(["requests of Production by day"]);
    const nobody = await run(["review", "--user", "erin@acme.example", "--format", "html"]);
    expect(nobody.stdout).toContain("<h1>Access review: Acme, erin@acme.example alone</h1>");
    expect(nobody.stdout).not.toContain("by day");
    expect((await run(["review", "--workspace", "nope"])).exitCode).toBe(1);
  });

  test("writes a file for nobody else to read, and replaces none", async () => {
    const { run, folder } = await stage();
    expect(await run(["review", "--format", "csv", "--out", "review.csv"])).toMatchObject({ exitCode: 0, stdout: "" });
    const file = join(folder, "review.csv");
    expect(readFileSync(file, "utf8")).toMatch(/^subject_type,.*\r\n/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await run(["review", "--out", "review.csv"])).exitCode).toBe(3);
  });
});
