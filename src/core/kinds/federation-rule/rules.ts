import type { FederationRule, Issuer } from "../../config/config.ts";
import { type ConfigPath, type Finding, finding } from "../../model/finding.ts";
import { formatLifetime } from "../../model/time.ts";
import { isObject } from "../../text/text.ts";
import { type RuleContext, suggestion } from "../rule-context.ts";
import { declaredRule, issuerFindings, ruleFindings } from "./audit.ts";

const RULES = ["federation", "rules"] as const;
const ISSUERS = ["federation", "issuers"] as const;

/** Each rule that is whole, with its path: of one of which a part is invalid nothing can be concluded. */
function rulesOf({ config, isPartial }: RuleContext): readonly (readonly [FederationRule, ConfigPath])[] {
  return [...config.federation.rules.values()].flatMap((rule) => {
    const path = [...RULES, rule.name];
    return isPartial(path) ? [] : [[rule, path] as const];
  });
}

function issuersOf({ config, isPartial }: RuleContext): readonly (readonly [Issuer, ConfigPath])[] {
  return [...config.federation.issuers.values()].flatMap((issuer) => {
    const path = [...ISSUERS, issuer.name];
    return isPartial(path) ? [] : [[issuer, path] as const];
  });
}

/** What a rule names has to be declared: its issuer, its workspaces, and its account where the file declares accounts. */
export function unknownInRules(facts: RuleContext): Finding[] {
  const { config, issuers, serviceAccounts, workspaces } = facts;
  const whole = config.manage.service_accounts === "full";
  return rulesOf(facts).flatMap(([rule, path]) => {
    const { issuer, serviceAccount: account } = rule;
    const found: Finding[] = [];
    if (!issuers?.has(issuer)) {
      const args = { issuer, ...suggestion(issuers?.suggest(issuer)) };
      found.push(finding("unknown-issuer", args, { path: [...path, "issuer"] }));
    }
    const near = serviceAccounts?.has(account) ? undefined : serviceAccounts?.suggest(account);
    if (serviceAccounts && !serviceAccounts.has(account) && (whole || near !== undefined)) {
      const where = { path: [...path, "service_account"], severity: whole ? "error" : "warning" } as const;
      found.push(finding("unknown-service-account", { account, ...suggestion(near) }, where));
    }
    const places = rule.workspaces === "all" ? [] : rule.workspaces;
    for (const [index, workspace] of places.entries()) {
      if (workspaces?.has(workspace)) continue;
      const args = { workspace, ...suggestion(workspaces?.suggest(workspace)) };
      found.push(finding("unknown-workspace", args, { path: [...path, "workspaces", index] }));
    }
    return found;
  });
}

/** A rule asks something of a token: by its subject (`*` alone is nothing), its claims or a condition. The audience is not enough. */
export function rulesWithoutMatch(facts: RuleContext): Finding[] {
  return rulesOf(facts).flatMap(([{ subject, claims, condition }, path]) => {
    const asksSubject = subject !== undefined && subject !== null && subject !== "*";
    const asksClaims = claims !== undefined && claims !== null && Object.keys(claims).length > 0;
    const alwaysTrue = condition !== undefined && condition !== null && /^[\s(]*true[\s)]*$/.test(condition);
    if (alwaysTrue) {
      const args = {
        value: condition,
        expected: "an expression over claims, such as \"claims.ref_protected == 'true'\"",
      };
      return [finding("invalid-format", args, { path: [...path, "condition"] })];
    }
    if (asksSubject || asksClaims || (condition !== undefined && condition !== null)) return [];
    return [finding("missing-field", { field: "subject, claims or condition" }, { path })];
  });
}

/** The lifetimes that the API takes, in seconds (SDK: federation). */
const ACCESS = { from: 60, to: 24 * 3600 } as const;
const TOKEN = { from: 1, to: 49 * 3600 } as const;

/** Lifetimes within what the API takes. */
export function lifetimesInRange(facts: RuleContext): Finding[] {
  const within = (seconds: number | undefined, range: { from: number; to: number }, path: ConfigPath) =>
    seconds === undefined || (seconds >= range.from && seconds <= range.to)
      ? []
      : [finding("out-of-range", { value: formatLifetime(seconds), expected: rangeWords(range) }, { path })];
  return [
    ...rulesOf(facts).flatMap(([{ tokenLifetime }, path]) =>
      within(tokenLifetime, ACCESS, [...path, "token_lifetime"]),
    ),
    ...issuersOf(facts).flatMap(([{ maxJwtLifetime }, path]) =>
      within(maxJwtLifetime, TOKEN, [...path, "max_jwt_lifetime"]),
    ),
  ];
}

function rangeWords({ from, to }: { readonly from: number; readonly to: number }): string {
  return `from ${formatLifetime(from)} to ${formatLifetime(to)}`;
}

/** Where keys come from is one of three, and what is fetched is public (SDK: federation issuers). */
export function issuerKeys(facts: RuleContext): Finding[] {
  return issuersOf(facts).flatMap(([{ url, jwks }, path]) => {
    const written = facts.written.federation?.issuers?.[String(path.at(-1))]?.jwks;
    const fields: Readonly<Record<string, unknown>> = isObject(written) ? written : {};
    const at = [...path, "jwks"];
    const sources = ["url", "keys", "discovery_base"].filter((field) => fields[field] != null);
    if (sources.length > 1 || (fields.keys != null && fields.ca_cert_pem !== undefined)) {
      const given = [...sources, ...(fields.ca_cert_pem === undefined ? [] : ["ca_cert_pem"])];
      const args = { value: given.join(" and "), expected: "one of discovery, { url: … } and { keys: […] }" };
      return [finding("invalid-format", args, { path: at })];
    }
    if (jwks?.type === "inline") return privateKeys(jwks.keys, [...at, "keys"]);
    const fetched =
      jwks?.type === "explicit_url"
        ? { address: jwks.url, path: [...at, "url"] }
        : jwks?.discovery_base === undefined
          ? { address: url, path: [...path, "url"] }
          : { address: jwks.discovery_base, path: [...at, "discovery_base"] };
    if (isPublic(fetched.address)) return [];
    const expected = "an https address with a public name and no port of its own, for its keys are fetched from there";
    return [finding("invalid-format", { value: fetched.address, expected }, { path: fetched.path })];
  });
}

/** https on its own port, under a name of the public net. */
function isPublic(address: string): boolean {
  const host = /^https:\/\/([^/:?#]+)(?::443)?(?:[/?#]|$)/i.exec(address)?.[1]?.toLowerCase();
  if (host === undefined || /^[\d.]+$/.test(host) || host.startsWith("[")) return false;
  return host.includes(".") && !/\.(?:local|internal|localhost|svc|lan)$/.test(host);
}

/** Keys that only their owner may have: whoever reads the file could sign for any workload. */
const PRIVATE = ["d", "k", "p", "q"];

function privateKeys(keys: readonly Readonly<Record<string, unknown>>[], path: ConfigPath): Finding[] {
  return keys.flatMap((key, index) =>
    PRIVATE.some((field) => Object.hasOwn(key, field))
      ? [finding("secret-in-file", { what: "a private key, where a public one is meant" }, { path: [...path, index] })]
      : [],
  );
}

/** What is loose about the rules and issuers of the file. */
export function looseFederation(facts: RuleContext): Finding[] {
  const { config } = facts;
  const at = (path: ConfigPath, written: object) => (field: string) => ({
    path: Object.hasOwn(written, field) ? [...path, field] : path,
  });
  return [
    ...rulesOf(facts).flatMap(([rule, path]) => {
      const place = at(path, facts.written.federation?.rules?.[rule.name] ?? {});
      return [...ruleFindings(declaredRule(config, rule), place), ...accountFindings(facts, rule, place)];
    }),
    ...issuersOf(facts).flatMap(([issuer, path]) =>
      issuerFindings(issuer, at(path, facts.written.federation?.issuers?.[issuer.name] ?? {})),
    ),
  ];
}

/** An account that may do everything, or that has no role where the rule leads. */
function accountFindings(
  { config, isPartial }: RuleContext,
  { name: rule, serviceAccount: account, workspaces }: FederationRule,
  at: (field: string) => { readonly path: ConfigPath },
): Finding[] {
  const isAdmin = config.serviceAccounts.get(account)?.role === "admin";
  const places = workspaces === "all" ? [] : workspaces;
  return [
    ...(isAdmin ? [finding("federation-admin-target", { rule, account }, at("service_account"))] : []),
    ...places.flatMap((handle) => {
      const place = config.workspaces.get(handle);
      // In the default workspace every account has a role; one that the file does not say may be there, and of that drift speaks.
      if (!place || place.name === "Default" || isPartial(["workspaces", handle])) return [];
      if (config.manage.service_accounts !== "full" || place.serviceAccounts?.has(account)) return [];
      return [finding("federation-target-unusable", { rule, account, workspace: handle }, at("workspaces"))];
    }),
  ];
}
