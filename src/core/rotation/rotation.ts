import type { Config } from "../config/config.ts";
import { keyTarget } from "../match/key-place.ts";
import type { KeyEntry } from "../match/keys.ts";
import { matchLive } from "../match/matches.ts";
import { unknownWords } from "../match/unknown-words.ts";
import type { Change, Reason } from "../model/change.ts";
import { finding } from "../model/finding.ts";
import { emptySnapshot, itemsOf, type OrgSnapshot, type UsageResult } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
import { canonicalState, type PieceDigest } from "../plan/canonical.ts";
import { type GuardrailInput, guard } from "../plan/guardrails.ts";
import { unknownKinds } from "../plan/read-scope.ts";
import { type RotatedKey, rotateKey } from "./rotate-key.ts";
import type { RotationKey, RotationPlan } from "./rotation-key.ts";
import { type RotationScope, scopedKeys } from "./scope.ts";

/** What the rotation planner is asked. */
export interface RotationInput {
  readonly config: Config;
  readonly live: OrgSnapshot;
  /** The use of the last 24 hours. Absent: nobody asked. Without it no key is disabled whose overlap is over. */
  readonly usage?: UsageResult;
  /** Epoch ms. */
  readonly now: number;
  /** The file's path as shown and its digest. */
  readonly file: { readonly path: string; readonly digest: string };
  readonly digest: PieceDigest;
  readonly scope: RotationScope;
  /** Whether keys are replaced that are not due. */
  readonly force: boolean;
  /** Whether the keys in scope leaked: no overlap, and no look at who uses them. */
  readonly leaked: boolean;
  /** Whether keys are archived whose soak is over. */
  readonly archive: boolean;
  /** By the target of a declared key: what is known of its replacement's secret. */
  readonly handover: ReadonlyMap<string, "tested" | "delivered">;
  /** Whose credential this is, as far as it is known. */
  readonly self?: GuardrailInput["self"];
  /** The guardrails that are overridden, with the reasons given. */
  readonly allow?: GuardrailInput["allow"];
}

/** What a rotation does next, and where a secret has to be delivered before. */
export interface PlannedRotation {
  readonly plan: RotationPlan;
  /** By the target of the change before which a tested secret has to be delivered: the target of the declared key. */
  readonly gates: ReadonlyMap<string, string>;
}

/**
 * One step further for every key in scope. Throws Failure `not-found` for a workspace or key that nothing declares, `ambiguous`
 * for a key's name that several workspaces declare.
 */
export function planRotation(input: RotationInput): PlannedRotation {
  const { config, live, usage, file, digest, self, allow } = input;
  const { matches, includes, rotated, unsettled } = rotateAll(input);
  const words = unknownWords(live, matches.handles);
  const changes = rotated
    .flatMap((one) => one.changes)
    // A key that was said to have leaked is named by the person who runs this.
    .filter(({ change }) => input.leaked || !words.isAbout(change))
    .toSorted((one, other) => one.stage - other.stage)
    .map(({ change }) => change);
  const findings = [
    ...(isForeign(live) && unsettled.length > 0 ? [finding("not-offered", { kinds: ["keys"] })] : []),
    ...matches.findings.filter(({ target }) => target === undefined || includes(target)),
    ...rotated.flatMap((one) => one.findings),
    // What is not known of a status is said with its key.
    ...words.findings.filter(({ code, args, target = "" }) => {
      return code === "unknown-word" && args.what !== "status" && target.includes(".keys.") && includes(target);
    }),
  ];
  const people = rotated.some(({ needsPeople }) => needsPeople) && { users: live.users };
  const unknown: UnknownKind[] = [...unknownKinds({ ...read(live), ...people }, matches)];
  if (usage && !usage.known && rotated.some(({ needsUsage }) => needsUsage.length > 0)) {
    const { reason, message } = usage;
    unknown.push({ kind: "usage", reason, ...(message !== undefined && { message }) });
  }
  // What somebody else does by hand takes nothing away here and now; neither does a superseded key, whose successor serves: but for the
  // key that this run is carried out with. No report of usage says of it that it is in use.
  const endsItself = ({ reason, id }: Change) => reason === "overlap-over" && id === self?.keyId;
  const own = changes.filter(
    (change) => change.action !== "manual" && (!SUPERSEDED.has(change.reason) || endsItself(change)),
  );
  const plan: RotationPlan = {
    organization: live.organization ?? { ...(config.organization.name && { name: config.organization.name }) },
    config: file,
    liveDigest: digest(canonicalState(read(live))),
    takenAt: live.takenAt,
    changes,
    unmanaged: [],
    accepted: [],
    pending: [],
    unknown,
    findings,
    guardrails: guard({ changes: own, config, live, matches, ...(self && { self }), ...(allow && { allow }) }),
    keys: rotated.map(({ key }) => key),
  };
  return { plan, gates: new Map(rotated.flatMap(({ gate, key }) => (gate === undefined ? [] : [[gate, key.target]]))) };
}

/** The steps at the end of a rotation, which are taken only where the successor is known to be active. */
const SUPERSEDED: ReadonlySet<Reason> = new Set(["overlap-over", "soak-over"]);

/**
 * What is left to do after a run: the steps of its plan whose effect is not there, and what a person has to do by the plan that was
 * made after it. A step that is possible only now, such as disabling a key whose overlap is none, is for the next run.
 */
export function stepsLeft({ changes }: RotationPlan, after: RotationPlan, live: OrgSnapshot): readonly Change[] {
  const keys = new Map(itemsOf(live.keys).map((key) => [key.id, key]));
  const isThere = (change: Change) => {
    const key = keys.get(change.id ?? "");
    if (change.kind !== "key" || change.action !== "update" || !key) return false;
    const { name = key.name, status = key.status } = change.after;
    // The API says of a key that has run out that it is expired, whatever else it is.
    return name === key.name && (status === key.status || (status === "inactive" && key.status === "expired"));
  };
  const undone = live.keys.known ? changes.filter((change) => change.action !== "manual" && !isThere(change)) : [];
  // A cut over that was not made waits for its secret again: that is the same step.
  const told = new Set(undone.map(({ id }) => id));
  const isAgain = ({ id, reason }: Change) => reason === "secret-needed" && told.has(id);
  return [...undone, ...after.changes.filter((change) => change.action === "manual" && !isAgain(change))];
}

/** Where every key in scope stands when nothing is asked of it: a due key is only due. Throws Failure as `planRotation` does. */
export function rotationTable(input: RotationInput): readonly RotationKey[] {
  const { matches, rotated, unsettled } = rotateAll({ ...input, force: false, leaked: false });
  return [
    ...rotated.map(({ key }) => (key.phase === "awaiting-replacement" ? { ...key, phase: "due" as const } : key)),
    ...unsettled.map((entry) => unsettledKey(entry, matches.keys.flagsOf(entry))),
  ];
}

/** A key of a workspace that is declared where which live one it is cannot be told. */
function unsettledKey({ key: { name, deliver }, workspace }: KeyEntry, flags: string): RotationKey {
  const target = keyTarget(workspace, name);
  const deliveries = deliver.length;
  return { target, name, flags, workspace, phase: "unsettled", next: "settle", deliveries, live: [] };
}

/** The ids of the keys whose overlap is over: what used them lately has to be known before they can be disabled. */
export function supersededToDisable({ usage: _, ...input }: RotationInput): readonly string[] {
  return rotateAll(input).rotated.flatMap(({ needsUsage }) => needsUsage);
}

function rotateAll(input: RotationInput) {
  const { config, live, usage, scope } = input;
  const matches = matchLive(config, live);
  const { includes, named, keys: scoped, unsettled } = scopedKeys(scope, config, live, matches);
  // A key that could not be read is not a missing one.
  const isKnown = live.keys.known && live.workspaces.known;
  const known = isKnown && !isForeign(live) ? scoped : [];
  const report = usage?.known ? usage.report : undefined;
  const { people } = matches;
  const rotated: readonly RotatedKey[] = known.map((declared) =>
    rotateKey({ ...input, declared, flags: matches.keys.flagsOf(declared), people, named, usage: report }),
  );
  const open = isForeign(live) ? [...scoped, ...unsettled] : unsettled;
  return { matches, includes, rotated, unsettled: isKnown ? open : [] };
}

/** Whether this sort of organization has no keys: then none is missing, and nobody can make one. */
function isForeign({ keys }: OrgSnapshot): boolean {
  return keys.known && keys.foreign === true;
}

/** The part of the organization that a rotation rests on. */
function read(live: OrgSnapshot): OrgSnapshot {
  const { takenAt, workspaces, keys } = live;
  return { ...emptySnapshot(takenAt), workspaces, keys };
}
