import { compilePolicy } from "../core/policy/compiled-policy.ts";
import type { Policy } from "../core/policy/policy.ts";
import { guardedSdkClient, isSdkClient } from "./guarded-sdk-client.ts";
import { type MessagesClient, standInClient } from "./stand-in-client.ts";

/** Whose rules a client obeys. */
export interface GuardOptions {
  /** As `loadPolicy` gives it. Undefined, or no valid one: every call is denied. */
  readonly policy: Policy | undefined;
  /** A role of the policy; of an unknown one every call is denied. */
  readonly role: string;
  /** The e-mail of whoever the calls are made for: `rpm_limit` counts for each by itself. Absent: whoever runs the program. */
  readonly user?: string;
  /** Where ANTH_RBAC_STATE_DIR and XDG_STATE_HOME are looked up; process.env where absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A client like the one that is given, with the same credential, that does what the role may do and rejects with PolicyDeniedError
 * what it may not. Of a client of @anthropic-ai/sdk 1.x it is a real one: all its methods work, and every request is judged as it
 * is sent. Of anything else that has `messages.create` only `messages.create`, `countTokens`, `stream` and `batches.create` are
 * left. The client that was given stays as it was, unguarded. Never throws.
 */
export function guardClient<Client extends MessagesClient>(client: Client, options: GuardOptions): Client {
  const { policy, role, user, env } = Object(options) as GuardOptions;
  // As it is now: who changes the policy or the options afterwards changes no client.
  compilePolicy(policy);
  const counted = { policy, role, user, env };
  const guarded = isSdkClient(client) ? guardedSdkClient(client, counted) : undefined;
  return guarded ?? (standInClient(client, counted) as Client);
}
