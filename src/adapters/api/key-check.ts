import type { SecretCheck, TestedKey } from "../../core/keys/delivery.ts";
import { matchesHint } from "../../core/keys/secret-match.ts";
import { Failure } from "../../core/model/failure.ts";
import { SHORTEST_SECRET } from "../../core/text/secret.ts";
import { connectAdmin } from "./admin-client.ts";
import type { Deadline } from "./deadline.ts";
import { failureOf } from "./failure.ts";

/** A secret, and what is known of the key that it should be. */
export interface SecretCheckRequest extends TestedKey {
  readonly secret: string;
  /** As `resolveBaseUrl` checked it. */
  readonly baseUrl: string;
  /** Names the proxy, where there is one. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly deadline: Deadline;
}

const WHAT = "test of the new key";

/**
 * Whether a secret is the one of the key it was created as (by its hint, on this machine), and authenticates: it lists models,
 * over a connection that knows no other credential and logs nothing. No answer, and a server that failed, are asked again as any read is. Throws
 * Failure where no answer of the API came.
 */
export async function checkSecret({
  secret,
  hint,
  oldHint,
  baseUrl,
  env,
  deadline,
  workspaceId,
}: SecretCheckRequest): Promise<SecretCheck> {
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    return refused("rejected", "the secret holds characters that no secret has: was more than the secret copied?");
  }
  if (secret.length < SHORTEST_SECRET)
    return refused("rejected", `the secret has fewer than ${SHORTEST_SECRET} characters, and no key has so few`);
  if (!hint) return refused("no-hint", "the API lists no hint of the new key, so the secret cannot be told to be its");
  if (!matchesHint(secret, hint)) {
    return oldHint && matchesHint(secret, oldHint)
      ? refused("is-the-old-key", "the secret is that of the old key, not of the one that replaces it")
      : refused("hint-mismatch", `the secret is another key's: the new one's hint is ${hint}`);
  }
  const credential = { kind: "api-key", secret, source: "the secret handed over" } as const;
  const quiet = { perMinute: 0, debug: false, log: () => {} };
  const { client } = connectAdmin({ credential, baseUrl, env, deadline, workspaceId, isSettled, ...quiet });
  try {
    const options = { query: { limit: 1 }, signal: deadline.signal };
    // Not models.list(): that makes an empty list of a web page that somebody answers with instead.
    const page = await client.get<{ readonly data?: unknown } | string | null>("/v1/models", options);
    if (typeof page === "object" && Array.isArray(page?.data)) return { ok: true };
  } catch (error) {
    return verdictOn(failureOf(error, { what: WHAT, signal: deadline.signal }), error);
  }
  throw new Failure("incomplete-answer", { message: `${WHAT}: the answer is no list of models` });
}

/** A refusal comes once it is known who asks; whoever failed, or gave up waiting, may not have got so far. */
function isSettled(status: number): boolean {
  return status < 500 && status !== 408;
}

/** Only 401 means that the secret is bad; any other error of the API's own comes after it knew who asks. */
function verdictOn(failure: Failure, error: unknown): SecretCheck {
  if (failure.code === "credential-rejected") return refused("rejected", "the API does not accept the secret (401)");
  const byTheApi = error instanceof Error && "apiMessage" in error && typeof error.apiMessage === "string";
  const { status = 0 } = failure.details;
  if (byTheApi && status >= 400 && failure.code !== "unreachable") return { ok: true };
  // A bare 403 or 502 is a proxy's, which knows nothing about the secret.
  throw failure;
}

function refused(reason: Exclude<SecretCheck, { readonly ok: true }>["reason"], message: string): SecretCheck {
  return { ok: false, reason, message };
}
