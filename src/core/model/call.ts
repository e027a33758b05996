import type { ChangeOf, Fields } from "./change.ts";
import type { Limiter } from "./limit.ts";
import type { WriteRemark } from "./plan.ts";

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

/** A live object as one look at it shows it: its name, role or status, in the words of a snapshot. */
export type Seen = Readonly<Record<string, unknown>>;

/** The writing half of the outside world. */
export interface OrgWriter {
  /**
   * Looks at the one object that a call is about, before it is sent: undefined where it is gone, or where nothing is to be seen of it.
   * Throws Failure.
   */
  readonly look: (call: ApiCall) => Promise<Seen | undefined>;
  /**
   * Carries out one call, trying again where that is safe, and is done when the organization is as the call wants it: what is
   * there already, or gone already, is a success. Throws Failure; `not-certain` where nobody knows whether it took effect.
   */
  readonly write: (call: ApiCall) => Promise<Written>;
}
