import type { ChangeKind } from "./change.ts";

/**
 * The readable path of an object, one grammar everywhere, by kind: W is a workspace's handle or live id, E an e-mail in lower case,
 * or the id of somebody who is no member, N a name, which may hold dots. No target is only about the kind that has none.
 */
const GRAMMAR = {
  member: ["members.E"],
  invite: ["invites.E"],
  workspace: ["workspaces.W"],
  workspace_member: ["workspaces.W.members.E"],
  rate_limit: ["workspaces.W.rate_limits.N"],
  spend_limit: ["workspaces.W.spend_limit"],
  member_spend_limit: ["members.E.spend_limit"],
  key: ["workspaces.W.keys.N", "organization.keys.N"],
  service_account: ["service_accounts.N"],
  workspace_service_account: ["workspaces.W.service_accounts.N"],
  group: ["groups.N"],
  group_member: ["groups.N.members.E"],
  session: ["members.E.sessions"],
  federation_issuer: ["federation.issuers.N"],
  federation_rule: ["federation.rules.N"],
  compliance: ["organization.compliance"],
  admin_key: [],
} as const satisfies Readonly<Record<ChangeKind, readonly string[]>>;

/** Targets as they are written. */
export const target = {
  member: (email: string) => `members.${email}`,
  invite: (email: string) => `invites.${email}`,
  workspace: (workspace: string) => `workspaces.${workspace}`,
  workspaceMember: (workspace: string, email: string) => `workspaces.${workspace}.members.${email}`,
  key: (workspace: string, name: string) => `workspaces.${workspace}.keys.${name}`,
  organizationKey: (name: string) => `organization.keys.${name}`,
  rateLimit: (workspace: string, group: string) => `workspaces.${workspace}.rate_limits.${group}`,
  serviceAccount: (name: string) => `service_accounts.${name}`,
  workspaceServiceAccount: (workspace: string, name: string) => `workspaces.${workspace}.service_accounts.${name}`,
  memberSpendLimit: (email: string) => `members.${email}.spend_limit`,
  sessions: (email: string) => `members.${email}.sessions`,
  group: (name: string) => `groups.${name}`,
  groupMember: (name: string, email: string) => `groups.${name}.members.${email}`,
  federationIssuer: (name: string) => `federation.issuers.${name}`,
  federationRule: (name: string) => `federation.rules.${name}`,
  compliance: "organization.compliance",
  spendLimit: (workspace: string) => `workspaces.${workspace}.spend_limit`,
} as const;

/** A target taken apart: the canonical spelling, and the workspace it speaks of, if any. */
export interface ParsedTarget {
  readonly kind: ChangeKind;
  /** As it is written everywhere: e-mails in lower case. */
  readonly target: string;
  /** A handle, or a live id. */
  readonly workspace?: string;
  /** The person it speaks of, if any. */
  readonly email?: string;
  /** What it is called, where neither a workspace nor a person is meant. */
  readonly name?: string;
}

const PLACES = { W: "(?<workspace>[^.]+)", E: "(?<email>.+)", N: "(?<name>.+)" } as const;

/** The longest forms first: what stands behind a name or an e-mail tells it from one that holds a dot. */
const FORMS = (Object.entries(GRAMMAR) as readonly (readonly [ChangeKind, readonly string[]])[])
  .flatMap(([kind, forms]) => forms.map((form) => ({ kind, words: form.split(".") })))
  .toSorted((one, other) => other.words.length - one.words.length)
  .map(({ kind, words }) => {
    const places = words.map((word) => PLACES[word as keyof typeof PLACES] ?? word);
    return { kind, words, pattern: new RegExp(`^${places.join("\\.")}$`, "su") };
  });

/** The words that may stand at each place of a target; for "did you mean". */
export const TARGET_WORDS = {
  root: [...new Set(FORMS.flatMap(({ words: [root] }) => root ?? []))],
  workspace: FORMS.flatMap(({ words: [root, , inner] }) => (root === "workspaces" && inner !== undefined ? inner : [])),
} as const;

/** A target of each form that a workspace, and what is in it, has; its name is a dash. */
export function targetsIn(workspace: string): readonly string[] {
  return FORMS.filter(({ words: [root] }) => root === "workspaces").map(({ words }) =>
    words.map((word) => (word === "W" ? workspace : word in PLACES ? "-" : word)).join("."),
  );
}

/** The parts of a target, or undefined where `text` is not one. Names may hold dots; handles and ids hold none. */
export function parseTarget(text: string): ParsedTarget | undefined {
  for (const { kind, words, pattern } of FORMS) {
    const found = pattern.exec(text)?.groups;
    if (!found) continue;
    const { workspace, email: person, name } = found;
    const email = person === undefined ? undefined : folded(person);
    const at: Readonly<Record<string, string | undefined>> = { W: workspace, E: email, N: name };
    return {
      kind,
      target: words.map((word) => at[word] ?? word).join("."),
      ...(workspace !== undefined && { workspace }),
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
    };
  }
  return undefined;
}

/** E-mails are the same in any case; the id of somebody who is no member is not. */
function folded(person: string): string {
  return person.includes("@") ? person.toLowerCase() : person;
}
