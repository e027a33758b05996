import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentOf, type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { NOW } from "../support/org.ts";
import { shapeOf } from "../support/shape.ts";
import { runMain as run } from "../support/stage.ts";

const EXAMPLE = readFileSync("rbac.example.yaml", "utf8");
/** The people of the small seed and nothing else: as declared, but for Erin, who has not accepted yet. */
const PEOPLE = `version: 1
members:
  grace@acme.example: { role: admin }
  alan@acme.example: { role: admin }
  ada@acme.example: { role: developer }
  dora@acme.example: { role: developer }
  bob@acme.example: { role: user }
  bill@acme.example: { role: billing }
  cleo@acme.example: { role: claude_code_user }
  erin@acme.example: { role: developer }
`;

let sandbox: Sandbox;
let folder: string;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: NOW });
  folder = mkdtempSync(join(tmpdir(), "anth-rbac-drift-"));
});

afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command line in a folder with this rbac.yaml, against the sandbox. */
function inFolder(config: string, argv: readonly string[], env: Record<string, string> = {}) {
  writeFileSync(join(folder, "rbac.yaml"), config);
  return run(argv, { cwd: folder, env: { ...environmentOf(sandbox), ...env } });
}

const paths = () => sandbox.requests.map(({ method, path }) => `${method} ${path}`);

describe("drift", () => {
  test("says what differs in every format, with one exit code", async () => {
    const text = await inFolder(EXAMPLE, ["drift"]);
    expect(text).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^note: the API is 127\.0\.0\.1:\d+, not/),
    });
    expect(text.stdout).toContain("~ workspaces.prod ");
    expect(text.stdout.trimEnd().split("\n").at(-1)).toMatch(/^1 to create, 1 to update, .* unmanaged; 1 accepted$/);

    const markdown = await inFolder(EXAMPLE, ["drift", "--format", "markdown"]);
    expect(markdown).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining("| `+` | workspaces.prod.rate\\_limits.batch |"),
    });

    const sarif = await inFolder(EXAMPLE, ["drift", "--format", "sarif"]);
    const rules = JSON.parse(sarif.stdout).runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId);
    expect(new Set(rules)).toEqual(
      new Set([
        "drift-create",
        "drift-update",
        "drift-remove",
        "drift-manual",
        "drift-unmanaged",
        "key-overdue",
        "key-expires-soon",
        "key-ownerless",
        "key-not-declared",
      ]),
    );
  });

  test("the JSON is the contract: its shape is a decision", async () => {
    const { exitCode, stdout } = await inFolder(EXAMPLE, ["drift", "--json", "--quiet"]);
    const plan = JSON.parse(stdout);
    expect(plan).toMatchObject({
      format_version: "1",
      kind: "plan",
      exit_code: exitCode,
      organization: { name: "Acme" },
    });
    expect(shapeOf(plan)).toMatchSnapshot();
  });

  test("pending alone is no drift; unmanaged objects are, unless they are told not to count", async () => {
    expect(await inFolder(PEOPLE, ["drift"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("nothing to change; 1 pending"),
    });
    const fewer = PEOPLE.replace(/ {2}bob.*\n/, "");
    expect(await inFolder(fewer, ["drift"])).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining("? members.bob@acme.example"),
    });
    expect(await inFolder(fewer, ["drift", "--ignore-unmanaged"])).toMatchObject({ exitCode: 0 });
  });

  test("asks for no more than what the file manages", async () => {
    await inFolder(PEOPLE, ["drift"]);
    expect(paths().sort()).toEqual(["GET /v1/organizations/invites", "GET /v1/organizations/users"]);
  });

  test("--out saves the plan for its owner's eyes, and says so", async () => {
    const { stdout } = await inFolder(EXAMPLE, ["drift", "--out", "plan.json"]);
    expect(stdout).toContain("plan saved to plan.json");
    const file = join(folder, "plan.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const saved = JSON.parse(readFileSync(file, "utf8"));
    expect(saved).toMatchObject({ format_version: "1", kind: "plan", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const shown = JSON.parse((await inFolder(EXAMPLE, ["drift", "--json"])).stdout);
    expect(saved.changes).toEqual(shown.changes);
  });

  test("shows the guardrails that an apply would be stopped by", async () => {
    const grace = PEOPLE.replace("grace@acme.example: { role: admin }", "grace@acme.example: { role: user }");
    const strict = `${grace}guardrails: { min_admins: 2, protected: [grace@acme.example] }\n`;
    const { exitCode, stdout } = await inFolder(strict, ["drift"]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain("1 of 2 organization admins would be left, the minimum is 2");
    expect(stdout).toContain("protected people would lose access: members.grace@acme.example");
  });
});

describe("drift refuses before it guesses", () => {
  test("a file with errors: all of them, and not one request", async () => {
    const { exitCode, stdout } = await inFolder(`${PEOPLE}rols: {}\nmanage: { members: fulll }\n`, ["drift", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "validation", exit_code: 2 });
    expect(exitCode).toBe(2);
    expect(paths()).toEqual([]);
  });

  test("a credential of another organization: nothing but who it is was asked", async () => {
    const { exitCode, stdout } = await inFolder(
      `organization: { id: 11111111-0000-4000-8000-000000000000 }\n${PEOPLE}`,
      ["drift", "--json"],
    );
    expect(JSON.parse(stdout)).toMatchObject({ kind: "error", code: "wrong-organization", exit_code: 4 });
    expect(exitCode).toBe(4);
    expect(paths()).toEqual(["GET /v1/organizations/me"]);
  });

  test("of another organization: the file is named as it was given, in every command", async () => {
    writeFileSync(join(folder, "x.yaml"), `version: 1\norganization: { id: 11111111-0000-4000-8000-000000000000 }\n`);
    for (const words of [
      ["drift"],
      ["apply", "--yes"],
      ["rotate"],
      ["revoke", "--user", "bob@acme.example"],
      ["status"],
    ]) {
      const env = { ...environmentOf(sandbox), ANTH_RBAC_STATE_DIR: join(folder, "state") };
      const { stderr } = await run([...words, "--config", "x.yaml"], { cwd: folder, env });
      expect(stderr).toContain("but x.yaml is for 11111111");
      expect(stderr).toContain("or correct organization.id in x.yaml");
    }
  });

  test.each([
    ["none", { ANTHROPIC_ADMIN_KEY: "", ANTHROPIC_AUTH_TOKEN: "", ANTHROPIC_API_KEY: "" }, "credential-missing"],
    ["a wrong one", { ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-fake" }, "credential-rejected"],
  ])("credentials: %s is exit 4", async (_, env, code) => {
    const { exitCode, stdout } = await inFolder(PEOPLE, ["drift", "--json"], env);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "error", code, exit_code: 4 });
    expect(exitCode).toBe(4);
  });

  test("a kind that may not be read is unknown, not empty: the rest is shown, and exit 4 says why", async () => {
    sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/users" }, times: null });
    const full = `${PEOPLE}manage: { members: full }\n`;
    const { exitCode, stdout } = await inFolder(full, ["drift", "--json"]);
    const plan = JSON.parse(stdout);
    expect(exitCode).toBe(4);
    expect(plan).toMatchObject({
      changes: [],
      unmanaged: [],
      unknown: [{ kind: "members", reason: "permission-denied" }],
    });
  });

  test("a kind that fails is exit 1, whatever else was found", async () => {
    sandbox.control.fault({ kind: "5xx", match: { path: "/v1/organizations/invites" }, times: null });
    const fewer = PEOPLE.replace(/ {2}bob.*\n/, "");
    const { exitCode, stdout } = await inFolder(fewer, ["drift"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("? members.bob@acme.example");
    expect(stdout).toContain("x invites");
  });

  test("a host that is not Anthropic's is refused without https, and nothing is sent", async () => {
    const { exitCode, stderr } = await inFolder(PEOPLE, ["drift", "--base-url", "http://admin.example"]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("admin.example");
  });

  test("nobody there is exit 1, with the host", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { exitCode, stderr } = await inFolder(PEOPLE, ["drift"], { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("127.0.0.1");
  });

  test("the deadline is a deadline", async () => {
    sandbox.control.configure({ latencyMs: 5000 });
    const { exitCode, stderr, stdout } = await inFolder(PEOPLE, ["drift", "--timeout", "1"]);
    expect(exitCode).toBe(1);
    expect(stderr + stdout).toContain("1 s");
  });
});

test("validate --live asks the API with the key that may: models with the inference key, limits with the admin's", async () => {
  expect(await inFolder(EXAMPLE, ["validate", "--live"])).toMatchObject({
    exitCode: 0,
    stdout: "rbac.yaml is valid\n",
  });
  expect(paths().sort()).toEqual(["GET /v1/models", "GET /v1/organizations/me", "GET /v1/organizations/rate_limits"]);
});
