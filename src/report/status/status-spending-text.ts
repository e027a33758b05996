import type { ReadResult } from "../../core/model/org.ts";
import { dayOf } from "../../core/model/time.ts";
import type { RequestStatus, SpendingStatus } from "../../core/status/spending.ts";
import type { Style } from "../formats/style.ts";
import { branch, type Node } from "../formats/tree.ts";
import { amountText } from "./status-words.ts";

interface Spending {
  readonly spending: ReadResult<SpendingStatus>;
  readonly requests: ReadResult<RequestStatus>;
}

/** What people may spend and have spent, and who waits for more; nothing where there is nothing, or nobody asked. */
export function spendingNodes({ spending, requests }: Spending, style: Style): readonly Node[] {
  return [
    ...(isShown(spending)
      ? [branch("spending", spending, (items) => items.map((one) => spendingNode(one, style)), style)]
      : []),
    ...(isShown(requests)
      ? [branch("requests for a higher spend limit", requests, (items) => items.map(requestNode), style)]
      : []),
  ];
}

function isShown(reading: ReadResult<unknown>): boolean {
  return reading.known
    ? reading.items.length > 0
    : reading.reason !== "not-read" && reading.reason !== "organization-type-unknown";
}

function spendingNode(one: SpendingStatus, style: Style): Node {
  const { email, userId, period, amountMinor, spentMinor, currency } = one;
  const isUsedUp = amountMinor !== undefined && spentMinor >= amountMinor;
  const spent = amountText(spentMinor, currency);
  const text =
    amountMinor === undefined
      ? `${spent} ${currency}, no limit`
      : `${spent} of ${amountText(amountMinor, currency)} ${currency}`;
  return { cells: [email ?? userId, period, { text, ...(isUsedUp && { paint: style.warning }) }, sourceWords(one)] };
}

/** Where a limit comes from. Source: the scopes of the SDK's SpendSummary. */
function sourceWords({ source: { type, id }, sourceName }: SpendingStatus): string {
  switch (type) {
    case "user":
      return "their own limit";
    case "rbac_group":
      return `of the group ${sourceName ?? id ?? ""}`.trim();
    case "seat_tier":
      return `of the seat tier ${id ?? ""}`.trim();
    case "organization":
      return "of the organization";
    default:
      return [type, id].filter(Boolean).join(" ");
  }
}

function requestNode({ email, userId = "", period, createdAt, id }: RequestStatus): Node {
  return { cells: [email ?? userId, period, `asked on ${dayOf(createdAt)}`, id] };
}
