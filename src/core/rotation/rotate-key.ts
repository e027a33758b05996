import type { Config } from "../config/config.ts";
import { keyPhase } from "../keys/key-phase.ts";
import { usageNotKnown } from "../keys/recent-use.ts";
import { witnessOf } from "../kinds/key/creator.ts";
import { hasSoundSuccessor, isOfToday, type KeyParts, keyParts, type SupersededKey } from "../match/key-parts.ts";
import { keyTarget } from "../match/key-place.ts";
import { type DeclaredKey, whereOf } from "../match/keys.ts";
import type { PeopleMatches } from "../match/people.ts";
import { isKnownKeyStatus } from "../match/unknown-words.ts";
import type { Finding } from "../model/finding.ts";
import { finding, isError } from "../model/finding.ts";
import type { ApiKey } from "../model/org.ts";
import { DAY } from "../model/time.ts";
import type { UsageReport } from "../model/usage.ts";
import { type CurrentStep, currentStep } from "./current-key.ts";
import type { RotatingKey, RotationKey } from "./rotation-key.ts";
import { disabling, type KeyStep, type StagedChange, type StepPhase, supersededStep } from "./superseded-keys.ts";

/** What is asked of one declared key. */
export interface RotateKeyInput {
  readonly declared: DeclaredKey;
  readonly config: Config;
  readonly people: PeopleMatches;
  readonly now: number;
  /** Of the last 24 hours; undefined where there is none. */
  readonly usage: UsageReport | undefined;
  readonly force: boolean;
  readonly leaked: boolean;
  readonly archive: boolean;
  /** As `KeyMatches.flagsOf` says. */
  readonly flags: string;
  /** The live ids that were named, where keys were named by id. */
  readonly named: ReadonlySet<string>;
  readonly handover: ReadonlyMap<string, "tested" | "delivered">;
}

/** One declared key's part of the plan. */
export interface RotatedKey {
  readonly key: RotationKey;
  readonly changes: readonly StagedChange[];
  readonly findings: readonly Finding[];
  readonly gate?: string;
  /** The live keys whose use has to be known before they are disabled. */
  readonly needsUsage: readonly string[];
  /** Only who the members are tells whether its current key is due. */
  readonly needsPeople?: boolean;
}

/** What a declared key shows of all that its live keys are in. */
type Shown = Omit<CurrentStep, "phase" | "changes"> & Pick<RotationKey, "phase">;

/** The most urgent first: what a declared key shows of all that its live keys are in. */
const URGENCY: readonly StepPhase[] = [
  "missing",
  "awaiting-replacement",
  "replacement-ready",
  "draining",
  "overlapping",
  "soaking",
  "current",
];

/** Where one declared key stands, and the next steps of its rotation. */
export function rotateKey(input: RotateKeyInput): RotatedKey {
  const { declared, now } = input;
  const parts = keyParts(declared, now);
  const findings = [...parts.findings, ...parts.misplaced, ...statusFindings(declared, parts)];
  const statusKnown = parts.current === undefined || isKnownKeyStatus(parts.current.status);
  if (findings.some(isError) || !statusKnown) {
    const changes = leakedById(input, parts.live);
    const key = rotationKey(input, parts, { phase: "unsettled", next: "settle" }, new Map());
    return { key, changes, findings, needsUsage: [] };
  }
  const leak = whatLeaked(input, parts);
  const replaced = leak.size === 0 ? replacedEarlier(input, parts) : undefined;
  const next = parts.next && leak.has(parts.next.id) ? undefined : parts.next;
  const { next: _, ...others } = parts;
  const current = currentStep({
    ...input,
    parts: { ...others, ...(next && { next }) },
    disableCurrent: parts.current !== undefined && leak.has(parts.current.id),
    handover: input.handover.get(whereOf(declared).target),
  });
  const steps = new Map<ApiKey, KeyStep>();
  // Two keys at a time would be too many: whatever cuts over, or disables the current key, ends nothing else in the same run.
  const succeeded =
    hasSoundSuccessor(declared, parts, now) && !current.changes.some(({ change }) => change.action === "update");
  for (const superseded of parts.superseded) {
    const step = supersededStep(superseded, { ...input, succeeded, leaked: leak.has(superseded.key.id) });
    if (step) steps.set(superseded.key, step);
  }
  const all = [current, ...steps.values()];
  const shown = all.reduce((most, step) => (urgency(step) < urgency(most) ? step : most));
  const leakedNext = parts.next && !next ? leakedById(input, [parts.next]) : [];
  return {
    // When the current key falls due is worth knowing whatever else is going on.
    key: rotationKey(input, parts, { ...(current.dueAt !== undefined && { dueAt: current.dueAt }), ...shown }, steps),
    changes: [...leakedNext, ...all.flatMap(({ changes }) => changes)],
    findings: [
      ...findings,
      ...(replaced ? [finding("leak-replaced", replaced, whereOf(declared))] : []),
      ...[...steps].flatMap(([key, step]) => usageFindings(declared, key, step)),
    ],
    ...(current.gate !== undefined && { gate: current.gate }),
    needsUsage: all.flatMap(({ needsUsage }) => needsUsage ?? []),
    needsPeople: current.phase === "current" && parts.current !== undefined && witnessOf(parts.current) !== undefined,
  };
}

/** What is said of a key that stays because nobody knows whether it is used. */
function usageFindings({ workspace }: DeclaredKey, { name }: ApiKey, { useUnknownSince }: KeyStep): readonly Finding[] {
  if (useUnknownSince === undefined) return [];
  return [usageNotKnown(name, useUnknownSince, keyTarget(workspace, name))];
}

/** What is said of live keys whose status nobody knows: whether they still work cannot be told. */
function statusFindings(declared: DeclaredKey, { live }: KeyParts): readonly Finding[] {
  return live.flatMap(({ status }) =>
    isKnownKeyStatus(status) ? [] : finding("unknown-word", { what: "status", word: status }, whereOf(declared)),
  );
}

function urgency({ phase }: KeyStep): number {
  return URGENCY.indexOf(phase);
}

/** The ids of the live keys that leaked and are to be disabled now. */
function whatLeaked({ leaked, named, declared, now }: RotateKeyInput, parts: KeyParts): ReadonlySet<string> {
  if (!leaked) return new Set();
  const { current, live, superseded } = parts;
  const own = live.filter(({ id }) => named.has(id));
  if (own.length > 0) return new Set(own.map(({ id }) => id));
  const old = superseded.filter(({ key }) => key.status === "active");
  if (old.length > 0) return new Set(old.map(({ key }) => key.id));
  if (!current) return new Set();
  return new Set(earlierLeak(declared, parts, now) ? [] : [current.id]);
}

/** What was disabled in place of the current key, and what that is called, where `--leaked` ends nothing for that reason. */
function replacedEarlier({ leaked, declared, now }: RotateKeyInput, parts: KeyParts) {
  const earlier = leaked ? earlierLeak(declared, parts, now) : undefined;
  return earlier && parts.current && { key: parts.current.name, id: parts.current.id, disabled: earlier.key.name };
}

/** The key that an earlier run has disabled, where the current one counts as its replacement. */
function earlierLeak(declared: DeclaredKey, { current, superseded }: KeyParts, now: number): SupersededKey | undefined {
  return current && superseded.find((one) => one.kind === "disabled" && isRerun(declared, one, current, now));
}

/**
 * Whether an earlier run, of today or across midnight, disabled what leaked, and the current key is its replacement. What an everyday
 * rotation disabled says nothing of a leak: its successor had been there for an overlap by then.
 */
function isRerun({ key }: DeclaredKey, one: SupersededKey, current: ApiKey, now: number): boolean {
  const isOfYesterday = isOfToday(one, now - DAY);
  return isOfToday(one, now) || (isOfYesterday && current.createdAt > one.since - Math.max(key.overlap, DAY));
}

/** Disables exactly the keys that were named as leaked: no doubt about the others can matter then. */
function leakedById(input: RotateKeyInput, keys: readonly ApiKey[]): readonly StagedChange[] {
  const { leaked, named, declared, now } = input;
  return keys
    .filter(({ id, status }) => leaked && named.has(id) && status === "active")
    .map((key) => disabling({ declared, key, now, reason: "leaked", stage: 0 }));
}

function rotationKey(
  { declared, flags, now }: RotateKeyInput,
  { live }: KeyParts,
  { phase, next, until, use, create, dueAt, because }: Shown,
  steps: ReadonlyMap<ApiKey, KeyStep>,
): RotationKey {
  const { key, workspace } = declared;
  return {
    target: keyTarget(workspace, key.name),
    name: key.name,
    flags,
    workspace,
    phase,
    next,
    ...(create && { create }),
    ...(dueAt !== undefined && { dueAt }),
    ...(until !== undefined && { until }),
    ...(because && { because }),
    deliveries: key.deliver.length,
    live: live.map((one) => rotatingKey(declared, one, now, steps.get(one))),
    ...(use && { use }),
  };
}

function rotatingKey({ key }: DeclaredKey, live: ApiKey, now: number, step: KeyStep | undefined): RotatingKey {
  const { id, name, status, hint, createdAt, expiresAt } = live;
  const read = keyPhase(live, key, now);
  const until = read?.phase === "overlapping" || read?.phase === "soaking" ? read.at : undefined;
  return {
    id,
    name,
    status,
    phase: step?.phase === "draining" ? "draining" : (read?.phase ?? null),
    hint: hint ?? null,
    createdAt,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(until !== undefined && { until }),
  };
}
