import { describe, expect, test } from "vitest";
import { ruleFindings } from "../../../src/core/kinds/federation-rule/audit.ts";
import type { RuleMatch } from "../../../src/core/model/federation.ts";

const URLS = {
  github: "https://token.actions.githubusercontent.com",
  gitlab: "https://gitlab.com",
  buildkite: "https://agent.buildkite.com",
  terraform: "https://app.terraform.io",
  google: "https://accounts.google.com",
  cluster: "https://kubernetes.acme.example",
} as const;

/** What is said of a match on an issuer, without what every rule here lacks. */
function said(issuer: keyof typeof URLS, match: RuleMatch): readonly string[] {
  const rule = { name: "r", issuerUrl: URLS[issuer], match, oauthScope: "workspace:developer", everyWorkspace: false };
  const found = ruleFindings(rule, () => ({})).map(({ code }) => code.replace("federation-", ""));
  return found.filter((code) => code !== "no-audience").sort();
}

describe("what is loose about a match", () => {
  test.each<[keyof typeof URLS, RuleMatch, readonly string[]]>([
    ["github", { subject: "repo:acme/app:ref:refs/heads/main", claims: { repository_owner_id: "1" } }, []],
    ["github", { subject: "repo:acme/app:ref:refs/heads/main" }, ["name-only"]],
    ["github", { subject: "repo:acme/app:environment:production", claims: { repository_id: "1" } }, []],
    ["github", { subject: "repo:acme*" }, ["pull-request", "subject-wildcard", "tenant-unpinned"]],
    ["github", { subject: "repo:acme/*" }, ["name-only", "pull-request", "subject-wildcard"]],
    ["github", { subject: "repo:acme/app:*" }, ["name-only", "pull-request", "subject-wildcard"]],
    ["github", { subject: "repo:acme/app:ref:refs/heads/*" }, ["name-only", "subject-wildcard"]],
    ["github", { subject: "repo:acme/app:ref:*" }, ["name-only", "pull-request", "subject-wildcard"]],
    ["github", { subject: "repo:acme/app:pull_request", claims: { repository_owner_id: "1" } }, ["pull-request"]],
    ["github", { claims: { repository_owner_id: "1" } }, ["pull-request"]],
    ["github", { claims: { repository_owner_id: "1", ref: "refs/heads/main" } }, []],
    ["github", { claims: { repository_owner_id: "1", event_name: "pull_request" } }, ["pull-request"]],
    ["github", { claims: { event_name: "push" } }, ["tenant-unpinned"]],
    ["github", { condition: "claims.repository_owner_id == '1'" }, []],
    ["github", { condition: 'claims["repository_owner"] == "acme"' }, ["name-only"]],
    ["github", { condition: "claims.actor == 'ada'" }, ["tenant-unpinned"]],
    ["gitlab", { subject: "project_path:acme/app:ref_type:branch:ref:main", claims: { namespace_id: "1" } }, []],
    [
      "gitlab",
      { subject: "project_path:acme/app:*", claims: { namespace_id: "1" } },
      ["pull-request", "subject-wildcard"],
    ],
    ["gitlab", { claims: { namespace_id: "1", ref_protected: "true" } }, []],
    ["gitlab", { subject: "project_path:*" }, ["pull-request", "subject-wildcard", "tenant-unpinned"]],
    ["buildkite", { subject: "organization:acme:pipeline:app:*" }, ["name-only", "pull-request", "subject-wildcard"]],
    ["buildkite", { claims: { organization_id: "1", pipeline_slug: "app" } }, ["pull-request"]],
    ["buildkite", { claims: { organization_id: "1", pipeline_slug: "app", build_branch: "main" } }, []],
    ["terraform", { subject: "organization:acme:project:p:workspace:w:run_phase:apply" }, ["name-only"]],
    ["terraform", { subject: "organization:acme:project:p:workspace:w:run_phase:plan" }, ["name-only", "pull-request"]],
    ["google", { subject: "1234567890" }, []],
    ["google", { claims: { email: "ci@acme.example" } }, ["name-only"]],
    ["google", { claims: { email_verified: "true" } }, ["tenant-unpinned"]],
    ["cluster", { subject: "system:serviceaccount:*" }, []],
  ])("%s %j: %j", (issuer, match, expected) => {
    expect(said(issuer, match)).toEqual(expected);
  });

  test("the name of a host that only looks like a shared one is another host", () => {
    const match = { subject: "repo:*" };
    const rule = { name: "r", match, oauthScope: "workspace:developer", everyWorkspace: false };
    const issuerUrl = "https://token.actions.githubusercontent.com.acme.example";
    expect(ruleFindings({ ...rule, issuerUrl }, () => ({})).map(({ code }) => code)).toEqual([
      "federation-no-audience",
    ]);
  });
});
