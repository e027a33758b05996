import type { GuardrailResult } from "../core/model/guardrail.ts";

/** How a guardrail stands; `not judged` where what it needs was not read. */
export type GuardrailState = "ok" | "refused" | "overridden" | "not judged";

/** How a guardrail stands. */
export function guardrailState(result: GuardrailResult): GuardrailState {
  if (result.overridden !== undefined) return "overridden";
  if (result.ok === null) return "not judged";
  return result.ok ? "ok" : "refused";
}

/** The same for programs: null where it could not be judged. An overridden rule stays broken. */
export function guardrailOk(result: GuardrailResult): boolean | null {
  const state = guardrailState(result);
  return state === "not judged" ? null : state === "ok";
}

/** What a guardrail says of a plan, in one sentence; how to go on where it refuses. */
export function guardrailWords(result: GuardrailResult): string {
  const words = guardrailState(result) === "not judged" ? NOT_JUDGED[result.rule] : countWords(result);
  if (result.overridden !== undefined) return `${words} (overridden: ${result.overridden})`;
  if (!result.refuses) return words;
  if (result.rule === "protected") return `${words}; take them out of guardrails.protected in the file to go on`;
  return `${words}; --allow ${result.rule}=REASON overrides it, and goes into the audit log`;
}

/** Why a rule could not be judged. */
const NOT_JUDGED = {
  min_admins: "could not be judged: the members of the organization were not read",
  min_workspace_admins: "could not be judged: the members of the workspaces were not read",
  protected: "could not be judged: who loses access by it is not known",
  self: "could not be judged: whose credential this is is not known",
  max_removals: "could not be judged: how many there are was not read",
  domains: "could not be judged: whom the invitations go to is not known",
} as const satisfies Record<GuardrailResult["rule"], string>;

function countWords(result: GuardrailResult): string {
  switch (result.rule) {
    case "min_admins":
      return result.ok
        ? `${result.after} organization admins are left, the minimum is ${result.minimum}`
        : `${result.after} of ${result.before} organization admins would be left, the minimum is ${result.minimum}`;
    case "min_workspace_admins":
      return result.ok
        ? "every workspace keeps its admins"
        : `fewer than ${result.minimum} admin would be left in ${result.targets.join(", ")}`;
    case "protected":
      return result.ok
        ? "nothing is taken from anybody protected"
        : `protected people would lose access: ${result.targets.join(", ")}`;
    case "self":
      return result.ok
        ? "nothing is taken from the credential's own owner"
        : `the credential's own owner would lose access: ${result.targets.join(", ")}`;
    case "max_removals":
      return result.ok
        ? "no more is taken away than max_removals allows"
        : `too much would be taken away at once: ${result.over.map(({ kind, removals, of }) => `${removals} of ${of} ${kind}s`).join(", ")}`;
    case "domains":
      return result.ok
        ? "invitations go to the domains that the file names"
        : `invitations would go to a domain that guardrails.domains does not name: ${result.targets.join(", ")}`;
  }
}
