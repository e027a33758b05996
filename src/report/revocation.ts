import type { Revocation } from "../core/offboarding/revocation.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { keyCells, subjectWords } from "./revocation/revocation-words.ts";

/** The blast radius of a revocation, a part for each subject. */
export function revocationText(revocations: readonly Revocation[] | undefined, style: Style): readonly string[] {
  return (revocations ?? []).map((revocation) => subjectText(revocation, style));
}

function subjectText(revocation: Revocation, style: Style): string {
  const { subject, workspaces, keys, invites, ownerless, declaredAt } = revocation;
  const roles = workspaces.map(({ workspace, role, inherited }) => [
    workspace,
    inherited ? `${role} (inherited: ends with the organization role)` : role,
  ]);
  const lines = [style.bold(escapeTerminal(subjectWords(subject)))];
  const add = (title: string, rows: readonly (readonly string[])[]) => {
    if (rows.length === 0) return;
    lines.push(`  ${title}`, ...renderRows(rows, "    "));
  };
  add(`Workspaces (${roles.length})`, roles);
  add(`Keys (${keys.length})`, keys.map(keyCells));
  add(
    "Invitations",
    invites.map(({ target, role }) => [target, role]),
  );
  add(
    "Nobody answers for these afterwards",
    ownerless.map((target) => [target]),
  );
  add(
    "The file names them at",
    declaredAt.map((path) => [path]),
  );
  if (lines.length === 1) lines.push("  reaches nothing");
  return lines.join("\n");
}
