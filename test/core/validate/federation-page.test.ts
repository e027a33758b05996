import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { read } from "../../support/findings.ts";

const page = readFileSync("docs/federation.md", "utf8");
const files = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);

test("the page of federation has a file for GitHub, GitLab and an issuer of one's own", () => {
  expect(files).toHaveLength(3);
});

test.each(files)("a file of the page of federation is valid, and nothing about it is loose: %#", (text) => {
  expect(read(text).all.map(({ code }) => code)).toEqual([]);
});

test("beside each file is a job that asks for the audience of its rule, and is valid YAML", () => {
  const jobs = [...page.matchAll(/```yml\n(.*?)```/gs)].map(([, text = ""]) => text);
  expect(jobs).toHaveLength(files.length);
  for (const job of jobs) {
    expect(() => parse(job)).not.toThrow();
    expect(job).toContain("https://api.anthropic.com");
    for (const name of ["IDENTITY_TOKEN", "FEDERATION_RULE_ID", "SERVICE_ACCOUNT_ID", "ORGANIZATION_ID"])
      expect(job).toContain(`ANTHROPIC_${name}`);
  }
});
