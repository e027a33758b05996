import type { Revocation, RevokedKey, RevokedSubject } from "../core/offboarding/revocation.ts";
import { escapeMarkdown, escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";

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

const RELATIONS = {
  "acts-as": "acts as them",
  created: "made by them",
  named: "named",
} as const satisfies Record<RevokedKey["relation"], string>;

const DECISIONS = {
  disable: "to be disabled",
  rotate: "to be rotated",
  keep: "kept",
  undecided: "UNDECIDED: in use",
} as const satisfies Record<RevokedKey["decision"], string>;

/** Who, or what, loses access, in one line. */
function subjectWords(subject: RevokedSubject): string {
  if (subject.kind === "key") return `key ${subject.name} (${subject.id})`;
  if (subject.kind === "secret") return `leaked ${subject.secretKind} credential ${subject.hint}`;
  const { email, name, role, standing, userId } = subject;
  const who = name === null || name === "" ? email : `${name} <${email}>`;
  switch (standing) {
    case "member":
      return `${who}: ${role ?? "member"}${userId === null ? "" : ` (${userId})`}`;
    case "invited":
      return `${who}: invited only`;
    case "gone":
      return `${who}: no member any more`;
    case "unknown":
      return `${who}: not known here`;
  }
}

/** What a person has to know of a key before it is decided about; one cell each. */
function keyCells(key: RevokedKey): readonly string[] {
  const { name, workspace, status, relation, declared, decision } = key;
  return [
    name,
    workspace ?? "the organization",
    status,
    RELATIONS[relation],
    declared ? "a declared service depends on it" : "not declared",
    useWords(key),
    status === "active" || decision === "undecided" ? DECISIONS[decision] : "",
  ];
}

function useWords({ use, inUse }: RevokedKey): string {
  const today = inUse === null ? "; the last 24 h are not known" : inUse ? ", some in the last 24 h" : "";
  if (!use) return `use not known${inUse ? today : ""}`;
  const { requests, inputTokens, outputTokens, models } = use;
  if ((requests ?? inputTokens + outputTokens) === 0) return `unused for 7 days${inUse ? today : ""}`;
  const count = requests === undefined ? `${inputTokens + outputTokens} tokens` : `${requests} requests`;
  return `${count} in 7 days${models.length > 0 ? ` (${models.join(", ")})` : ""}${today}`;
}
