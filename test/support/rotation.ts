import type { Change } from "../../src/core/model/change.ts";
import type { ApiKey, OrgSnapshot } from "../../src/core/model/org.ts";
import { DAY } from "../../src/core/model/time.ts";
import type { UsageRow } from "../../src/core/model/usage.ts";
import { type PlannedRotation, planRotation, type RotationInput } from "../../src/core/rotation/rotation.ts";
import type { RotationPlan } from "../../src/core/rotation/rotation-key.ts";
import { declared } from "./config.ts";
import { key, NOW, org, usage, workspace } from "./org.ts";

/** The target of the key that every test of a rotation is about. */
export const TARGET = "workspaces.prod.keys.web";

/** A file that declares the key `web` of the workspace `prod`: rotated every 90 days, a week's overlap, a month's soak. */
export function rotated(key: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  return declared({
    workspaces: { prod: { name: "Prod", keys: { web: { rotate_every: "90d", overlap: "7d", soak: "30d", ...key } } } },
    ...rest,
  });
}

/** An organization with the workspaces Prod and Other, and these keys. */
export function holding(...keys: readonly ApiKey[]): OrgSnapshot {
  return org({ workspaces: [workspace("Prod"), workspace("Other")], keys });
}

/** What the planner is asked, with nothing used lately and nothing asked for unless `rest` says so. */
export function asked(live: OrgSnapshot, rest: Partial<RotationInput> = {}): RotationInput {
  return {
    config: rotated(),
    live,
    usage: usage([]),
    now: NOW,
    file: { path: "rbac.yaml", digest: "0" },
    digest: (pieces) => String([...pieces].join("").length),
    scope: { workspaces: [], keys: [] },
    force: false,
    leaked: false,
    archive: false,
    handover: new Map(),
    ...rest,
  };
}

/** The plan for these live keys of the organization. */
export function rotate(keys: readonly ApiKey[], rest: Partial<RotationInput> = {}): PlannedRotation {
  return planRotation(asked(holding(...keys), rest));
}

/** The plan for an organization. */
export function planOf(live: OrgSnapshot, rest: Partial<RotationInput> = {}): RotationPlan {
  return planRotation(asked(live, rest)).plan;
}

/** A live key of `web` in the part that its label says. What was rotated away is older than the day on its label. */
export function web(label = "", rest: Partial<ApiKey> = {}): ApiKey {
  const age = /previous|disabled/.test(label) ? { createdAt: NOW - 100 * DAY } : {};
  return key(`web${label}`, "wrkspc_prod", { ...age, ...rest });
}

/** Each change as `action id before→after [risk reason]`. */
export function lines(changes: readonly Change[]): readonly string[] {
  return changes.map(({ action, id, before, after, risk, reason }) => {
    const text = (fields: Change["before"]) => (fields ? Object.values(fields).join(" ") : "-");
    return `${action} ${id} ${text(before)}→${text(after)} [${risk} ${reason}]`;
  });
}

/** The live keys after a change that the program carries out. */
export function applied(keys: readonly ApiKey[], { id, kind, action, after }: Change): readonly ApiKey[] {
  if (kind !== "key" || action !== "update") return keys;
  return keys.map((key) =>
    key.id === id ? { ...key, name: after.name ?? key.name, status: after.status ?? key.status } : key,
  );
}

/** A day's use of a key. */
export function use(keyId: string, rest: Partial<UsageRow> = {}): UsageRow {
  return { keyId, requests: 3, inputTokens: 100, outputTokens: 10, model: "claude-haiku-4-5", ...rest };
}
