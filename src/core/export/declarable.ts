import { FORBIDDEN_NAMES, MERGE_KEY } from "../config/forbidden-names.ts";
import { canHold } from "../config/schema.ts";
import { printable } from "../text/printable.ts";
import { maskSecrets } from "../text/secret.ts";

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
