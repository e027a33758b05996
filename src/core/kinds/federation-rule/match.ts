import type { RuleMatch } from "../../model/federation.ts";

/** The fields of a rule that a token is held to. */
export const MATCHERS = ["subject", "claims", "condition", "audience"] as const satisfies readonly (keyof RuleMatch)[];

/** What a file says, or a change sets, of a match. Null: nothing is asked there. */
type MatchFields = { readonly [Field in keyof RuleMatch]?: RuleMatch[Field] | null | undefined };

/** The match with what is said of it, and without what is cleared. */
export function withFields(match: RuleMatch, said: MatchFields): RuleMatch {
  const entries = MATCHERS.map((field) => [field, said[field] === undefined ? match[field] : said[field]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}
