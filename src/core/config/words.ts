import { hiddenInName } from "../text/hidden.ts";
import { compareText, isObject } from "../text/text.ts";

/** A word of the file, and what it stands for there. */
export interface FileWord {
  readonly word: string;
  readonly about: string;
}

/** What a file names that a command line may name too. */
export interface FileWords {
  /** Handles. */
  readonly workspaces: readonly FileWord[];
  /** E-mails. */
  readonly people: readonly FileWord[];
  readonly keys: readonly FileWord[];
  readonly serviceAccounts: readonly FileWord[];
  /** Of federation. */
  readonly issuers: readonly FileWord[];
  /** Of the role policy. */
  readonly roles: readonly FileWord[];
  readonly models: readonly FileWord[];
  /** Live names of workspaces, and names of keys, accounts, issuers, rules and groups: what --confirm takes. */
  readonly names: readonly FileWord[];
}

export const NO_WORDS: FileWords = {
  workspaces: [],
  people: [],
  keys: [],
  serviceAccounts: [],
  issuers: [],
  roles: [],
  models: [],
  names: [],
};

/**
 * The words of a plain value that was read from an rbac.yaml, which need not be valid: whoever completes a command line is perhaps
 * about to ask what is wrong with it. A word with a character that does not show is none.
 */
export function fileWords(value: unknown): FileWords {
  const file = fieldsOf(value);
  const workspaces = Object.entries(fieldsOf(file.workspaces));
  const places = workspaces.map(([handle, fields]) => ({ handle, name: textOf(fieldsOf(fields).name) ?? handle }));
  const keysOf = (place: unknown, of: string) =>
    Object.keys(fieldsOf(fieldsOf(place).keys)).map((word) => ({ word, about: `key of ${of}` }));
  const keys = [
    ...workspaces.flatMap(([handle, fields]) => keysOf(fields, handle)),
    ...keysOf(file.organization, "the organization"),
  ];
  const accounts = Object.entries(fieldsOf(file.service_accounts)).map(([word, fields]) => {
    return { word, about: textOf(fieldsOf(fields).description) ?? "service account" };
  });
  const federation = fieldsOf(file.federation);
  const named = (entries: unknown, about: string) => Object.keys(fieldsOf(entries)).map((word) => ({ word, about }));
  const issuers = named(federation.issuers, "issuer");
  const roles = Object.entries(fieldsOf(file.roles));
  const people = Object.entries(fieldsOf(file.members));
  return {
    workspaces: words(places.map(({ handle, name }) => ({ word: handle, about: `workspace ${name}` }))),
    people: words(people.map(([word, fields]) => ({ word, about: textOf(fieldsOf(fields).role) ?? "member" }))),
    keys: words(keys),
    serviceAccounts: words(accounts),
    issuers: words(issuers),
    roles: words(roles.map(([word]) => ({ word, about: "role of the policy" }))),
    models: words(
      roles.flatMap(([role, fields]) => listOf(fieldsOf(fields).models).map((word) => ({ word, about: `of ${role}` }))),
    ),
    names: words([
      ...places.map(({ name }) => ({ word: name, about: "workspace" })),
      ...keys,
      ...accounts,
      ...issuers,
      ...named(federation.rules, "rule of federation"),
      ...named(file.groups, "group"),
    ]),
  };
}

/** Each word once, in order. */
function words(found: readonly FileWord[]): readonly FileWord[] {
  const byWord = new Map(found.map((each) => [each.word, each] as const));
  return [...byWord.values()]
    .filter(({ word }) => word !== "" && word !== "*" && hiddenInName(word) === undefined)
    .sort((one, other) => compareText(one.word, other.word));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
