import type { Context } from "../../context.ts";
import type { FileEdit, ReviewEdit } from "../../core/review/finish.ts";

/** The text of rbac.yaml as some edits want it. Throws Failure `config-unreadable`. */
export async function edited(
  { config }: Context,
  text: string,
  edits: readonly (FileEdit | ReviewEdit)[],
): Promise<string> {
  const entries = edits.flatMap((edit) => (edit.action === "remove-person" ? [] : [edit]));
  let after = await config.edit(text, entries);
  const people = new Set(
    edits.flatMap((edit) => (edit.action === "remove-person" ? (edit.grant.subject.email ?? []) : [])),
  );
  for (const email of people) after = (await config.removePerson(after, email)).text;
  return after;
}
