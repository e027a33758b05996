import { printable } from "../text/printable.ts";

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
  "person-twice": "two members have the address",
  "no-model": "no model and no group of rbac.yaml stands for it",
  "default-workspace": "only keys of the default workspace can be declared",
  "claude-code": "Claude Code keeps it for itself",
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
