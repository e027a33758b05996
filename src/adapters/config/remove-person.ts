import { mentionsOf } from "../../core/config/mentions.ts";
import { Failure } from "../../core/model/failure.ts";
import { formatPath } from "../../core/model/finding.ts";
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
      const { removable, needed } = mentionsOf(value, email);
      [removed, stays] = [removable.map(formatPath), needed.map(formatPath)];
      return removable.map((path) => ({ action: "remove", path }));
    },
    byHand: (reason) =>
      new Failure("config-unreadable", {
        message: `${email} cannot be taken out of the file safely: ${reason}`,
        fix: `take ${email} out by hand`,
      }),
  });
  return { text: after, removed, left: stays };
}
