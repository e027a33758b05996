import type { Revocation } from "../../core/offboarding/revocation.ts";
import { escapeMarkdown } from "../formats/escape.ts";
import { keyCells, subjectWords } from "./revocation-words.ts";

/** The blast radius of a revocation for a pull request, a ticket or an evidence file; a part for each subject. */
export function revocationMarkdown(revocations: readonly Revocation[] | undefined): readonly string[] {
  return (revocations ?? []).map(subjectMarkdown);
}

function subjectMarkdown({ subject, workspaces, keys, invites, ownerless, declaredAt }: Revocation): string {
  const parts = [`### ${escapeMarkdown(subjectWords(subject))}`];
  if (workspaces.length > 0) {
    const rows = workspaces.map(({ workspace, role, inherited }) => [workspace, role, inherited ? "inherited" : ""]);
    parts.push(tableMarkdown(["workspace", "role", ""], rows));
  }
  if (keys.length > 0) {
    parts.push(
      tableMarkdown(["key", "workspace", "status", "why", "service", "use", "what becomes of it"], keys.map(keyCells)),
    );
  }
  const list = (title: string, items: readonly string[]) => {
    if (items.length > 0) parts.push(`${title}: ${items.map(escapeMarkdown).join(", ")}`);
  };
  list(
    "Invitations",
    invites.map(({ target, role }) => `${target} (${role})`),
  );
  list("Nobody answers for these afterwards", ownerless);
  list("The file names them at", declaredAt);
  return parts.join("\n\n");
}

/** A table of texts that anybody may have written. */
export function tableMarkdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
