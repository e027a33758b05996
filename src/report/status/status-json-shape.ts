import type { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import type { StatusNoteCode } from "../../core/status/note.ts";
import type { Status } from "../../core/status/status.ts";
import type { Access } from "../../core/status/user.ts";
import type { How } from "../../core/status/workspace.ts";
import type { NoteLevel } from "./status-words.ts";

/**
 * The status as `--json` writes it. A list is null where the view does not show it or it could not be read; in the second
 * case `unknown` says why. Times are RFC 3339 in UTC; absent values are null, never left out.
 */
export interface StatusJson {
  readonly format_version: typeof FORMAT_VERSION;
  readonly kind: "status";
  readonly exit_code: number;
  readonly view: Status["view"];
  readonly taken_at: string;
  readonly organization: { readonly id: string; readonly name: string } | null;
  readonly workspaces: readonly WorkspaceJson[] | null;
  /** Workspaces that hold keys but are not listed: archived, or all of them where the list could not be read. */
  readonly unlisted: readonly WorkspaceJson[];
  readonly members: readonly MemberJson[] | null;
  /** Pending ones, and expired ones of people who are still outside. */
  readonly invites: readonly InviteJson[] | null;
  /** Keys of the organization itself; a workspace's keys are in its workspace. */
  readonly keys: readonly KeyJson[] | null;
  /** With --user. */
  readonly user?: UserJson;
  /** With --key: every key that fits. */
  readonly key?: { readonly matches: readonly (KeyJson & { readonly notes: readonly NoteJson[] })[] };
  /** With --usage. */
  readonly usage?: UsageJson;
  readonly unknown: readonly UnknownJson[];
  /** What the API does not offer to this organization, such as spend limits without their preview. */
  readonly unavailable: readonly UnknownJson[];
}

export interface UnknownJson {
  readonly kind: string;
  readonly reason: string;
  readonly message: string | null;
}

export interface WorkspaceRefJson {
  readonly id: string;
  readonly name: string | null;
  readonly handle: string | null;
  readonly special: "default" | "claude-code" | null;
}

export interface WorkspaceJson extends WorkspaceRefJson {
  /** Empty for the default workspace, where access follows the organization role. */
  readonly members: readonly WorkspaceMemberJson[] | null;
  readonly keys: readonly KeyJson[] | null;
  readonly limits: readonly LimitJson[] | null;
  readonly spend_limits: readonly SpendLimitJson[] | null;
}

export interface WorkspaceMemberJson {
  readonly user_id: string;
  readonly email: string | null;
  readonly role: string;
  readonly how: How;
  /** The organization role that an inherited one comes from. */
  readonly from: string | null;
}

export interface LimitJson {
  readonly group: { readonly type: string; readonly id: string; readonly name: string | null };
  readonly models: readonly string[];
  /** `value` is what holds: the lower of the workspace's override and the organization's limit. */
  readonly limits: readonly {
    readonly type: string;
    readonly value: number;
    readonly override: number | null;
    readonly organization: number | null;
  }[];
}

export interface SpendLimitJson {
  readonly id: string;
  /** In the currency's minor unit; null is no limit. */
  readonly amount_minor: number | null;
  readonly currency: string;
  readonly period: string;
}

export interface MemberJson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

export interface InviteJson {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: string;
  readonly expires_at: string | null;
}

export interface ActorJson {
  readonly type: string;
  readonly id: string;
  readonly email: string | null;
  /** Null where it cannot be known. */
  readonly left: boolean | null;
}

export interface KeyJson {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly status: string;
  /** Null where the API reports a status that this version does not know. */
  readonly phase: string | null;
  /** When the phase is over; for a due key, when it fell due. */
  readonly phase_at: string | null;
  readonly created_at: string;
  readonly age_days: number;
  readonly expires_at: string | null;
  readonly hint: string | null;
  readonly workspace: WorkspaceRefJson | null;
  /** Null: a workspace key that acts as nobody. */
  readonly acts_as: ActorJson | null;
  readonly created_by: ActorJson | null;
  readonly declared: { readonly target: string; readonly owner: string | null } | null;
}

export interface NoteJson {
  readonly code: StatusNoteCode;
  readonly level: NoteLevel;
  readonly message: string;
}

export interface UserJson {
  readonly email: string;
  /** Null: no member of the organization; so are `name` and `role` then. */
  readonly id: string | null;
  readonly name: string | null;
  readonly role: string | null;
  readonly invites: readonly InviteJson[] | null;
  readonly workspaces:
    | readonly {
        readonly workspace: WorkspaceRefJson;
        readonly state: Access["state"];
        readonly role: string | null;
        readonly how: How | null;
      }[]
    | null;
  readonly keys: readonly KeyJson[] | null;
  /** Keys that the person created and that do not act as them. */
  readonly created_keys: readonly KeyJson[] | null;
  readonly declared: {
    readonly role: string | null;
    readonly app_role: string | null;
    readonly until: string | null;
    readonly reason: string | null;
    readonly workspaces: Readonly<Record<string, string>>;
    readonly owns: readonly string[];
  } | null;
  readonly notes: readonly NoteJson[];
}

export interface CountJson {
  /** Null where the report does not count requests. */
  readonly requests: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

export interface UsageJson extends CountJson {
  readonly from: string;
  readonly to: string;
  readonly source: "analytics" | "legacy";
  /** Most tokens first; `workspace` is null where the report names none. */
  readonly workspaces: readonly (CountJson & {
    readonly workspace: WorkspaceRefJson | null;
    /** `id` is null where no key authenticated the usage, `name` where the key is not listed any more. */
    readonly keys: readonly (CountJson & {
      readonly id: string | null;
      readonly name: string | null;
      readonly status: string | null;
    })[];
  })[];
  readonly silent: readonly WorkspaceRefJson[];
}
