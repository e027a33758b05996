import { format } from "node:util";
import type { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Usage } from "@anthropic-ai/sdk/resources/beta/organization/analytics/usage";
import { SpendLimits } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits";
import { Users } from "@anthropic-ai/sdk/resources/beta/organization/users";
import { Models } from "@anthropic-ai/sdk/resources/models";
import { Organization } from "@anthropic-ai/sdk/resources/organization";
import { type ConnectionOptions, fetchOptions, makeClient } from "./client.ts";
import { type AdminFetchOptions, createAdminFetch } from "./fetch.ts";
import type { OrganizationGuard } from "./organization-guard.ts";

/** Of the SDK's client what administration needs: the rest would only take time to load. */
export type AdminClient = BaseAnthropic & ReturnType<typeof resourcesOf>;

export interface AdminConnectionOptions extends ConnectionOptions, Pick<AdminFetchOptions, "isSettled"> {
  /** Milliseconds that one attempt may take; 60 s unless given. */
  readonly attemptTimeout?: number;
  /** Holds the run to one organization. */
  readonly guard?: OrganizationGuard;
}

/** The SDK's client for administration, and how many requests it has sent so far, retries included. */
export interface AdminConnection {
  readonly client: AdminClient;
  readonly requestCount: () => number;
}

const ATTEMPT_TIMEOUT = 60_000;

/**
 * The one client that carries the administration credential. Reads are retried three times; a write asks for none itself
 * (`maxRetries: 0`). Never call `withOptions` on it: the copy would read the environment again.
 */
export function connectAdmin(options: AdminConnectionOptions): AdminConnection {
  const { deadline, debug, log, guard, isSettled, attemptTimeout = ATTEMPT_TIMEOUT } = options;
  let sent = 0;
  const send = createAdminFetch({
    ...fetchOptions(options),
    deadline,
    attemptTimeout,
    guard,
    isSettled,
    onRequest: () => {
      sent += 1;
    },
  });
  const write = (...parts: unknown[]) => log(format(...parts));
  const client = makeClient(options, {
    fetch: send,
    maxRetries: 3,
    logLevel: debug ? "debug" : "warn",
    logger: { error: write, warn: write, info: write, debug: write },
  });
  return { client: Object.assign(client, resourcesOf(client)), requestCount: () => sent };
}

function resourcesOf(client: BaseAnthropic) {
  return {
    organization: new Organization(client),
    models: new Models(client),
    beta: {
      organization: {
        analytics: { usage: new Usage(client) },
        spendLimits: new SpendLimits(client),
        users: new Users(client),
      },
    },
  };
}
