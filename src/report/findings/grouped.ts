import type { Finding, FindingCode, Locate } from "../../core/model/finding.ts";
import { groupBy } from "../../core/text/text.ts";
import { type LocatedFinding, locatedFindings } from "./located.ts";
import { plural } from "./sentence.ts";

/** Said in one line together: the unmanaged keys are listed already, and a key without an owner is the common case. */
const TOGETHER: ReadonlySet<FindingCode> = new Set(["key-ownerless", "key-not-declared"]);
/** As many findings of one sort are shown: five hundred old keys must not bury the one that expires tomorrow. */
const SHOWN_OF_A_SORT = 20;
/** As many keys are named in a line. */
const NAMED = 10;

/** Findings for a person: the first of each sort in full with their places, equal ones counted. */
interface GroupedFindings {
  readonly shown: readonly LocatedFinding[];
  /** What is said of several at once, or left out: a line each, with the code that it is about. */
  readonly lines: readonly { readonly code: FindingCode; readonly message: string }[];
}

/** Findings of a plan, grouped where many are alike. */
export function groupFindings(findings: readonly Finding[], locate: Locate): GroupedFindings {
  const sorts = groupBy(findings, ({ code }) => code);
  const shown = [...sorts].flatMap(([code, sort]) => (TOGETHER.has(code) ? [] : sort.slice(0, SHOWN_OF_A_SORT)));
  const rest = [...sorts].flatMap(([code, { length }]) => {
    const more = length - SHOWN_OF_A_SORT;
    return TOGETHER.has(code) || more <= 0 ? [] : { code, message: `and ${more} more; --format json lists them all` };
  });
  return { shown: locatedFindings(shown, locate), lines: [...rest, ...ownerlessLine(findings)] };
}

function ownerlessLine(findings: readonly Finding[]): GroupedFindings["lines"] {
  const keys = findings.flatMap((finding) => (finding.code === "key-ownerless" ? finding.args.key : []));
  if (keys.length === 0) return [];
  const names = keys.slice(0, NAMED).join(", ");
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : "";
  const [have, each] = keys.length === 1 ? ["has", "it"] : ["have", "each"];
  const message = `${plural(keys.length, "key")} ${have} no owner (${names}${more}): declare ${each} in rbac.yaml with owner: EMAIL, so that somebody answers for it`;
  return [{ code: "key-ownerless", message }];
}
