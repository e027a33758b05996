import type { RuleMatch } from "../../model/federation.ts";

/**
 * Issuers that sign for everybody's workloads, so that a rule has to say whose it means. The API refuses a rule that does not (SDK:
 * federation rules). Which claims name the tenant is from each platform's own pages, as of 2026-11.
 */
export interface SharedIssuer {
  /** For people. */
  readonly name: string;
  readonly host: string;
  /** Claims that name the tenant, or something of the tenant's, by a name. */
  readonly names: readonly string[];
  /** The same by an id that is never given to anybody else. */
  readonly ids: readonly string[];
  /** A subject that names the tenant: as far as it is fixed. */
  readonly subject?: RegExp;
  /** The beginnings and forms of a subject that names it by such an id. */
  readonly subjectId?: RegExp;
  /** How a run on code that nobody has reviewed shows. */
  readonly unreviewed?: Unreviewed;
}

interface Unreviewed {
  /** Such a subject. */
  readonly subject?: RegExp;
  /** What stands first in a subject of the platform's own form, and how it goes on for such a run: `*` may stand for the rest of it. */
  readonly head: RegExp;
  readonly tails: readonly string[];
  /** Claims that keep such a run out, with the values that do. */
  readonly kept: Readonly<Record<string, RegExp>>;
  /** What to write instead. */
  readonly fix: string;
}

const SHARED: readonly SharedIssuer[] = [
  {
    name: "GitHub Actions",
    host: "token.actions.githubusercontent.com",
    names: ["repository_owner", "repository", "enterprise"],
    ids: ["repository_owner_id", "repository_id", "enterprise_id"],
    subject:
      /^(?:repo:[^/*:]+\/|repository:[^/*:]+\/|repository_owner:[^*:]+:|(?:repository_owner|repository)_id:\d+:)/,
    subjectId: /^(?:repo:[^/*:@]+@\d+\/|(?:repository_owner|repository)_id:\d+:)/,
    unreviewed: {
      subject: /:pull_request$|:ref:refs\/pull\//,
      head: /^repo:[^:]*/,
      tails: [":pull_request", ":ref:refs/pull/"],
      kept: { event_name: /^(?!pull_request)/, ref: /^refs\/(?!pull\/)/, ref_type: /^tag$/, environment: /./ },
      fix: 'name a branch ("repo:OWNER/REPO:ref:refs/heads/main") or an environment, in subject or by the claims ref and event_name',
    },
  },
  {
    name: "GitLab",
    host: "gitlab.com",
    names: ["namespace_path", "project_path"],
    ids: ["namespace_id", "project_id"],
    subject: /^project_path:[^/*:]+\//,
    unreviewed: {
      head: /^project_path:[^:]*/,
      tails: [":ref_type:branch:ref:"],
      kept: {
        ref_protected: /^true$/,
        ref: /./,
        environment_protected: /^true$/,
        pipeline_source: /^(?!merge_request|external_pull)/,
      },
      fix: 'name the branch in subject ("project_path:GROUP/PROJECT:ref_type:branch:ref:main"), or ask for ref_protected: "true"',
    },
  },
  {
    name: "Buildkite",
    host: "agent.buildkite.com",
    names: ["organization_slug"],
    ids: ["organization_id", "pipeline_id"],
    subject: /^organization:[^*:]+:/,
    unreviewed: {
      subject: /:ref:refs\/pull\//,
      head: /^organization:[^:]*(?::pipeline:[^:]*)?/,
      tails: [":ref:refs/pull/"],
      kept: { build_branch: /./ },
      // A whole subject of theirs has the commit in it.
      fix: "name the branch in claims (build_branch: main), beside pipeline_slug and organization_id",
    },
  },
  {
    name: "Terraform Cloud",
    host: "app.terraform.io",
    names: ["terraform_organization_name"],
    ids: ["terraform_organization_id", "terraform_project_id", "terraform_workspace_id"],
    subject: /^organization:[^*:]+:/,
    unreviewed: {
      subject: /:run_phase:plan$/,
      head: /^organization:[^:]*(?::project:[^:]*)?(?::workspace:[^:]*)?/,
      tails: [":run_phase:plan"],
      kept: { terraform_run_phase: /^apply$/ },
      fix: 'take the phase that follows a review: "…:run_phase:apply", or the claim terraform_run_phase: apply',
    },
  },
  {
    name: "Google",
    host: "accounts.google.com",
    names: ["email", "hd"],
    ids: ["sub", "azp"],
    subject: /^[^*]+$/,
    subjectId: /^\d+$/,
  },
];

/** The platform that an issuer's URL belongs to, where many organizations share it. */
export function sharedIssuer(url: string): SharedIssuer | undefined {
  const host = /^https?:\/\/([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase();
  return SHARED.find((shared) => shared.host === host);
}

/** Whether a rule says whose workloads it means: by claims, by the subject, or in its condition. */
export function pinsTenant(shared: SharedIssuer, match: RuleMatch): boolean {
  return pinsBy([...shared.names, ...shared.ids], shared.subject, match);
}

/** Whether it says so by an id, which nobody else can ever get. */
export function pinsById({ ids, subjectId }: SharedIssuer, match: RuleMatch): boolean {
  return pinsBy(ids, subjectId, match);
}

function pinsBy(claims: readonly string[], subject: RegExp | undefined, match: RuleMatch): boolean {
  const { claims: asked = {}, condition = "", subject: written } = match;
  if (claims.some((claim) => Object.hasOwn(asked, claim) || mentions(condition, claim))) return true;
  return written !== undefined && subject?.test(written) === true;
}

/** `claims.x`, or `claims["x"]`. */
function mentions(condition: string, claim: string): boolean {
  return new RegExp(String.raw`\bclaims\s*(?:\.\s*${claim}\b|\[\s*["']${claim}["']\s*\])`).test(condition);
}

/** What to write instead, where a rule lets code in that nobody has reviewed. */
export function unreviewedCode({ unreviewed }: SharedIssuer, match: RuleMatch): string | undefined {
  if (!unreviewed) return undefined;
  const { subject, claims = {}, condition } = match;
  // What an expression keeps out is for whoever wrote it to say.
  if (condition !== undefined) return undefined;
  if (subject !== undefined && !subject.endsWith("*"))
    return unreviewed.subject?.test(subject) ? unreviewed.fix : undefined;
  const keeps = ([claim, values]: [string, RegExp]) => {
    const value = claims[claim];
    return value !== undefined && values.test(value);
  };
  if (Object.entries(unreviewed.kept).some(keeps)) return undefined;
  const fixed = subject?.slice(0, -1) ?? "";
  const head = unreviewed.head.exec(fixed)?.[0];
  const rest = head === undefined ? undefined : fixed.slice(head.length);
  const covers = rest !== undefined && unreviewed.tails.some((tail) => tail.startsWith(rest));
  return fixed === "" || covers || unreviewed.subject?.test(fixed) ? unreviewed.fix : undefined;
}
