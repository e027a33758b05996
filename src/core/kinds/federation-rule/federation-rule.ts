import { canHold } from "../../config/schema.ts";
import { block, type ExportEntry, exportValue } from "../../document/document.ts";
import { type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { FederationRule } from "../../model/federation.ts";
import { itemsOf, type ReadResult } from "../../model/org.ts";
import { parseTarget, target } from "../../model/target.ts";
import { formatLifetime } from "../../model/time.ts";
import { compareText } from "../../text/text.ts";
import { type Access, type AccessPlace, subjectOf } from "../access.ts";
import { issuersSection } from "../federation-issuer/federation-issuer.ts";
import {
  collection,
  type ExportFacts,
  type Kind,
  type PlanInput,
  type Section,
  sizeOf,
  workspaceScope,
} from "../kind.ts";
import { ruleCalls } from "./calls.ts";
import { planRules } from "./plan.ts";

/** Federation rules: which workload gets in, as which service account, where. An archived one never comes back. */
export const federation_rule: Kind<"federation_rule"> = {
  manage: "federation",
  order: 11,
  endsAt: 6,
  writtenBy: "api",
  needs: ["federationIssuers", "serviceAccounts", "federationRules"],
  // Whether an account can use a rule hangs on its roles.
  scope: (request) =>
    request.whole
      ? {
          ...workspaceScope(request),
          federationIssuers: true,
          federationRules: true,
          serviceAccounts: true,
          serviceAccountsOf: request.places,
        }
      : {},
  lists: { federationRules: "federation" },
  ofMachines: true,
  count: ({ federationRules }) => sizeOf(federationRules),
  grants: ({ federationRules }) =>
    itemsOf(federationRules).flatMap(({ id, target: to, oauthScope: role }) =>
      to.type === "unknown" ? [] : [{ id, to, role, how: "direct" as const, inForce: true }],
    ),
  access: rulesAccess,
  // An update may have changed whom it lets in, or its description.
  feed: {
    names: ["own"],
    gives: ["platform_federation_rule_created", "platform_federation_rule_workspace_added"],
    blurs: [
      "platform_federation_rule_updated",
      "platform_federation_rule_workspace_removed",
      "platform_federation_rule_archived",
    ],
  },
  isPlace: false,
  plan: planRules,
  named: (at) => {
    const { name } = parseTarget(at) ?? {};
    return name === undefined ? undefined : { is: "rule", place: "", name, path: ["federation", "rules", name] };
  },
  reduces: ({ action, before, after }) => {
    if (action !== "update") return false;
    const { workspaces: were, token_lifetime: lasted } = before;
    return lasted !== undefined || were === "all" || (were?.some((one) => !after.workspaces?.includes(one)) ?? false);
  },
  needed: (change) => {
    if (change.action !== "create" && change.action !== "update") return [];
    const { issuer, service_account: account, workspaces } = change.after;
    return [
      ...(issuer === undefined ? [] : [target.federationIssuer(issuer)]),
      ...(account === undefined ? [] : [target.serviceAccount(account)]),
      ...(workspaces === undefined || workspaces === "all" ? [] : workspaces.map(target.workspace)),
    ];
  },
  frees: ({ action, before }) => {
    if (action === "create" || !before) return [];
    const { issuer, service_account: account } = before;
    return [
      ...(issuer === undefined || action !== "remove" ? [] : [target.federationIssuer(issuer)]),
      ...(account === undefined ? [] : [target.serviceAccount(account)]),
    ];
  },
  confirmedBy: ({ target: at }) => parseTarget(at)?.name ?? at,
  calls: ruleCalls,
  exported: [{ in: "file", field: "federation", section: federationSection }],
};

/** One way in for each workspace of a rule; one to the organization for a rule that is good in all of them. No report tells of its use. */
function rulesAccess({ config, live }: PlanInput): readonly Access[] {
  const { federationRules: rules, workspaces: listed } = live;
  const isLive = new Set(listed.known ? listed.items.map(({ id }) => id) : []);
  return itemsOf(rules).flatMap(({ id, name, oauthScope: role, workspaces, match }) => {
    const isWide = workspaces === "all" || match.subject?.endsWith("*") === true;
    const places: readonly AccessPlace[] =
      workspaces === "all"
        ? [{ type: "organization" }]
        : workspaces.filter((place) => isLive.has(place)).map((place) => ({ type: "workspace", id: place }));
    return places.map(
      (on): Access => ({
        subject: subjectOf("federation_rule", { id, name }),
        on,
        role,
        through: { type: "rule", id, name },
        ...(config.federation.rules.has(name) && { path: ["federation", "rules", name] }),
        remarks: isWide ? [{ flag: "wide-rule", reason: { code: "wide-rule", args: {} } }] : [],
      }),
    );
  });
}

/** Issuers, and the rules that a file can say, as one field. */
function federationSection(facts: ExportFacts): Section {
  const issuers = issuersSection(facts);
  const written = new Set(issuers.entries.map(({ key }) => key));
  const parts = [collection("issuers", issuers), collection("rules", rulesSection(facts, written))];
  const all = parts.flatMap(({ entries }) => entries);
  const below = parts.flatMap((part) => part.below);
  return collection("federation", { entries: all, below, leftOut: parts.flatMap(({ leftOut }) => leftOut) }, true);
}

function rulesSection(facts: ExportFacts, issuers: ReadonlySet<string>): Section {
  const { live } = facts;
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  const issuerOf = names(live.federationIssuers);
  const accountOf = names(live.serviceAccounts);
  // Without the workspaces, the file has no handle that a rule could name.
  const written = facts.has("workspaces") ? facts.workspaces : [];
  const declared = new Map(written.map(({ id }) => [id, facts.handles.get(id) ?? id]));
  const isLive = new Set(live.workspaces.known ? live.workspaces.items.map(({ id }) => id) : []);
  const rules = itemsOf(live.federationRules);
  for (const rule of rules.toSorted((one, other) => compareText(one.name, other.name))) {
    const { name, workspaces } = rule;
    const issuer = issuerOf.get(rule.issuerId) ?? rule.issuerId;
    const account = rule.target.type === "unknown" ? undefined : accountOf.get(rule.target.id);
    // One that is archived cannot be named, and lets nobody in.
    const places = workspaces === "all" ? workspaces : workspaces.filter((id) => isLive.has(id));
    const isSaid = places === "all" || (places.length > 0 && places.every((id) => declared.has(id)));
    const what = `the rule ${name}`;
    const at = target.federationRule(name);
    const handles = places === "all" ? places : places.map((id) => declared.get(id) ?? id).sort(compareText);
    const fields = account === undefined ? undefined : fieldsOf(rule, { issuer, account, workspaces: handles });
    if (!canHold.slug(name)) leftOut.push({ reason: "unwritable-name", what, target: at });
    else if (!fields || !issuers.has(issuer)) leftOut.push({ reason: "unwritable-value", what, target: at });
    else if (!isSaid) leftOut.push({ reason: "workspace-left-out", what, target: at });
    else if (!canHold.federationRule(fields)) leftOut.push({ reason: "unwritable-value", what, target: at });
    else {
      const said = Object.entries(fields).map(([key, value]) => ({ key, value: exportValue(value) }));
      entries.push({ key: name, value: block(said) });
    }
  }
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}

interface Named {
  readonly issuer: string;
  readonly account: string;
  readonly workspaces: "all" | readonly string[];
}

/** A rule as the file has it. */
function fieldsOf({ oauthScope, match, tokenLifetime, description }: FederationRule, named: Named) {
  return {
    issuer: named.issuer,
    service_account: named.account,
    oauth_scope: oauthScope,
    workspaces: named.workspaces,
    ...match,
    token_lifetime: formatLifetime(tokenLifetime),
    ...(description !== undefined && canHold.prose(description) && { description }),
  };
}

function names(list: ReadResult<{ readonly id: string; readonly name: string }>): ReadonlyMap<string, string> {
  return new Map(list.known ? list.items.map(({ id, name }) => [id, name]) : []);
}
