import { expect, test } from "vitest";
import { repositoryOf } from "../../../src/adapters/files/repository.ts";
import { pathInRepository } from "../../../src/report/formats/repository-path.ts";

const REPOSITORY = { root: "/repo", cwd: "/repo/org" };

test.each([
  ["rbac.yaml", "org/rbac.yaml"],
  ["sub/rbac.yaml", "org/sub/rbac.yaml"],
  ["/repo/rbac.yaml", "rbac.yaml"],
  ["../rbac.yaml", "rbac.yaml"],
  ["../other/./rbac.yaml", "other/rbac.yaml"],
  ["../../rbac.yaml", "../../rbac.yaml"],
  ["/repository/rbac.yaml", "/repository/rbac.yaml"],
  ["/etc/rbac.yaml", "/etc/rbac.yaml"],
  ["<stdin>", "<stdin>"],
  ["", ""],
])("below the root of the repository, %s is %s", (file, path) => {
  expect(pathInRepository(file, REPOSITORY)).toBe(path);
  expect(pathInRepository(file, undefined)).toBe(file);
});

test("at the root a path stays, and Windows' separators become slashes", () => {
  expect(pathInRepository("org/rbac.yaml", { root: "/repo", cwd: "/repo" })).toBe("org/rbac.yaml");
  expect(pathInRepository("rbac.yaml", { root: "C:\\repo", cwd: "C:\\repo\\org" })).toBe("org/rbac.yaml");
  expect(pathInRepository("C:\\repo\\rbac.yaml", { root: "C:\\repo", cwd: "C:\\repo\\org" })).toBe("rbac.yaml");
});

test("the root is the nearest folder with .git", () => {
  const { cwd = "", root = "" } = repositoryOf("test/report") ?? {};
  expect(cwd).toBe(`${root}/test/report`);
  expect(repositoryOf("/")).toBeUndefined();
});
