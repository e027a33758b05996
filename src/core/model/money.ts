/** The currency where the organization has no limit to read it off. */
export const DEFAULT_CURRENCY = "USD";

/** An amount in the currency's minor unit (cents for USD, yen for JPY), rounded to a whole one. */
export function toMinor(major: number, currency: string): number {
  return Math.round(major * 10 ** digitsOf(currency));
}

/** An amount in the currency's major unit. */
export function toMajor(minor: number, currency: string): number {
  return minor / 10 ** digitsOf(currency);
}

function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    // The API's currency is no ISO 4217 code: cents are the common case.
    return 2;
  }
}
