import type { FederationIssuer, FederationRule, RuleMatch } from "../model/federation.ts";
import {
  EMPTY_SCOPE,
  itemsOf,
  type OrgSnapshot,
  type ReadResult,
  type ReadScope,
  type ServiceAccount,
} from "../model/org.ts";
import { compareText } from "../text/text.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";
import { type LimitStatus, limitsOf } from "./workspace.ts";

/** A workload's token as it is asked about. */
export interface SubjectQuery {
  readonly subject: string;
  /** A name, a URL or an id; absent: any issuer. */
  readonly issuer?: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** Whether a rule lets the token in. `condition`: it depends on an expression; `claims`: on claims that were not named. */
export type SubjectAnswer = "yes" | "condition" | "claims" | "no";

/** One rule, and what it makes of the token. */
export interface SubjectRule {
  readonly rule: FederationRule;
  readonly issuer?: FederationIssuer;
  readonly answer: SubjectAnswer;
  /** What does not match (`no`), or what the token has to say besides; of a `no` that has nothing here the account is archived. */
  readonly open: readonly { readonly claim: string; readonly value: string }[];
  /** Absent: archived, or not known. */
  readonly account?: ServiceAccount;
  readonly workspaces: readonly SubjectPlace[];
}

/** Where the token gets in: not where the account has no role. */
export interface SubjectPlace {
  readonly workspace: WorkspaceRef;
  /** Absent: none, or not known. */
  readonly role?: string;
  readonly state: "given" | "implicit" | "absent" | "unknown";
  readonly limits: ReadResult<LimitStatus>;
}

export interface SubjectStatus {
  readonly query: SubjectQuery;
  readonly rules: readonly SubjectRule[];
}

/** What is read first: whose tokens, which rules, as whom. */
export const SUBJECT_SCOPE: ReadScope = {
  ...EMPTY_SCOPE,
  organization: true,
  serviceAccounts: true,
  federationIssuers: true,
  federationRules: true,
};

/** What is read then: roles and limits in the workspaces to which a rule leads that may let the token in. */
export function subjectReach(live: OrgSnapshot, query: SubjectQuery): ReadScope {
  const rules = answered(live, query).filter(({ answer }) => answer !== "no");
  const places = new Set(rules.flatMap(({ rule }) => (rule.workspaces === "all" ? [] : rule.workspaces)));
  const isEverywhere = rules.some(({ rule }) => rule.workspaces === "all");
  const chosen = (workspaces: readonly { readonly id: string; readonly isDefault: boolean }[]) =>
    workspaces.flatMap(({ id, isDefault }) => (!isDefault && (isEverywhere || places.has(id)) ? id : []));
  const isAny = rules.length > 0;
  return { ...EMPTY_SCOPE, workspaces: isAny, rateLimits: isAny, serviceAccountsOf: chosen, rateLimitsOf: chosen };
}

/** What a workload with this token may do: issuer, rule, account, workspaces, limits. */
export function subjectStatus(index: StatusIndex, query: SubjectQuery): SubjectStatus {
  const { live } = index;
  const accounts = new Map(live.serviceAccounts.known ? live.serviceAccounts.items.map((one) => [one.id, one]) : []);
  const rules = answered(live, query).map(({ rule, issuer, answer: asked, open }): SubjectRule => {
    const account = rule.target.type === "unknown" ? undefined : accounts.get(rule.target.id);
    // The list has none that are archived: whatever a token says, it would act as nobody.
    const isArchived = live.serviceAccounts.known && rule.target.type !== "unknown" && account === undefined;
    const isOver = isArchived && asked !== "no";
    const answer = isOver ? "no" : asked;
    const ids = rule.workspaces === "all" ? index.workspaces.map(({ id }) => id) : rule.workspaces;
    const places = account && answer !== "no" ? ids.map((id) => placeOf(index, index.workspace(id), account.id)) : [];
    return {
      rule,
      ...(issuer && { issuer }),
      answer,
      open: isOver ? [] : open,
      ...(account && { account }),
      workspaces: places,
    };
  });
  const order: readonly SubjectAnswer[] = ["yes", "condition", "claims", "no"];
  return {
    query,
    rules: rules.toSorted(
      (one, other) =>
        order.indexOf(one.answer) - order.indexOf(other.answer) || compareText(one.rule.name, other.rule.name),
    ),
  };
}

function placeOf(index: StatusIndex, workspace: WorkspaceRef, accountId: string): SubjectPlace {
  const found = limitsOf(index, workspace);
  const limits = found.known ? { ...found, items: found.items.filter((limit) => limit.limits.length > 0) } : found;
  const at = { workspace, limits };
  if (workspace.special === "default") return { ...at, state: "implicit", role: "user" };
  const members = index.live.workspaceServiceAccounts.get(workspace.id);
  if (!members?.known) return { ...at, state: "unknown" };
  const held = members.items.find(({ serviceAccountId }) => serviceAccountId === accountId);
  return held ? { ...at, state: "given", role: held.role } : { ...at, state: "absent" };
}

/** Every rule of the issuers that are asked about, and what it makes of the token. */
function answered({ federationIssuers, federationRules }: OrgSnapshot, query: SubjectQuery) {
  const issuers = new Map(federationIssuers.known ? federationIssuers.items.map((one) => [one.id, one]) : []);
  return itemsOf(federationRules).flatMap((rule) => {
    const issuer = issuers.get(rule.issuerId);
    const isAsked =
      query.issuer === undefined || [issuer?.name, issuer?.url, rule.issuerId].some((word) => word === query.issuer);
    return isAsked ? [{ rule, issuer, ...judge(rule.match, query) }] : [];
  });
}

/** All that a rule asks must hold; of what was not named nobody can tell. */
function judge(match: RuleMatch, { subject, claims }: SubjectQuery): Pick<SubjectRule, "answer" | "open"> {
  const { subject: wanted = "*", condition, audience } = match;
  const isSubject = wanted.endsWith("*") ? subject.startsWith(wanted.slice(0, -1)) : subject === wanted;
  const asked = Object.entries({
    ...match.claims,
    ...(audience !== undefined && claims.aud !== undefined && { aud: audience }),
  });
  const differs = [
    ...(isSubject ? [] : [{ claim: "sub", value: wanted }]),
    ...asked.flatMap(([claim, value]) =>
      claims[claim] === undefined || claims[claim] === value ? [] : [{ claim, value }],
    ),
  ];
  if (differs.length > 0) return { answer: "no", open: differs };
  const open = [
    ...asked.flatMap(([claim, value]) => (claims[claim] === undefined ? [{ claim, value }] : [])),
    ...(match.others ?? []).map((claim) => ({ claim, value: "what this version does not know" })),
  ];
  if (open.length > 0) return { answer: "claims", open };
  return { answer: condition === undefined ? "yes" : "condition", open: [] };
}
