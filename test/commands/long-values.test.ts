/** A value that somebody gives is quoted as far as a line goes, whatever the command, and in its JSON and its audit line too. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stage } from "../support/stage.ts";

const LONG = "x".repeat(100_000);

test.each(["ad", "200b", "2060", "feff", "e0041", "202e"])(
  "no message holds a character that does not show (U+%s), and each names it",
  async (code) => {
    const one = await stage();
    one.declare({
      members: { "ada@acme.example": { role: "developer", app_role: "user" } },
      roles: { user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 512 } },
    });
    const hidden = String.fromCodePoint(Number.parseInt(code, 16));
    const [name, email] = [`prod${hidden}-batch`, `a${hidden}da@acme.example`];
    for (const argv of [
      ["prompt", "hi", "--user", email],
      ["prompt", "hi", "--user", "ada@acme.example", "--role", name],
      ["prompt", "hi", "--user", "ada@acme.example", "--model", name],
      ["prompt", "hi", "--user", "ada@acme.example", "--workspace", name],
      ["revoke", "--user", email],
      ["revoke", "--key", name],
      ["rotate", "--key", name],
      ["rotate", "--workspace", name],
      ["apply", "--workspace", name],
      ["export", "--workspace", name],
      ["review", "--user", email],
      ["review", "--workspace", name],
      ["status", "--user", email],
      ["status", "--key", name],
      ["status", "--workspace", name],
      ["status", "--service-account", name],
      ["status", "--subject", "a", "--issuer", name],
      ["init", "--admin", email],
      ["validate", name],
      [name],
    ]) {
      const { exitCode, stdout, stderr } = await one.run(argv);
      expect([exitCode === 0, (stdout + stderr).includes(hidden), stderr + stdout]).toEqual([
        false,
        false,
        expect.stringContaining(`\\u{${code}}`),
      ]);
    }
    expect(one.writes()).toEqual([]);
  },
);

test("no message holds a long value whole", async () => {
  const one = await stage();
  one.declare({
    members: { "ada@acme.example": { role: "developer", app_role: "user" } },
    roles: { user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 512 } },
  });
  const words: readonly (readonly string[])[] = [
    ["prompt", "hi", "--user", "ada@acme.example", "--role", LONG],
    ["prompt", "hi", "--user", "ada@acme.example", "--model", LONG],
    ["prompt", "hi", "--user", LONG],
    ["prompt", "hi", "--user", "ada@acme.example", "--workspace", LONG],
    ["status", "--workspace", LONG],
    ["status", "--key", LONG],
    ["status", "--user", LONG],
    ["status", "--service-account", LONG],
    ["status", "--subject", LONG, "--claim", LONG],
    ["status", "--subject", "a", "--issuer", LONG],
    ["revoke", "--key", LONG],
    ["rotate", "--key", LONG],
    ["audit", "show", "--since", LONG],
    ["audit", "verify", "--head", LONG],
    ["export", "--only", LONG],
    ["export", "--workspace", LONG],
    ["apply", "--allow", `${LONG}=because`],
    ["drift", "--profile", LONG],
    ["drift", "--timeout", LONG],
    ["drift", "--format", LONG],
    ["help", LONG],
    [LONG],
    // Files.
    ["validate", LONG],
    ["drift", "--config", LONG],
    ["drift", "--config", `${LONG}/rbac.yaml`],
    ["drift", "--out", LONG],
    ["drift", "--out", `${LONG}/plan.json`],
    ["apply", "--plan", LONG],
    ["export", "--out", LONG],
    ["init", LONG],
    ["test", LONG],
    ["revoke", "--batch", LONG, "--max", "3"],
    ["revoke", "--user", "ada@acme.example", "--evidence", LONG, "--yes"],
    ["review", "--people", LONG],
    ["review", "--out", LONG],
    ["review", "start", LONG],
    ["review", "status", LONG],
    ["review", "finish", LONG],
    ["review", "finish", LONG, "--evidence", LONG],
    ["rotate", "--status", "--ics", LONG],
    ["prompt", "hi", "--user", "ada@acme.example", "--file", LONG],
    ["sandbox", "--seed", LONG],
    // Hosts, variables.
    ["drift", "--base-url", LONG],
    ["drift", "--base-url", `https://${LONG}`],
    ["drift", "--base-url", `http://${LONG}.example`],
    ["rotate", "--key", "prod-ingest", "--secret-env", LONG],
  ];
  const tooLong: string[] = [];
  for (const each of words) {
    for (const argv of [each, [...each, "--json"]]) {
      const { exitCode, stdout, stderr } = await one.run(argv);
      expect(exitCode, argv.join(" ").slice(0, 60)).not.toBe(0);
      expect(stdout + stderr, "the system's own words").not.toContain("ENAMETOOLONG");
      if (/x{1000}/.test(stdout + stderr)) {
        tooLong.push(argv.map((word) => word.slice(0, 20)).join(" "));
      }
    }
  }
  expect(tooLong).toEqual([]);
  const lines = readFileSync(join(one.folder, "state", "audit.jsonl"), "utf8").split("\n");
  expect(lines.filter((line) => line.length > 2000)).toEqual([]);
  expect(lines.length).toBeGreaterThan(2);
});
