import { emailIdentity } from "../text/identity.ts";
import { shownName } from "./decide.ts";
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
 * The role that a caller acts in: the identity's own, or another that its role may assume; for whoever is mapped to none, what the
 * file says of them. Whether the policy has the role, and what it may do, is for `decide`.
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
    return { ...deny(role), code: "identity-unmapped", message, fix, rule: `members.${email}.until` };
  }
  const own = email ? policy.people.get(email) : undefined;
  if (own === undefined) return unmappedRole(policy, email, role);
  if (!role || role === own) return { role: own, ...identity };
  if (policy.roles.get(own)?.mayAssume.includes(role)) return { role, ...identity };
  return {
    ...deny(role),
    code: "role-not-assumable",
    message: `The role ${own} of ${email} may not act as ${shownName(role)}`,
    fix: policy.roles.has(role)
      ? `leave --role away, or list ${shownName(role)} under may_assume of ${own}`
      : `leave --role away: the policy has no role ${shownName(role)} at all`,
    rule: `roles.${own}.may_assume`,
  };
}

/** The role of whoever the file gives none: what it says of strangers, and never more than that. */
function unmappedRole(
  { unmapped, roles }: Policy,
  email: string | undefined,
  role: string | undefined,
): Caller | Denied {
  const identity = email ? { user: email } : {};
  const own = unmapped?.appRole;
  if (role ? role === own || unmapped?.mayAssume.includes(role) : own !== undefined) {
    return { role: role || String(own), ...identity };
  }
  if (role && unmapped) {
    return {
      ...deny(role),
      code: "role-not-assumable",
      message: `${shownName(email ?? "Somebody")}, whom the policy gives no role, may not act as ${shownName(role)}`,
      fix: roles.has(role)
        ? `leave --role away, or list ${shownName(role)} under unmapped.may_assume`
        : `leave --role away: the policy has no role ${shownName(role)} at all`,
      rule: "unmapped.may_assume",
    };
  }
  const message = email ? `The policy gives ${shownName(email)} no role` : "Nobody knows who asks";
  const fix =
    "name yourself with --user or ANTH_RBAC_USER, or set git's user.email, to an e-mail with an app_role in members; what anybody else may do is said under unmapped in rbac.yaml";
  return { ...deny(role), code: "identity-unmapped", message, fix };
}

function deny(role: string | undefined) {
  return { decision: "deny", role: role ? shownName(role) : null, model: null } as const;
}
