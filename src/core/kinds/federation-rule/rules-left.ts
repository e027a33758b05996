import type { Change } from "../../model/change.ts";
import type { FederationRule } from "../../model/federation.ts";
import type { OrgSnapshot } from "../../model/org.ts";
import { groupBy, onceFor } from "../../text/text.ts";

/** The names of rules, by what they need. */
interface RulesLeft {
  readonly ofIssuer: (id: string | null) => readonly string[];
  readonly ofAccount: (id: string | null, name: string) => readonly string[];
}

/**
 * The live rules that are left after `planned` is carried out, each with what a change makes of it. Undefined where the rules are not
 * known, so that nothing can be said of them.
 */
export function rulesLeft(live: OrgSnapshot, planned: readonly Change[]): RulesLeft | undefined {
  return live.federationRules.known ? indexOf(live.federationRules.items)(planned) : undefined;
}

const indexOf = onceFor((rules: readonly FederationRule[]) =>
  onceFor((planned: readonly Change[]) => index(rules, planned)),
);

function index(rules: readonly FederationRule[], planned: readonly Change[]): RulesLeft {
  const changes = new Map(planned.map((change) => [change.id, change]));
  const left = rules.flatMap(({ id, name, issuerId, target: to }, place) => {
    const change = changes.get(id);
    if (change?.action === "remove") return [];
    const isUpdate = change?.kind === "federation_rule" && change.action === "update";
    // Whom it lets somebody in as: by name where the plan changes that, else by id.
    const { service_account: account } = isUpdate ? change.after : {};
    return { name, place, issuerId, as: account === undefined ? `id ${"id" in to ? to.id : ""}` : `name ${account}` };
  });
  const byIssuer = groupBy(left, ({ issuerId }) => issuerId);
  const byAccount = groupBy(left, ({ as }) => as);
  const namesOf = (some: typeof left) => some.sort((one, other) => one.place - other.place).map(({ name }) => name);
  return {
    ofIssuer: (id) => namesOf([...(byIssuer.get(id ?? "") ?? [])]),
    ofAccount: (id, name) => namesOf([...(byAccount.get(`id ${id}`) ?? []), ...(byAccount.get(`name ${name}`) ?? [])]),
  };
}
