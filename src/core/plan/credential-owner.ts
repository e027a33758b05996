import type { Config } from "../config/config.ts";
import { Failure } from "../model/failure.ts";
import { EMPTY_SCOPE, itemsOf, type OrgReader, type OrgSnapshot } from "../model/org.ts";

/** Whose credential a run uses, as far as the credential itself tells. */
export interface CredentialOwner {
  /** The account that a profile is logged in as, in lower case. */
  readonly email?: string;
  /** For a key that is of the organization's list: whether a redacted hint can be its own. An admin key is in no list. */
  readonly isHint?: (hint: string) => boolean;
}

/** The person behind the credential and the credential's own key, as far as they are known. */
export interface Self {
  readonly email?: string;
  readonly keyId?: string;
}

/**
 * Finds the credential's owner: the account of its profile, or the principal of the one listed key that its hint fits. Undefined
 * where nobody can tell (admin keys and bare tokens say nothing). Reads the list of keys only for a key that may be in it.
 */
export async function findSelf(
  { email, isHint }: CredentialOwner,
  org: OrgReader,
  live: OrgSnapshot,
): Promise<Self | undefined> {
  if (email !== undefined) return { email };
  if (!isHint) return undefined;
  const keys = live.keys.known ? live.keys : (await org.read({ ...EMPTY_SCOPE, keys: true })).keys;
  const fitting = keys.known ? keys.items.filter(({ hint }) => hint !== undefined && isHint(hint)) : [];
  const [key, ...others] = fitting;
  if (!key || others.length > 0) return undefined;
  const users = itemsOf(live.users);
  const { principal } = key;
  const owner = principal?.type === "user" ? users.find(({ id }) => id === principal.id) : undefined;
  return { keyId: key.id, ...(owner && { email: owner.email }) };
}

/**
 * Makes sure, before anything else is asked, that the credential belongs to the organization the file names. Does nothing
 * where the file (its path as it is shown) names none. Throws Failure `wrong-organization`.
 */
export async function guardOrganization(config: Config, org: OrgReader, file: string): Promise<void> {
  const declared = config.organization.id;
  if (declared === undefined) return;
  const { id, name } = await org.organization();
  if (id.toLowerCase() === declared.toLowerCase()) return;
  throw new Failure("wrong-organization", {
    message: `the credential belongs to the organization "${name}" (${id}), but ${file} is for ${declared}`,
    fix: `use a credential of that organization, or correct organization.id in ${file}`,
  });
}
