import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { decide, loadPolicy, PolicyFileError } from "../../src/index.ts";
import { HAIKU } from "../support/guarded.ts";

const root = mkdtempSync(join(tmpdir(), "anth-rbac-load-"));
const home = process.cwd();
const GOOD = `version: 1\nroles:\n  user: { allowed: true, models: [${HAIKU}], max_tokens: 5 }\nmembers:\n  Ada@acme.example: { role: user, app_role: user }\n`;
const write = (name: string, text: string) => {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), text);
  return join(root, name);
};

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "a", "b", ".git"), { recursive: true });
  process.chdir(join(root, "a", "b"));
});
afterAll(() => {
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

async function failure(file?: string): Promise<PolicyFileError> {
  const error = await loadPolicy(file).catch((reason: unknown) => reason);
  if (!(error instanceof PolicyFileError)) throw new Error(`expected a PolicyFileError, got ${String(error)}`);
  return error;
}

test("the file that is named, or the nearest one up to the root of the repository", async () => {
  write("a/b/rbac.yaml", GOOD);
  mkdirSync("c");
  process.chdir("c");
  for (const policy of [
    await loadPolicy(),
    await loadPolicy("../rbac.yaml"),
    await loadPolicy(write("x.yaml", GOOD)),
  ]) {
    expect(policy.people.get("ada@acme.example")).toBe("user");
    expect(decide(policy, "user", { model: HAIKU })).toMatchObject({ decision: "allow", request: { max_tokens: 5 } });
  }
});

test("none there, one that cannot be read, and a name that is no flag", async () => {
  write("rbac.yaml", GOOD);
  expect(await failure()).toMatchObject({ code: "config-not-found", problems: [] });
  mkdirSync("folder.yaml");
  for (const file of ["missing.yaml", "folder.yaml", "-"]) {
    const error = await failure(file);
    expect(error).toMatchObject({ code: "config-unreadable", file });
    expect(error.message).toMatch(/; pass the path of an rbac\.yaml to loadPolicy$/);
    expect(error.message).not.toContain("--config");
  }
});

test("every error in the file, with its place; warnings stop nothing", async () => {
  write("a/b/rbac.yaml", `version: 1\nroles:\n  user: { allowed: maybe, models: [${HAIKU}] }\n  x: { alowed: true }\n`);
  const error = await failure();
  expect(error).toMatchObject({ code: "config-invalid", file: "rbac.yaml" });
  expect(error.problems.map(({ line }) => line)).toEqual(expect.arrayContaining([3, 4]));
  for (const line of error.message.split("\n")) expect(line).toMatch(/^rbac\.yaml:\d+:\d+: .+ \[[a-z-]+\]$/);
  expect(error.message.split("\n")).toHaveLength(error.problems.length);
  for (const text of ["", "\u0000\u0001", "- a\n- b\n", "{"]) {
    write("a/b/rbac.yaml", text);
    expect((await failure()).problems.length).toBeGreaterThan(0);
  }
});

test("a file without roles denies everything, and nothing is ever printed", async () => {
  const printed = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
  write("a/b/rbac.yaml", "version: 1\n");
  expect(decide(await loadPolicy(), "user", { model: HAIKU }).code).toBe("policy-missing");
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
