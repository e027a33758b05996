import type { Finding, FindingCode } from "../../core/model/finding.ts";
import { cut, quoted } from "../../core/text/text.ts";
import { type Sentence, type Sentences, TEXT_SENTENCES } from "./sentence.ts";
import { FEDERATION_SENTENCES } from "./sentences-federation.ts";
import { LIVE_SENTENCES } from "./sentences-live.ts";
import { RULE_SENTENCES } from "./sentences-rules.ts";

/** @internal What can be wrong with a file of policy tests, beside what can be wrong with any file. */
export const TEST_SENTENCES = {
  "not-policy-tests": ({ found }) => ({
    message: `the file holds ${found} where policy tests are expected`,
    fix: 'name a file with a list under "tests:", such as rbac.test.yaml; the rbac.yaml itself goes with --config',
  }),
  "no-policy-tests": () => ({ message: "the file holds no test", fix: 'add one under "tests:", or remove the file' }),
  "test-subject": ({ given }) => ({
    message: given === "both" ? "the test names a role and a user" : "the test names neither a role nor a user",
    fix:
      given === "both" ? "keep one of the two: a user has a role already" : 'say who asks: add "role: …" or "user: …"',
  }),
  "test-field-misplaced": ({ field, expect }) => ({
    message:
      field === "code"
        ? `"code" says why a request is denied, and this test expects ${quoted(expect)}`
        : `"max_tokens" here says what is sent, and this test expects ${quoted(expect)}`,
    fix:
      field === "code"
        ? 'take it out, or expect "deny"'
        : 'take it out, or expect "allow"; what is asked for stands under "request"',
  }),
  "test-model-pattern": ({ model }) => ({
    message: `${quoted(model)} is a pattern, and a request names one model`,
    fix: "write the id or the alias of one model that it stands for",
  }),
  "test-model-misspelt": ({ model, suggestion }) => ({
    message: `the model ${quoted(model)} is neither known nor named by the policy, so that it is denied proves little`,
    fix: `did you mean ${quoted(suggestion)}?`,
  }),
  "test-name-twice": ({ name, firstLine }) => ({
    message: `two tests are named ${quoted(name)} (the first on line ${firstLine})`,
    fix: "give each a name of its own, so that a report tells them apart",
  }),
  "person-without-app-role": ({ person }) => ({
    message: `${quoted(person)} has no app_role, so no role decides`,
    fix: 'add an app_role under members, or expect "deny" with code "identity-unmapped"',
  }),
  "matrix-too-large": ({ roles, models, pairs }) => ({
    message: `${roles} roles and ${models} models make ${pairs} pairs: more than anybody can look through`,
    fix: "coverage is counted, and only the first pairs are listed; use fewer roles, or patterns instead of models",
  }),
} satisfies Partial<Sentences<FindingCode>>;

const SENTENCES = {
  ...TEXT_SENTENCES,
  ...RULE_SENTENCES,
  ...LIVE_SENTENCES,
  ...FEDERATION_SENTENCES,
  ...TEST_SENTENCES,
} satisfies Sentences<FindingCode>;

/** A finding in words. Values are as they were written: escape for the place where they are shown. */
function sentenceOf({ code, args }: Finding): Sentence {
  // Each code's sentence takes that code's arguments; the compiler cannot follow the pair through a lookup.
  const say = SENTENCES[code] as (args: unknown) => Sentence;
  const isLong = Object.values(args).some((value: unknown) => bounded(value) !== value);
  return say(isLong ? Object.fromEntries(Object.entries(args).map(([name, value]) => [name, bounded(value)])) : args);
}

/** So many items of a list are named in a sentence, and so long an item may be: a value of megabytes is cut, not repeated. */
const MOST_ITEMS = 20;
const LONGEST = 500;

function bounded(value: unknown): unknown {
  if (typeof value === "string") return value.length > LONGEST ? cut(value) : value;
  if (!Array.isArray(value)) return value;
  const rest = value.length - MOST_ITEMS;
  if (rest <= 0 && value.every((item) => bounded(item) === item)) return value;
  return [...value.slice(0, MOST_ITEMS).map(bounded), ...(rest > 0 ? [`${rest} more`] : [])];
}

/** A finding as one sentence: what is wrong, and what to do. */
export function wordsOf(finding: Finding): string {
  const { message, fix } = sentenceOf(finding);
  return `${message}; ${fix}`;
}
