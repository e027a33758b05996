import type { Finding, FindingCode } from "../../core/model/finding.ts";
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
  return say(args);
}

/** A finding as one sentence: what is wrong, and what to do. */
export function wordsOf(finding: Finding): string {
  const { message, fix } = sentenceOf(finding);
  return `${message}; ${fix}`;
}
