import type { Risk } from "../model/change.ts";
import { organizationRank } from "../model/role.ts";

/** Another role for a person or an invitation, by the API where it can give and take both. */
export function roleChange(before: string, after: string, byApi: boolean) {
  return {
    action: byApi ? ("update" as const) : ("manual" as const),
    before: { role: before },
    after: { role: after },
    risk: roleRisk(before, after),
    reason: byApi ? ("differs" as const) : ("console-only" as const),
  };
}

function roleRisk(before: string, after: string): Risk {
  return (organizationRank(after) ?? 0) > (organizationRank(before) ?? 0) ? "widening" : "removal";
}
