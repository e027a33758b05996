import { Failure } from "../../core/model/failure.ts";
import { type ConfigPath, formatPath } from "../../core/model/finding.ts";
import { parseTarget } from "../../core/model/target.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import { editedText } from "./edited-text.ts";

/** An rbac.yaml without a person. Paths are in words: `workspaces.prod.members.ada@acme.example`. */
export interface PersonRemoval {
  /** The file's new text; the old one where nothing was removed. */
  readonly text: string;
  readonly removed: readonly string[];
  /** Where the person is still named because the file needs somebody there: `accept[0].owner`. */
  readonly left: readonly string[];
}

/**
 * Takes a person out of the text of an rbac.yaml: every other byte stays, but for the comments of the entries that go.
 * Throws Failure `config-unreadable` where that cannot be done for certain.
 */
export function removePerson(text: string, email: string): PersonRemoval {
  let removed: readonly string[] = [];
  let stays: readonly string[] = [];
  const after = editedText(text, {
    editsOf: ({ value }) => {
      const { paths, left } = placesOf(value, email);
      [removed, stays] = [paths.map(formatPath), left];
      return paths.map((path) => ({ action: "remove", path }));
    },
    byHand: (reason) =>
      new Failure("config-unreadable", {
        message: `${email} cannot be taken out of the file safely: ${reason}`,
        fix: `take ${email} out by hand`,
      }),
  });
  return { text: after, removed, left: stays };
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
