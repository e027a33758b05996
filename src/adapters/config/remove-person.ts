import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../core/model/failure.ts";
import { type ConfigPath, formatPath } from "../../core/model/finding.ts";
import { parseTarget } from "../../core/model/target.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import { entryCuts, spliced } from "./splice-entries.ts";
import { readYaml } from "./yaml-document.ts";

/** An rbac.yaml without a person. Paths are in words: `workspaces.prod.members.ada@acme.example`. */
export interface PersonRemoval {
  /** The file's new text; the old one where nothing was removed. */
  readonly text: string;
  readonly removed: readonly string[];
  /** Where the person is still named because the file needs somebody there: `accept[0].owner`. */
  readonly left: readonly string[];
}

const BYTE_ORDER_MARK = "\ufeff";

/**
 * Takes a person out of the text of an rbac.yaml: every other byte stays, but for the comments of the entries that go.
 * Throws Failure `config-unreadable` where that cannot be done for certain.
 */
export function removePerson(text: string, email: string): PersonRemoval {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const body = text.slice(mark.length);
  const before = readYaml(body);
  if (before.problems.length > 0 || !before.sound) throw byHand(email, "the file has errors");
  const { paths, left } = placesOf(before.value, email);
  const removed = paths.map(formatPath);
  if (paths.length === 0) return { text, removed, left };
  const cuts = entryCuts(body, before.root, paths);
  if ("stuckAt" in cuts)
    throw byHand(email, `${formatPath(cuts.stuckAt)} is written with an anchor, an alias or a "?"`);
  const result = spliced(body, cuts);
  const after = readYaml(result);
  // An anchor that went with the entry, or a list that two places share, shows here.
  if (after.problems.length > 0 || !isDeepStrictEqual(after.value, without(before.value, branchesOf(paths)))) {
    throw byHand(email, `other parts of the file depend on ${removed.join(", ")}`);
  }
  return { text: mark + result, removed, left };
}

function byHand(email: string, reason: string): Failure {
  return new Failure("config-unreadable", {
    message: `${email} cannot be taken out of the file safely: ${reason}`,
    fix: `take ${email} out by hand`,
  });
}

/** Every place that names the person: those that can go, and those that the file needs. */
function placesOf(value: unknown, email: string) {
  const person = emailIdentity(email);
  const isPerson = (found: unknown) => typeof found === "string" && emailIdentity(found) === person;
  const people = (map: unknown, path: ConfigPath): ConfigPath[] =>
    entriesOf(map)
      .filter(([name]) => isPerson(name))
      .map(([name]) => [...path, name]);
  const owners = (list: unknown, path: ConfigPath): ConfigPath[] =>
    entriesOf(list)
      .filter(([, item]) => isPerson(fieldOf(item, "owner")))
      .map(([name]) => [...path, name, "owner"]);
  const listed = fieldOf(fieldOf(value, "guardrails"), "protected");
  const paths: ConfigPath[] = [
    ...owners(fieldOf(fieldOf(value, "organization"), "keys"), ["organization", "keys"]),
    ...entriesOf(listed)
      .filter(([, item]) => isPerson(item))
      .map(([index]) => ["guardrails", "protected", index]),
    ...people(fieldOf(value, "members"), ["members"]),
    ...entriesOf(fieldOf(value, "groups")).flatMap(([name, group]) =>
      entriesOf(fieldOf(group, "members"))
        .filter(([, item]) => isPerson(item))
        .map(([index]) => ["groups", name, "members", index]),
    ),
    ...entriesOf(fieldOf(value, "workspaces")).flatMap(([handle, workspace]) => [
      ...people(fieldOf(workspace, "members"), ["workspaces", handle, "members"]),
      ...owners(fieldOf(workspace, "keys"), ["workspaces", handle, "keys"]),
    ]),
    ...owners(fieldOf(value, "workspaces"), ["workspaces"]),
    ...(isPerson(fieldOf(fieldOf(value, "review"), "default_reviewer")) ? [["review", "default_reviewer"]] : []),
  ];
  const about = entriesOf(fieldOf(value, "accept")).flatMap(([index, item]): ConfigPath[] => {
    const target = fieldOf(item, "target");
    return typeof target === "string" && parseTarget(target)?.email === person ? [["accept", index, "target"]] : [];
  });
  return { paths, left: [...owners(fieldOf(value, "accept"), ["accept"]), ...about].map(formatPath) };
}

/** The entries of a mapping by name, of a list by index; of anything else none. */
function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** Paths as a tree, so that only what lies on them is copied. */
interface Branches extends Map<string | number, Branches> {}

function branchesOf(paths: readonly ConfigPath[]): Branches {
  const root: Branches = new Map();
  for (const path of paths) {
    let branch = root;
    for (const part of path) {
      const next: Branches = branch.get(part) ?? new Map();
      branch.set(part, next);
      branch = next;
    }
  }
  return root;
}

/** The data without what the branches end at: a copy, for aliases share what they stand for. */
function without(value: unknown, branches: Branches): unknown {
  const kept = (name: string | number, item: unknown): readonly unknown[] => {
    const inner = branches.get(name);
    if (inner === undefined) return [item];
    return inner.size === 0 ? [] : [without(item, inner)];
  };
  if (Array.isArray(value)) return value.flatMap((item, index) => kept(index, item));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, item]) => kept(name, item).map((copy) => [name, copy])),
  );
}
