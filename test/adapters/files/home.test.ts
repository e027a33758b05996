import { homedir } from "node:os";
import { expect, test } from "vitest";
import { homeFolder } from "../../../src/adapters/files/home.ts";

/** As node says it of a user who is in no list of users, without HOME. */
const nobody = () => {
  throw new Error("A system error occurred: uv_os_homedir returned ENOENT (no such file or directory)");
};

test("the home folder is what HOME names, else what the system knows, and never relative", () => {
  expect(homeFolder("/home/ada")).toBe("/home/ada");
  for (const home of ["", "relative", undefined]) expect(homeFolder(home)).toBe(homedir());
  expect(homeFolder("", [() => "", () => "/home/bob"])).toBe("/home/bob");
});

test("nobody has none, and that is no error", () => {
  expect(homeFolder(undefined, [nobody, nobody])).toBeUndefined();
  expect(homeFolder("relative", [() => "relative", nobody])).toBeUndefined();
});
