import { formatKeyName } from "../keys/key-name.ts";
import { keyUse, type RecentUse, recentUse } from "../keys/recent-use.ts";
import type { SupersededKey } from "../match/key-parts.ts";
import { keyTarget } from "../match/key-place.ts";
import type { DeclaredKey } from "../match/keys.ts";
import type { Change, ChangeOf, Reason } from "../model/change.ts";
import { dayOf } from "../model/time.ts";
import type { UsageReport } from "../model/usage.ts";
import type { RotationPhase, RotationStep } from "./rotation-key.ts";

/** A change and when in the run it is due: leaked keys first, then cut-overs, disables, archives. */
export interface StagedChange {
  readonly stage: 0 | 1 | 2 | 3;
  readonly change: Change;
}

/** Where a live key can stand that a step is made for. */
export type StepPhase = Extract<
  RotationPhase,
  "missing" | "awaiting-replacement" | "replacement-ready" | "draining" | "overlapping" | "soaking" | "current"
>;

/** Where one of a declared key's live keys stands, and what that leads to. */
export interface KeyStep {
  readonly phase: StepPhase;
  readonly next: RotationStep | null;
  readonly until?: number;
  readonly use?: RecentUse;
  readonly changes: readonly StagedChange[];
  /** The key whose use has to be known before anything is done to it. */
  readonly needsUsage?: string;
  /** Epoch ms; from when on nobody knows whether the key was used. */
  readonly useUnknownSince?: number;
}

/** What decides over a superseded key. */
export interface SupersededContext {
  readonly declared: DeclaredKey;
  readonly now: number;
  /** Of the last 24 hours; undefined where there is none. */
  readonly usage: UsageReport | undefined;
  readonly archive: boolean;
  readonly leaked: boolean;
  /** Whether the key that took over is there to stay. Without one nothing is taken away: this key may be the last that works. */
  readonly succeeded: boolean;
}

/** Where a key stands that was rotated away, and what is to be done with it. */
export function supersededStep(superseded: SupersededKey, context: SupersededContext): KeyStep | undefined {
  const { status } = superseded.key;
  if (status === "active") return activeStep(superseded, context);
  if (status === "inactive" || status === "expired") return idleStep(superseded, context);
  return undefined;
}

function activeStep({ key, since }: SupersededKey, context: SupersededContext): KeyStep {
  const { declared, now, usage, leaked, succeeded } = context;
  const disable = (reason: Reason, stage: 0 | 2): StagedChange => disabling({ declared, key, now, reason, stage });
  if (leaked) return { phase: "overlapping", next: "disable", changes: [disable("leaked", 0)] };
  const until = since + declared.key.overlap;
  if (now < until) return { phase: "overlapping", next: "wait", until, changes: [] };
  if (!succeeded) return { phase: "overlapping", next: null, until, changes: [] };
  if (!usage) return { phase: "overlapping", next: "disable", until, changes: [], needsUsage: key.id };
  const left = (reason: Reason) => [leftForNow(declared, key, reason)];
  switch (keyUse(usage, key.id)) {
    case "used": {
      const use = recentUse(usage, key.id);
      return { phase: "draining", next: "stop-use", until, use, changes: left("still-in-use") };
    }
    case "unknown": {
      const changes = left("usage-not-known");
      return { phase: "overlapping", next: "disable", until, useUnknownSince: usage.asOf, changes };
    }
    case "unused":
      return { phase: "overlapping", next: "disable", until, changes: [disable("overlap-over", 2)] };
  }
}

/** A key that this run does not disable: what is missing is not in its hands. */
function leftForNow(declared: DeclaredKey, { name, id, status }: SupersededKey["key"], reason: Reason): StagedChange {
  const [before, after] = [{ status }, { status: "inactive" }];
  const change = keyChange(declared, name, id, { before, after, risk: "removal", reason });
  return { stage: 2, change: { ...change, action: "manual" } };
}

/** A key that gives nobody access any more. One that was disabled by hand first gets the day from which it soaks. */
function idleStep(
  { key, kind, since }: SupersededKey,
  { declared, now, archive, succeeded }: SupersededContext,
): KeyStep {
  if (kind === "previous") {
    const [before, after] = [{ name: key.name }, { name: disabledName(declared, now) }];
    const change = keyChange(declared, key.name, key.id, { before, after, risk: "safe", reason: "disabled-by-hand" });
    return { phase: "soaking", next: "disable", changes: [{ stage: 2, change }] };
  }
  const until = since + declared.key.soak;
  if (now < until) return { phase: "soaking", next: "wait", until, changes: [] };
  if (!succeeded) return { phase: "soaking", next: null, until, changes: [] };
  if (!archive) return { phase: "soaking", next: "archive", until, changes: [] };
  const [before, after] = [{ status: key.status }, { status: "archived" }];
  const change = keyChange(declared, key.name, key.id, { before, after, risk: "irreversible", reason: "soak-over" });
  return { phase: "soaking", next: "archive", until, changes: [{ stage: 3, change }] };
}

/** The change that disables a key and says since when. */
export function disabling({
  declared,
  key,
  now,
  reason,
  stage,
}: {
  readonly declared: DeclaredKey;
  readonly key: SupersededKey["key"];
  readonly now: number;
  readonly reason: Reason;
  readonly stage: 0 | 2;
}): StagedChange {
  const name = disabledName(declared, now);
  const renamed = key.name !== name;
  const before = { ...(renamed && { name: key.name }), status: key.status };
  const after = { ...(renamed && { name }), status: "inactive" };
  return { stage, change: keyChange(declared, key.name, key.id, { before, after, risk: "removal", reason }) };
}

type KeyUpdate = ChangeOf<"key", "update">;

/** An update of one live key, which its target names by its live name. */
export function keyChange(
  { workspace }: DeclaredKey,
  name: string,
  id: string | null,
  what: Pick<KeyUpdate, "before" | "after" | "risk" | "reason">,
): KeyUpdate {
  return { action: "update", kind: "key", target: keyTarget(workspace, name), id, ...what };
}

/** The name of a key that is disabled today. */
export function disabledName({ key }: DeclaredKey, now: number): string {
  return formatKeyName({ base: key.name, label: { kind: "disabled", day: dayOf(now) } });
}
