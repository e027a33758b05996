import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Ran, stage } from "../../support/stage.ts";

interface Shown {
  readonly changes: readonly {
    readonly target: string;
    readonly reason: string;
    readonly after: { readonly rotate?: string; readonly status?: string; readonly name?: string } | null;
  }[];
  readonly keys?: readonly {
    readonly phase: string;
    readonly because: string | null;
    readonly create: { readonly name: string; readonly workspace: string | null; readonly url: string } | null;
  }[];
}

const shown = ({ stdout }: Ran) => JSON.parse(stdout) as Shown;
const PACED = ["--api-rpm", "0"] as const;

async function open() {
  const one = await stage();
  const keys = { "prod-search-service": {}, "prod-ingest": {} };
  one.declare({ workspaces: { prod: { name: "Production", keys } } });
  return one;
}

describe("what another command left for a rotation is due without --force", () => {
  test("each command that `revoke --keys rotate` prints takes its step when it is run as printed", async () => {
    const one = await open();
    const revoked = await one.run([
      "revoke",
      "--user",
      "ada@acme.example",
      "--keys",
      "rotate",
      "--yes",
      "--json",
      ...PACED,
    ]);
    const printed = shown(revoked).changes.flatMap(({ after }) => after?.rotate ?? []);
    expect(printed).toContain("anth-rbac rotate --key prod-search-service");
    for (const command of printed.filter((line) => line.includes("prod-search-service"))) {
      const words = command.split(" ").slice(1);
      const { exitCode, stdout } = await one.run([...words, "--json", "--yes", ...PACED]);
      expect(exitCode).toBe(7);
      expect(shown({ stdout } as Ran).keys).toMatchObject([
        {
          phase: "awaiting-replacement",
          because: "creator-left",
          create: { name: "prod-search-service@next", workspace: "Production" },
        },
      ]);
    }
  });

  test("a key that was revoked is never offered to be enabled again: drift and rotate ask for its replacement", async () => {
    const one = await open();
    expect((await one.run(["revoke", "--key", "prod-ingest", "--yes", ...PACED])).exitCode).toBe(0);
    const drift = await one.run(["drift", "--json", ...PACED]);
    expect(drift.exitCode).toBe(2);
    const change = shown(drift).changes.find(({ target }) => target === "workspaces.prod.keys.prod-ingest");
    expect(change).toMatchObject({
      reason: "key-not-active",
      after: { name: "prod-ingest@next", workspace: "Production", service_account: "svac_01sandboxIngest" },
    });
    const text = (await one.run(["drift", ...PACED])).stdout;
    expect(text).toContain(
      'create "prod-ingest@next" in the workspace "Production", acting as the service account ingest (svac_01sandboxIngest)',
    );
    expect(text).not.toContain("inactive → active");
    const rotated = await one.run(["rotate", "--key", "prod-ingest", "--json", "--yes", ...PACED]);
    expect(rotated.exitCode).toBe(7);
    expect(shown(rotated).keys).toMatchObject([
      {
        phase: "awaiting-replacement",
        because: "not-active",
        create: {
          name: "prod-ingest@next",
          service_account: "svac_01sandboxIngest",
          service_account_name: "ingest",
        },
      },
    ]);
    // By the name too, which the Console shows: where the accounts were read, for the key or for the file.
    const named = "acting as the service account ingest (svac_01sandboxIngest)";
    expect((await one.run(["rotate", "--status", ...PACED])).stdout).toContain(named);
    const config = JSON.parse(readFileSync(join(one.folder, "rbac.yaml"), "utf8"));
    one.declare({ ...config, service_accounts: { ingest: {} } });
    expect((await one.run(["drift", ...PACED])).stdout).toContain(named);
  });
});

test("a replacement that acts as a person is not cut over to, and the command that status names says why", async () => {
  const one = await stage();
  one.declare({ organization: { keys: { "org-automation": {} } } });
  const { secret } = one.sandbox.control.console.createKey({
    name: "org-automation@next",
    principal: { user: "grace@acme.example" },
  });
  const [asked, force] = [
    ["rotate", "--key", "org-automation", ...PACED],
    ["--force", "--delivered", "--yes"],
  ] as const;
  const status = await one.run([...asked, "--status"]);
  const command = /what is wrong: anth-rbac (.*)$/m.exec(status.stdout)?.[1]?.split(" ") ?? [];
  const told = await one.run([...command, ...PACED]);
  expect(told.stdout).toContain("[key-unsettled]");
  expect((await one.run([...asked, ...force])).exitCode).toBe(7);
  expect((await one.run([...asked, "--secret-stdin", "--yes"], { stdin: secret })).exitCode).toBe(7);
  expect(one.writes()).toEqual([]);
});

test("a key that acts as somebody names them in what is to be created, after a leak too, and another's is not cut over to", async () => {
  const one = await stage();
  one.declare({
    organization: { keys: { "org-grace": {} } },
    workspaces: { prod: { name: "Production", keys: { "prod-ingest": {} } } },
  });
  const personal = await one.run(["rotate", "--key", "org-grace", "--force", "--yes", "--json", ...PACED]);
  const user = { user: "user_01sandboxGrace", user_email: "grace@acme.example" };
  expect(shown(personal)).toMatchObject({ keys: [{ create: user }], changes: [{ after: user }] });
  const text = (await one.run(["rotate", "--key", "org-grace", "--force", "--yes", ...PACED])).stdout;
  expect(text).toContain("in the organization itself, acting as grace@acme.example, who alone can make it");

  expect((await one.run(["rotate", "--key", "prod-ingest", "--leaked", "--yes", ...PACED])).exitCode).toBe(7);
  const named = "acting as the service account ingest (svac_01sandboxIngest)";
  expect((await one.run(["rotate", "--status", ...PACED])).stdout).toContain(named);
  const { createKey } = one.sandbox.control.console;
  createKey({ name: "prod-ingest@next", workspace: "Production", principal: { user: "ada@acme.example" } });
  const cut = await one.run(["rotate", "--key", "prod-ingest", "--delivered", "--yes", ...PACED]);
  expect([cut.exitCode, cut.stdout]).toEqual([7, expect.stringContaining("create one that acts as ingest")]);
});
