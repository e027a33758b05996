import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/adapters/config/config-file.ts";
import { findConfig, whyDistrusted } from "../../../src/adapters/config/find-config.ts";

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "anth-rbac-find-")));
  mkdirSync(join(made, ".git"));
  return made;
}

const NOW = Date.UTC(2026, 10, 23);

describe.skipIf(process.platform === "win32")("a file that was found", () => {
  test("is distrusted where others can write to it or to its folder, unless the folder is sticky", () => {
    const cwd = folder();
    const file = join(cwd, "rbac.yaml");
    writeFileSync(file, "version: 1\n", { mode: 0o644 });
    expect(whyDistrusted(file)).toBeUndefined();
    chmodSync(file, 0o666);
    expect(whyDistrusted(file)).toBe("other users can write to it");
    chmodSync(file, 0o644);
    chmodSync(cwd, 0o777);
    expect(whyDistrusted(file)).toBe("other users can write to its folder");
    chmodSync(cwd, 0o1777);
    expect(whyDistrusted(file)).toBeUndefined();
  });

  test("says so in its reading, and a named one does not", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "rbac.yaml"), "version: 1\n");
    chmodSync(join(cwd, "rbac.yaml"), 0o666);
    expect(await readConfig({ cwd, now: NOW })).toMatchObject({ distrusted: expect.any(String) });
    expect(await readConfig({ cwd, now: NOW, file: "rbac.yaml" })).not.toHaveProperty("distrusted");
  });

  test("is a pipe that nobody writes to, without opening it: what the search opened would hold the process", async () => {
    const cwd = folder();
    execFileSync("mkfifo", [join(cwd, "rbac.yaml")]);
    writeFileSync(join(cwd, "rbac.yml"), "version: 1\n");
    expect(await findConfig(cwd)).toBe(join(cwd, "rbac.yaml"));
  });

  test("is a link that leads nowhere rather than a file further up", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "a"));
    writeFileSync(join(cwd, "rbac.yaml"), "version: 1\n");
    symlinkSync("nowhere", join(cwd, "a", "rbac.yaml"));
    expect(await findConfig(join(cwd, "a"))).toBe(join(cwd, "a", "rbac.yaml"));
    await expect(readConfig({ cwd: join(cwd, "a"), now: NOW })).rejects.toMatchObject({ code: "config-unreadable" });
  });
});

test("two files where one is meant are named, both", async () => {
  const cwd = folder();
  mkdirSync(join(cwd, ".config"));
  for (const name of ["rbac.yaml", "rbac.yml", ".config/rbac.yaml"]) writeFileSync(join(cwd, name), "version: 1\n");
  const { findings, digest } = await readConfig({ cwd, now: NOW });
  expect(findings).toMatchObject([
    {
      code: "several-files",
      severity: "warning",
      args: { file: "rbac.yaml", others: ["rbac.yml", ".config/rbac.yaml"] },
    },
  ]);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect((await readConfig({ cwd, now: NOW, file: "rbac.yml" })).findings).toEqual([]);
});
