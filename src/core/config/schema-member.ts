import * as z from "zod/mini";
import { ORGANIZATION_ROLE_WORDS } from "../model/role.ts";
import { day, optional, prose, text, words } from "./fields.ts";

/** As many decimals as any currency has; whether the organization's own has them is known live. */
export const money = z.number().check(z.gte(0), z.lte(1e12), z.multipleOf(0.001));

/** By period, each held by itself. */
export const memberSpendLimit = z.strictObject({
  daily: optional(
    money,
    "The most that the person may spend in a day, in the major unit of the organization's own currency.",
  ),
  weekly: optional(money, "The same in a week."),
  monthly: optional(money, "The same in a calendar month."),
});

/** A person under `members`. */
export const member = z.strictObject({
  role: optional(
    words(ORGANIZATION_ROLE_WORDS),
    "The organization role: the API's word or the Console's caption. Admins and owners are made in the Console only. Left out: not managed; somebody who has to be invited needs one.",
  ),
  app_role: optional(text, "The person's role under `roles`, for prompts."),
  until: optional(day, "The last day on which the entry holds; afterwards the person is removed."),
  reason: optional(prose, "Why the person has this, for reviewers."),
  spend_limit: optional(
    memberSpendLimit,
    "What the person may spend, on Claude Enterprise; each period holds by itself. Left out: not managed.",
  ),
});
