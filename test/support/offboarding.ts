import type { WorkspaceMember } from "../../src/core/model/org.ts";
import type { Plan } from "../../src/core/model/plan.ts";
import { NO_CONFIG, type OffboardingInput } from "../../src/core/offboarding/input.ts";
import { planOffboarding } from "../../src/core/offboarding/offboarding.ts";
import type { OffboardingPlan } from "../../src/core/offboarding/revocation.ts";
import { NOW, type OrgParts, org, usage, user, workspace } from "./org.ts";

/** The person who leaves in every test of an offboarding. */
export const EVE = "eve@acme.example";
export const PROD = "wrkspc_production";

/** Eve, a colleague, an admin, an owner, and the workspaces Production and Staging. */
export const ORGANIZATION: OrgParts = {
  users: [user(EVE), user("ada@acme.example"), user("grace@acme.example", "admin"), user("root@acme.example", "owner")],
  workspaces: [workspace("Production"), workspace("Staging")],
};

/** A list that may not be read. */
export const DENIED = { known: false, reason: "permission-denied" } as const;

/** What the planner is asked: Eve leaves, nothing was used lately and nothing is declared, unless `rest` says so. */
export function departure(parts: OrgParts, rest: Partial<OffboardingInput> = {}): OffboardingInput {
  return {
    config: NO_CONFIG,
    live: org({ ...ORGANIZATION, ...parts }),
    usage24: usage([]),
    usage7: usage([]),
    now: NOW,
    digest: (pieces) => String([...pieces].join("").length),
    people: [EVE],
    max: 1,
    formerIds: new Map(),
    ...rest,
  };
}

/** The plan for that. */
export function offboard(parts: OrgParts, rest: Partial<OffboardingInput> = {}): OffboardingPlan {
  return planOffboarding(departure(parts, rest));
}

/** Each change as `action kind target id [reason]`. */
export function changeLines({ changes }: Plan): readonly string[] {
  return changes.map(({ action, kind, target, id, reason }) => `${action} ${kind} ${target} ${id} [${reason}]`);
}

/** The guardrails that refuse a plan. */
export function broken({ guardrails }: Plan): readonly string[] {
  return guardrails.filter(({ refuses }) => refuses).map(({ rule }) => rule);
}

/** Made by a person of the organization. */
export function by(name: string) {
  return { createdBy: { type: "user", id: `user_${name}` } };
}

/** Acting as a person of the organization. */
export function as(name: string) {
  return { principal: { type: "user", id: `user_${name}` } } as const;
}

/** A role in a workspace, Production unless another is named. */
export function member(name: string, role: string, workspaceId = PROD): WorkspaceMember {
  return { userId: `user_${name}`, workspaceId, role };
}

/** A report in which one key was used. */
export function used(keyId: string, model?: string) {
  return usage([{ keyId, inputTokens: 5, outputTokens: 7, requests: 2, ...(model && { model }) }]);
}
