import { itemsOf, type ReadResult } from "../model/org.ts";
import type { EffectiveSpendLimit, SpendIncreaseRequest } from "../model/spend-limit.ts";
import { compareText } from "../text/text.ts";
import type { StatusIndex } from "./index-live.ts";

/** What one member of Claude Enterprise may spend in one period, where that comes from, and what is spent. */
export interface SpendingStatus extends EffectiveSpendLimit {
  /** Absent: no member has the id. */
  readonly email?: string;
  /** What the group is called, where the limit is one's. */
  readonly sourceName?: string;
}

/** A request for more that waits, with whoever asked. */
export type RequestStatus = SpendIncreaseRequest;

/** What holds for the members, by e-mail; for one of them alone where an id is given. */
export function spendingStatuses({ live, users }: StatusIndex, userId?: string): ReadResult<SpendingStatus> {
  if (!live.effectiveSpendLimits.known) return live.effectiveSpendLimits;
  const groups = new Map(itemsOf(live.groups).map(({ id, name }) => [id, name]));
  const items = live.effectiveSpendLimits.items
    .filter((limit) => userId === undefined || limit.userId === userId)
    .map((limit): SpendingStatus => {
      const email = users.get(limit.userId)?.email;
      const sourceName = limit.source.id === undefined ? undefined : groups.get(limit.source.id);
      return { ...limit, ...(email !== undefined && { email }), ...(sourceName !== undefined && { sourceName }) };
    });
  const nameOf = ({ email, userId: id, period }: SpendingStatus) => `${email ?? id} ${period}`;
  return {
    ...live.effectiveSpendLimits,
    items: items.toSorted((one, other) => compareText(nameOf(one), nameOf(other))),
  };
}

/** The requests that nobody has answered, oldest first; of one person alone where an id is given. */
export function waitingRequests({ live, users }: StatusIndex, userId?: string): ReadResult<RequestStatus> {
  const { spendIncreaseRequests: requests } = live;
  if (!requests.known) return requests;
  const items = requests.items
    .filter((request) => userId === undefined || request.userId === userId)
    .map((request) => {
      const email = users.get(request.userId ?? "")?.email ?? request.email;
      return { ...request, ...(email !== undefined && { email }) };
    });
  return { ...requests, items: items.toSorted((one, other) => one.createdAt - other.createdAt) };
}
