import type { FederationRuleMatch } from "@anthropic-ai/sdk/resources/organization/federation";

/** The scopes that a token of OAuth may give to a rule. Source: admin-api-1.14.md 3.2. */
export const API_SCOPES: ReadonlySet<string> = new Set(["workspace:developer", "workspace:inference"]);

interface Platform {
  readonly host: string;
  readonly claims: readonly string[];
  readonly subject: RegExp;
}

/** Issuers that many organizations share; each with what names the tenant. Source: the SDK's text on federation rules. */
const SHARED: readonly Platform[] = [
  {
    host: "token.actions.githubusercontent.com",
    claims: ["repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
    subject: /^repo:[^/*:]+\/|^repository:[^/*:]+\/|^repository_owner:[^*:]+:|^repository(?:_owner)?_id:\d+:/,
  },
  {
    host: "gitlab.com",
    claims: ["namespace_id", "namespace_path", "project_id", "project_path"],
    subject: /^project_path:[^/*:]+\//,
  },
  {
    host: "agent.buildkite.com",
    claims: ["organization_id", "organization_slug", "pipeline_id"],
    subject: /^organization:[^*:]+:/,
  },
  {
    host: "app.terraform.io",
    claims: [
      "terraform_organization_id",
      "terraform_organization_name",
      "terraform_project_id",
      "terraform_workspace_id",
    ],
    subject: /^organization:[^*:]+:/,
  },
  { host: "accounts.google.com", claims: ["azp", "email", "hd", "sub"], subject: /^[^*]+$/ },
];

/** Whether a match says whose workloads it means, on an issuer where that has to be said; true on any other. */
export function namesTenant(issuerUrl: string, { claims, condition, subject_prefix }: FederationRuleMatch): boolean {
  const host = URL.canParse(issuerUrl) ? new URL(issuerUrl).host : "";
  const platform = SHARED.find((each) => each.host === host);
  if (platform === undefined) return true;
  const asked = platform.claims.some(
    (claim) => claims?.[claim] !== undefined || new RegExp(`claims(?:\\.|\\[["'])${claim}\\b`).test(condition ?? ""),
  );
  return asked || platform.subject.test(subject_prefix ?? "");
}
