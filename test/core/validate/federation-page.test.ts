import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { read } from "../../support/findings.ts";

const files = [...readFileSync("docs/federation.md", "utf8").matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text = ""]) => text,
);

test("the page of federation has a file for GitHub, GitLab and an issuer of one's own", () => {
  expect(files).toHaveLength(3);
});

test.each(files)("a file of the page of federation is valid, and nothing about it is loose: %#", (text) => {
  expect(read(text).all.map(({ code }) => code)).toEqual([]);
});
