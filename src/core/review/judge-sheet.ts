import type { Review, ReviewGrant } from "../model/review.ts";
import {
  ORGANIZATION_ROLE_WORDS,
  organizationRank,
  SERVICE_ACCOUNT_ROLES,
  WORKSPACE_ROLE_WORDS,
  WORKSPACE_ROLES,
} from "../model/role.ts";
import { parseEmail } from "../text/identity.ts";
import { quoted } from "../text/text.ts";
import { DECISIONS, type Decision, factsOf, grantName, isAbout, type Sheet, type SheetEntry } from "./sheet.ts";

/** What stands between a sheet and its end. */
export type SheetProblemCode =
  /** Not decided. */
  | "open"
  /** Decided by whom it is about. */
  | "own-access"
  /** A decision that is none, or one that this grant cannot have. */
  | "no-decision"
  /** Two entries for one grant. */
  | "twice"
  /** The grant is not what it was: it ended, or its role changed. */
  | "gone"
  /** It is not found, and may be in a list that was not read. */
  | "not-read"
  /** There is no entry for it. */
  | "new";

export interface SheetProblem {
  readonly code: SheetProblemCode;
  readonly facts: string;
  /** Who is to decide. */
  readonly reviewer: string | null;
  /** What is wrong with the decision, where the code does not say it. */
  readonly detail?: string;
}

/** A grant about which somebody decided who may. */
export interface DecidedGrant {
  readonly grant: ReviewGrant;
  readonly entry: SheetEntry;
  readonly decision: Decision;
  /** An e-mail. */
  readonly by: string;
  /** The API's word, with `lower`. */
  readonly to?: string;
}

export interface JudgedSheet {
  readonly entries: number;
  readonly decided: readonly DecidedGrant[];
  readonly problems: readonly SheetProblem[];
}

/** Holds a sheet against the organization as it is now. */
export function judgeSheet(sheet: Sheet, { grants, unknown }: Review, digest: (text: string) => string): JudgedSheet {
  const live = new Map(grants.map((grant) => [grantName(grant, digest), grant]));
  const seen = new Set<string>();
  const decided: DecidedGrant[] = [];
  const problems: SheetProblem[] = [];
  for (const entry of sheet.entries) {
    const about = { facts: entry.facts, reviewer: entry.reviewer };
    const grant = live.get(entry.grant);
    if (seen.has(entry.grant)) problems.push({ code: "twice", ...about });
    else if (!grant) problems.push({ code: mayBeUnread(entry, unknown) ? "not-read" : "gone", ...about });
    else {
      const judged = judge(entry, grant);
      if ("code" in judged) problems.push({ ...about, ...judged });
      else decided.push(judged);
    }
    seen.add(entry.grant);
  }
  for (const [name, grant] of live) {
    if (!seen.has(name)) problems.push({ code: "new", facts: factsOf(grant), reviewer: grant.reviewer });
  }
  return { entries: sheet.entries.length, decided, problems };
}

/** Whose grants are in each list, by the last word of what `unknown` calls it. */
const SUBJECTS_OF: Readonly<Record<string, readonly ReviewGrant["subject"]["type"][]>> = {
  members: ["person"],
  workspace_members: ["person"],
  invites: ["invite"],
  keys: ["key"],
  service_accounts: ["service_account"],
  federation: ["federation_rule"],
  groups: ["group", "person"],
};

function mayBeUnread({ facts }: SheetEntry, unknown: Review["unknown"]): boolean {
  return unknown.some(({ kind }) => {
    const subjects = SUBJECTS_OF[kind.slice(kind.lastIndexOf(".") + 1)];
    // Workspaces are a part of what every grant is known by.
    return !subjects || subjects.some((type) => isAbout(facts, type));
  });
}

function judge(entry: SheetEntry, grant: ReviewGrant): DecidedGrant | Pick<SheetProblem, "code" | "detail"> {
  if (entry.decision === null) return { code: "open" };
  const decision = DECISIONS.find((one) => one === entry.decision);
  if (!decision) return { code: "no-decision", detail: `${quoted(entry.decision)} is none of ${DECISIONS.join(", ")}` };
  const by = parseEmail(entry.by ?? entry.reviewer);
  if (by === undefined)
    return { code: "no-decision", detail: `by: ${quoted(entry.by ?? entry.reviewer)} is no e-mail address` };
  if (by === grant.subject.email) return { code: "own-access" };
  if (decision !== "lower") {
    if (entry.to !== undefined) return { code: "no-decision", detail: `to: goes with lower, and not with ${decision}` };
    return { grant, entry, decision, by };
  }
  const lowered = loweredRole(grant, entry.to);
  return "detail" in lowered ? { code: "no-decision", ...lowered } : { grant, entry, decision, by, to: lowered.to };
}

/** The role that a grant is to be lowered to, in the API's word, or why that is none. */
function loweredRole(
  { subject, on, role, through }: ReviewGrant,
  to: string | undefined,
): { readonly to: string } | { readonly detail: string } {
  if (to === undefined || to === "") return { detail: "lower needs `to: ROLE`" };
  if (
    through.type !== "direct" ||
    (subject.type !== "person" && subject.type !== "service_account" && subject.type !== "invite")
  ) {
    return { detail: "only the roles of people and accounts can be lowered: keep or remove" };
  }
  const scale = scaleOf(subject.type, on.target);
  const word = scale.words[to] ?? to;
  const [wanted, current] = [scale.rank(word), scale.rank(role ?? "")];
  if (wanted === undefined) return { detail: `${quoted(to)} is no role that could be given there` };
  if (current === undefined || wanted >= current)
    return { detail: `${quoted(to)} is not less than ${role ?? "no role"}` };
  return { to: word };
}

function scaleOf(type: ReviewGrant["subject"]["type"], target: string) {
  const byOrder = (order: readonly string[]) => (role: string) => {
    const rank = order.indexOf(role);
    return rank === -1 ? undefined : rank;
  };
  if (target !== "organization")
    return { words: WORKSPACE_ROLE_WORDS as Readonly<Record<string, string>>, rank: byOrder(WORKSPACE_ROLES) };
  if (type === "service_account")
    return { words: {} as Readonly<Record<string, string>>, rank: byOrder(SERVICE_ACCOUNT_ROLES) };
  return { words: ORGANIZATION_ROLE_WORDS as Readonly<Record<string, string>>, rank: organizationRank };
}
