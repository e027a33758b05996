import type { UnknownWord } from "./unknown-word.ts";

/** Whose tokens the organization takes. Only a credential of OAuth can read it. */
export interface FederationIssuer {
  readonly id: string;
  /** A slug; no two issuers bear one. */
  readonly name: string;
  /** What its tokens say in `iss`. */
  readonly url: string;
  readonly jwks: IssuerKeys | UnknownWord;
  /** Whether a token can be exchanged once only. */
  readonly checkJti: boolean;
  /** Seconds between the making and the end of a token that are taken at most. */
  readonly maxJwtLifetime: number;
  /** Epoch ms; the API stopped fetching the keys, because it failed too often. */
  readonly pollingStoppedAt?: number;
}

/** Where the keys come from that an issuer signs with; fields in the API's words. */
export type IssuerKeys =
  | { readonly type: "discovery"; readonly discovery_base?: string; readonly ca_cert_pem?: string }
  | { readonly type: "explicit_url"; readonly url: string; readonly ca_cert_pem?: string }
  | { readonly type: "inline"; readonly keys: readonly Readonly<Record<string, unknown>>[] };

/** Which workload gets in, as which service account. Only a credential of OAuth can read it. */
export interface FederationRule {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly issuerId: string;
  readonly match: RuleMatch;
  /** Words with one space between them. */
  readonly oauthScope: string;
  readonly target: { readonly type: "service_account"; readonly id: string } | UnknownWord;
  /** Ids. */
  readonly workspaces: "all" | readonly string[];
  /** Seconds. */
  readonly tokenLifetime: number;
}

/** What a token has to say; all that is there must hold. */
export interface RuleMatch {
  /** Exact, or the beginning where it ends in `*`. */
  readonly subject?: string;
  readonly claims?: Readonly<Record<string, string>>;
  /** An expression (CEL) over the claims. */
  readonly condition?: string;
  readonly audience?: string;
  /** What else the API asks, by its own names, in a way that this version does not know: what such a rule lets in cannot be told. */
  readonly others?: readonly string[];
}

/** The scopes that the API gives and takes; any other is a matter of the Console (SDK: federation rules). */
const API_SCOPES: ReadonlySet<string> = new Set(["workspace:developer", "workspace:inference"]);

/** The words of a scope, each once and in order. */
export function scopeWords(scope: string): readonly string[] {
  return [...new Set(scope.split(" ").filter((word) => word !== ""))].sort();
}

/** Whether a scope is one that only the Console gives. */
export function isConsoleScope(scope: string): boolean {
  return scopeWords(scope).some((word) => !API_SCOPES.has(word));
}
