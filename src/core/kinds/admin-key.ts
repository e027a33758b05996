import { emptyKindPlan, type Kind } from "./kind.ts";

/** Admin API keys: no list has them, and no API reaches them, so every change about one is for a person. */
export const admin_key: Kind<"admin_key"> = {
  manage: "members",
  order: 7,
  endsAt: 7,
  writtenBy: "console",
  needs: [],
  scope: () => ({}),
  lists: {},
  count: () => 0,
  feed: { names: [] },
  isPlace: false,
  plan: emptyKindPlan,
  confirmedBy: ({ target }) => target,
  calls: () => undefined,
  exported: [],
};
