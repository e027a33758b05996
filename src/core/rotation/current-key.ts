import type { Config } from "../config/config.ts";
import { formatKeyName } from "../keys/key-name.ts";
import { keyPhase } from "../keys/key-phase.ts";
import { isKnownOutside } from "../kinds/key/creator.ts";
import { replacement } from "../kinds/key/plan.ts";
import { isOfToday, type KeyParts, madeBefore } from "../match/key-parts.ts";
import { keyTarget } from "../match/key-place.ts";
import type { DeclaredKey } from "../match/keys.ts";
import type { PeopleMatches } from "../match/people.ts";
import type { Change } from "../model/change.ts";
import type { ApiKey } from "../model/org.ts";
import { dayOf } from "../model/time.ts";
import { CONSOLE_KEYS, type RotationKey } from "./rotation-key.ts";
import { disabledName, disabling, type KeyStep, keyChange, type StagedChange } from "./superseded-keys.ts";

/** What decides over the current key and its replacement. */
export interface CurrentContext {
  readonly declared: DeclaredKey;
  readonly parts: KeyParts;
  readonly config: Config;
  readonly people: PeopleMatches;
  readonly now: number;
  readonly force: boolean;
  /** Whether it is the current key that leaked and still has to be disabled. */
  readonly disableCurrent: boolean;
  /** What is known of the replacement's secret. */
  readonly handover: "tested" | "delivered" | undefined;
}

/** Where the current key stands, with what replaces it and when it falls due. */
export interface CurrentStep extends KeyStep, Pick<RotationKey, "create" | "dueAt" | "because"> {
  /** The target of the change before which the secret has to be delivered. */
  readonly gate?: string;
}

/** Where the current key of a declared one stands, and what is to be done about it and its replacement. */
export function currentStep(context: CurrentContext): CurrentStep {
  const { declared, parts, now, disableCurrent } = context;
  const { current, next } = parts;
  const due = current && dueness(current, context);
  const dated = { ...(due?.at !== undefined && { dueAt: due.at }), ...(due?.because && { because: due.because }) };
  const leaked: readonly StagedChange[] =
    disableCurrent && current?.status === "active"
      ? [disabling({ declared, key: current, now, reason: "leaked", stage: 0 })]
      : [];
  // What is disabled here gets its label with that.
  const old = leaked.length > 0 ? undefined : current;
  if (next) return { ...dated, ...replacementStep(context, next, old, leaked) };
  if (current && !due?.because) return { phase: "current", next: null, ...dated, changes: leaked };
  const wanted = replacement(declared, parts.model, { id: old?.id ?? null, reason: "replacement-needed" });
  return {
    phase: current ? "awaiting-replacement" : "missing",
    next: "create-replacement",
    create: { ...wanted.after, url: CONSOLE_KEYS },
    ...dated,
    changes: [...leaked, { stage: 1, change: wanted }],
  };
}

/** When the current key falls due, and why it is due now, if it is. */
function dueness(
  current: ApiKey,
  { declared, parts, config, people, now, force, disableCurrent }: CurrentContext,
): Pick<CurrentStep, "because"> & { readonly at?: number } {
  // An expired key fell due before it expired.
  const { at, because } = keyPhase({ ...current, status: "active", name: declared.key.name }, declared.key, now) ?? {};
  const dated = { ...(at !== undefined && { at }) };
  if (disableCurrent) return { ...dated, because: "leaked" };
  if (because) return { ...dated, because };
  // Whoever disabled it had a reason that nobody wrote down: it may have been revoked, so it is never enabled again.
  if (current.status !== "active") return { ...dated, because: "not-active" };
  if (isKnownOutside(current, people, config, now)) return { ...dated, because: "creator-left" };
  return force && !justRotated(current, parts, declared, now) ? { ...dated, because: "forced" } : dated;
}

/** Whether the rotation that is forced has been done already, so that forcing it twice makes one replacement. */
function justRotated(current: ApiKey, { superseded }: KeyParts, { key }: DeclaredKey, now: number): boolean {
  return superseded.some(
    (one) =>
      (one.key.status === "active" && now < one.since + key.overlap) ||
      (isOfToday(one, now) && dayOf(current.createdAt) === dayOf(now)),
  );
}

/**
 * The cut-over to a replacement that is there, or what it still waits for. `leaked` disables the old key: before the cut-over, and
 * after the delivery of the new secret where there is one, so that the service is never without a key for longer than it must be.
 */
function replacementStep(
  context: CurrentContext,
  next: ApiKey,
  old: ApiKey | undefined,
  leaked: readonly StagedChange[],
): CurrentStep {
  const { declared, parts, now, handover } = context;
  const { key, workspace } = declared;
  const rename = keyChange(declared, next.name, next.id, {
    before: { name: next.name },
    after: { name: key.name },
    risk: "safe",
    reason: "cut-over",
  });
  const step = (changes: readonly Change[]) => ({
    phase: "replacement-ready" as const,
    next: "cut-over" as const,
    changes: [...leaked, ...changes.map((change) => ({ stage: 1 as const, change }))],
  });
  // The old key was renamed and the new one was not: its secret was delivered before the first of the two.
  const isInterrupted =
    !parts.current && parts.superseded.some((one) => one.kind === "previous" && madeBefore(one, next.createdAt));
  if (isInterrupted) return step([rename]);
  if (handover !== "tested" && (handover === undefined || key.deliver.length > 0)) {
    const target = keyTarget(workspace, key.name);
    const needed = { ...rename, action: "manual", target, reason: "secret-needed" } as const;
    return { ...step([needed]), next: "hand-over" };
  }
  const changes = old ? [superseding(declared, old, now), rename] : [rename];
  const [first = rename] = [...leaked.map(({ change }) => change), ...changes];
  return { ...step(changes), gate: first.target };
}

/** The old key's new name: it works through the overlap, unless it had stopped already. */
function superseding(declared: DeclaredKey, old: ApiKey, now: number): Change {
  const previous = formatKeyName({ base: declared.key.name, label: { kind: "previous", day: dayOf(now) } });
  const works = old.status === "active";
  const [before, after] = [{ name: old.name }, { name: works ? previous : disabledName(declared, now) }];
  const reason = works ? "superseded" : "superseded-stopped";
  return keyChange(declared, old.name, old.id, { before, after, risk: "safe", reason });
}
