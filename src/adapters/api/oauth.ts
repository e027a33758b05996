import { Failure, type FailureCode, messageWithFix } from "../../core/model/failure.ts";
import type { ReadResult } from "../../core/model/org.ts";

/** The Failure for what only a token of OAuth may read or write, where a run has none (admin-api-1.14.md 2). */
export function oauthRequired(what: string): Failure {
  return new Failure("oauth-required", {
    message: `${what}: they need a token of OAuth with the scope org:admin, and a key is none`,
    fix: 'set ANTHROPIC_AUTH_TOKEN to one beside the key, or log in (ant auth login --scope "org:admin") and use --profile',
  });
}

/** What to do where the token that is used for such a thing is refused; `isBeside`: it stands beside a key, for nothing else. */
function tokenAdvice(code: FailureCode, isBeside: boolean): string | undefined {
  if (code === "permission-denied") {
    return 'use a token of somebody who is an admin that has the scope org:admin: log in (ant auth login --scope "org:admin") and use --profile, or put it in ANTHROPIC_AUTH_TOKEN';
  }
  if (code !== "credential-rejected" || !isBeside) return undefined;
  return "it is the token in ANTHROPIC_AUTH_TOKEN that was rejected: set it to one that is whole and not expired";
}

/** Why a list is not known that no credential of this run can read: nothing is asked. */
export function withoutOauth(what: string): ReadResult<never> {
  const { code, details } = oauthRequired(what);
  return { known: false, reason: code, message: messageWithFix(details) };
}

/** Why a list is not known: of what only a token may read, the way to the right one is said too. */
export function unreadMessage(
  { code, details: { message } }: Failure,
  { oauth = false, isOther }: { readonly oauth?: boolean; readonly isOther: boolean },
): string {
  const fix = oauth ? tokenAdvice(code, isOther) : undefined;
  return fix === undefined ? message : messageWithFix({ message, fix });
}
