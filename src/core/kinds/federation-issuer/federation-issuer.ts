import type { Issuer } from "../../config/config.ts";
import { keysOf, writtenKeys } from "../../config/federation.ts";
import { canHold } from "../../config/schema.ts";
import type { ExportEntry, ExportValue } from "../../document/document.ts";
import { block, exportValue, line } from "../../document/document.ts";
import { isValue, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { Change, ChangeOf, Fields } from "../../model/change.ts";
import { type FederationIssuer, type FederationRule, isConsoleScope } from "../../model/federation.ts";
import { finding } from "../../model/finding.ts";
import { itemsOf, type OrgSnapshot } from "../../model/org.ts";
import { parseTarget, target } from "../../model/target.ts";
import { formatLifetime, isoTime, parseLifetime } from "../../model/time.ts";
import { canonicalText, compareText, onceFor } from "../../text/text.ts";
import { issuerFindings } from "../federation-rule/audit.ts";
import { rulesLeft } from "../federation-rule/rules-left.ts";
import {
  type ExportFacts,
  emptyKindPlan,
  type Kind,
  type KindPlan,
  type PlanInput,
  type Section,
  sizeOf,
} from "../kind.ts";

/** Federation issuers: whose tokens are taken. By itself one lets nobody in; an archived one never comes back. */
export const federation_issuer: Kind<"federation_issuer"> = {
  manage: "federation",
  order: 10,
  endsAt: 6,
  writtenBy: "api",
  needs: ["federationIssuers"],
  // Who may change one depends on the rules behind it.
  scope: ({ whole }) => ({ ...(whole && { federationIssuers: true, federationRules: true }) }),
  lists: { federationIssuers: "federation" },
  ofMachines: true,
  count: ({ federationIssuers }) => sizeOf(federationIssuers),
  feed: { names: ["own"] },
  isPlace: false,
  plan: planIssuers,
  named: (at) => {
    const { name } = parseTarget(at) ?? {};
    return name === undefined ? undefined : { is: "issuer", place: "", name, path: ["federation", "issuers", name] };
  },
  inUse: (change, live, planned) => {
    if (change.action !== "remove") return undefined;
    const rules = rulesLeft(live, planned)?.ofIssuer(change.id);
    if (rules?.length === 0) return undefined;
    return finding("issuer-in-use", { issuer: change.before.name, rules: rules ?? [] }, { target: change.target });
  },
  confirmedBy: ({ target: at }) => parseTarget(at)?.name ?? at,
  calls: (change) => {
    if (change.action === "create") {
      const name = parseTarget(change.target)?.name ?? "";
      return [{ name: "create-federation-issuer", fields: { name, ...wireFields(change.after) } }];
    }
    const { id: issuerId } = change;
    if (issuerId === null) return undefined;
    if (change.action === "remove") return [{ name: "archive-federation-issuer", issuerId }];
    return [{ name: "update-federation-issuer", issuerId, fields: wireFields(change.after) }];
  },
  exported: [],
};

type IssuerFields = ChangeOf<"federation_issuer", "update">["after"];

/** The fields as the API has them. */
function wireFields({ url, jwks, check_jti, max_jwt_lifetime }: IssuerFields): Fields {
  const longest = max_jwt_lifetime === undefined ? undefined : parseLifetime(max_jwt_lifetime);
  return {
    ...(url !== undefined && { issuer_url: url }),
    ...(jwks && { jwks: keysOf(jwks) }),
    ...(check_jti !== undefined && { check_jti }),
    ...(longest !== undefined && { max_jwt_lifetime_seconds: longest }),
  };
}

/** What is missing is created, what differs is changed, and what is not declared is archived under `full`. */
function planIssuers({ config, live }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { federationIssuers: issuers } = live;
  const mode = config.manage.federation;
  if (mode === "off" || !issuers.known) return planned;
  const byName = new Map(issuers.items.map((issuer) => [issuer.name, issuer]));
  for (const declared of config.federation.issuers.values()) {
    const issuer = byName.get(declared.name);
    if (!issuer) planned.changes.push(creation(declared));
    else planned.changes.push(...difference(declared, issuer, isOfConsole(issuer, live)));
  }
  for (const issuer of issuers.items) {
    const declared = config.federation.issuers.get(issuer.name);
    const at = { kind: "federation_issuer", target: target.federationIssuer(issuer.name), id: issuer.id } as const;
    planned.findings.push(...liveFindings(issuer, declared));
    if (declared) continue;
    const { name, url } = issuer;
    if (mode !== "full") planned.unmanaged.push({ ...at, name, details: { url } });
    else {
      const change = { action: "remove", ...at, before: { name, url }, after: null } as const;
      planned.changes.push({ ...change, risk: "irreversible", reason: "not-declared" });
    }
  }
  return planned;
}

/** What is loose about a live issuer, as far as the file does not say otherwise; of what it says itself, `validate` speaks. */
function liveFindings(issuer: FederationIssuer, declared: Issuer | undefined) {
  const at = { target: target.federationIssuer(issuer.name) };
  const { pollingStoppedAt } = issuer;
  const loose = {
    name: issuer.name,
    ...(declared?.checkJti === undefined && { checkJti: issuer.checkJti }),
    ...(declared?.maxJwtLifetime === undefined && { maxJwtLifetime: issuer.maxJwtLifetime }),
  };
  return [
    ...issuerFindings(loose, () => at),
    ...(pollingStoppedAt === undefined
      ? []
      : [finding("federation-polling-stopped", { issuer: issuer.name, since: isoTime(pollingStoppedAt) }, at)]),
  ];
}

/** Whether a rule of another scope than the API gives stands behind it: then only the Console changes it. */
function isOfConsole({ id }: FederationIssuer, { federationRules }: OrgSnapshot): boolean {
  return issuersOfConsole(itemsOf(federationRules)).has(id);
}

const issuersOfConsole = onceFor((rules: readonly FederationRule[]) => {
  return new Set(rules.flatMap(({ issuerId, oauthScope }) => (isConsoleScope(oauthScope) ? issuerId : [])));
});

function creation({ name, url, jwks, checkJti, maxJwtLifetime }: Issuer): Change {
  const after = {
    url,
    ...(jwks && { jwks: writtenKeys(jwks) }),
    ...(checkJti !== undefined && { check_jti: checkJti }),
    ...(maxJwtLifetime !== undefined && { max_jwt_lifetime: formatLifetime(maxJwtLifetime) }),
  };
  const at = { kind: "federation_issuer", target: target.federationIssuer(name), id: null } as const;
  return { action: "create", ...at, before: null, after, risk: "safe", reason: "declared" };
}

type Draft = { -readonly [Field in keyof IssuerFields]: IssuerFields[Field] };

function difference(declared: Issuer, live: FederationIssuer, ofConsole: boolean): readonly Change[] {
  const before: Draft = {};
  const after: Draft = {};
  const { url, jwks, checkJti, maxJwtLifetime } = declared;
  // Whose tokens are taken, or which keys: every rule behind it may let somebody else in.
  let widens = false;
  if (url !== live.url) {
    [before.url, after.url, widens] = [live.url, url, true];
  }
  if (jwks && canonicalText(jwks) !== canonicalText(live.jwks)) {
    before.jwks = live.jwks.type === "unknown" ? null : writtenKeys(live.jwks);
    [after.jwks, widens] = [writtenKeys(jwks), true];
  }
  if (checkJti !== undefined && checkJti !== live.checkJti) {
    [before.check_jti, after.check_jti] = [live.checkJti, checkJti];
    widens ||= !checkJti;
  }
  if (maxJwtLifetime !== undefined && maxJwtLifetime !== live.maxJwtLifetime) {
    [before.max_jwt_lifetime, after.max_jwt_lifetime] = [live.maxJwtLifetime, maxJwtLifetime].map(formatLifetime);
    widens ||= maxJwtLifetime > live.maxJwtLifetime;
  }
  if (Object.keys(after).length === 0) return [];
  const risk = widens ? "widening" : "safe";
  const at = { kind: "federation_issuer", target: target.federationIssuer(live.name), id: live.id } as const;
  return [
    ofConsole
      ? { action: "manual", ...at, before, after, risk, reason: "console-only" }
      : { action: "update", ...at, before, after, risk, reason: "differs" },
  ];
}

/** The issuers that a file can say, each with all that is known of it. */
export function issuersSection({ live }: ExportFacts): Section {
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  const issuers = itemsOf(live.federationIssuers);
  for (const issuer of issuers.toSorted((one, other) => compareText(one.name, other.name))) {
    const { name, url, jwks, checkJti, maxJwtLifetime } = issuer;
    const fields = jwks.type === "unknown" ? undefined : { url, jwks: writtenKeys(jwks), check_jti: checkJti };
    const written = fields && { ...fields, max_jwt_lifetime: formatLifetime(maxJwtLifetime) };
    const what = `the issuer ${name}`;
    const at = target.federationIssuer(name);
    if (!canHold.slug(name)) leftOut.push({ reason: "unwritable-name", what, target: at });
    else if (!written || !canHold.issuer(written) || !isValue(url))
      leftOut.push({ reason: "unwritable-value", what, target: at });
    else entries.push({ key: name, value: entryValue(written) });
  }
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}

/** On one line where nothing in it takes more. */
function entryValue(written: Fields): ExportValue {
  const fields = Object.entries(written).map(([key, value]) => ({ key, value: exportValue(value) }));
  return typeof written.jwks === "string"
    ? line(Object.fromEntries(fields.map(({ key, value }) => [key, value])))
    : block(fields);
}
