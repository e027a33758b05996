import type { ApiKey } from "../model/org.ts";
import { liveKeys, type OffboardingFacts } from "./input.ts";

/** What a key is to a person: it acts as them, or they made it and so know its secret. */
export type KeyRelation = "acts-as" | "created";

/** Every key, whatever its status, that acts as somebody with one of these ids, or that acts as nobody human and that they made. */
export function keysRelatedTo(facts: OffboardingFacts, ids: ReadonlySet<string>): ReadonlyMap<ApiKey, KeyRelation> {
  return new Map(
    liveKeys(facts.input).flatMap((key): readonly (readonly [ApiKey, KeyRelation])[] => {
      if (actsAs(facts, key, ids)) return [[key, "acts-as"]];
      const { principal, createdBy } = key;
      const made = principal?.type !== "user" && createdBy?.type === "user" && ids.has(createdBy.id);
      return made ? [[key, "created"]] : [];
    }),
  );
}

/** Keys that Claude Code mints name nobody, yet live and die with their maker. */
function actsAs(
  { index }: OffboardingFacts,
  { principal, createdBy, scope }: ApiKey,
  ids: ReadonlySet<string>,
): boolean {
  if (principal) return principal.type === "user" && ids.has(principal.id);
  const minted = scope.type === "workspace" && index.workspace(scope.workspaceId).special === "claude-code";
  return minted && createdBy?.type === "user" && ids.has(createdBy.id);
}
