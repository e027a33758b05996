import type { Config } from "../config/config.ts";
import type { Kind } from "../kinds/kind.ts";
import { ALL_KINDS, isForeignKind, kindOf } from "../kinds/kinds.ts";
import { type Matches, matchLive } from "../match/matches.ts";
import { unknownWords } from "../match/unknown-words.ts";
import { isSpecial } from "../match/workspaces.ts";
import type { Change, ChangeKind, Risk } from "../model/change.ts";
import { type Finding, finding, formatPath } from "../model/finding.ts";
import { billingCurrency } from "../model/money.ts";
import type { OrgSnapshot } from "../model/org.ts";
import type { Plan } from "../model/plan.ts";
import { target, targetsIn } from "../model/target.ts";
import { compareText } from "../text/text.ts";
import { setAside } from "./accepted.ts";
import { canonicalState, type PieceDigest } from "./canonical.ts";
import { endingKeys, keysLeftBehind, withoutUpkeep } from "./ending.ts";
import { type GuardrailInput, guard } from "./guardrails.ts";
import { withoutLookAlikes } from "./look-alikes.ts";
import { unknownKinds } from "./read-scope.ts";
import { perhapsRenamed } from "./renames.ts";
import { EVERYTHING, isRemoval, type Selection, selectTargets } from "./selection.ts";

/** What a plan is made from. */
export interface ReconcileInput {
  readonly config: Config;
  readonly live: OrgSnapshot;
  /** Epoch ms. */
  readonly now: number;
  /** The file's path as shown and its digest. */
  readonly file: { readonly path: string; readonly digest: string };
  readonly digest: PieceDigest;
  /** The part of the organization that is asked about; all of it unless given. */
  readonly selection?: Selection;
  /** Whose credential this is, as far as it is known. */
  readonly self?: GuardrailInput["self"];
  /** The guardrails that are overridden, with the reasons given. */
  readonly allow?: GuardrailInput["allow"];
}

/**
 * What differs between the declared and the live organization, in the order in which it would be carried out. Throws Failure
 * `not-found` where a workspace that was selected does not exist.
 */
export function reconcile(input: ReconcileInput): Plan {
  const { config, live, now, file, digest, selection = EVERYTHING, self, allow } = input;
  const matches = matchLive(config, live);
  const facts = { config, live, now, matches };
  const planned = ALL_KINDS.map((kind) => ({ kind, plan: kind.plan(facts) }));
  const foreign = planned.filter(({ kind, plan }) => plan.changes.length > 0 && isForeignKind(kind, live));
  const plans = planned.flatMap(({ kind, plan }) => (isForeignKind(kind, live) ? [] : plan));
  const { takenAt, organization } = live;
  const words = unknownWords(live, matches.handles);
  const findings = [
    ...notOffered(foreign),
    ...matches.findings,
    ...words.findings,
    ...plans.flatMap((plan) => plan.findings),
  ];
  const accepted = setAside(facts, {
    changes: plans.flatMap(({ changes }) => changes).filter((change) => !words.isAbout(change)),
    unmanaged: plans.flatMap(({ unmanaged }) => unmanaged),
    findings,
  });
  const unsettled = unsettledIn(config, live, matches);
  const made = withoutLookAlikes(accepted.changes, {
    refused: [...plans.flatMap(({ notCreated = [] }) => notCreated), ...unsettled],
    absent: plans.flatMap(({ missing }) => missing),
    staying: [...accepted.unmanaged, ...specialWorkspaces(matches)],
  });
  const isSelected = selectTargets(selection, config, live, matches);
  const selected = ({ target }: { readonly target: string }) => isSelected(target);
  const holdsUp = heldUp(unsettled, matches, isSelected);
  const chosen = made.changes.filter((change) => selected(change) && (selection.removals || !isRemoval(change)));
  const inUse = new Map(chosen.map((change) => [change, kindOf(change.kind).inUse?.(change, live, chosen)]));
  const changes = chosen.filter((change) => inUse.get(change) === undefined).toSorted(inOrder);
  const unmanaged = accepted.unmanaged.filter(selected);
  const currency = billingCurrency(live);
  return {
    organization: organization ?? { ...(config.organization.name && { name: config.organization.name }) },
    config: file,
    liveDigest: digest(canonicalState(live)),
    takenAt,
    ...(currency !== undefined && { currency }),
    changes,
    unmanaged: [...unmanaged, ...endingKeys({ changes, unmanaged }, live, matches)].toSorted(byTarget),
    accepted: accepted.accepted.filter(selected).toSorted(byTarget),
    pending: plans
      .flatMap(({ pending }) => pending)
      .filter(selected)
      .toSorted(byTarget),
    unknown: unknownKinds(live, matches),
    findings: byPlace([
      ...[
        ...withoutUpkeep(accepted.findings, changes),
        ...made.findings,
        ...[...inUse.values()].flatMap((found) => found ?? []),
      ].filter(({ target }) => target === undefined || isSelected(target) || holdsUp(target)),
      // About what is carried out, whatever kind and place the key is of.
      ...keysLeftBehind(changes, live, matches),
      ...perhapsRenamed(changes),
    ]),
    guardrails: guard({ changes, config, live, matches, ...(self && { self }), ...(allow && { allow }) }),
  };
}

/** What is declared and this sort of organization does not have: nothing of it can be carried out, so nothing of it is planned. */
function notOffered(foreign: readonly { readonly kind: Kind<ChangeKind> }[]): readonly Finding[] {
  const kinds = [...new Set(foreign.map(({ kind }) => kind.manage))];
  return kinds.length === 0 ? [] : [finding("not-offered", { kinds })];
}

/** The handles of which nobody can tell which workspace they are, or whether there is one. */
function unsettledIn({ workspaces }: Config, live: OrgSnapshot, { matched }: Matches): readonly string[] {
  const settled = new Set(matched.map(({ declared }) => declared.handle));
  return live.workspaces.known ? [...workspaces.keys()].filter((handle) => !settled.has(handle)) : [];
}

/** The workspaces that are neither taken away nor said to be undeclared. */
function specialWorkspaces({ undeclared }: Matches) {
  return undeclared.filter(isSpecial).map(({ id, name }) => {
    return { kind: "workspace", target: target.workspace(id), name, acceptable: false } as const;
  });
}

/**
 * Tells of a target whether it is an unsettled workspace for which something that is selected waits: what would be in it, and in those that
 * it may be.
 */
function heldUp(
  unsettled: readonly string[],
  { ambiguous, isOneLost, undeclared }: Matches,
  isSelected: (target: string) => boolean,
): (target: string) => boolean {
  const isWanted = (place: string) => targetsIn(place).some(isSelected);
  const may = [...ambiguous, ...(isOneLost ? undeclared.map(({ id }) => id) : [])];
  const waits = unsettled.length > 0 && may.some(isWanted);
  const waiting = new Set(unsettled.filter((handle) => waits || isWanted(handle)).map(target.workspace));
  return (at) => waiting.has(at);
}

const RISKS = { safe: 0, widening: 0, removal: 1, irreversible: 3 } as const satisfies Record<Risk, number>;
/** Where what cannot be undone stands. */
const LAST = RISKS.irreversible;
const REMOVALS = 2;
/**
 * Additions and raises, then reductions, then removals, then what cannot be undone; what a person must do comes last.
 */
function stageOf(change: Change): number {
  const { action, kind, risk } = change;
  if (action === "manual") return 4;
  if (kindOf(kind).comesFirst?.(change)) return 0;
  return action === "remove" && risk !== "irreversible" ? REMOVALS : RISKS[risk];
}

function inOrder(one: Change, other: Change): number {
  const stage = stageOf(one);
  const [kind, otherKind] = [kindOf(one.kind), kindOf(other.kind)];
  const order = kind.order - otherKind.order;
  // What ends with another goes before it, as in an offboarding: a key that acts as a person before the person.
  const ending = stage === REMOVALS ? kind.endsAt - otherKind.endsAt : 0;
  // What needs another goes before it: rules, then issuers and accounts, then workspaces.
  return stage - stageOf(other) || ending || (stage === LAST ? -order : order) || byTarget(one, other);
}

function byTarget(one: Sortable, other: Sortable): number {
  return compareText(one.target, other.target) || compareText(one.id ?? "", other.id ?? "");
}

interface Sortable {
  readonly target: string;
  readonly id?: string | null;
}

/** Findings by what they are about, then by code. The places are made once: there may be one for every key. */
function byPlace(findings: readonly Finding[]): readonly Finding[] {
  const placed = findings.map((found) => {
    const { target, path = [], code } = found;
    return { place: `${target ?? formatPath(path)}\n${code}`, found };
  });
  return placed.sort((one, other) => compareText(one.place, other.place)).map(({ found }) => found);
}
