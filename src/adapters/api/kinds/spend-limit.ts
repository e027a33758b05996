import * as z from "zod/mini";
import type { Seen } from "../../../core/model/call.ts";
import type { SpendLimit } from "../../../core/model/spend-limit.ts";
import { present, type RowSchema, row, text, unreadable } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";

const WHAT = "spend limits";

/** The API writes minor units as a string of digits: `"50000"` is 500.00. */
export const amount = z.pipe(
  z.string().check(
    z.regex(/^\d+$/),
    z.refine((digits) => Number.isSafeInteger(Number(digits))),
  ),
  z.transform(Number),
);

const ofWorkspace = row(
  {
    id: text,
    scope: z.object({ workspace_id: text }),
    amount: z.nullable(amount),
    currency: text,
    period: text,
  },
  ({ id, scope, amount, currency, period }) => ({
    id,
    workspaceId: scope.workspace_id,
    ...present("amountMinor", amount),
    currency,
    period,
  }),
);

/** Every Console organization has one (admin-api-1.14.md 3.6): without a limit of a workspace it alone tells the currency. */
const ofUsageTier = row({ id: text, currency: text, period: text }, ({ id, currency, period }) => ({
  id,
  currency,
  period,
}));

/** The monthly limit of a workspace, that of the usage tier, or undefined for any other row: those say nothing that we need. */
const spendLimitRow: RowSchema<SpendLimit | undefined> = z.pipe(
  z.looseObject({ scope: z.looseObject({ type: text }), period: text }),
  z.transform((limit, context) => {
    const isTier = limit.scope.type === "usage_tier";
    if (!isTier && (limit.scope.type !== "workspace" || limit.period !== "monthly")) return undefined;
    const parsed = isTier ? ofUsageTier.safeParse(limit) : ofWorkspace.safeParse(limit);
    return parsed.success ? parsed.data : unreadable(parsed.error, context);
  }),
);

/** Only the beta lists the limits of a Console organization (admin-api.md 2.10). */
function listSpendLimits({ client, options, list }: ApiReader, filter: { readonly workspace_id?: string } = {}) {
  return list({
    what: WHAT,
    style: "cursor",
    ask: (page) =>
      client.beta.organization.spendLimits.list(
        { scope_type: ["workspace", "usage_tier"], ...filter, ...page },
        options,
      ),
    row: spendLimitRow,
    idOf: ({ id }) => id,
  });
}

/** A look at a limit: of one that is gone there is nothing to be seen. */
function amountOf(limit: SpendLimit | undefined): Seen | undefined {
  return limit && { amount: limit.amountMinor ?? null };
}

export const spend_limit = {
  lists: { spendLimits: { what: WHAT, preview: true, only: "console", read: (api) => listSpendLimits(api) } },
  workspaceLists: {},
  writes: {
    "set-spend-limit": {
      preview: true,
      words: ({ workspaceId }) => `setting the spend limit of ${workspaceId}`,
      send: ({ beta }, { workspaceId, amount }, options) => {
        const scope = { type: "workspace", workspace_id: workspaceId } as const;
        return beta.organization.spendLimits.set({ amount, scope, period: "monthly" }, options).withResponse();
      },
      readBack: async (api, { workspaceId, amount }) => {
        const limits = await listSpendLimits(api, { workspace_id: workspaceId });
        return foundIf(
          limits.some((limit) => limit.workspaceId === workspaceId && limit.amountMinor === Number(amount)),
        );
      },
      seen: async (api, { workspaceId }) => {
        const limits = await listSpendLimits(api, { workspace_id: workspaceId });
        return amountOf(limits.find((limit) => limit.workspaceId === workspaceId));
      },
    },
    "delete-spend-limit": {
      preview: true,
      words: ({ spendLimitId }) => `deleting the spend limit ${spendLimitId}`,
      send: ({ beta }, { spendLimitId }, options) =>
        beta.organization.spendLimits.delete(spendLimitId, options).withResponse(),
      seen: async ({ client, options }, { spendLimitId }) =>
        amountOf(
          await orGone(client.beta.organization.spendLimits.retrieve(spendLimitId, options), spendLimitRow, WHAT),
        ),
      readBack: async ({ client, options }, { spendLimitId }) => {
        const asked = client.beta.organization.spendLimits.retrieve(spendLimitId, options);
        return foundIf((await orGone(asked, z.unknown(), WHAT)) === undefined);
      },
    },
  },
} satisfies ApiKind;
