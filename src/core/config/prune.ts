/**
 * Takes what the schema complains of out of a value, so that the rules can still judge the rest in the same run. What was
 * taken out is remembered: nothing may be said of it, and its names count as written.
 */
import type * as z from "zod/mini";
import { type ConfigPath, formatPath } from "../model/finding.ts";
import { valueAt } from "./plain-value.ts";
import type { WrittenConfig } from "./schema.ts";
import { isFree, schemaIssues } from "./schema-issues.ts";

export interface Pruned {
  readonly written: WrittenConfig;
  /** The paths of what was taken out. */
  readonly taken: readonly ConfigPath[];
  /** The formatted paths of keys that are none: unknown fields, names of a wrong form. */
  readonly badKeys: ReadonlySet<string>;
  /** For lists that lost entries: the index at which each entry that is left was written. */
  readonly indexes: ReadonlyMap<object, readonly number[]>;
}

const GONE = Symbol("taken out");

/** The part of `value` that the schema accepts. Every round takes something out or puts a placeholder in its place, so it ends. */
export function prune(value: unknown, issues: readonly z.core.$ZodIssue[]): Pruned {
  const root = copyOf(value);
  const taken: ConfigPath[] = [];
  const badKeys = new Set<string>();
  const indexes = new Map<object, readonly number[]>();
  let complaints = issues;
  while (complaints.length > 0) {
    const lists = new Set<unknown[]>();
    // All are found before any is taken out, so that it does not matter which of two complaints comes first.
    for (const { path, badKey } of complaints.flatMap((issue) => invalidPaths(issue, root))) {
      if (badKey) badKeys.add(formatPath(path));
      remove(root, { path, badKey }, lists, taken);
    }
    for (const list of lists) compact(list, indexes);
    complaints = schemaIssues(root);
  }
  return { written: root as WrittenConfig, taken, badKeys, indexes };
}

/** A copy in which nothing is shared: what is taken out at one place must stay at the others that an alias puts it at. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, copyOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyOf(inner)]));
}

/** A place to take something out of; `badKey` where its name itself is wrong. */
interface Culprit {
  readonly path: ConfigPath;
  readonly badKey: boolean;
}

/** The places to take out for one complaint. */
function invalidPaths(issue: z.core.$ZodIssue, root: unknown): Culprit[] {
  const path = issue.path as ConfigPath;
  if (issue.code === "unrecognized_keys") return issue.keys.map((field) => ({ path: [...path, field], badKey: true }));
  if (issue.code === "invalid_key") return [{ path, badKey: true }];
  const missing = valueAt(root, path) === undefined && placeholderAt(path) === undefined;
  // Without a required field that nothing can stand for, the entry itself means nothing.
  return [{ path: missing ? path.slice(0, -1) : path, badKey: false }];
}

/** What stands for a required field that is missing or wrong, so that the rest of its entry can be judged. */
const PLACEHOLDERS: readonly { readonly at: readonly string[]; readonly value: unknown }[] = [
  { at: ["version"], value: 1 },
  { at: ["workspaces", "*", "name"], value: "?" },
  { at: ["workspaces", "*", "members", "*"], value: "user" },
  { at: ["roles", "*", "allowed"], value: true },
  { at: ["accept", "*", "target"], value: "members.?" },
  { at: ["accept", "*", "until"], value: "9999-12-31" },
  { at: ["accept", "*", "owner"], value: "nobody@nowhere.invalid" },
  { at: ["accept", "*", "reason"], value: "?" },
];

function placeholderAt(path: ConfigPath): unknown {
  const fits = ({ at }: { readonly at: readonly string[] }) =>
    at.length === path.length && at.every((part, index) => part === "*" || part === path[index]);
  return PLACEHOLDERS.find(fits)?.value;
}

function remove(root: unknown, { path, badKey }: Culprit, lists: Set<unknown[]>, taken: ConfigPath[]): void {
  const parent = valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return;
  if (!(typeof last === "string" && isFree(last))) taken.push(path);
  const placeholder = badKey ? undefined : placeholderAt(path);
  if (placeholder !== undefined && typeof parent === "object" && parent !== null) {
    (parent as Record<string, unknown>)[last] = placeholder;
  } else if (Array.isArray(parent)) {
    parent[Number(last)] = GONE;
    lists.add(parent);
  } else if (typeof parent === "object" && parent !== null) {
    delete (parent as Record<string, unknown>)[last];
  }
}

function compact(list: unknown[], indexes: Map<object, readonly number[]>): void {
  const before = indexes.get(list) ?? list.map((_, index) => index);
  const kept = before.filter((_, index) => list[index] !== GONE);
  indexes.set(list, kept);
  list.splice(0, list.length, ...list.filter((entry) => entry !== GONE));
}
