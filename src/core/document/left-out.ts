import { FORBIDDEN_NAMES, MERGE_KEY } from "../config/formats.ts";
import { canHold } from "../config/schema.ts";
import { printable } from "../text/printable.ts";
import { maskSecrets } from "../text/secret.ts";

/** Why something live is not in the file. A closed list: each has words for a comment, a notice and `accept`. */
const WORDS = {
  "unknown-role": "its role is none that a file can declare",
  "unwritable-name": "its name cannot stand in a file",
  "unwritable-value": "its value cannot stand in a file",
  "label-without-key": "named like a step of a rotation whose key is not there",
  "name-twice": "another active key here bears the same name, so rename one",
  "member-left-out": "the person is not in the file as a member",
  "workspace-left-out": "its workspace is not in the file",
  "unknown-person": "no member of the organization has the id",
  "group-twice": "another group bears the same name",
  "person-twice": "two members have the address",
  "no-model": "no model and no group of rbac.yaml stands for it",
  "default-workspace": "only keys of the default workspace can be declared",
  "claude-code": "Claude Code keeps it for itself",
  "tag-twice": "another tag has the same name in another Unicode form",
  "reserved-tag": "tags that begin with anthropic belong to the API",
} as const satisfies Record<string, string>;

type LeftOutReason = keyof typeof WORDS;

/** A live object, or a part of one, that the file does not say. */
export interface LeftOut {
  readonly reason: LeftOutReason;
  /** What it is, for people: `the key "x"`. */
  readonly what: string;
  /** How `drift` names it; absent where drift has nothing to say of it. */
  readonly target?: string;
}

/** Why, in words. */
export function reasonWords({ reason }: LeftOut): string {
  return WORDS[reason];
}

/** The comment that stands where the object would have stood. */
export function leftOutComment(item: LeftOut): string {
  return `left out: ${item.what} (${reasonWords(item)})`;
}

/** So many objects are named in one notice. */
const NAMED = 5;

/** One line for each reason, however many objects there are. */
export function leftOutNotices(all: readonly LeftOut[]): readonly string[] {
  return [...new Set(all.map(({ reason }) => reason))].map((reason) => {
    const items = all.filter((item) => item.reason === reason);
    const named = items.slice(0, NAMED).map(({ what, target }) => target ?? what);
    const more = items.length > NAMED ? ` and ${items.length - NAMED} more` : "";
    return printable(`left out: ${named.join(", ")}${more} (${WORDS[reason]})`);
  });
}

/** YAML reads a key of at most 1024 characters, quotes and escapes included. */
const LONGEST_KEY = 1000;

/** Whether a text can be a value of the file: what looks like a secret is masked wherever it is written, and so would change. */
export function isValue(text: string): boolean {
  return canHold.text(text) && !holdsSecret(text);
}

/** Whether a text can be the name of a key. */
export function isKeyName(text: string): boolean {
  return canHold.keyName(text) && isName(text);
}

/** Whether a text can be the target of an acceptance. */
export function isTarget(text: string): boolean {
  return canHold.target(text) && !holdsSecret(text);
}

/** Whether a text can be the name of a tag. */
export function isTagName(text: string): boolean {
  return canHold.text(text) && isName(text);
}

/** Whether a text can be the value of a tag. */
export function isTagValue(text: string): boolean {
  return canHold.tagValue(text) && !holdsSecret(text);
}

/** Whether a person can be declared by this address. */
export function isAddress(text: string): boolean {
  return canHold.email(text) && isName(text);
}

function isName(text: string): boolean {
  if (FORBIDDEN_NAMES.has(text) || text === MERGE_KEY || holdsSecret(text)) return false;
  return printable(text).length + text.split(/["\\]/).length <= LONGEST_KEY;
}

function holdsSecret(text: string): boolean {
  return maskSecrets(text) !== text;
}
