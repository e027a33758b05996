import type { BetaAnalyticsActor } from "@anthropic-ai/sdk/resources/beta/organization/analytics/analytics";
import type { SeedUsage } from "./seed/seed.ts";
import type { SandboxState } from "./state/state.ts";
import { getRow } from "./state/table.ts";

/** Who stands behind some use: the user, else the service account, else the key; null when nobody is known. */
export function actorOf(state: SandboxState, usage: SeedUsage): BetaAnalyticsActor | null {
  if (usage.user_id !== null) {
    const user = getRow(state.users, usage.user_id);
    return {
      type: "user_actor",
      user_id: usage.user_id,
      deleted: user === undefined,
      email_address: user?.email ?? null,
      name: user?.name ?? null,
    };
  }
  if (usage.service_account_id !== null) {
    return { type: "service_account_actor", service_account_id: usage.service_account_id };
  }
  return usage.api_key_id === null ? null : { type: "api_actor", api_key_id: usage.api_key_id };
}
