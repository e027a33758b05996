import * as z from "zod/mini";
import type { EffectiveSpendLimit, MemberSpendLimit, SpendIncreaseRequest } from "../../../core/model/spend-limit.ts";
import { caption, present, type RowSchema, row, text, time } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";
import { amount } from "./spend-limit.ts";

const WHAT = "spend limits of people";

const userScope = z.looseObject({ type: text, user_id: z.optional(text) });

/** Every limit of the organization: of whom it is no more than the currency is taken. */
const limitRow: RowSchema<MemberSpendLimit> = row(
  { id: text, scope: userScope, amount: z.nullable(amount), currency: text, period: text },
  ({ id, scope, amount, currency, period }) => ({
    id,
    ...(scope.type === "user" && present("userId", scope.user_id)),
    ...present("amountMinor", amount),
    currency,
    period,
  }),
);

function listLimits({ client, options, list }: ApiReader) {
  return list({
    what: WHAT,
    style: "cursor",
    // Of every scope: without a limit of a person the others tell the currency.
    ask: (page) => client.beta.organization.spendLimits.list(page, options),
    row: limitRow,
    idOf: ({ id }) => id,
  });
}

function retrieve({ client, options }: ApiReader, spendLimitId: string) {
  return orGone(client.beta.organization.spendLimits.retrieve(spendLimitId, options), limitRow, WHAT);
}

/** Minor units with up to three decimals: use is not rounded to whole cents (the SDK's SpendSummary). */
const spent = z.pipe(z.string().check(z.regex(/^\d+(?:\.\d+)?$/)), z.transform(Number));

const actor = z.looseObject({ type: text, user_id: z.optional(text), email_address: caption });

/** What an id of a scope is called, whatever its type. */
const SCOPE_IDS = ["rbac_group_id", "seat_tier", "service", "user_id"] as const;

/** What holds for one member. A key of the organization may spend as well: of those we know nothing. */
const effectiveRow: RowSchema<EffectiveSpendLimit | undefined> = row(
  {
    actor,
    amount: z.nullable(amount),
    currency: text,
    period: text,
    period_to_date_spend: spent,
    source: z.looseObject({ type: text }),
  },
  ({ actor, amount, currency, period, period_to_date_spend, source }) => {
    if (actor.user_id === undefined) return undefined;
    const id = SCOPE_IDS.map((name) => source[name]).find((value) => typeof value === "string");
    return {
      userId: actor.user_id,
      ...present("amountMinor", amount),
      spentMinor: period_to_date_spend,
      currency,
      period,
      source: { type: source.type, ...(typeof id === "string" && source.type !== "user" && { id }) },
    };
  },
);

const requestRow: RowSchema<SpendIncreaseRequest> = row(
  { id: text, actor, period: text, created_at: time },
  ({ id, actor, period, created_at }) => ({
    id,
    ...present("userId", actor.user_id),
    ...present("email", actor.email_address?.toLowerCase()),
    period,
    createdAt: created_at,
  }),
);

export const member_spend_limit = {
  lists: {
    memberSpendLimits: { what: WHAT, only: "enterprise", read: listLimits },
    effectiveSpendLimits: {
      what: "what people may spend",
      only: "enterprise",
      read: ({ client, options, list }) =>
        list({
          what: "what people may spend",
          style: "cursor",
          ask: (page) => client.organization.spendLimits.effective.list(page, options),
          row: effectiveRow,
          idOf: ({ userId, period }) => `${userId} ${period}`,
        }),
    },
    spendIncreaseRequests: {
      what: "requests for higher spend limits",
      only: "enterprise",
      read: ({ client, options, list }) =>
        list({
          what: "requests for higher spend limits",
          style: "cursor",
          ask: (page) =>
            client.organization.spendLimits.increaseRequests.list({ status: ["pending"], ...page }, options),
          row: requestRow,
          idOf: ({ id }) => id,
        }),
    },
  },
  workspaceLists: {},
  writes: {
    "set-member-spend-limit": {
      words: ({ userId, period }) => `setting the ${period} spend limit of ${userId}`,
      send: ({ beta }, { userId, amount, period }, options) => {
        const scope = { type: "user", user_id: userId } as const;
        return beta.organization.spendLimits.set({ amount, scope, period }, options).withResponse();
      },
      readBack: async (api, { userId, amount, period }) =>
        foundIf(
          (await listLimits(api)).some(
            (limit) => limit.userId === userId && limit.period === period && limit.amountMinor === Number(amount),
          ),
        ),
      seen: async (api, { spendLimitId }) => {
        const found = spendLimitId === null ? undefined : await retrieve(api, spendLimitId);
        return found && { amount: found.amountMinor ?? null };
      },
    },
    "delete-member-spend-limit": {
      words: ({ userId, period }) => `clearing the ${period} spend limit of ${userId}`,
      send: ({ beta }, { spendLimitId }, options) =>
        beta.organization.spendLimits.delete(spendLimitId, options).withResponse(),
      seen: async (api, { spendLimitId }) => {
        const found = await retrieve(api, spendLimitId);
        return found && { amount: found.amountMinor ?? null };
      },
      readBack: async (api, { spendLimitId }) => foundIf((await retrieve(api, spendLimitId)) === undefined),
    },
  },
} satisfies ApiKind;
