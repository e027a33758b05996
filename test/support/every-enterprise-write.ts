import { DAY } from "../../src/core/model/time.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { group, invite, NOW, org, user } from "./org.ts";
import { seedOf } from "./seed.ts";

const person = (name: string) => user(`${name}@acme.example`, "user");
const [ada, bob, cas, dan] = [person("ada"), person("bob"), person("cas"), person("dan")];

const limit = (id: string, userId: string, period: string, amountMinor: number) =>
  ({ id, userId, period, amountMinor, currency: "USD" }) as const;

/** A Claude Enterprise organization in which `EVERY_ENTERPRISE_WRITE` needs every write of the API that there is for one. */
export function everyEnterpriseWriteSeed(): SandboxSeed {
  const engineering = group("Engineering", [ada, bob, dan]);
  const finance = group("Finance", [dan]);
  const live = org({
    users: [user("root@acme.example", "primary_owner"), ada, bob, cas, dan],
    invites: [
      invite("eve@acme.example", "managed", { groupIds: [engineering.id, finance.id] }),
      invite("fay@acme.example", "user"),
      invite("gus@acme.example", "user"),
    ],
    groups: [engineering, group("Old", [cas, dan]), finance],
    memberLimits: [
      limit("spl_ada_daily", ada.id, "daily", 500),
      limit("spl_ada_monthly", ada.id, "monthly", 9000),
      limit("spl_bob_weekly", bob.id, "weekly", 700),
    ],
  });
  const seed = seedOf({ ...live, type: "enterprise" });
  return { ...seed, settings: { ...seed.settings, signOut: "enrolled", compliance: "disabled" } };
}

/** What is declared of it: additions, changes and removals of each kind. */
export const EVERY_ENTERPRISE_WRITE = {
  organization: { compliance: "enabled" },
  manage: { members: "full", groups: "full", spend_limits: "full" },
  guardrails: { min_admins: 1, max_removals: { percent: 100, always_allow: 9, never_exceed: 9 } },
  members: {
    "root@acme.example": { role: "primary_owner" },
    "ada@acme.example": { role: "user", spend_limit: { daily: 7.5, weekly: 30 } },
    "bob@acme.example": { role: "managed" },
    "cas@acme.example": { role: "user", spend_limit: { monthly: 100 } },
    "eve@acme.example": { role: "user" },
    "fay@acme.example": { role: "user" },
    "new@acme.example": { role: "managed" },
    "leaver@acme.example": { role: "user", until: new Date(NOW - 9 * DAY).toISOString().slice(0, 10) },
  },
  groups: {
    Engineering: { members: ["ada@acme.example", "cas@acme.example"] },
    Finance: { members: ["ada@acme.example"] },
    Research: { members: ["bob@acme.example", "cas@acme.example"] },
  },
} as const;

export const APPLY_EVERY_ENTERPRISE_WRITE = ["apply", "--yes", "--confirm", "Old", "--api-rpm", "0", "--json"] as const;
