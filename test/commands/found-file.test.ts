/** An rbac.yaml that was found and not named: whose it is, and whether it is the only one, before anything is done that it says. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadPolicy } from "../../src/index.ts";
import { type Stage, stage } from "../support/stage.ts";

const EVERY_WRITE: readonly { readonly words: readonly string[] }[] = [
  { words: ["apply", "--yes"] },
  { words: ["rotate", "--yes"] },
  { words: ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes"] },
];

const ROLES = { user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 100 } };

/** A file that says something to do for every command. */
async function opened(): Promise<Stage> {
  const one = await stage();
  one.declare({
    members: { "ada@acme.example": { role: "developer", app_role: "user" }, "bob@acme.example": { role: "user" } },
    workspaces: { prod: { name: "Production", keys: { "prod-auth-service": { rotate_every: "30d" } } } },
    roles: ROLES,
  });
  return one;
}

describe("a file that others can write to", () => {
  const distrusted = async () => {
    const one = await opened();
    chmodSync(join(one.folder, "rbac.yaml"), 0o666);
    return one;
  };

  test.each(EVERY_WRITE)(
    "is not obeyed by $words.0: refused, with the flag that means it, and nothing is asked of the API",
    async ({ words }) => {
      const one = await distrusted();
      const { exitCode, stdout, json } = await one.run([...words, "--json"]);
      expect([exitCode, json().code, one.sandbox.requests], stdout).toEqual([3, "config-not-trusted", []]);
      expect(json().message).toContain('"rbac.yaml" was found, not named, and other users can write to it');
      expect(stdout).toContain("--config rbac.yaml");
      const meant = await one.run([...words, "--config", "rbac.yaml"]);
      expect([0, 7]).toContain(meant.exitCode);
    },
  );

  test("gets no secret by a prompt, in no turn", async () => {
    const one = await distrusted();
    const words = ["prompt", "--user", "ada@acme.example", "hello"] as const;
    const env = { ANTHROPIC_API_KEY: one.sandbox.secretOf("prod-auth-service") };
    const { exitCode, stderr } = await one.run(words, { env });
    expect([exitCode, stderr, one.sandbox.requests]).toEqual([3, expect.stringContaining("nothing was sent"), []]);
    const meant = await one.run([...words, "--config", "rbac.yaml"], { env });
    expect(meant.exitCode, meant.stderr).toBe(0);
  });

  test("may be looked at, with a notice: what shows does nothing that it says", async () => {
    const one = await distrusted();
    for (const words of [...EVERY_WRITE.map((each) => [...each.words, "--dry-run"]), ["rotate", "--status"]]) {
      const { exitCode, stderr } = await one.run(words);
      expect([0, 2, 7], words.join(" ")).toContain(exitCode);
      expect(stderr).toContain("a run that writes is refused with it");
    }
    expect(one.writes()).toEqual([]);
  });

  test("is no policy of the library, unless it is named", async () => {
    const one = await distrusted();
    const before = process.cwd();
    process.chdir(one.folder);
    try {
      await expect(loadPolicy()).rejects.toMatchObject({ code: "config-unreadable", file: "rbac.yaml" });
      expect((await loadPolicy("rbac.yaml")).roles.has("user")).toBe(true);
    } finally {
      process.chdir(before);
    }
  });
});

test.each(EVERY_WRITE)(
  "two files where one is meant stop $words.0, both named, before the network",
  async ({ words }) => {
    const one = await opened();
    writeFileSync(join(one.folder, "rbac.yml"), "version: 1\n");
    const { exitCode, stdout } = await one.run(words);
    expect([exitCode, one.sandbox.requests]).toEqual([2, []]);
    expect(stdout).toMatch(/rbac\.yaml.*rbac\.yml/s);
    expect(stdout).toContain("[several-files]");
  },
);

test.each(
  [
    ["status"],
    ["review"],
    ["whoami"],
    ["rotate", "--status"],
    ["revoke", "--user", "bob@acme.example", "--dry-run"],
    ["prompt", "--user", "ada@acme.example", "hello", "--dry-run"],
    ["test", "--matrix"],
  ].map((words) => ({ words })),
)("two files where one is meant are named by $words.0, which only shows", async ({ words }) => {
  const one = await opened();
  writeFileSync(join(one.folder, "rbac.yml"), "version: 1\n");
  const { stderr } = await one.run(words);
  expect(stderr.match(/note: rbac\.yaml is read, and not what lies beside it: rbac\.yml/g)).toHaveLength(1);
});

test("a person who has to be invited needs a role, and a member does not", async () => {
  const one = await stage();
  one.declare({ members: { "new@acme.example": {}, "bob@acme.example": {} } });
  const { exitCode, json } = await one.run(["apply", "--yes", "--json"]);
  const { findings, changes } = json();
  expect([exitCode, changes, one.writes()]).toEqual([2, [], []]);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([
    expect.objectContaining({ code: "invite-needs-role", message: expect.stringContaining("new@acme.example") }),
  ]);
});
