import { DURATION, DURATION_FORM, LIFETIME } from "../model/time.ts";
import { DOMAIN, EMAIL } from "../text/identity.ts";

/* The forms of the texts of rbac.yaml, and how each is called where a text has another. */

/** What no name may hold: control characters, which a terminal would obey. Spelt out, for editors know no `\p{Cc}`. */
const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f`;
export const PLAIN_TEXT = new RegExp(`^[^${CONTROL}]+$`);
export const HANDLE = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
/** The name of a machine's account, of an issuer or of a rule. Source: admin-api-1.14.md 3. */
export const SLUG = /^[a-z0-9-]+$/;
export const NAMING = /^(?:[^{}]|\{workspace\})*(?:\{service\}(?:[^{}]|\{workspace\})*)?$/;
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The port is one that there is, and the path the number of a database: with any other no client connects, and every prompt is denied. */
export const RATE_STORE =
  /^(?:local|rediss?:\/\/(?:[^\s/?#]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:[\]]+)(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?(?:\/\d{0,5})?(?:\?\S*)?)$/;

/** What a token calls its issuer, and an address that is fetched. */
export const ISSUER_URL = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/;
/** Words of letters with colons, such as `workspace:developer`. */
export const SCOPES = /^[a-z_]+:[a-z_]+(?: [a-z_]+:[a-z_]+)*$/;
/** A certificate as it is written to files. */
export const PEM = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s-]+(?:BEGIN|END) CERTIFICATE-----\s*$/;

/** A model, or a pattern of models. */
export const MODELS = /^[A-Za-z0-9.\-_:@*]+$/;

/** What each format is called in findings, and by which pattern it is recognised there. */
export const FORMATS: ReadonlyMap<string, string> = new Map([
  [String(EMAIL), 'an e-mail address such as "ada@acme.example"'],
  [String(PLAIN_TEXT), "text without control characters"],
  [String(HANDLE), 'a handle of letters, digits, "-" and "_", such as "prod"'],
  [String(SLUG), 'a name of small letters, digits and "-", such as "ci-deployer"'],
  [String(NAMING), 'a pattern of text, "{workspace}" and at most one "{service}", such as "{workspace}-{service}"'],
  [String(VARIABLE), 'the name of an environment variable, such as "ANTHROPIC_API_KEY_PROD"'],
  [String(RATE_STORE), '"local" or a URL such as "redis://host:6379"'],
  [String(DURATION), DURATION_FORM],
  [String(LIFETIME), 'a lifetime in seconds, minutes or hours, such as "90s", "15m" or "1h"'],
  [String(ISSUER_URL), 'an address such as "https://token.actions.githubusercontent.com"'],
  [String(SCOPES), '"workspace:developer" or "workspace:inference"'],
  [String(PEM), 'a certificate, from "-----BEGIN CERTIFICATE-----" on'],
  [String(DOMAIN), 'a domain such as "acme.example"'],
  [String(MODELS), 'a model: letters, digits and . - _ : @, with * for any of them, such as "claude-haiku-*"'],
  ["date", 'a day of the calendar, such as "2027-01-31"'],
]);

/** Names that reach an object's prototype where a program is careless; no field or entry of a file needs them. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The key with which older YAML merges mappings; here it is refused, quoted or not. */
export const MERGE_KEY = "<<";
