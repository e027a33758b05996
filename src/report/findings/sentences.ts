import type { Finding, FindingCode } from "../../core/model/finding.ts";
import { cut } from "../../core/text/text.ts";
import type { Sentence, Sentences } from "./sentence.ts";
import { TEXT_SENTENCES } from "./sentence.ts";
import { LIVE_SENTENCES } from "./sentences-live.ts";
import { RULE_SENTENCES } from "./sentences-rules.ts";
import { TEST_SENTENCES } from "./sentences-tests.ts";

const SENTENCES = {
  ...TEXT_SENTENCES,
  ...RULE_SENTENCES,
  ...LIVE_SENTENCES,
  ...TEST_SENTENCES,
} satisfies Sentences<FindingCode>;

/** A finding in words. Values are as they were written: escape for the place where they are shown. */
function sentenceOf({ code, args }: Finding): Sentence {
  // Each code's sentence takes that code's arguments; the compiler cannot follow the pair through a lookup.
  const say = SENTENCES[code] as (args: unknown) => Sentence;
  return say(Object.fromEntries(Object.entries(args).map(([name, value]) => [name, bounded(value)])));
}

/** So many items of a list are named in a sentence, and so long an item may be: a value of megabytes is cut, not repeated. */
const MOST_ITEMS = 20;
const LONGEST = 500;

function bounded(value: unknown): unknown {
  if (typeof value === "string") return value.length > LONGEST ? cut(value) : value;
  if (!Array.isArray(value)) return value;
  const rest = value.length - MOST_ITEMS;
  return [...value.slice(0, MOST_ITEMS).map(bounded), ...(rest > 0 ? [`${rest} more`] : [])];
}

/** A finding as one sentence: what is wrong, and what to do. */
export function wordsOf(finding: Finding): string {
  const { message, fix } = sentenceOf(finding);
  return `${message}; ${fix}`;
}
