import type { FederationRule as Declared } from "../../config/config.ts";
import type { ChangeOf, Risk } from "../../model/change.ts";
import { type FederationRule, isConsoleScope, type RuleMatch } from "../../model/federation.ts";
import { finding } from "../../model/finding.ts";
import { target } from "../../model/target.ts";
import { formatLifetime, parseLifetime } from "../../model/time.ts";
import { canonicalText, compareText } from "../../text/text.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";
import { unpinned } from "./audit.ts";
import { declaredWithoutRole, liveFindings, type RuleFacts } from "./live-findings.ts";
import { withFields } from "./match.ts";

/** What is missing is created, what differs is changed, and what is not declared is archived under `full`. */
export function planRules(input: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { config, live } = input;
  const mode = config.manage.federation;
  const { federationRules: rules, federationIssuers: issuers, serviceAccounts: accounts } = live;
  if (mode === "off" || !rules.known || !issuers.known || !accounts.known) return planned;
  const facts: RuleFacts = {
    ...input,
    issuers: new Map(issuers.items.map((issuer) => [issuer.id, issuer])),
    accounts: new Map(accounts.items.map((account) => [account.id, account])),
    accountsByName: new Map(accounts.items.map((account) => [account.name, account])),
    ...(live.workspaces.known && { workspaces: new Map(live.workspaces.items.map((each) => [each.id, each])) }),
  };
  const byName = new Map(rules.items.map((rule) => [rule.name, rule]));
  for (const declared of config.federation.rules.values()) {
    planRule(planned, facts, declared, byName.get(declared.name));
    planned.findings.push(...declaredWithoutRole(facts, declared));
  }
  for (const rule of rules.items) {
    const declared = config.federation.rules.get(rule.name);
    const isMeant = declared !== undefined && facts.issuers.get(rule.issuerId)?.name === declared.issuer;
    planned.findings.push(...liveFindings(facts, rule, isMeant ? declared : undefined));
    if (!declared) planUndeclared(planned, facts, rule);
  }
  return planned;
}

type RuleFields = ChangeOf<"federation_rule", "update">["after"];
type Draft = { -readonly [Field in keyof RuleFields]: RuleFields[Field] };

function planRule(planned: KindPlan, facts: RuleFacts, declared: Declared, live: FederationRule | undefined): void {
  const { config } = facts;
  const { name, issuer, serviceAccount, oauthScope } = declared;
  const path = ["federation", "rules", name];
  const at = { kind: "federation_rule", target: target.federationRule(name) } as const;
  const account = facts.accountsByName.get(serviceAccount);
  const declaredAccount = config.serviceAccounts.get(serviceAccount);
  if (!account && !declaredAccount) {
    const where = { path: [...path, "service_account"], target: at.target };
    planned.findings.push(finding("unknown-service-account", { account: serviceAccount, live: true }, where));
    return;
  }
  // Whoever has to be made in the Console is not there yet: its rules follow once it is.
  if (!account && declaredAccount?.role === "admin") return;
  // The API refuses what does not say whose workloads it means: it is not even sent.
  const refusal = (url: string | undefined, match: RuleMatch) =>
    unpinned({ name, issuerUrl: url, match }, { path, target: at.target, severity: "error" });
  if (!live) {
    const refused = refusal(config.federation.issuers.get(issuer)?.url, withFields({}, declared));
    if (refused.length > 0) return void planned.findings.push(...refused);
    const create = { ...at, id: null, before: null, after: creationOf(declared), risk: "widening" } as const;
    planned.changes.push(
      isConsoleScope(oauthScope)
        ? { action: "manual", ...create, reason: "console-only" }
        : { action: "create", ...create, reason: "declared" },
    );
    return;
  }
  const from = facts.issuers.get(live.issuerId);
  if (from?.name !== issuer) {
    const args = { of: "rule" as const, field: "issuer", declared: issuer, live: from?.name ?? live.issuerId };
    planned.findings.push(finding("immutable-field", args, { path: [...path, "issuer"], target: at.target }));
    // What the file asks is asked of another issuer's tokens: of these it may let anybody in.
    return;
  }
  const { before, after } = differences(facts, declared, live);
  if (Object.keys(after).length === 0) return;
  const refused = refusal(from?.url, withFields(live.match, declared));
  if (refused.length > 0) return void planned.findings.push(...refused);
  const change = { ...at, id: live.id, before, after, risk: riskOf(before, after) };
  planned.changes.push(
    isConsoleScope(oauthScope) || isConsoleScope(live.oauthScope)
      ? { action: "manual", ...change, reason: "console-only" }
      : { action: "update", ...change, reason: "differs" },
  );
}

function creationOf(declared: Declared): RuleFields {
  const { issuer, serviceAccount, oauthScope, workspaces, tokenLifetime, description } = declared;
  return {
    issuer,
    service_account: serviceAccount,
    oauth_scope: oauthScope,
    workspaces: workspaces === "all" ? workspaces : [...workspaces].sort(compareText),
    ...withFields({}, declared),
    ...(tokenLifetime !== undefined && { token_lifetime: formatLifetime(tokenLifetime) }),
    ...(description !== undefined && { description }),
  };
}

/** The fields that differ, as they are and as they are declared. */
function differences(facts: RuleFacts, declared: Declared, live: FederationRule): { before: Draft; after: Draft } {
  const before: Draft = {};
  const after: Draft = {};
  const { match } = live;
  const account = live.target.type === "unknown" ? undefined : facts.accounts.get(live.target.id)?.name;
  if (account !== declared.serviceAccount) {
    before.service_account = account ?? (live.target.type === "unknown" ? live.target.word : live.target.id);
    after.service_account = declared.serviceAccount;
  }
  if (declared.oauthScope !== live.oauthScope) {
    [before.oauth_scope, after.oauth_scope] = [live.oauthScope, declared.oauthScope];
  }
  const places = placesOf(facts, live);
  const wanted = declared.workspaces === "all" ? declared.workspaces : [...declared.workspaces].sort(compareText);
  if (places !== undefined && canonicalText(places) !== canonicalText(wanted)) {
    [before.workspaces, after.workspaces] = [places, wanted];
  }
  for (const field of ["subject", "condition", "audience"] as const) {
    const to = declared[field];
    if (to !== undefined && to !== (match[field] ?? null)) [before[field], after[field]] = [match[field] ?? null, to];
  }
  const { claims, tokenLifetime, description } = declared;
  if (claims !== undefined && canonicalText(claims) !== canonicalText(match.claims ?? null)) {
    [before.claims, after.claims] = [match.claims ?? null, claims];
  }
  if (tokenLifetime !== undefined && tokenLifetime !== live.tokenLifetime) {
    [before.token_lifetime, after.token_lifetime] = [live.tokenLifetime, tokenLifetime].map(formatLifetime);
  }
  if (description !== undefined && description !== live.description) {
    [before.description, after.description] = [live.description ?? null, description];
  }
  return { before, after };
}

/** The workspaces of a rule as the file names them; those that are archived let nobody in. Undefined where they are not known. */
function placesOf({ workspaces, matches }: RuleFacts, rule: FederationRule): RuleFields["workspaces"] {
  if (rule.workspaces === "all" || !workspaces) return rule.workspaces === "all" ? "all" : undefined;
  const live = rule.workspaces.filter((id) => workspaces.has(id));
  return live.map((id) => matches.handles.get(id) ?? id).sort(compareText);
}

/** Whoever is asked for in other words may be somebody else: only less of the same is less. */
function riskOf(before: RuleFields, after: RuleFields): Risk {
  const { workspaces, token_lifetime: lifetime, oauth_scope: scope, description: _, ...who } = after;
  const isNarrower =
    workspaces !== "all" &&
    (before.workspaces === "all" || workspaces?.every((place) => before.workspaces?.includes(place)));
  const isShorter = lifetime !== undefined && seconds(lifetime) < seconds(before.token_lifetime);
  const less = [
    ...(workspaces === undefined ? [] : [isNarrower === true]),
    ...(lifetime === undefined ? [] : [isShorter]),
    ...(scope === undefined ? [] : [scope === "workspace:inference" && before.oauth_scope === "workspace:developer"]),
  ];
  if (Object.keys(who).length > 0 || less.includes(false)) return "widening";
  return workspaces !== undefined || scope !== undefined ? "removal" : "safe";
}

function seconds(lifetime = ""): number {
  return parseLifetime(lifetime) ?? 0;
}

/** What no declaration names. */
function planUndeclared(planned: KindPlan, facts: RuleFacts, rule: FederationRule): void {
  const { name, id, oauthScope } = rule;
  const at = { kind: "federation_rule", target: target.federationRule(name), id } as const;
  const to = rule.target.type === "unknown" ? rule.target.word : rule.target.id;
  const account = facts.accounts.get(to)?.name ?? to;
  const issuer = facts.issuers.get(rule.issuerId)?.name ?? rule.issuerId;
  if (facts.config.manage.federation !== "full") {
    const workspaces = placesOf(facts, rule) ?? rule.workspaces;
    const subject = rule.match.subject ?? null;
    const details = { issuer, service_account: account, oauth_scope: oauthScope, workspaces, subject };
    planned.unmanaged.push({ ...at, name, details });
    return;
  }
  const gone = { ...at, after: null, risk: "irreversible" } as const;
  planned.changes.push(
    isConsoleScope(oauthScope)
      ? { action: "manual", ...gone, before: { issuer, service_account: account }, reason: "console-only" }
      : { action: "remove", ...gone, before: { name, issuer, service_account: account }, reason: "not-declared" },
  );
}
