import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shapeOf } from "../support/shape.ts";
import { stage } from "../support/stage.ts";

const ANSWERS = ["--organization", "Acme", "--admin", "Ada@acme.example", "--admin", "grace@acme.example"];
const NO_CREDENTIAL = { env: { ANTHROPIC_ADMIN_KEY: "", ANTHROPIC_AUTH_TOKEN: "" } };

describe("init", () => {
  test("writes the live organization where there is a credential; it is valid under --strict, and has no drift", async () => {
    const { run, folder } = await stage();
    const written = await run(["init", "--json"]);
    expect(written).toMatchObject({ exitCode: 0 });
    expect(written.json()).toMatchObject({
      kind: "init",
      exit_code: 0,
      path: "rbac.yaml",
      from: "live",
      findings: [],
    });
    expect(shapeOf(written.json())).toMatchInlineSnapshot(`
      {
        "exit_code": "number",
        "findings": [],
        "format_version": "string",
        "from": "string",
        "kind": "string",
        "path": "string",
        "summary": {
          "compliance": "number",
          "federation": "number",
          "groups": "number",
          "keys": "number",
          "members": "number",
          "rate_limits": "number",
          "service_accounts": "number",
          "spend_limits": "number",
          "workspace_members": "number",
          "workspaces": "number",
        },
        "unknown": [],
      }
    `);
    expect(readFileSync(join(folder, "rbac.yaml"), "utf8")).toMatch(/^# The organization Acme as of /);
    expect(await run(["validate", "--strict"])).toMatchObject({ exitCode: 0 });
    expect(await run(["drift"])).toMatchObject({ exitCode: 0 });
  });

  test("writes what the flags say, reads nothing then, and is valid under --strict", async () => {
    const { run, folder, sandbox } = await stage();
    const words = ["init", ...ANSWERS, "--workspace", "Production", "--workspace", "Café 2: née # x"];
    const written = await run(words);
    expect(written).toMatchObject({ exitCode: 0 });
    expect(sandbox.requests).toEqual([]);
    expect(written.stdout).toMatchInlineSnapshot(`
      "wrote rbac.yaml from what was answered: 2 members, 2 workspaces
      next: review it, then
        anth-rbac validate --strict rbac.yaml
        anth-rbac drift      (with a credential: anth-rbac help environment)
      "
    `);
    const text = readFileSync(join(folder, "rbac.yaml"), "utf8");
    expect(text.slice(text.indexOf("\nversion"))).toMatchInlineSnapshot(`
      "
      version: 1

      organization: { name: Acme }

      manage: # off | additive (only added to) | full (what is not declared is taken away)
        members: additive
        workspaces: additive

      members:
        ada@acme.example: { role: admin }
        grace@acme.example: { role: admin }

      workspaces:
        production: { name: Production }
        cafe-2-nee-x: { name: "Café 2: née # x" }
      "
    `);
    expect(await run(["validate", "--strict"])).toMatchObject({ exitCode: 0, stdout: "rbac.yaml is valid\n" });
  });

  test("asks on a terminal where there is no credential, and asks again for what is no address", async () => {
    const { run, folder } = await stage();
    const { exitCode, stderr, json } = await run(["init", "--json"], {
      ...NO_CREDENTIAL,
      typed: [
        { after: "called?", send: "Acme\r" },
        { after: "admins?", send: "ada, grace@acme.example\r" },
        { after: "admins?", send: "ada@acme.example grace@acme.example\r" },
        { after: "workspaces", send: "Production, Staging\r" },
      ],
    });
    expect(stderr).toContain('"ada": no e-mail address');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ from: "answers", summary: { members: 2, workspaces: 2, keys: 0 } });
    expect(readFileSync(join(folder, "rbac.yaml"), "utf8")).toContain("staging: { name: Staging }");
  });

  test("writes nothing where a question is left unanswered, or nobody is there to ask", async () => {
    const { run, folder } = await stage();
    const ended = await run(["init"], { ...NO_CREDENTIAL, typed: [{ after: "called?", send: "\r" }] });
    expect(ended).toMatchObject({ exitCode: 3 });
    // Ctrl-D at the last question, to which nothing is an answer.
    const answers = [
      { after: "called?", send: "Acme\r" },
      { after: "admins?", send: "ada@acme.example\r" },
    ];
    const last = { after: "workspaces", send: "\u0004" };
    const left = await run(["init"], { ...NO_CREDENTIAL, typed: [...answers, last] });
    expect([left.exitCode, left.stderr]).toEqual([3, expect.stringContaining("nothing was written")]);
    const none = await run(["init", "none.yaml"], { ...NO_CREDENTIAL, typed: [...answers, { ...last, send: "\r" }] });
    expect(none.exitCode).toBe(0);
    const nobody = await run(["init"], NO_CREDENTIAL);
    expect(nobody).toMatchObject({ exitCode: 3 });
    expect(nobody.stderr).toContain("give --organization NAME and --admin E-MAIL, or set ANTHROPIC_ADMIN_KEY");
    expect(await run(["init", "--no-input"], { ...NO_CREDENTIAL, typed: [] })).toMatchObject({ exitCode: 3 });
    expect(() => readFileSync(join(folder, "rbac.yaml"))).toThrow("ENOENT");
  });

  test.each([["rbac.yaml"], ["rbac.yml"], [".config/rbac.yaml"]])("leaves %s as it is", async (file) => {
    const { run, folder, sandbox } = await stage();
    mkdirSync(join(folder, ".config"));
    writeFileSync(join(folder, file), "mine");
    const refused = await run(["init"]);
    expect(refused).toMatchObject({ exitCode: 3 });
    expect(refused.stderr).toContain(`"${file}" is there already`);
    expect(await run(["init", file, ...ANSWERS])).toMatchObject({ exitCode: 3 });
    expect(readFileSync(join(folder, file), "utf8")).toBe("mine");
    expect(sandbox.requests).toEqual([]);
    expect(await run(["init", "other.yaml", ...ANSWERS])).toMatchObject({ exitCode: 0 });
  });

  test("writes nothing that no command would take, and says why", async () => {
    const { run, folder } = await stage();
    const refused = await run(["init", ...ANSWERS, "--workspace", "Pro\u202eduction"]);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stdout).toMatch(/rbac\.yaml is not valid: 1 error/);
    expect(() => readFileSync(join(folder, "rbac.yaml"))).toThrow("ENOENT");
  });

  test.each([
    [["--organization", "Acme"], 64],
    [["--admin", "ada@acme.example"], 64],
    [["--organization", "Acme", "--admin", "Ada <ada@acme.example>"], 64],
    [["-", ...ANSWERS], 64],
    [[...ANSWERS, "bob@acme.example"], 64],
    [["--profile", "nobody"], 4],
  ])("%j is exit %i", async (words, exitCode) => {
    const { run } = await stage();
    expect(await run(["init", ...words])).toMatchObject({ exitCode });
  });

  test("writes nothing where a part could not be read just now: the next run has it all", async () => {
    const { run, sandbox, folder } = await stage();
    const match = { method: "GET", path: "/v1/organizations/workspaces" };
    sandbox.control.fault({ kind: "status", status: 500, match, times: null, retry_after: 0.01 });
    const failed = await run(["init"]);
    expect([failed.exitCode, readdirSync(folder).filter((name) => name !== "state")]).toEqual([1, []]);
    expect(failed.stderr).toMatch(
      /nothing was written, since not everything could be read: workspaces .*\n +run again/,
    );
    sandbox.control.clearFaults();
    expect((await run(["init"])).exitCode).toBe(0);
  });

  test("writes what could be read, and ends with 4 where a part was forbidden", async () => {
    const { run, sandbox, folder } = await stage();
    sandbox.control.fault({ kind: "forbidden", match: { method: "GET", path: "/v1/organizations/api_keys" } });
    const { exitCode, stdout } = await run(["init"]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain("not in it: keys (permission-denied)");
    expect(readFileSync(join(folder, "rbac.yaml"), "utf8")).toContain("keys: off # could not be read");
    sandbox.control.fault({ kind: "forbidden", match: { method: "GET", path: "/v1/organizations/api_keys" } });
    const told = await run(["init", "other.yaml", "--json"]);
    expect(told.json()).toMatchObject({ exit_code: 4, unknown: [{ kind: "keys", reason: "permission-denied" }] });
  });

  test("is what an error advises where there is no file", async () => {
    const { run } = await stage();
    const { exitCode, stderr } = await run(["drift"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("write a first one: anth-rbac init");
  });
});
