import { itemsOf, type OrgSnapshot } from "./org.ts";

/** The currency where the organization has no limit to read it off. */
const DEFAULT_CURRENCY = "USD";

/** The currency that an organization is billed in, as its limits say it; undefined where none does. */
export function billingCurrency({ spendLimits, memberSpendLimits }: Limits): string | undefined {
  return (itemsOf(spendLimits)[0] ?? itemsOf(memberSpendLimits)[0])?.currency || undefined;
}

type Limits = Pick<OrgSnapshot, "spendLimits" | "memberSpendLimits">;

/** The currency that a limit is set in. */
export function currencyOf(live: Limits): string {
  return billingCurrency(live) ?? DEFAULT_CURRENCY;
}

/** An amount in the currency's minor unit (cents for USD, yen for JPY), rounded to a whole one. */
export function toMinor(major: number, currency: string): number {
  return Math.round(major * 10 ** digitsOf(currency));
}

/** An amount in the currency's major unit. */
export function toMajor(minor: number, currency: string): number {
  return minor / 10 ** digitsOf(currency);
}

/** The most decimals that a currency has, where an amount has more and so cannot be sent as it is; undefined where it can. */
export function surplusDecimals(major: number, currency: string): { readonly most: number } | undefined {
  const most = digitsOf(currency);
  return Number(major.toFixed(most)) === major ? undefined : { most };
}

/** A formatter takes longer to make than all else that is done with an amount, and an organization has one currency. */
const known = new Map<string, number>();

function digitsOf(currency: string): number {
  // What is no ISO 4217 code is the API's own: cents are the common case.
  if (!/^[A-Za-z]{3}$/.test(currency)) return 2;
  const digits = known.get(currency) ?? decimals(currency);
  known.set(currency, digits);
  return digits;
}

function decimals(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
