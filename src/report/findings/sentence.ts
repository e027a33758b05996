import type { FindingArgs, FindingCode } from "../../core/model/finding.ts";
import { quoted } from "../../core/text/text.ts";

/** What is wrong, and what to do about it: both without a full stop, the subject first. */
export interface Sentence {
  readonly message: string;
  readonly fix: string;
}

/** How the codes of a group are put into words. */
export type Sentences<Code extends FindingCode> = { readonly [One in Code]: (args: FindingArgs[One]) => Sentence };

/** The fix for a misspelt name, or `otherwise` where nothing is near. */
export function didYouMean(suggestion: string | undefined, otherwise: string): string {
  return suggestion === undefined ? otherwise : `did you mean ${quoted(suggestion)}?`;
}

/** `1 day`, `3 days`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

const MEBIBYTE = 1024 * 1024;

/** What can be wrong with the text of a file, and with one place of it. */
export const TEXT_SENTENCES = {
  "empty-file": () => ({
    message: "the file is empty",
    fix: 'begin with a copy of rbac.example.yaml; the least is "version: 1"',
  }),
  "several-files": ({ file, others }) => ({
    message: `${file} is read, and ${others.join(", ")} beside it ${others.length === 1 ? "is" : "are"} not`,
    fix: "keep one of the files, or name the one that is meant with --config FILE",
  }),
  "file-too-large": ({ bytes, limit }) => ({
    message: `the file has ${(bytes / MEBIBYTE).toFixed(1)} MB, and at most ${limit / MEBIBYTE} MB are read`,
    fix: "check that it is the right file; split what several organizations share",
  }),
  "not-text": () => ({
    message: "the file is binary, not text",
    fix: "name the YAML file itself, saved as UTF-8 text",
  }),
  "wrong-encoding": ({ encoding }) => ({
    message: encoding.startsWith("UTF") ? `the file is encoded in ${encoding}` : `the file is ${encoding}`,
    fix: "save it as UTF-8",
  }),
  "tab-indentation": () => ({
    message: "the line is indented with a tab",
    fix: "indent with spaces: YAML allows no tabs",
  }),
  "yaml-syntax": ({ problem }) => ({
    message: `the YAML cannot be read: ${decapitalised(problem)}`,
    fix: "correct the syntax here or just above",
  }),
  "duplicate-key": ({ key, firstLine }) => ({
    message: `${quoted(key)} stands here a second time (first on line ${firstLine})`,
    fix: "keep one of the two",
  }),
  "alias-bomb": () => ({
    message: "the aliases unfold to more than a hundred thousand entries",
    fix: "write out what is meant",
  }),
  "alias-cycle": ({ name }) => ({
    message: `the alias ${quoted(name)} contains itself`,
    fix: "write out what is meant",
  }),
  "unknown-alias": ({ name }) => ({
    message: `the alias ${quoted(name)} has no anchor before it`,
    fix: `put quotes around the value if the "*" belongs to it, or add "&${name}" to what is meant`,
  }),
  "merge-key": () => ({
    message: 'merge keys ("<<") are not supported',
    fix: "write the fields out, or share a whole value with an anchor",
  }),
  "key-not-text": ({ found }) => ({ message: `a name must be text, and this is ${found}`, fix: "put it in quotes" }),
  "forbidden-key": ({ key }) => ({ message: `the name ${quoted(key)} is not allowed`, fix: "remove the entry" }),
  "hidden-character": ({ character }) => ({
    message: `this holds the character ${character}, which does not show, so it may say something else than it seems to`,
    fix: "remove the character; if it cannot be found, delete the words around it and type them anew",
  }),
  "secret-in-file": ({ what }) => ({
    message: `the line holds what looks like ${what ?? "an API key"}`,
    fix:
      what === undefined
        ? "take it out, and disable the key: the file is no place for secrets"
        : "take it out, and change it where it is used: the file is no place for secrets (a rate store's password goes into ANTH_RBAC_RATE_STORE_PASSWORD)",
  }),
  "too-deep": ({ limit }) => ({
    message: `the nesting is deeper than ${limit} levels`,
    fix: "close the brackets, or check that it is the right file",
  }),
  "too-many-parts": ({ limit }) => ({
    message: `the text has more than ${limit} words and signs; nothing of it was read`,
    fix: "check that it is the right file",
  }),
  "too-many-errors": ({ limit }) => ({
    message: `there are more findings than ${limit}; the rest is not shown`,
    fix: "correct those above first",
  }),
  "several-documents": () => ({
    message: 'a second YAML document ("---") begins here',
    fix: "keep one document in a file; nothing of this one was read",
  }),
  "unknown-tag": ({ tag }) => ({
    message: `the tag ${quoted(tag)} is not supported`,
    fix: "remove it: plain YAML is enough",
  }),
  "not-a-mapping": ({ found }) => ({
    message: `the file holds ${found} where fields are expected`,
    fix: 'begin with "version: 1" and the fields of rbac.example.yaml',
  }),
  "unknown-field": ({ field, suggestion, known }) => ({
    message: `unknown field ${quoted(field)}`,
    fix: didYouMean(suggestion, known.length === 0 ? "remove it" : `the fields here are ${known.join(", ")}`),
  }),
  "missing-field": ({ field }) => ({ message: `the field ${quoted(field)} is missing`, fix: `add "${field}: …" here` }),
  "wrong-type": ({ expected, found }) => ({
    message: `expected ${expected}, found ${found}`,
    fix: expected.startsWith("text") && /number|word/.test(found) ? "put the value in quotes" : `write ${expected}`,
  }),
  "invalid-value": ({ value, allowed, suggestion }) => ({
    message: `the value ${quoted(value)} is not allowed`,
    fix: suggestion === undefined ? `use ${anyOf(allowed)}` : `${didYouMean(suggestion, "")} (${anyOf(allowed)})`,
  }),
  "invalid-format": ({ value, expected }) => ({
    message: `the value ${quoted(value)} has the wrong form`,
    fix: `write ${expected}`,
  }),
  "too-long": ({ value, limit }) => ({
    message: `${quoted(value)} is too long`,
    fix: `use at most ${limit} characters`,
  }),
  "out-of-range": ({ value, expected }) => ({
    message: `the value ${quoted(value)} is out of range`,
    fix: `it must be ${expected}`,
  }),
} satisfies Partial<Sentences<FindingCode>>;

function decapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
