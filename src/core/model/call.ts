import * as z from "zod/mini";
import { LIMITERS, SPEND_PERIODS } from "./limit.ts";

const id = z.string();
const role = z.string();
const inWorkspace = { workspaceId: id, userId: id };
const ofPerson = { userId: id, period: z.enum(SPEND_PERIODS) };
const accountInWorkspace = { workspaceId: id, serviceAccountId: id };

function call<Name extends string, Shape extends z.core.$ZodLooseShape>(name: Name, shape: Shape) {
  return z.readonly(z.strictObject({ name: z.literal(name), ...shape }));
}

/** Null clears the override. */
const limitValue = z.readonly(z.strictObject({ type: z.enum(LIMITERS), value: z.nullable(z.number()) }));

/**
 * Every write of the Admin API that this program makes, as plain data: the type, and the schema by which the audit log's word of what
 * was about to be sent is read. Words and fields are the API's own. Source: the SDK's types under `resources/organization`; spend
 * limits are beta (admin-api.md 2.10).
 */
export const API_CALL = z.discriminatedUnion("name", [
  // `groupIds`: the groups that it brings along.
  call("create-invite", { email: z.string(), role, groupIds: z.optional(z.readonly(z.array(id))) }),
  call("delete-invite", { inviteId: id }),
  call("update-user", { userId: id, role }),
  call("remove-user", { userId: id }),
  call("create-workspace", { fields: z.readonly(z.looseObject({ name: z.string() })) }),
  call("update-workspace", { workspaceId: id, fields: z.readonly(z.record(z.string(), z.unknown())) }),
  call("archive-workspace", { workspaceId: id }),
  // Roles without the API's `workspace_` prefix.
  call("add-workspace-member", { ...inWorkspace, role }),
  call("update-workspace-member", { ...inWorkspace, role }),
  call("remove-workspace-member", inWorkspace),
  // `rateLimitId`: the organization's own id of the limit.
  call("update-rate-limit", { workspaceId: id, rateLimitId: id, limits: z.readonly(z.array(limitValue)) }),
  // Monthly, in minor units of the billing currency.
  call("set-spend-limit", { workspaceId: id, amount: z.string() }),
  call("delete-spend-limit", { spendLimitId: id }),
  // Of a person; `spendLimitId`: the one that there is.
  call("set-member-spend-limit", { ...ofPerson, amount: z.string(), spendLimitId: z.nullable(id) }),
  call("delete-member-spend-limit", { ...ofPerson, spendLimitId: id }),
  call("create-service-account", { account: z.string(), description: z.optional(z.string()) }),
  // `organization_role` only where it changes: sent unchanged, it is judged as if it were given anew (admin-api-1.14.md 3.1).
  call("update-service-account", {
    serviceAccountId: id,
    fields: z.readonly(
      z.strictObject({ description: z.optional(z.nullable(z.string())), organization_role: z.optional(role) }),
    ),
  }),
  call("archive-service-account", { serviceAccountId: id }),
  // Adds it, or gives it another role.
  call("add-workspace-service-account", { ...accountInWorkspace, role }),
  call("update-workspace-service-account", { ...accountInWorkspace, role }),
  call("remove-workspace-service-account", accountInWorkspace),
  // Whether the activity feed is on.
  call("set-compliance", { state: z.enum(["enabled", "disabled"]) }),
  call("create-group", { group: z.string() }),
  call("delete-group", { groupId: id }),
  call("add-group-member", { groupId: id, userId: id }),
  call("remove-group-member", { groupId: id, userId: id }),
  // Ends what a person of Claude Enterprise is signed in to.
  call("sign-out", { userId: id }),
  call("create-federation-issuer", { fields: z.readonly(z.looseObject({ name: z.string() })) }),
  call("update-federation-issuer", { issuerId: id, fields: z.readonly(z.record(z.string(), z.unknown())) }),
  call("archive-federation-issuer", { issuerId: id }),
  // In one workspace, or in all of them: the others are added one by one.
  call("create-federation-rule", { fields: z.readonly(z.looseObject({ name: z.string() })) }),
  call("update-federation-rule", { ruleId: id, fields: z.readonly(z.record(z.string(), z.unknown())) }),
  call("archive-federation-rule", { ruleId: id }),
  // Without an id: of the rule that was created just before, which has this name.
  call("add-federation-rule-workspace", { ruleId: z.nullable(id), rule: z.string(), workspaceId: id }),
  call("remove-federation-rule-workspace", { ruleId: id, workspaceId: id }),
  call("update-key", {
    keyId: id,
    fields: z.readonly(z.strictObject({ name: z.optional(z.string()), status: z.optional(z.string()) })),
  }),
]);
export type ApiCall = z.infer<typeof API_CALL>;

/** What came of a call. */
export interface Written {
  /** The API's id for the request; null where the effect was found to be there already. */
  readonly requestId: string | null;
  /** Of the object that was created. */
  readonly id?: string;
  /** What the API says is not as it was asked for, although the call was carried out. */
  readonly remark?: WriteRemark;
  /** The object as the answer shows it, where it does: with what the call did not set. */
  readonly seen?: Seen;
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
   * there already, or gone already, is a success. Throws Failure; `not-certain` where nobody knows whether it took effect, and with
   * `isUnsent` where the run ended before it was sent.
   */
  readonly write: (call: ApiCall) => Promise<Written>;
  /** Whether the organization is as a call wants it, whoever made it so; of what was created the id, where it tells. Throws Failure. */
  readonly readBack: (call: ApiCall) => Promise<{ readonly id?: string } | undefined>;
}

/**
 * Carried out, but for something: the workspace exists without all that was asked for, or was archived with its storage; or somebody else
 * has changed the same object since the plan, as the answer shows.
 */
export interface WriteRemark {
  readonly code: "workspace-incomplete" | "storage-attached" | "moved-since-plan";
  /** The API's own words, or what it is now and was. */
  readonly message: string;
}
