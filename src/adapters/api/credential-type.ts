import type { CredentialType } from "../../core/model/credential.ts";
import type { ProfileSettings } from "./profile.ts";

/** Who the program is to the Admin API. `source` names where it came from and is fit for messages; `secret` never is. */
export type Credential =
  | { readonly kind: "api-key"; readonly secret: string; readonly source: string }
  | { readonly kind: "auth-token"; readonly secret: string; readonly source: string }
  /** A profile of the `ant` CLI, which the SDK reads and refreshes. */
  | ({ readonly kind: "profile"; readonly profile: string; readonly source: string } & ProfileSettings);

/** Of the scoped keys of Claude Enterprise (admin-api-1.14.md 2). */
export const ENTERPRISE_KEY_PREFIX = "sk-ant-api01-";

const PREFIXES: readonly (readonly [prefix: string, type: CredentialType])[] = [
  ["sk-ant-admin", "admin_key"],
  [ENTERPRISE_KEY_PREFIX, "enterprise_key"],
  ["sk-ant-api", "api_key"],
  ["sk-ant-oat", "oauth_token"],
];

/** What a credential is, as its first letters tell. */
export function typeOf(credential: Credential): CredentialType {
  if (credential.kind === "profile") return "profile";
  return PREFIXES.find(([prefix]) => credential.secret.startsWith(prefix))?.[1] ?? "token";
}

/** Whether a credential belongs to Claude Enterprise, as its first letters tell. */
export function isEnterpriseKey(credential: Credential): boolean {
  return typeOf(credential) === "enterprise_key";
}
