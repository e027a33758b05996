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

/**
 * The currencies whose minor unit is not a hundredth. Source: ISO 4217, list one. Not from Intl, which tells how many decimals people
 * write: none for HUF, IDR, COP or PKR, whose minor unit is a hundredth all the same.
 */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...[
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
  ].map((currency) => [currency, 0]),
  ...["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((currency) => [currency, 3]),
  ...["CLF", "UYW"].map((currency) => [currency, 4]),
]);

// What is no code of the standard is the API's own: hundredths are the common case.
function digitsOf(currency: string): number {
  return DIGITS[currency.toUpperCase()] ?? 2;
}
