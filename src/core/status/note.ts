import type { WorkspaceRef } from "./index-live.ts";

/** What a status has to say in words, by code; the sentences are in `report/status-words.ts`. Times are epoch ms. */
/** `byHand`: the file does not manage it, or no API does it, so that no apply does anything about it. */
export interface StatusNoteArgs {
  // a person
  /** `ended`: the day on which the file ended their access; `needsRole`: declared without a role, which an invitation needs. */
  "not-in-organization": {
    readonly declared?: string;
    readonly ended?: string;
    readonly needsRole?: boolean;
    readonly byHand?: boolean;
  };
  "invite-pending": { readonly role: string; readonly expiresAt?: number };
  "invite-expired": { readonly role: string; readonly expiresAt?: number };
  "invites-unread": { readonly reason: string };
  "until-passed": { readonly day: string; readonly byHand?: boolean };
  "until-soon": { readonly day: string; readonly days: number };
  "declared-not-member": { readonly workspace: WorkspaceRef; readonly role: string; readonly byHand?: boolean };
  /** All of them declared, or none. */
  "not-member": { readonly workspaces: readonly WorkspaceRef[]; readonly byHand?: boolean };
  "declared-workspace-missing": { readonly handle: string; readonly role: string };
  "organization-role-differs": { readonly declared: string; readonly live: string };
  "invited-role-differs": { readonly declared: string; readonly live: string };
  "workspace-role-differs": { readonly workspace: WorkspaceRef; readonly declared: string; readonly live: string };
  "member-not-declared": { readonly workspace: WorkspaceRef; readonly role: string };
  "workbench-only": { readonly workspaces: readonly WorkspaceRef[] };
  "memberships-unread": { readonly workspaces: readonly WorkspaceRef[]; readonly reason: string };
  "person-not-declared": Record<never, never>;
  "knows-secrets": { readonly keys: number };
  // a key
  "key-disabled": Record<never, never>;
  "key-expired": { readonly at?: number };
  "key-archived": Record<never, never>;
  "key-status-unknown": { readonly status: string };
  "key-workspace-not-listed": { readonly workspace: WorkspaceRef };
  /** `declared` absent: declared for the organization itself; `workspace` absent: it lives there. */
  "key-in-other-workspace": { readonly declared?: string; readonly workspace?: WorkspaceRef };
  "key-name-suggests": { readonly meant: WorkspaceRef; readonly workspace: WorkspaceRef };
  "key-without-workspace": Record<never, never>;
  "key-owner-left": { readonly id: string };
  "key-owner-differs": { readonly declared: string; readonly live: string };
  /** `works`: whether calls with it are answered, as far as its status says. */
  "key-ownerless": {
    readonly creator?: string;
    readonly owner?: string;
    readonly creatorLeft: boolean;
    readonly works: boolean;
  };
  "key-expires-soon": { readonly at: number; readonly days: number };
  "key-overdue": { readonly at: number; readonly age: number };
  "key-not-declared": Record<never, never>;
}

export type StatusNoteCode = keyof StatusNoteArgs;

/** One thing to say about a person or a key. */
export type StatusNote = {
  readonly [Code in StatusNoteCode]: { readonly code: Code; readonly args: StatusNoteArgs[Code] };
}[StatusNoteCode];
