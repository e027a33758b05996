import { DAY } from "../state/clock.ts";
import type { SandboxSeed } from "../state/seed.ts";
import { rateLimitId } from "./rate-limits.ts";
import { reviewActivities } from "./review-activities.ts";
import { seedInvite, seedIssuer, seedKey, seedRule } from "./rows.ts";
import { smallSeed } from "./small.ts";

/**
 * The small organization with one of everything that an access review has a flag for: what the file and the list of people have to say
 * besides is in examples/review. Every time is relative to `now` (milliseconds).
 */
export function reviewSeed(now: number): SandboxSeed {
  const ago = (days: number): number => now - days * DAY;
  const small = smallSeed(now);
  const by = (name: string) => ({ created_by: { id: `user_01sandbox${name}`, type: "user" as const } });
  const staging = "wrkspc_01sandboxStaging";
  return {
    ...small,
    activities: reviewActivities(now, small),
    // Nobody has accepted it in nine days.
    invites: [...small.invites, seedInvite("invite_01sandboxGina", "gina@acme.example", "developer", ago(9), null)],
    api_keys: [
      ...small.api_keys,
      // Made by hand for a report that nobody reads any more.
      seedKey("apikey_01sandboxStgReport", "stg-report", staging, ago(260), by("Alan")),
      // Hank left, and knows its secret.
      seedKey("apikey_01sandboxStgMail", "stg-mail", staging, ago(40), by("Hank")),
      // Acts as Ada, and Bob was shown its secret.
      seedKey("apikey_01sandboxDevPair", "dev-pair", "wrkspc_01sandboxDevelopment", ago(20), {
        ...by("Bob"),
        principal: { type: "user_actor", user_id: "user_01sandboxAda" },
      }),
    ],
    // The one lets in what runs on one branch; the other, made in a hurry, whatever runs in any repository of acme, everywhere.
    federation_issuers: [
      seedIssuer("fdis_01sandboxGithub", "github", ago(90), {
        issuer_url: "https://token.actions.githubusercontent.com",
      }),
    ],
    federation_rules: [
      seedRule("fdrl_01sandboxIngestMain", "ingest-main", ago(60), {
        issuer_id: "fdis_01sandboxGithub",
        match: {
          subject_prefix: "repo:acme/ingest:ref:refs/heads/main",
          claims: { repository_owner_id: "1234" },
          audience: "https://api.anthropic.com",
        },
        target: { type: "service_account", service_account_id: "svac_01sandboxIngest" },
        token_lifetime_seconds: 900,
        workspace_ids: ["wrkspc_01sandboxProduction"],
      }),
      seedRule("fdrl_01sandboxNightly", "nightly", ago(30), {
        issuer_id: "fdis_01sandboxGithub",
        match: { subject_prefix: "repo:acme/*" },
        target: { type: "service_account", service_account_id: "svac_01sandboxAutomation" },
        token_lifetime_seconds: 86_400,
        applies_to_all_workspaces: true,
      }),
    ],
    // Staging makes six requests every other hour.
    workspace_rate_limits: [
      ...small.workspace_rate_limits.filter(({ workspace_id }) => workspace_id !== staging),
      {
        workspace_id: staging,
        rate_limit_id: rateLimitId("Sonnet5"),
        limits: [{ type: "requests_per_minute", value: 2000 }],
      },
    ],
  };
}
