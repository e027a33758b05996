import type { FindingCode } from "../../core/model/finding.ts";
import { cut, quoted } from "../../core/text/text.ts";
import { anyOf, didYouMean, type Sentences } from "./sentence.ts";

/** What is loose about federation, and what of it does not work. */
export const FEDERATION_SENTENCES = {
  "unknown-issuer": ({ issuer, suggestion }) => ({
    message: `the issuer ${quoted(issuer)} is not declared`,
    fix: didYouMean(suggestion, "declare it under federation.issuers"),
  }),
  "federation-subject-wildcard": ({ rule, subject, platform }) => ({
    message: `the subject ${quoted(subject)} of the rule ${quoted(rule)} ends in "*", and everybody has tokens of ${cut(platform)}: whatever begins so gets in`,
    fix: "write the whole subject, a rule for each workload, or leave it out and name the workload in claims",
  }),
  "federation-tenant-unpinned": ({ rule, platform, claims }) => ({
    message: `the rule ${quoted(rule)} does not say whose workloads it means, and everybody has tokens of ${cut(platform)}; the API refuses to write such a rule`,
    fix: `add ${anyOf(claims.slice(0, 9).map(cut))} to claims, or begin the subject with the owner`,
  }),
  "federation-pull-request": ({ rule, subject, instead }) => ({
    message:
      subject === undefined
        ? `without a subject the rule ${quoted(rule)} lets in runs on code that nobody has reviewed`
        : `the subject ${quoted(subject)} of the rule ${quoted(rule)} is also that of runs on code that nobody has reviewed`,
    fix: instead.slice(0, 400),
  }),
  "federation-every-workspace": ({ rule }) => ({
    message: `the rule ${quoted(rule)} is good in every workspace, those that are made later too`,
    fix: "list the workspaces that the workload needs",
  }),
  "federation-wide-scope": ({ rule, scope }) => ({
    message: `the scope ${quoted(scope)} of the rule ${quoted(rule)} reaches beyond the work in a workspace`,
    fix: "use workspace:developer or workspace:inference, or archive the rule in the Console if nothing needs it",
  }),
  "federation-long-lifetime": ({ rule, issuer, lifetime }) =>
    rule === undefined
      ? {
          message: `tokens of the issuer ${quoted(issuer ?? "")} are taken that live ${cut(lifetime)}, and whoever finds one can use it as long`,
          fix: "set max_jwt_lifetime to 1h or less",
        }
      : {
          message: `the access that the rule ${quoted(rule)} gives lasts ${cut(lifetime)}, and whoever takes it has it as long`,
          fix: "set token_lifetime to 1h or less",
        },
  "federation-token-reuse": ({ issuer }) => ({
    message: `a token of the issuer ${quoted(issuer)} can be exchanged more than once, by whoever reads it in a log too`,
    fix: "set check_jti to true",
  }),
  "federation-no-audience": ({ rule }) => ({
    message: `the rule ${quoted(rule)} asks for no audience, so a token that was made for another service may do`,
    fix: 'add audience, such as "https://api.anthropic.com", and ask the issuer for a token with it',
  }),
  "federation-admin-target": ({ rule, account }) => ({
    message: `the rule ${quoted(rule)} lets its workload act as ${quoted(account)}, an admin of the organization`,
    fix: "name an account with the role developer",
  }),
  "federation-target-unusable": ({ rule, account, workspace }) =>
    workspace === undefined
      ? {
          message: `the service account ${quoted(account)} of the rule ${quoted(rule)} is archived, so the rule lets nobody in`,
          fix: "name another account, or archive the rule",
        }
      : {
          message: `the service account ${quoted(account)} of the rule ${quoted(rule)} has no role in ${quoted(workspace)}, so the rule lets nobody in there`,
          fix: `add it under workspaces.${cut(workspace)}.service_accounts, or take the workspace out of the rule`,
        },
  "federation-name-only": ({ rule, platform, claims }) => ({
    message: `the rule ${quoted(rule)} says by a name whose workloads it means, and on ${cut(platform)} somebody else can register a name that is given up`,
    fix: `add ${anyOf(claims.slice(0, 9).map(cut))} to claims, which nobody else ever gets`,
  }),
} satisfies Partial<Sentences<FindingCode>>;
