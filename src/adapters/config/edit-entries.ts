import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../core/model/failure.ts";
import { type ConfigPath, formatPath } from "../../core/model/finding.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import { type Cut, entryCuts, spliced } from "./splice-entries.ts";
import { isMap, isScalar, isSeq, readYaml } from "./yaml-document.ts";

/** One edit of an rbac.yaml: an entry goes, or a value is another one. Paths name people in any spelling of theirs. */
export type EntryEdit =
  | { readonly action: "remove"; readonly path: ConfigPath }
  | { readonly action: "set"; readonly path: ConfigPath; readonly value: string };

type Node = ReturnType<typeof readYaml>["root"];

/**
 * The text of an rbac.yaml after some edits: every other byte stays, but for the comments of the entries that go. An entry that is
 * not there is left out of nothing. Throws Failure `config-unreadable` where that cannot be done for certain.
 */
export function editEntries(text: string, edits: readonly EntryEdit[]): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(mark.length);
  const before = readYaml(body);
  if (before.problems.length > 0 || !before.sound) throw byHand(edits, "the file has errors");
  const found = edits.flatMap((edit) => {
    const path = spelt(before.root, edit.path);
    return path ? [{ ...edit, path }] : [];
  });
  const removed = found.filter(({ action }) => action === "remove").map(({ path }) => path);
  const cuts = removed.length === 0 ? [] : entryCuts(body, before.root, removed);
  if ("stuckAt" in cuts)
    throw byHand(edits, `${formatPath(cuts.stuckAt)} is written with an anchor, an alias or a "?"`);
  const puts = found.flatMap((edit) => (edit.action === "set" ? putOf(edits, before.root, edit.path, edit.value) : []));
  const result = spliced(body, [...cuts, ...puts]);
  const after = readYaml(result);
  const wanted = found.reduce((value, edit) => changed(value, edit.path, edit), before.value);
  if (after.problems.length > 0 || !isDeepStrictEqual(after.value, pruned(wanted))) {
    throw byHand(edits, "other parts of the file depend on what is to be edited");
  }
  return mark + result;
}

function byHand(edits: readonly EntryEdit[], reason: string): Failure {
  return new Failure("config-unreadable", {
    message: `the file cannot be edited safely: ${reason}`,
    fix: `edit it by hand: ${edits.map(({ path }) => formatPath(path)).join(", ")}`,
  });
}

/** A path as the file spells it: e-mails in any case; undefined where the file has no such entry. */
function spelt(root: Node, path: ConfigPath): ConfigPath | undefined {
  const found: (string | number)[] = [];
  let node: unknown = root;
  for (const part of path) {
    if (isSeq(node) && typeof part === "number") {
      if (part >= node.items.length) return undefined;
      found.push(part);
      node = node.items[part];
      continue;
    }
    if (!isMap(node)) return undefined;
    const same = emailIdentity(String(part));
    const keys = node.items.flatMap(({ key, value }) =>
      isScalar(key) && (key.value === part || (String(part).includes("@") && emailIdentity(String(key.value)) === same))
        ? [{ name: String(key.value), value }]
        : [],
    );
    const [pair] = keys;
    if (!pair) return undefined;
    found.push(pair.name);
    node = pair.value;
  }
  return found;
}

/** The one value at a path, written anew: a plain word where it was one. */
function putOf(edits: readonly EntryEdit[], root: Node, path: ConfigPath, value: string): readonly Cut[] {
  let node: unknown = root;
  for (const part of path) {
    if (!isMap(node)) throw byHand(edits, `${formatPath(path)} is no plain value`);
    node = node.items.find(({ key }) => isScalar(key) && key.value === part)?.value;
  }
  if (!isScalar(node) || !node.range || node.anchor !== undefined)
    throw byHand(edits, `${formatPath(path)} is no plain value`);
  const [start, end] = node.range;
  return [{ start, end, put: /^[a-z][a-z_]*$/.test(value) ? value : JSON.stringify(value) }];
}

const GONE = Symbol("gone");

/** The data after one edit: a copy of what lies on the way, for aliases share what they stand for. */
function changed(value: unknown, [part, ...rest]: ConfigPath, edit: EntryEdit): unknown {
  if (part === undefined) return edit.action === "remove" ? GONE : edit.value;
  if (Array.isArray(value)) return value.map((item, index) => (index === part ? changed(item, rest, edit) : item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, item]) => [name, name === part ? changed(item, rest, edit) : item] as const,
  );
  return Object.fromEntries(entries);
}

/** Without what is gone. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== GONE).map(pruned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (item === GONE ? [] : [[name, pruned(item)]])),
  );
}
