import { emailIdentity } from "../text/identity.ts";

/** The readable path of an object, one grammar everywhere. E-mails are in lower case, a workspace is its handle or its live id. */
export const target = {
  member: (email: string) => `members.${email}`,
  invite: (email: string) => `invites.${email}`,
  workspace: (workspace: string) => `workspaces.${workspace}`,
  workspaceMember: (workspace: string, email: string) => `workspaces.${workspace}.members.${email}`,
  key: (workspace: string, name: string) => `workspaces.${workspace}.keys.${name}`,
  organizationKey: (name: string) => `organization.keys.${name}`,
  rateLimit: (workspace: string, group: string) => `workspaces.${workspace}.rate_limits.${group}`,
  spendLimit: (workspace: string) => `workspaces.${workspace}.spend_limit`,
} as const;

/** A target taken apart: the canonical spelling, and the workspace it speaks of, if any. */
export interface ParsedTarget {
  /** As `core/target.ts` writes it: e-mails in lower case. */
  readonly target: string;
  /** A handle, or a live id. */
  readonly workspace?: string;
  /** The person it speaks of, if any. */
  readonly email?: string;
}

/** The words that may stand at each place of a target; for "did you mean". */
export const TARGET_WORDS = {
  root: ["members", "invites", "workspaces", "organization"],
  workspace: ["members", "keys", "rate_limits", "spend_limit"],
} as const;

/** The parts of a target, or undefined where `text` is not one. Names may hold dots; handles and ids hold none. */
export function parseTarget(text: string): ParsedTarget | undefined {
  const [root, rest] = split(text);
  if (rest === undefined || rest === "") return undefined;
  const email = folded(rest);
  if (root === "members") return { target: target.member(email), email };
  if (root === "invites") return { target: target.invite(email), email };
  if (root === "organization") {
    const [kind, name] = split(rest);
    return kind === "keys" && name ? { target: target.organizationKey(name) } : undefined;
  }
  if (root !== "workspaces") return undefined;
  const [workspace, inner] = split(rest);
  if (workspace === "") return undefined;
  if (inner === undefined) return { target: target.workspace(workspace), workspace };
  const [kind, name] = split(inner);
  if (kind === "spend_limit")
    return name === undefined ? { target: target.spendLimit(workspace), workspace } : undefined;
  if (name === undefined || name === "") return undefined;
  if (kind === "members") {
    const member = folded(name);
    return { target: target.workspaceMember(workspace, member), workspace, email: member };
  }
  if (kind === "keys") return { target: target.key(workspace, name), workspace };
  return kind === "rate_limits" ? { target: target.rateLimit(workspace, name), workspace } : undefined;
}

/** An e-mail has many spellings; the id of somebody who is no member has one. */
function folded(person: string): string {
  return person.includes("@") ? emailIdentity(person) : person;
}

function split(text: string): [string, string | undefined] {
  const dot = text.indexOf(".");
  return dot === -1 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
}
