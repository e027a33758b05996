import type { Denied, Policy } from "../policy/policy.ts";

/** A denial with what the person can do about it, where the decision itself does not say it. */
export function withFix(denied: Denied, policy: Policy): Denied {
  if (denied.fix !== undefined) return denied;
  const fix = fixFor(denied, policy);
  return fix === undefined ? denied : { ...denied, fix };
}

function fixFor({ code, role, model }: Denied, { roles }: Policy): string | undefined {
  const known = role === null ? undefined : roles.get(role);
  switch (code) {
    case "role-not-allowed": {
      const others = known?.mayAssume ?? [];
      const assume = others.length > 0 ? `act as ${others.join(" or ")} with --role, or ` : "";
      return `${assume}ask whoever keeps rbac.yaml for another app_role`;
    }
    case "model-not-allowed":
      return known && `the role may use ${known.models.join(", ")}`;
    case "invalid-request":
      return model ? undefined : "name one with --model";
    default:
      return undefined;
  }
}
