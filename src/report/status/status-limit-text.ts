import type { Limiter } from "../../core/config/config.ts";
import type { SpendLimit } from "../../core/model/org.ts";
import type { LimiterStatus, LimitStatus } from "../../core/status/workspace.ts";
import type { Style } from "../formats/style.ts";
import type { Node } from "../formats/tree.ts";
import { grouped } from "./status-words.ts";

const UNITS = {
  requests_per_minute: "requests/min",
  input_tokens_per_minute: "input tokens/min",
  input_tokens_per_minute_cache_aware: "uncached input tokens/min",
  output_tokens_per_minute: "output tokens/min",
  tokens_per_minute: "tokens/min",
  tokens_per_day: "tokens/day",
  tool_uses_per_second: "tool uses/s",
  fast_itpmca: "fast uncached input tokens/min",
  fast_otpm: "fast output tokens/min",
} as const satisfies Record<Limiter, string>;

/** A group's limits as cells: its name, then each limiter with where it comes from. */
export function limitCells({ group, models, limits }: LimitStatus, style: Style): Node["cells"] {
  const name = group.displayName ?? (group.type === "model_group" ? models.slice(0, 2).join(", ") : group.type);
  return [name === "" ? group.id : name, ...limits.map((limit) => limiterCell(limit, style))];
}

function limiterCell({ limiter, value, override, organization }: LimiterStatus, style: Style) {
  const text = `${grouped(value)} ${UNITS[limiter]}`;
  if (override === undefined) return { text, paint: style.dim };
  if (organization === undefined || override === organization) return { text };
  if (override > organization)
    return { text: `${text} (set to ${grouped(override)}, above the organization's)`, paint: style.warning };
  return { text: `${text} (of ${grouped(organization)})`, ...(value === 0 && { paint: style.error }) };
}

/** A spend limit in the currency's major unit, as the file has it. */
export function money({ amountMinor = 0, currency, period }: SpendLimit): string {
  const digits = fractionDigits(currency);
  return `${grouped(Math.trunc(amountMinor / 10 ** digits))}${fraction(amountMinor, digits)} ${currency} ${period}`;
}

function fraction(minor: number, digits: number): string {
  return digits === 0 ? "" : `.${String(minor % 10 ** digits).padStart(digits, "0")}`;
}

/** How many digits of an amount are behind the point; two for a currency that nobody knows. */
function fractionDigits(currency: string): number {
  if (!/^[A-Za-z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
