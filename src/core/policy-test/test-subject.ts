import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import type { DenialCode, Policy } from "../policy/policy.ts";
import { suggester } from "../text/suggest.ts";
import type { PolicyTest } from "./report.ts";

/** Whom a test may speak of. */
export interface Subjects {
  readonly policy: Policy;
  /** The e-mails of all members, in lower case, those without an app_role too. */
  readonly members: ReadonlySet<string>;
}

/** Where a test is about nobody on purpose, it says so with one of these codes. */
const ON_PURPOSE: ReadonlySet<DenialCode | undefined> = new Set<DenialCode>([
  "unknown-role",
  "unknown-user",
  "policy-missing",
]);

/** The role or the user of a test exists, or the test says by its code that it does not. */
export function checkSubject(
  { role, user }: Pick<PolicyTest, "role" | "user">,
  code: DenialCode | undefined,
  path: ConfigPath,
  { policy, members }: Subjects,
): readonly Finding[] {
  if (ON_PURPOSE.has(code)) return [];
  if (role !== undefined && !policy.roles.has(role)) {
    const suggestion = nearestOf(policy.roles)(role);
    return [finding("unknown-role", { role, ...(suggestion && { suggestion }) }, { path: [...path, "role"] })];
  }
  // Of somebody whose entry has ended the test itself tells.
  if (user === undefined || policy.people.has(user) || policy.former?.has(user)) return [];
  const where = { path: [...path, "user"] };
  if (members.has(user)) return [finding("person-without-app-role", { person: user }, where)];
  const suggestion = nearestOf(members)(user);
  return [finding("unknown-person", { person: user, ...(suggestion && { suggestion }) }, where)];
}

const SUGGESTERS = new WeakMap<object, (word: string) => string | undefined>();

/** One suggester for each collection: it has a budget for the whole run, and thousands of names are not sorted again and again. */
function nearestOf(names: ReadonlyMap<string, unknown> | ReadonlySet<string>): (word: string) => string | undefined {
  const known = SUGGESTERS.get(names);
  if (known) return known;
  const made = suggester(names.keys());
  SUGGESTERS.set(names, made);
  return made;
}
