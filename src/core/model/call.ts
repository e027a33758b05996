import type { Change, ChangeKind, ChangeOf, Fields } from "./change.ts";
import { LIMITERS, type Limiter } from "./limit.ts";
import { toMinor } from "./money.ts";
import { parseTarget } from "./target.ts";

/**
 * Every write of the Admin API that this program makes, as plain data. Words and fields are the API's own.
 * Source: the SDK's types under `resources/organization`; spend limits are beta (admin-api.md 2.10).
 */
export type ApiCall =
  | { readonly name: "create-invite"; readonly email: string; readonly role: string }
  | { readonly name: "delete-invite"; readonly inviteId: string }
  | { readonly name: "update-user"; readonly userId: string; readonly role: string }
  | { readonly name: "remove-user"; readonly userId: string }
  | { readonly name: "create-workspace"; readonly fields: Fields & { readonly name: string } }
  | { readonly name: "update-workspace"; readonly workspaceId: string; readonly fields: Fields }
  | { readonly name: "archive-workspace"; readonly workspaceId: string }
  /** Roles without the API's `workspace_` prefix. */
  | ({ readonly name: "add-workspace-member"; readonly role: string } & Membership)
  | ({ readonly name: "update-workspace-member"; readonly role: string } & Membership)
  | ({ readonly name: "remove-workspace-member" } & Membership)
  | {
      readonly name: "update-rate-limit";
      readonly workspaceId: string;
      /** The organization's own id of the limit. */
      readonly rateLimitId: string;
      readonly limits: readonly LimitValue[];
    }
  /** Monthly, in minor units of the billing currency. */
  | { readonly name: "set-spend-limit"; readonly workspaceId: string; readonly amount: string }
  | { readonly name: "delete-spend-limit"; readonly spendLimitId: string }
  | { readonly name: "update-key"; readonly keyId: string; readonly fields: KeyFields };

interface Membership {
  readonly workspaceId: string;
  readonly userId: string;
}

/** Null clears the override. */
export interface LimitValue {
  readonly type: Limiter;
  readonly value: number | null;
}

type KeyFields = ChangeOf<"key", "update">["after"];

/** What came of a call. */
export interface Written {
  /** The API's id for the request; null where the effect was found to be there already. */
  readonly requestId: string | null;
  /** Of the object that was created. */
  readonly id?: string;
  /** What the API says is not as it was asked for, although the call was carried out. */
  readonly remark?: WriteRemark;
}

/** Carried out, but for something: the workspace exists without all that was asked for, or was archived with its storage. */
export interface WriteRemark {
  readonly code: "workspace-incomplete" | "storage-attached";
  /** The API's own words. */
  readonly message: string;
}

/** The writing half of the outside world. */
export interface OrgWriter {
  /**
   * Carries out one call, trying again where that is safe, and is done when the organization is as the call wants it: what is
   * there already, or gone already, is a success. Throws Failure; `not-certain` where nobody knows whether it took effect.
   */
  readonly write: (call: ApiCall) => Promise<Written>;
}

/** How the objects that a change speaks of are called by the API. */
export interface CallFacts {
  /** The live id of a workspace, by its handle or its own id; undefined where there is none (yet). */
  readonly workspaceId: (workspace: string) => string | undefined;
  /** The id of a live member of the organization; undefined where nobody, or more than one, has the e-mail. */
  readonly userId: (email: string) => string | undefined;
  /** The billing currency, ISO 4217. */
  readonly currency: string;
}

/**
 * The calls that carry out a change: one, but for an invitation, which cannot be edited and is deleted and made again, and for
 * what a person must do, which has none. Undefined where an object that the change needs does not exist.
 */
export function callsOf(change: Change, facts: CallFacts): readonly ApiCall[] | undefined {
  if (change.action === "manual") return [];
  switch (change.kind) {
    case "invite":
      return inviteCalls(change);
    case "member":
      return one(change.id, (userId) =>
        change.action === "remove"
          ? { name: "remove-user", userId }
          : { name: "update-user", userId, role: change.after.role },
      );
    case "workspace":
      return workspaceCalls(change);
    case "workspace_member":
      return memberCalls(change, facts);
    case "rate_limit":
      return rateLimitCalls(change, facts);
    case "spend_limit":
      return spendLimitCalls(change, facts);
    case "key":
      // Nothing is ever archived by leaving it out of the file: a key that goes is disabled.
      return one(change.id, (keyId) => ({
        name: "update-key",
        keyId,
        fields: change.action === "remove" ? { status: "inactive" } : change.after,
      }));
    case "admin_key":
      // No API reaches them: every change about them is manual, and has been answered above.
      return undefined;
  }
}

/** A change that this program carries out. */
type Doable<Kind extends ChangeKind> = ChangeOf<Kind, "create" | "update" | "remove">;

function inviteCalls(change: Doable<"invite">): readonly ApiCall[] | undefined {
  const email = parseTarget(change.target)?.email;
  if (email === undefined) return undefined;
  if (change.action === "create") return [{ name: "create-invite", email, role: change.after.role }];
  if (change.id === null) return undefined;
  const remove = { name: "delete-invite", inviteId: change.id } as const;
  return change.action === "remove" ? [remove] : [remove, { name: "create-invite", email, role: change.after.role }];
}

function workspaceCalls(change: Doable<"workspace">): readonly ApiCall[] | undefined {
  if (change.action === "create") return [{ name: "create-workspace", fields: change.after }];
  return one(change.id, (workspaceId) =>
    change.action === "remove"
      ? { name: "archive-workspace", workspaceId }
      : { name: "update-workspace", workspaceId, fields: updateFields(change) },
  );
}

/**
 * Only the tags that differ: the API keeps those that an update does not name, and drops those that are null (admin-api.md 2.4).
 * What was shown as a difference of one tag must not set the others back to what they were when they were read.
 */
function updateFields({ before, after }: ChangeOf<"workspace", "update">): Fields {
  const { tags, ...rest } = after;
  if (!tags) return rest;
  const live = before.tags ?? {};
  const dropped = Object.keys(live).filter((tag) => !Object.hasOwn(tags, tag));
  const set = Object.entries(tags).filter(([tag, value]) => !Object.hasOwn(live, tag) || live[tag] !== value);
  return { ...rest, tags: { ...Object.fromEntries(dropped.map((tag) => [tag, null])), ...Object.fromEntries(set) } };
}

function memberCalls(change: Doable<"workspace_member">, facts: CallFacts): readonly ApiCall[] | undefined {
  const { workspace, email } = parseTarget(change.target) ?? {};
  const workspaceId = workspace && facts.workspaceId(workspace);
  const userId = change.id ?? (email === undefined ? undefined : facts.userId(email));
  if (workspaceId === undefined || userId === undefined) return undefined;
  if (change.action === "remove") return [{ name: "remove-workspace-member", workspaceId, userId }];
  const name = change.action === "create" ? "add-workspace-member" : "update-workspace-member";
  return [{ name, workspaceId, userId, role: change.after.role }];
}

function rateLimitCalls(change: Doable<"rate_limit">, facts: CallFacts): readonly ApiCall[] | undefined {
  const workspaceId = workspaceOf(change.target, facts);
  if (workspaceId === undefined || change.id === null) return undefined;
  const { before, after } = change;
  const limits = LIMITERS.flatMap((type) => {
    const value = (after ?? before)[type];
    return value === undefined ? [] : { type, value: after === null ? null : value };
  });
  return [{ name: "update-rate-limit", workspaceId, rateLimitId: change.id, limits }];
}

function spendLimitCalls(change: Doable<"spend_limit">, facts: CallFacts): readonly ApiCall[] | undefined {
  if (change.action === "remove")
    return one(change.id, (spendLimitId) => ({ name: "delete-spend-limit", spendLimitId }));
  const amount = String(toMinor(change.after.monthly, facts.currency));
  return one(workspaceOf(change.target, facts), (workspaceId) => ({ name: "set-spend-limit", workspaceId, amount }));
}

function workspaceOf(target: string, facts: CallFacts): string | undefined {
  const workspace = parseTarget(target)?.workspace;
  return workspace === undefined ? undefined : facts.workspaceId(workspace);
}

function one(id: string | null | undefined, call: (id: string) => ApiCall): readonly ApiCall[] | undefined {
  return id === null || id === undefined ? undefined : [call(id)];
}
