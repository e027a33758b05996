import type { Change, ChangeOf } from "../../model/change.ts";
import type { FederationRule } from "../../model/federation.ts";
import type { OrgSnapshot } from "../../model/org.ts";

/**
 * The names of the live rules of which something holds after `planned` is carried out: those that stay, each with what a change
 * makes of it. Undefined where the rules are not known, so that nothing can be said of them.
 */
export function rulesLeft(
  live: OrgSnapshot,
  planned: readonly Change[],
  holds: (rule: FederationRule, after?: ChangeOf<"federation_rule", "update">["after"]) => boolean,
): readonly string[] | undefined {
  if (!live.federationRules.known) return undefined;
  const changes = new Map(planned.map((change) => [change.id, change]));
  return live.federationRules.items.flatMap((rule) => {
    const change = changes.get(rule.id);
    if (change?.action === "remove") return [];
    const isUpdate = change?.kind === "federation_rule" && change.action === "update";
    return holds(rule, isUpdate ? change.after : undefined) ? rule.name : [];
  });
}
