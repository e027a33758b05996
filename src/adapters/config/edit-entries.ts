import { Failure } from "../../core/model/failure.ts";
import { type ConfigPath, formatPath } from "../../core/model/finding.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import { type EntryEdit, editedText } from "./edited-text.ts";
import { isMap, isScalar, isSeq, type YamlDocument } from "./yaml-document.ts";

/**
 * The text of an rbac.yaml after some edits, whose paths name people in any spelling of theirs: every other byte stays, but for the
 * comments of the entries that go. An entry that is not there is left out of nothing. Throws Failure `config-unreadable` where that
 * cannot be done for certain.
 */
export function editEntries(text: string, edits: readonly EntryEdit[]): string {
  return editedText(text, {
    editsOf: ({ root }) =>
      edits.flatMap((edit) => {
        const path = spelt(root, edit.path);
        return path ? [{ ...edit, path }] : [];
      }),
    byHand: (reason) =>
      new Failure("config-unreadable", {
        message: `the file cannot be edited safely: ${reason}`,
        fix: `edit it by hand: ${edits.map(({ path }) => formatPath(path)).join(", ")}`,
      }),
  });
}

/** A path as the file spells it: e-mails in any case, as they are written first; undefined where the file has no such entry. */
function spelt(root: YamlDocument["root"], path: ConfigPath): ConfigPath | undefined {
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
    const keys = node.items.flatMap(({ key, value }) => (isScalar(key) ? [{ name: String(key.value), value }] : []));
    const person = String(part).includes("@") ? emailIdentity(String(part)) : undefined;
    const pair =
      keys.find(({ name }) => name === part) ??
      (person === undefined ? undefined : keys.find(({ name }) => emailIdentity(name) === person));
    if (!pair) return undefined;
    found.push(pair.name);
    node = pair.value;
  }
  return found;
}
