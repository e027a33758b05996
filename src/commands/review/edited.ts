import type { Context } from "../../context.ts";
import type { ReviewEdit } from "../../core/review/finish.ts";

/** The text of rbac.yaml as some decisions want it. Throws Failure `config-unreadable`. */
export async function edited({ config }: Context, text: string, edits: readonly ReviewEdit[]): Promise<string> {
  const entries = edits.flatMap((edit) => (edit.action === "remove-person" ? [] : [edit]));
  let after = await config.edit(text, entries);
  const people = new Set(
    edits.flatMap(({ action, grant }) => (action === "remove-person" ? (grant.subject.email ?? []) : [])),
  );
  for (const email of people) after = (await config.removePerson(after, email)).text;
  return after;
}
