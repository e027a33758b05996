/** A result on a real terminal of 60 columns: wrapped at words, in the pager that a person wants, and nothing of the counter left in it. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { childEnvironment } from "../../support/child-environment.ts";
import { hasTerminal, runInTerminal } from "../../support/pty.ts";
import { COMMAND_LINE, script } from "../../support/script.ts";
import { stage } from "../../support/stage.ts";

describe.skipIf(!hasTerminal)("on a terminal", () => {
  test("long results are paged as PAGER says, at once without it, and fit 60 columns", async () => {
    const one = await stage({ clock: Date.now });
    const file = await script(COMMAND_LINE);
    copyFileSync("rbac.example.yaml", join(one.folder, "rbac.yaml"));
    const more = { ANTHROPIC_ADMIN_KEY: one.sandbox.adminKey, FOLDER: one.folder, NO_COLOR: "1" };
    const run = async (words: readonly string[], env: Record<string, string> = {}) => {
      const all = { ...childEnvironment(one.sandbox, one.folder, more), ...env };
      const { text } = await runInTerminal({
        command: process.execPath,
        words: [file, ...words, "--quiet"],
        env: all,
        columns: 60,
        rows: 20,
      });
      return text;
    };
    const plain = await run(["drift", "--no-pager"]);
    expect(plain.split("\n").filter((line) => line.length > 60 && !line.includes("anth-rbac "))).toEqual([]);
    expect(plain).toContain("\n  + workspaces.prod.rate_limits.batch\n      requests_per_minute: 200\n");
    expect(plain).not.toContain("reading the organization");
    expect(await run(["drift"], { PAGER: "sed s/^/paged:/" })).toContain("paged:Workspace prod");
    expect(await run(["drift"], { PAGER: "sed s/^/paged:/", ANTH_RBAC_PAGER: "" })).toBe(plain);
    expect(await run(["drift"], { PAGER: "no-such-pager-here" })).toContain("\nWorkspace prod\n");
  });
});
