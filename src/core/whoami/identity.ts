import type { CredentialFacts, PromptKeyFacts } from "../model/credential.ts";
import type { Failure, FailureCode } from "../model/failure.ts";
import type { ApiKey, Organization, OrganizationType, OrgSnapshot } from "../model/org.ts";
import type { Self } from "../plan/credential-owner.ts";
import { accessOf, type FeedAnswer, type KindAccess } from "./access.ts";

/** Whose credential is in use, what it reaches, and what `prompt` would see. */
export interface Identity {
  /** Absent: there is none. */
  readonly credential?: CredentialFacts & {
    /** The person that it acts as, where that is known. */
    readonly email?: string;
    /** The organization role that it acts with, where that is known. */
    readonly role?: string;
  };
  readonly organization?: Organization & { readonly type?: OrganizationType };
  readonly access: readonly KindAccess[];
  readonly prompt: PromptIdentity;
  /** Why the credential is not usable. */
  readonly failure?: Failure;
}

/** Who asks, as `prompt` would have it. */
export interface PromptIdentity {
  /** The e-mail in lower case; absent where no identity is known. */
  readonly user?: string;
  readonly source?: "ANTH_RBAC_USER" | "git";
  readonly role?: string;
  /** Why there is no role. */
  readonly problem?: string;
  readonly key: PromptKeyFacts;
}

/** What was found out. */
export interface IdentityInput {
  readonly credential?: CredentialFacts;
  readonly organization?: Organization;
  /** What the lists answered; absent where none was tried. */
  readonly probe?: OrgSnapshot;
  /** What the activity feed answered; absent where it was not asked. */
  readonly feed?: FeedAnswer;
  readonly self?: Self;
  /** The people and keys that were read to find out whose the credential is. */
  readonly live?: Pick<OrgSnapshot, "users" | "keys">;
  readonly prompt: PromptIdentity;
  readonly failure?: Failure;
}

/** Joins what was found out. */
export function assembleIdentity(input: IdentityInput): Identity {
  const { credential, organization, probe, feed, self, prompt, failure } = input;
  const role = roleOf(input);
  const name = credential?.name ?? ownKey(input)?.name;
  const query = {
    ...(credential && { type: credential.type }),
    ...(role !== undefined && { role }),
    ...(probe && { probe }),
    ...(feed && { feed }),
    unanswered: !probe && failure !== undefined && !OF_THE_CREDENTIAL.has(failure.code),
  };
  const type = credential?.type === "enterprise_key" ? "enterprise" : probe?.type;
  return {
    ...(credential && {
      credential: {
        ...credential,
        ...(name !== undefined && { name }),
        ...(self?.email !== undefined && { email: self.email }),
        ...(role !== undefined && { role }),
      },
    }),
    ...(organization && { organization: { ...organization, ...(type && { type }) } }),
    access: accessOf(query),
    prompt,
    ...(failure && { failure }),
  };
}

/** Failures that say something of the credential, and not of the way to the API. */
const OF_THE_CREDENTIAL: ReadonlySet<FailureCode> = new Set([
  "credential-missing",
  "credential-rejected",
  "permission-denied",
  "wrong-organization",
]);

function ownKey({ self, live }: IdentityInput): ApiKey | undefined {
  return live?.keys.known ? live.keys.items.find(({ id }) => id === self?.keyId) : undefined;
}

/** An Admin API key acts as an admin: only they make one, and it has no scopes (admin-api.md 1.1). */
function roleOf({ credential, self, live }: IdentityInput): string | undefined {
  if (credential?.type === "admin_key") return "admin";
  return live?.users.known ? live.users.items.find(({ email }) => email === self?.email)?.role : undefined;
}
