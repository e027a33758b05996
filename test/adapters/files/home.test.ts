import { homedir } from "node:os";
import { expect, test } from "vitest";
import { homeFolder } from "../../../src/adapters/files/home.ts";

/** As node says it of a user who is in no list of users, without HOME. */
const nobody = () => {
  throw new Error("A system error occurred: uv_os_homedir returned ENOENT (no such file or directory)");
};

test("the home folder is what HOME names, else what the system knows, and never relative", () => {
  expect(homeFolder("/a")).toBe("/a");
  for (const home of ["", "relative", undefined]) expect(homeFolder(home)).toBe(homedir());
  expect(homeFolder("", [() => "", () => "/b"])).toBe("/b");
});

test("nobody has none, and that is no error", () => {
  expect(homeFolder(undefined, [nobody, nobody])).toBeUndefined();
  expect(homeFolder("relative", [() => "relative", nobody])).toBeUndefined();
});
