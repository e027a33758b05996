import type { RevokedKey, RevokedSubject } from "../../core/offboarding/revocation.ts";

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
export function subjectWords(subject: RevokedSubject): string {
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
export function keyCells(key: RevokedKey): readonly string[] {
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
