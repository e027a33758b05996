import type { ConfigPath } from "../model/finding.ts";
import { parseTarget } from "../model/target.ts";
import { emailIdentity } from "../text/identity.ts";

/** Where a file names a person. */
export interface Mentions {
  /** What can be taken out, in the order of the file's parts. */
  readonly removable: readonly ConfigPath[];
  /** Where the file needs somebody, or speaks of the person: `accept[0].owner`. */
  readonly needed: readonly ConfigPath[];
}

/** Every place of a file that names a person (an e-mail): of its plain value, or of its Config with the words of the file where they differ (`review`). */
export function mentionsOf(file: unknown, email: string): Mentions {
  const person = emailIdentity(email);
  const isPerson = (found: unknown) => typeof found === "string" && emailIdentity(found) === person;
  const names = (map: unknown, path: ConfigPath): ConfigPath[] =>
    entriesOf(map).flatMap(([name]) => (isPerson(name) ? [[...path, name]] : []));
  const items = (list: unknown, path: ConfigPath): ConfigPath[] =>
    entriesOf(list).flatMap(([index, item]) => (isPerson(item) ? [[...path, index]] : []));
  const owners = (list: unknown, path: ConfigPath): ConfigPath[] =>
    entriesOf(list).flatMap(([name, item]) => (isPerson(fieldOf(item, "owner")) ? [[...path, name, "owner"]] : []));
  const workspaces = entriesOf(fieldOf(file, "workspaces"));
  const accepted = fieldOf(file, "accept");
  return {
    removable: [
      ...names(fieldOf(file, "members"), ["members"]),
      ...workspaces.flatMap(([handle, workspace]) =>
        names(fieldOf(workspace, "members"), ["workspaces", handle, "members"]),
      ),
      ...entriesOf(fieldOf(file, "groups")).flatMap(([name, group]) =>
        items(fieldOf(group, "members"), ["groups", name, "members"]),
      ),
      ...owners(fieldOf(fieldOf(file, "organization"), "keys"), ["organization", "keys"]),
      ...workspaces.flatMap(([handle, workspace]) =>
        owners(fieldOf(workspace, "keys"), ["workspaces", handle, "keys"]),
      ),
      ...owners(fieldOf(file, "workspaces"), ["workspaces"]),
      ...(isPerson(fieldOf(fieldOf(file, "review"), "default_reviewer")) ? [["review", "default_reviewer"]] : []),
      ...items(fieldOf(fieldOf(file, "guardrails"), "protected"), ["guardrails", "protected"]),
    ],
    needed: [
      ...owners(accepted, ["accept"]),
      ...entriesOf(accepted).flatMap(([index, item]): ConfigPath[] => {
        const target = fieldOf(item, "target");
        return typeof target === "string" && parseTarget(target)?.email === person ? [["accept", index, "target"]] : [];
      }),
    ],
  };
}

/** The entries of a mapping by name, of a list by index; of anything else none. */
function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  if (value instanceof Map) return [...value.entries()];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
