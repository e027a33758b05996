import { emailIdentity } from "../text/identity.ts";
import type { Denied, Policy } from "./policy.ts";

/** Who asks, and as what. */
export interface Caller {
  readonly role: string;
  /** The e-mail in lower case; absent where no identity is known. */
  readonly user?: string;
}

export interface CallerOptions {
  readonly policy: Policy | undefined;
  /** The e-mail of the identity, from --user, ANTH_RBAC_USER or git. */
  readonly user: string | undefined;
  /** The role that was asked for. */
  readonly role: string | undefined;
}

/**
 * The role that a caller acts in: the identity's own, or another that its role may assume. A role may be picked freely only where
 * the identity is mapped to none. Whether the policy has the role, and what it may do, is for `decide`.
 */
export function roleOf({ policy, user, role }: CallerOptions): Caller | Denied {
  if (!policy || policy.roles.size === 0) {
    const fix = "declare roles in rbac.yaml, or name the file with --config";
    return { ...deny(role), code: "policy-missing", message: "There is no role policy", fix };
  }
  const email = user && emailIdentity(user.trim());
  const identity = email ? { user: email } : {};
  const lastDay = email ? policy.former?.get(email) : undefined;
  if (lastDay !== undefined) {
    const message = `The entry of ${email} in members ended with ${lastDay}`;
    const fix = "have the entry's until moved on by whoever keeps rbac.yaml";
    return { ...deny(role), code: "unknown-user", message, fix, rule: `members.${email}.until` };
  }
  const own = email ? policy.people.get(email) : undefined;
  if (own === undefined) {
    if (role) return { role, ...identity };
    const message = email ? `The policy gives ${email} no role` : "Nobody knows who asks";
    const fix =
      "name yourself with --user or ANTH_RBAC_USER, or set git's user.email, to an e-mail with an app_role in members; or pass --role";
    return { ...deny(role), code: "unknown-user", message, fix };
  }
  if (!role || role === own) return { role: own, ...identity };
  if (policy.roles.get(own)?.mayAssume.includes(role)) return { role, ...identity };
  return {
    ...deny(role),
    code: "role-not-assumable",
    message: `The role ${own} of ${email} may not act as ${role}`,
    fix: policy.roles.has(role)
      ? `leave --role away, or list ${role} under may_assume of ${own}`
      : `leave --role away: the policy has no role ${role} at all`,
    rule: `roles.${own}.may_assume`,
  };
}

function deny(role: string | undefined) {
  return { decision: "deny", role: role || null, model: null } as const;
}
