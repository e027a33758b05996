import { isDeepStrictEqual } from "node:util";
import type { Failure } from "../../core/model/failure.ts";
import { type ConfigPath, formatPath } from "../../core/model/finding.ts";
import { type Cut, entryCuts, spliced } from "./splice-entries.ts";
import { isMap, isScalar, readYaml, type YamlDocument } from "./yaml-document.ts";

/** One edit of an rbac.yaml: an entry goes, or a value is another one. */
export type EntryEdit =
  | { readonly action: "remove"; readonly path: ConfigPath }
  | { readonly action: "set"; readonly path: ConfigPath; readonly value: string | number };

/** How a text is edited. */
export interface Editing {
  /** The edits, with paths as the file spells them. */
  readonly editsOf: (file: YamlDocument) => readonly EntryEdit[];
  /** What is said where the text cannot be edited for certain. */
  readonly byHand: (reason: string) => Failure;
}

/**
 * The text of an rbac.yaml after some edits: every other byte stays, but for the comments of the entries that go. What comes out
 * is read again, and has to say what was wanted and nothing else. Throws the Failure of `byHand`.
 */
export function editedText(text: string, { editsOf, byHand }: Editing): string {
  const before = readYaml(text);
  if (before.problems.length > 0 || !before.sound) throw byHand("the file has errors");
  const edits = editsOf(before);
  if (edits.length === 0) return text;
  const removed = edits.flatMap(({ action, path }) => (action === "remove" ? [path] : []));
  const cuts = removed.length === 0 ? [] : entryCuts(text, before.root, removed);
  if ("stuckAt" in cuts) throw byHand(`${formatPath(cuts.stuckAt)} is written with an anchor, an alias or a "?"`);
  const puts = edits.flatMap((edit) => {
    if (edit.action === "remove") return [];
    const put = putOf(before.root, edit.path, edit.value);
    if (!put) throw byHand(`${formatPath(edit.path)} is no plain value`);
    return [put];
  });
  const result = spliced(text, [...cuts, ...puts]);
  const after = readYaml(result);
  // An anchor that went with the entry, or a list that two places share, shows here.
  if (after.problems.length > 0 || !isDeepStrictEqual(after.value, edited(before.value, branchesOf(edits)))) {
    throw byHand(`other parts of the file depend on ${edits.map(({ path }) => formatPath(path)).join(", ")}`);
  }
  return result;
}

const PLAIN_WORD = /^[a-z][a-z_]*$/;

/** The one value at a path, written anew: a plain word where that can be. Undefined where it is no plain value. */
function putOf(root: YamlDocument["root"], path: ConfigPath, value: string | number): Cut | undefined {
  let node: unknown = root;
  for (const part of path) {
    if (!isMap(node)) return undefined;
    node = node.items.find(({ key }) => isScalar(key) && key.value === part)?.value;
  }
  if (!isScalar(node) || !node.range || node.anchor !== undefined) return undefined;
  const [start, end] = node.range;
  return { start, end, put: typeof value === "string" && PLAIN_WORD.test(value) ? value : JSON.stringify(value) };
}

/** The edits as a tree, so that only what lies on their paths is copied. */
type Branch = EntryEdit | Branches;
interface Branches extends Map<string | number, Branch> {}

function branchesOf(edits: readonly EntryEdit[]): Branches {
  const root: Branches = new Map();
  for (const edit of edits) {
    let branches = root;
    for (const [depth, part] of edit.path.entries()) {
      if (depth === edit.path.length - 1) {
        branches.set(part, edit);
        break;
      }
      const found = branches.get(part);
      const next: Branches = found instanceof Map ? found : new Map();
      branches.set(part, next);
      branches = next;
    }
  }
  return root;
}

/** The data after the edits: a copy, for aliases share what they stand for. */
function edited(value: unknown, branches: Branches): unknown {
  const kept = (name: string | number, item: unknown): readonly unknown[] => {
    const branch = branches.get(name);
    if (branch === undefined) return [item];
    if (branch instanceof Map) return [edited(item, branch)];
    return branch.action === "remove" ? [] : [branch.value];
  };
  if (Array.isArray(value)) return value.flatMap((item, index) => kept(index, item));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, item]) => kept(name, item).map((copy) => [name, copy])),
  );
}
