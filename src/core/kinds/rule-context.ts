import type { Config } from "../config/config.ts";
import { valueAt } from "../config/plain-value.ts";
import type { Pruned } from "../config/prune.ts";
import type { WrittenConfig, WrittenKey, WrittenRole, WrittenWorkspace } from "../config/schema.ts";
import type { ConfigPath, Finding } from "../model/finding.ts";
import { formatPath } from "../model/finding.ts";
import { emailIdentity } from "../text/identity.ts";
import { suggester } from "../text/suggest.ts";
import { onceFor } from "../text/text.ts";

/** What a rule may look at: the valid part of the file as written and as normalised, and every name that was written. */
export interface RuleContext {
  readonly now: number;
  readonly written: WrittenConfig;
  readonly config: Config;
  /** Names per collection, those of invalid entries included; absent where the file does not declare the collection. */
  readonly people?: Names;
  readonly roles?: Names;
  readonly workspaces?: Names;
  readonly serviceAccounts?: Names;
  readonly issuers?: Names;
  /** Whether something invalid was taken out at a path or below it: then nothing can be concluded from what is left. */
  readonly isPartial: (path: ConfigPath) => boolean;
  /** The names written in the mapping at a path, those of invalid entries included, of ill-formed names not. */
  readonly namesAt: (path: ConfigPath) => readonly string[];
  /** The entries of a list, each with the index at which it was written. */
  readonly itemsOf: <Item>(list: readonly Item[] | null | undefined) => readonly (readonly [number, Item])[];
}

export type Rule = (facts: RuleContext) => readonly Finding[];

export interface Names {
  readonly has: (name: string) => boolean;
  readonly suggest: (name: string) => string | undefined;
}

/** The facts of a file. `value` is the plain value before anything invalid was taken out of it. */
export function gatherFacts(
  value: unknown,
  { written, taken, badKeys, indexes }: Pruned,
  config: Config,
  now: number,
): RuleContext {
  const people = namesIn(value, "members", emailIdentity);
  const roles = namesIn(value, "roles", (name) => name);
  const workspaces = namesIn(value, "workspaces", (name) => name);
  const serviceAccounts = namesIn(value, "service_accounts", (name) => name);
  const issuers = namesIn(valueAt(value, ["federation"]), "issuers", (name) => name);
  const partial = new Set(taken.flatMap((path) => path.map((_, index) => formatPath(path.slice(0, index + 1)))));
  return {
    now,
    written,
    config,
    ...(people && { people }),
    ...(roles && { roles }),
    ...(workspaces && { workspaces }),
    ...(serviceAccounts && { serviceAccounts }),
    ...(issuers && { issuers }),
    isPartial: (path) => partial.size > 0 && partial.has(formatPath(path)),
    namesAt: (path) => {
      const mapping = valueAt(value, path);
      if (typeof mapping !== "object" || mapping === null || Array.isArray(mapping)) return [];
      const names = Object.keys(mapping);
      return badKeys.size === 0 ? names : names.filter((name) => !badKeys.has(formatPath([...path, name])));
    },
    itemsOf: (list) =>
      (list ?? []).map((item, index) => [indexes.get(list as object)?.[index] ?? index, item] as const),
  };
}

function namesIn(value: unknown, collection: string, fold: (name: string) => string): Names | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, collection)) return undefined;
  const entries = (value as Record<string, unknown>)[collection] ?? {};
  if (typeof entries !== "object" || Array.isArray(entries)) return undefined;
  const names = new Set(Object.keys(entries).map(fold));
  let nearest: ((name: string) => string | undefined) | undefined;
  return {
    has: (name) => names.has(fold(name)),
    suggest: (name) => {
      nearest ??= suggester(names);
      return nearest(fold(name));
    },
  };
}

/** `{ suggestion }` where there is one: for the arguments of a finding. */
export function suggestion(found: string | undefined): { readonly suggestion?: string } {
  return found === undefined ? {} : { suggestion: found };
}

/** The workspaces as written, by handle. */
export const workspacesOf = onceFor((facts: RuleContext): readonly (readonly [string, WrittenWorkspace])[] => {
  return Object.entries(facts.written.workspaces ?? {});
});

/** The roles as written, by name. */
export function rolesOf(facts: RuleContext): readonly (readonly [string, WrittenRole])[] {
  return Object.entries(facts.written.roles ?? {});
}

/** Every key of every workspace and of the organization itself, with its path. There may be thousands, and many rules ask for them. */
export const keysOf = onceFor((facts: RuleContext): readonly PlacedKey[] => {
  const keys: PlacedKey[] = [];
  for (const [handle, workspace] of workspacesOf(facts)) {
    const path = ["workspaces", handle, "keys"];
    for (const name of facts.namesAt(path)) {
      keys.push({ handle, name, key: workspace.keys?.[name] ?? {}, path: [...path, name] });
    }
  }
  const path = ["organization", "keys"];
  for (const name of facts.namesAt(path)) {
    keys.push({ name, key: facts.written.organization?.keys?.[name] ?? {}, path: [...path, name] });
  }
  return keys;
});

/** Those of which something is written: of the others, which are most where there are thousands, only the name can be wrong. */
export const describedKeysOf = onceFor((facts: RuleContext): readonly PlacedKey[] =>
  keysOf(facts).filter(({ key }) => Object.keys(key).length > 0),
);

export interface PlacedKey {
  /** The workspace's handle; absent for a key of the organization. */
  readonly handle?: string;
  readonly name: string;
  readonly key: WrittenKey;
  readonly path: ConfigPath;
}

/** `previously` as a list, whichever way it was written. */
export function previousNames(previously: string | readonly string[] | undefined): readonly string[] {
  if (previously === undefined) return [];
  return typeof previously === "string" ? [previously] : previously;
}
