import { useJson } from "../core/keys/recent-use.ts";
import type { SecretKind } from "../core/keys/secret-match.ts";
import type { Revocation, RevokedGroup, RevokedKey, RevokedSubject } from "../core/offboarding/revocation.ts";
import { escapeTerminal } from "./formats/escape.ts";
import { type MarkdownBlock, markdownText } from "./formats/markdown.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { weekWords } from "./kinds/key.ts";
import { groupWords } from "./status/status-words.ts";

/** The blast radius of a revocation, a part for each subject. */
export function revocationText(revocations: readonly Revocation[] | undefined, style: Style): readonly string[] {
  return (revocations ?? []).map((revocation) => subjectText(revocation, style));
}

function subjectText(revocation: Revocation, style: Style): string {
  const { subject, workspaces, groups, keys, invites, ownerless, declaredAt } = revocation;
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
  add(`Groups (${groups.length})`, groups.map(groupCells));
  add(`Keys (${keys.length})`, keys.map(keyCells));
  add(
    "Invitations",
    invites.map(({ target, role, groups }) => [target, role, groupWords(groups)]),
  );
  add(
    "Left without an owner",
    ownerless.map((target) => [target]),
  );
  add(
    "The file names them at",
    declaredAt.map((path) => [path]),
  );
  const remarks = remarksOn(subject);
  if (remarks.length > 0) lines.push(...remarks.map((line) => `  ${line}`));
  else if (lines.length === 1 && !isMember(subject)) lines.push("  gives no access");
  return lines.join("\n");
}

/** Whoever is a member has access by that alone. */
function isMember(subject: RevokedSubject): boolean {
  return subject.kind === "person" && subject.standing === "member";
}

/** The blast radius of a revocation for a pull request, a ticket or an evidence file; a part for each subject. */
export function revocationMarkdown(revocations: readonly Revocation[] | undefined): readonly MarkdownBlock[] {
  return (revocations ?? []).flatMap(subjectMarkdown);
}

function subjectMarkdown(revocation: Revocation): readonly MarkdownBlock[] {
  const { subject, workspaces, groups, keys, invites, ownerless, declaredAt } = revocation;
  const roles = workspaces.map(({ workspace, role, inherited }) => [workspace, role, inherited ? "inherited" : ""]);
  const invitations = invites.map(
    ({ target, role, groups }) => `${target} (${`${role} ${groupWords(groups)}`.trim()})`,
  );
  const remarks = remarksOn(subject);
  return [
    `### ${markdownText(subjectWords(subject))}`,
    ...(remarks.length > 0 ? [remarks.map(markdownText).join("\n\n")] : []),
    ...(roles.length > 0 ? [{ head: ["workspace", "role", ""], rows: roles }] : []),
    ...(groups.length > 0 ? [{ head: ["group", ""], rows: groups.map(groupCells) }] : []),
    ...(keys.length > 0
      ? [
          {
            head: ["key", "workspace", "status", "why", "service", "use", "what becomes of it"],
            rows: keys.map(keyCells),
          },
        ]
      : []),
    ...listed("Invitations", invitations),
    ...listed("Left without an owner", ownerless),
    ...listed("The file names them at", declaredAt),
  ];
}

/** So many are named in a sentence; more take a table. */
const NAMED = 20;

function listed(title: string, items: readonly string[]): readonly MarkdownBlock[] {
  if (items.length === 0) return [];
  if (items.length > NAMED) return [{ head: [title], rows: items.map((item) => [item]) }];
  return [`${title}: ${items.map(markdownText).join(", ")}`];
}

/** What a credential that no list has can do, and what to do about it now, in order. */
const SECRETS: Partial<Record<SecretKind, { readonly can: string; readonly steps: readonly string[] }>> = {
  admin: {
    can: "it reads and changes the whole organization: members, invitations, workspaces, limits, and whether a key works. It does not end when its creator leaves, and no API lists it or ends it.",
    steps: [
      "delete it in the Console, under Settings, Admin keys: an admin or an owner can",
      "create another one there, and put it wherever this one was in use",
      "see what changed since it leaked: anth-rbac drift, and the activity feed where Compliance is on",
    ],
  },
  oauth: {
    can: "it acts as the account that signed in, or as the service account of a federation rule, in everything that its scope allows: with org:admin in the whole organization.",
    steps: [
      "sign that account out: ant auth logout where it signed in; an access token ends by itself soon, a refresh token (sk-ant-ort…) does not",
      "where it came from a workload, stop that workload's rule or service account",
      "see what changed since it leaked: anth-rbac drift, and the activity feed where Compliance is on",
    ],
  },
  enterprise: {
    can: "it reads, and as far as its scopes go changes, the Claude Enterprise organization. No API lists it or ends it.",
    steps: [
      "delete it in claude.ai, under Organization settings, API: an owner can",
      "create another one there, and put it wherever this one was in use",
    ],
  },
};

/** What is said below a subject: what a leaked credential can do, and where something that was not found was looked for. */
function remarksOn(subject: RevokedSubject): readonly string[] {
  if (subject.kind === "secret") {
    const { can, steps } = SECRETS[subject.secretKind] ?? { can: "no key of this organization fits it", steps: [] };
    return [can, ...steps.map((step, at) => `${at + 1}. ${step}`)];
  }
  if (subject.kind === "key") return subject.id === null ? ["no live key has this name or id"] : [];
  if (subject.standing === "unknown")
    return ["members or invitations could not be read: what gives access may be missing here"];
  return subject.standing === "not-found" ? ["no member, not invited, not in the file, and not revoked earlier"] : [];
}

const OBSTACLES = {
  "provider-owned": "owned by the identity provider: taken out of it there",
  "group-twice": "several groups bear this name: taken out of it in Claude",
} as const satisfies Record<NonNullable<RevokedGroup["obstacle"]>, string>;

function groupCells({ group, obstacle }: RevokedGroup): readonly string[] {
  return [group, obstacle ? OBSTACLES[obstacle] : ""];
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
  if (subject.kind === "key") {
    return subject.id === null ? `key ${subject.name}: not found` : `key ${subject.name} (${subject.id})`;
  }
  if (subject.kind === "secret") {
    const found = SECRETS[subject.secretKind] ? "" : ": not found";
    return `leaked ${subject.secretKind} credential ${subject.hint}${found}`;
  }
  const { email, name, role, standing, userId } = subject;
  const who = name === null || name === "" ? email : `${name} <${email}>`;
  switch (standing) {
    case "member":
      return `${who}: ${role ?? "member"}${userId === null ? "" : ` (${userId})`}`;
    case "invited":
      return `${who}: invited only`;
    case "gone":
      // Whether they ever were one is not known of everybody: the file, or an invitation, may be all that named them.
      return `${who}: no member`;
    case "unknown":
      return `${who}: not known whether a member`;
    case "not-found":
      return `${who}: not found`;
  }
}

/** What a person has to know of a key before it is decided about; one cell each. */
function keyCells(key: RevokedKey): readonly string[] {
  const { name, workspace, status, relation, account, declared, decision } = key;
  return [
    name,
    workspace ?? "the organization",
    status,
    account ? `${RELATIONS[relation]}, acts as the service account ${account.name ?? account.id}` : RELATIONS[relation],
    declared ? "a declared service depends on it" : "not declared",
    useWords(key),
    status === "active" || decision === "undecided" ? DECISIONS[decision] : "",
  ];
}

function useWords({ use, inUse }: RevokedKey): string {
  const today = inUse === null ? "; the last 24 h are not known" : inUse ? ", some in the last 24 h" : "";
  const week = useJson(use);
  return `${weekWords(week)}${week || inUse ? today : ""}`;
}
