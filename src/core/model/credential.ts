/**
 * What kind of credential it is, as its first letters tell (admin-api.md 1.1): an Admin API key, a key of a person or a service account
 * (or of a workspace: they look the same), a scoped key of Claude Enterprise, an OAuth token, a profile of the ant CLI, or a token
 * that only a gateway knows.
 */
export type CredentialType = "admin_key" | "api_key" | "enterprise_key" | "oauth_token" | "profile" | "token";

/** What a credential is, as far as it tells by itself; never its secret. */
export interface CredentialFacts {
  readonly type: CredentialType;
  /** The variable or the flag that it came from. */
  readonly source: string;
  /** Of a profile. */
  readonly name?: string;
}

/** The key that prompts are sent with, never its secret. */
export interface PromptKeyFacts {
  readonly present: boolean;
  /** Where it is, or was looked for: a variable, a profile, a flag. */
  readonly source: string;
  /** Why it is not usable. */
  readonly problem?: string;
}
