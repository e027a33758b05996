import { type ExportEntry, type ExportValue, line } from "../document/document.ts";
import { isAddress, isTarget, type LeftOut, reasonWords } from "../document/left-out.ts";
import type { ExportFacts } from "../kinds/kind.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { parseTarget } from "../model/target.ts";
import { DAY, dayOf } from "../model/time.ts";

/** How long somebody has to settle what the file cannot say. */
const SETTLE_WITHIN = 90 * DAY;

/**
 * What is live and cannot be declared is drift for good; it is accepted for a while, in the name of the first admin, so that
 * what happens from now on shows. `open` is what drift will still speak of, for want of somebody to answer for it.
 */
export function acceptance(facts: ExportFacts, leftOut: readonly LeftOut[]): Acceptance {
  const owner = ownerOf(facts);
  const until = dayOf(facts.now + SETTLE_WITHIN);
  const byTarget = new Map(
    leftOut.flatMap((item) => (item.target === undefined ? [] : [[item.target, item] as const])),
  );
  const declared = new Set(facts.handles.values());
  const items: ExportValue[] = [];
  const open: string[] = [];
  for (const [target, item] of [...byTarget].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (owner === undefined || !canBeAccepted(target, declared)) open.push(target);
    else items.push(line({ target, until, owner, reason: reasonWords(item) }));
  }
  const comment = "what cannot be declared: settle it before then";
  return {
    entries: items.length > 0 ? [{ key: "accept", value: { kind: "list", items }, comment, apart: true }] : [],
    open,
  };
}

interface Acceptance {
  /** The field of the file; none where there is nothing to accept. */
  readonly entries: readonly ExportEntry[];
  readonly open: readonly string[];
}

/** Whether the file can hold a target, and will find it to mean what `drift` means by it. */
function canBeAccepted(target: string, declared: ReadonlySet<string>): boolean {
  const parsed = parseTarget(target);
  if (parsed?.target !== target || !isTarget(target)) return false;
  const { workspace } = parsed;
  return workspace === undefined || declared.has(workspace) || workspace.startsWith("wrkspc_");
}

function ownerOf({ people: { users } }: ExportFacts): string | undefined {
  const people = [...users.values()]
    .filter(({ email }) => isAddress(email))
    .sort((a, b) => (a.email < b.email ? -1 : 1));
  return (people.find(({ role }) => isOrganizationAdmin(role)) ?? people[0])?.email;
}
