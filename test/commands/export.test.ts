import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import { NOW } from "../support/org.ts";
import { runMain as run } from "../support/stage.ts";

const CLOCK = new Date(NOW).toISOString();

/** A sandbox, a folder of its own, and the program in both. */
async function scene(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ clock: CLOCK, ...options });
  const cwd = mkdtempSync(join(tmpdir(), "anth-rbac-export-"));
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(cwd, { recursive: true, force: true });
  });
  const env = {
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
    ANTHROPIC_AUTH_TOKEN: sandbox.oauthToken,
  };
  const program = async (...words: string[]) => {
    const before = sandbox.requests.length;
    const { stderr, ...ran } = await run([...words, "--api-rpm", "0"], { env, cwd });
    const notices = stderr.split("\n").filter((text) => text !== "" && !text.startsWith("note: the API is"));
    return { ...ran, notices, requests: sandbox.requests.length - before };
  };
  return { sandbox, cwd, env, program, read: (file: string) => readFileSync(join(cwd, file), "utf8") };
}

const forbid = ({ control }: Sandbox, path: string) =>
  control.fault({ kind: "forbidden", match: { method: "GET", path } });

test("a workspace that is not there is said by what the organization has: no file is read, and none is spoken of", async () => {
  const { program } = await scene();
  const { exitCode, notices } = await program("export", "--workspace", "Prodction");
  expect(exitCode).toBe(1);
  expect(notices).toEqual([
    'error: --workspace: no workspace has the name or id "Prodction"',
    '  did you mean "Production"?',
  ]);
  const { notices: far } = await program("export", "--workspace", "zzzzzzzz");
  expect(far.join("\n")).toContain('"Staging" (wrkspc_01sandboxStaging)');
  expect(far.join("\n")).not.toContain("handle");
});

describe("the whole organization", () => {
  test("is a file that people can read, and whose own drift is empty", async () => {
    const { program, read, cwd } = await scene();
    const { exitCode, stdout, notices } = await program("export");
    expect({ exitCode, notices }).toEqual({ exitCode: 0, notices: [] });
    await expect(stdout).toMatchFileSnapshot("__snapshots__/export-small.yaml");

    const written = await program("export", "--out", "rbac.yaml");
    expect(written).toMatchObject({ exitCode: 0, stdout: "" });
    expect(written.notices).toEqual(["wrote rbac.yaml: review it, then anth-rbac drift --config rbac.yaml"]);
    expect(read("rbac.yaml")).toBe(stdout);
    expect(await run(["validate", "rbac.yaml"], { cwd })).toMatchObject({
      exitCode: 0,
      stdout: "rbac.yaml is valid\n",
    });
    const drift = await program("drift", "--json");
    expect(drift).toMatchObject({ exitCode: 0, requests: written.requests });
    expect(JSON.parse(drift.stdout)).toMatchObject({ changes: [], unmanaged: [], accepted: [], unknown: [] });
  });

  test("is valid JSON config where JSON is asked for, or the file is named so", async () => {
    const { program, read } = await scene();
    const { exitCode, stdout } = await program("export", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      organization: { name: "Acme" },
      manage: { keys: "additive" },
    });
    expect(await program("export", "--out", "rbac.json")).toMatchObject({ exitCode: 0, stdout: "" });
    expect(read("rbac.json")).toBe(stdout);
    expect(await program("drift")).toMatchObject({ exitCode: 0 });
  });

  test("of 500 workspaces with 20,000 keys is read again, and has no drift", async () => {
    const { program } = await scene({ seed: "large" });
    expect(await program("export", "--out", "rbac.yaml")).toMatchObject({ exitCode: 0, requests: 1534 });
    expect(await program("drift", "--quiet")).toMatchObject({ exitCode: 0, requests: 1534 });
  });

  test("with a tag that is there in two Unicode forms: one of them, and the next drift is at one with it", async () => {
    const { sandbox, program } = await scene();
    sandbox.control.console.edit("workspaces", "Staging", { tags: { "caf\u00e9": "a", "cafe\u0301": "b" } });
    const { exitCode, notices } = await program("export", "--out", "rbac.yaml");
    expect(exitCode).toBe(0);
    expect(notices?.join("\n")).toContain("(another tag has the same name in another Unicode form)");
    expect(await program("drift")).toMatchObject({ exitCode: 0 });
  });

  test("with hostile names, shared names and half a rotation", async () => {
    const { sandbox, program, read } = await scene();
    const { edit, createKey } = sandbox.control.console;
    edit("workspaces", "Staging", { name: "Production" });
    edit("workspaces", "Development", { name: ' 007: "yes" #\u202e', tags: { null: "- a: b" } });
    createKey({ name: "dev-shared", workspace: "wrkspc_01sandboxDevelopment" });
    createKey({ name: "dev-ada@next", workspace: "wrkspc_01sandboxDevelopment" });
    createKey({ name: "lost@previous-20261101", workspace: "wrkspc_01sandboxDevelopment" });
    createKey({ name: "default-playground", workspace: "wrkspc_01sandboxProduction" });
    const { exitCode, notices } = await program("export", "--out", "rbac.yaml");
    expect(exitCode).toBe(0);
    expect(notices).toMatchInlineSnapshot(`
      [
        "left out: workspaces.wrkspc_01sandboxDevelopment (its name cannot stand in a file)",
        "left out: workspaces.wrkspc_01sandboxDevelopment.keys.dev-ada, workspaces.wrkspc_01sandboxDevelopment.keys.dev-ada@next, workspaces.wrkspc_01sandboxDevelopment.keys.dev-bob, workspaces.wrkspc_01sandboxDevelopment.keys.dev-shared, workspaces.wrkspc_01sandboxDevelopment.keys.dev-shared and 1 more (its workspace is not in the file)",
        "wrote rbac.yaml: review it, then anth-rbac drift --config rbac.yaml",
      ]
    `);
    expect(read("rbac.yaml").slice(read("rbac.yaml").indexOf("\nworkspaces:"))).toMatchInlineSnapshot(`
      "
      workspaces:
        production:
          name: Production
          id: wrkspc_01sandboxProduction
          tags: { env: prod }
          data_residency: { workspace_geo: us, allowed_inference_geos: [us], default_inference_geo: us }
          rate_limits:
            claude-sonnet-5-5: { requests_per_minute: 1000, output_tokens_per_minute: 80000 }
          spend_limit: { monthly: 5000.00 }
          members:
            ada@acme.example: developer
            dora@acme.example: restricted_developer
          keys:
            default-playground: { id: apikey_01sandbox00004 } # sk-ant-api03-san...pf9d, 0 days old, acts as nobody
            prod-auth-service: # sk-ant-api03-san...yZmC, 120 days old, acts as nobody
            prod-batch: # sk-ant-api03-san...OtRk, 400 days old, acts as nobody
            prod-ingest: # sk-ant-api03-san...6Z0X, 60 days old, acts as ingest
            prod-report: # sk-ant-api03-san...4f5M, 80 days old, acts as nobody, expires 2026-12-03
            prod-search-service: # sk-ant-api03-san...oydH, 25 days old, acts as nobody
          service_accounts:
            ingest: developer

        production-2:
          name: Production
          id: wrkspc_01sandboxStaging
          tags: { env: stg }
          data_residency: { workspace_geo: us, allowed_inference_geos: unrestricted, default_inference_geo: global }
          rate_limits:
            claude-sonnet-5-5: { requests_per_minute: 200 }
          members:
            ada@acme.example: developer
            bob@acme.example: user
            dora@acme.example: developer
          keys:
            stg-auth-service: # sk-ant-api03-san...8bWT, 45 days old, acts as nobody
            # stg-search-service: inactive, sk-ant-api03-san...NLev, 300 days old, acts as nobody

        default:
          name: Default
          data_residency: { workspace_geo: us, allowed_inference_geos: unrestricted, default_inference_geo: global }
          keys:
            default-playground: { id: apikey_01sandboxDefaultPlayground } # sk-ant-api03-san...LpWG, 310 days old, acts as nobody
        # left out: the workspace  007: "yes" #\\u{202e}, wrkspc_01sandboxDevelopment (its name cannot stand in a file)
        # left out: the key dev-ada of wrkspc_01sandboxDevelopment (its workspace is not in the file)
        # left out: the key dev-ada@next of wrkspc_01sandboxDevelopment (its workspace is not in the file)
        # left out: the key dev-bob of wrkspc_01sandboxDevelopment (its workspace is not in the file)
        # left out: the key dev-shared of wrkspc_01sandboxDevelopment (its workspace is not in the file)
        # left out: the key dev-shared of wrkspc_01sandboxDevelopment (its workspace is not in the file)
        # left out: the key lost@previous-20261101 of wrkspc_01sandboxDevelopment (its workspace is not in the file)
        # left out: the workspace Claude Code, wrkspc_01sandboxClaudeCode (Claude Code keeps it for itself)

      accept: # what cannot be declared: settle it before then
        - target: workspaces.wrkspc_01sandboxDevelopment
          until: 2027-02-21
          owner: alan@acme.example
          reason: its name cannot stand in a file
        - target: workspaces.wrkspc_01sandboxDevelopment.keys.dev-ada
          until: 2027-02-21
          owner: alan@acme.example
          reason: its workspace is not in the file
        - target: workspaces.wrkspc_01sandboxDevelopment.keys.dev-ada@next
          until: 2027-02-21
          owner: alan@acme.example
          reason: its workspace is not in the file
        - target: workspaces.wrkspc_01sandboxDevelopment.keys.dev-bob
          until: 2027-02-21
          owner: alan@acme.example
          reason: its workspace is not in the file
        - target: workspaces.wrkspc_01sandboxDevelopment.keys.dev-shared
          until: 2027-02-21
          owner: alan@acme.example
          reason: its workspace is not in the file
        - target: workspaces.wrkspc_01sandboxDevelopment.keys.lost@previous-20261101
          until: 2027-02-21
          owner: alan@acme.example
          reason: its workspace is not in the file
      "
    `);
    const drift = await program("drift", "--json");
    expect(JSON.parse(drift.stdout)).toMatchObject({ exit_code: 0, changes: [], unmanaged: [], unknown: [] });
  });
});

describe("a part", () => {
  test.each([
    ["members", 3, ["organization", "manage", "members"]],
    ["workspaces", 2, ["organization", "manage", "workspaces"]],
    ["keys", 3, ["organization", "manage", "workspaces"]],
    // Whether there are limits of people is told by the sort of the organization; a file that declares none need not know.
    ["spend_limits", 5, ["organization", "manage", "workspaces"], 3],
    ["rate_limits", 6, ["organization", "manage", "workspaces"]],
    ["workspace_members", 7, ["organization", "manage", "workspaces"]],
  ])("--only %s reads that and no more, and has no drift", async (kind, requests, fields, again = requests) => {
    const { program } = await scene();
    const { exitCode, stdout, ...ran } = await program("export", "--json", "--only", kind);
    expect({ exitCode, requests: ran.requests, fields: Object.keys(JSON.parse(stdout)).slice(1) }).toEqual({
      exitCode: 0,
      requests,
      fields,
    });
    await program("export", "--only", kind, "--out", "rbac.yaml");
    expect(await program("drift")).toMatchObject({ exitCode: 0, requests: again });
  });

  test("kinds can be given one after the other", async () => {
    const { program } = await scene();
    const { stdout } = await program("export", "--json", "--only", "members", "--only", "keys");
    expect(JSON.parse(stdout)).toMatchObject({ manage: { members: "additive", keys: "additive", workspaces: "off" } });
  });

  test.each(["production", "Production", "wrkspc_01sandboxProduction"])(
    "--workspace %s is that one, without people and keys of the organization",
    async (workspace) => {
      const { program } = await scene();
      const { exitCode, stdout } = await program("export", "--json", "--workspace", workspace);
      const { members, organization, workspaces } = JSON.parse(stdout);
      expect({ exitCode, members, workspaces: Object.keys(workspaces) }).toEqual({
        exitCode: 0,
        workspaces: ["production"],
      });
      expect(organization.keys).toBeUndefined();
      await program("export", "--workspace", workspace, "--out", "rbac.yaml");
      expect(await program("drift", "--ignore-unmanaged")).toMatchObject({ exitCode: 0 });
    },
  );

  test("a workspace that nobody knows is an error with the nearest", async () => {
    const { program } = await scene();
    const { exitCode, stdout, notices } = await program("export", "--workspace", "Prodction");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(notices.join("\n")).toContain('"Production"');
  });

  test("a kind that there is not is wrong usage", async () => {
    const { program } = await scene();
    expect(await program("export", "--only", "people")).toMatchObject({ exitCode: 64, stdout: "", requests: 0 });
  });
});

describe("a file that is there", () => {
  test("is not overwritten, and nothing is read for it", async () => {
    const { program, cwd, read } = await scene();
    writeFileSync(join(cwd, "rbac.yaml"), "mine\n", { mode: 0o640 });
    const { exitCode, notices, requests } = await program("export", "--out", "rbac.yaml");
    expect({ exitCode, requests, kept: read("rbac.yaml") }).toEqual({ exitCode: 3, requests: 0, kept: "mine\n" });
    expect(notices.join("\n")).toContain("--force");
    expect(await program("export", "--out", "rbac.yaml", "--force")).toMatchObject({ exitCode: 0 });
    // A folder is in the way with --force too, which is not advised.
    const folder = await program("export", "--out", ".");
    expect([folder.exitCode, folder.notices.join()]).toEqual([1, expect.stringContaining("it is a folder")]);
    expect(folder.notices.join()).not.toContain("--force");
    expect(read("rbac.yaml")).toMatch(/^# The organization Acme as of 2026-11-23/);
    expect(statSync(join(cwd, "rbac.yaml")).mode & 0o777).toBe(0o640);
  });

  test("named rbac.schema.json beside it is what an editor is pointed to", async () => {
    const { program, cwd, read } = await scene();
    writeFileSync(join(cwd, "rbac.schema.json"), "{}");
    await program("export", "--out", "rbac.yaml");
    expect(read("rbac.yaml")).toMatch(/^# yaml-language-server: \$schema=\.\/rbac\.schema\.json\n# The organization/);
  });

  test.skipIf(process.platform === "win32").each([
    ["export", "--out", "pipe"],
    ["drift", "--out", "pipe"],
    ["review", "start", "pipe"],
    ["init", "pipe"],
  ])("%s %s %s: into a pipe, and no next command that would wait for somebody to write", async (...words) => {
    const { program, cwd } = await scene();
    if (words[0] !== "init") writeFileSync(join(cwd, "rbac.yaml"), "version: 1\n");
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    // Open for both, so that there is a reader whose buffer takes it all.
    const reader = openSync(join(cwd, "pipe"), constants.O_RDWR | constants.O_NONBLOCK);
    onTestFinished(() => closeSync(reader));
    const { stdout, notices } = await program(...words);
    const said = `${stdout}${notices.join("\n")}`;
    expect(said).toContain("pipe");
    expect(said).not.toContain("anth-rbac");
  });

  test.each([
    ["export", "--out", "no/such/x"],
    ["drift", "--out", "no/such/x"],
    ["review", "--out", "no/such/x"],
    ["review", "start", "no/such/x"],
    ["init", "no/such/x"],
    ["rotate", "--status", "--ics", "no/such/x"],
    ["revoke", "--user", "bob@acme.example", "--evidence", "no/such/x", "--keys", "keep", "--yes"],
  ])("%s %s %s: what cannot be written for want of its folder is said of the folder", async (...words) => {
    const { program, cwd } = await scene();
    if (words[0] !== "init") writeFileSync(join(cwd, "rbac.yaml"), "version: 1\n");
    const { exitCode, notices, stdout, requests } = await program(...words);
    expect([1, 3]).toContain(exitCode);
    expect(`${stdout}${notices.join("\n")}`).toContain(
      '"no/such/x" cannot be written: the folder "no/such" is not there',
    );
    // Nobody waits for what takes minutes to read.
    if (words.includes("--out") || words[1] === "start" || words[0] === "init") expect(requests).toBe(0);
  });
});

describe("what cannot be read", () => {
  test("for want of permission is left out and said, and the exit is 4", async () => {
    const { program, sandbox, read } = await scene();
    forbid(sandbox, "/v1/organizations/api_keys");
    const { exitCode, notices } = await program("export", "--out", "rbac.yaml");
    expect({ exitCode, notices: notices[0]?.split(" (")[0] }).toEqual({ exitCode: 4, notices: "not exported: keys" });
    expect(read("rbac.yaml")).toMatch(/^ {2}keys: off # could not be read: /m);
    expect(read("rbac.yaml")).not.toMatch(/^ {4,6}keys:/m);
    expect(await program("drift")).toMatchObject({ exitCode: 0 });
  });

  test("for want of another credential is no less a file: there is no second run that would read it", async () => {
    const { env, program, read } = await scene();
    env.ANTHROPIC_AUTH_TOKEN = "";
    const asked = ["--only", "members", "--only", "federation"];
    const { exitCode, notices } = await program("export", ...asked, "--out", "rbac.yaml");
    expect({ exitCode, notices: notices[0]?.split(" (")[0] }).toEqual({
      exitCode: 4,
      notices: "not exported: federation",
    });
    expect(read("rbac.yaml")).toMatch(/^ {2}federation: off # could not be read: /m);
  });

  test("just now is written to no file: it would be taken for the whole organization", async () => {
    const { program, sandbox, cwd } = await scene();
    sandbox.control.fault({ kind: "body", body: "{}", match: { path: "/v1/organizations/api_keys" }, times: null });
    const { exitCode, notices } = await program("export", "--out", "rbac.yaml");
    expect({ exitCode, exists: existsSync(join(cwd, "rbac.yaml")) }).toEqual({ exitCode: 1, exists: false });
    expect(notices.join("\n")).toContain("nothing was written, since not everything could be read: keys (");
  });

  test("in one workspace alone leaves the others as they are", async () => {
    const { program, sandbox } = await scene();
    forbid(sandbox, "/v1/organizations/workspaces/wrkspc_01sandboxStaging/members");
    const { exitCode, stdout, notices } = await program("export");
    expect({ exitCode, notices: notices.map((text) => text.split(" (")[0]) }).toEqual({
      exitCode: 4,
      notices: ["not exported: workspaces.staging.members"],
    });
    expect(stdout).toContain("# members: could not be read: ");
    expect(stdout).toContain("dora@acme.example: restricted_developer");
  });

  test("spend limits without the preview are no failure", async () => {
    const { program } = await scene({ settings: { spendLimits: "unsupported" } });
    const { exitCode, stdout } = await program("export", "--out", "rbac.yaml");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(await program("drift")).toMatchObject({ exitCode: 0 });
  });

  test("workspaces, when one is asked for, is a failure", async () => {
    const { program, sandbox } = await scene();
    forbid(sandbox, "/v1/organizations/workspaces");
    expect(await program("export", "--workspace", "Production")).toMatchObject({ exitCode: 4, stdout: "" });
  });
});
