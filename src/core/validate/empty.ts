import type { ManageWord } from "../config/config.ts";
import { type RuleContext, workspacesOf } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";

/**
 * A field that is there with nothing behind it, as where each of its lines is commented out, and that then takes away everything of a kind
 * that is managed whole, or lets more in. Somebody has to write that there is to be nothing in it.
 */
export function emptyCollections(facts: RuleContext): Finding[] {
  return [...takenAway(facts), ...letIn(facts)];
}

function takenAway(facts: RuleContext): Finding[] {
  const { config, isPartial, written } = facts;
  if (isPartial(["manage"])) return [];
  const found: Finding[] = [];
  const look = (word: ManageWord, value: unknown, ...path: ConfigPath) => {
    if (value !== null || config.manage[word] !== "full") return;
    const collection = String(path.at(-1));
    // The one list among mappings.
    const nothing = `${collection}: ${word === "groups" && path.length > 1 ? "[]" : "{}"}`;
    found.push(finding("empty-collection", { collection, nothing, word }, { path, atKey: true }));
  };
  look("members", written.members, "members");
  look("workspaces", written.workspaces, "workspaces");
  look("service_accounts", written.service_accounts, "service_accounts");
  look("groups", written.groups, "groups");
  look("federation", written.federation, "federation");
  look("federation", written.federation?.issuers, "federation", "issuers");
  look("federation", written.federation?.rules, "federation", "rules");
  // Its keys may be what is gone.
  look("keys", written.organization, "organization");
  look("keys", written.organization?.keys, "organization", "keys");
  for (const [name, group] of Object.entries(written.groups ?? {})) {
    look("groups", group?.members, "groups", name, "members");
  }
  for (const [handle, workspace] of workspacesOf(facts)) {
    const at = ["workspaces", handle];
    look("workspace_members", workspace.members, ...at, "members");
    look("keys", workspace.keys, ...at, "keys");
    look("rate_limits", workspace.rate_limits, ...at, "rate_limits");
    look("service_accounts", workspace.service_accounts, ...at, "service_accounts");
    look("workspaces", workspace.tags, ...at, "tags");
    for (const [name, limits] of Object.entries(workspace.rate_limits ?? {})) {
      look("rate_limits", limits, ...at, "rate_limits", name);
    }
  }
  return found;
}

function letIn({ written }: RuleContext): Finding[] {
  const found: Finding[] = [];
  if (written.guardrails === null) {
    const args = { collection: "guardrails", nothing: "guardrails: {}", effect: "no-guardrail" } as const;
    found.push(finding("empty-collection", args, { path: ["guardrails"], atKey: true, severity: "warning" }));
  }
  for (const [name, { jwks }] of Object.entries(written.federation?.issuers ?? {})) {
    if (typeof jwks !== "object" || Object.keys(jwks).length > 0) continue;
    const args = { collection: "jwks", nothing: "jwks: discovery", effect: "keys-fetched" } as const;
    found.push(finding("empty-collection", args, { path: ["federation", "issuers", name, "jwks"], atKey: true }));
  }
  // Like `subject: null` it may say that nothing is asked of them: shown in the plan, and said here.
  for (const [name, { claims }] of Object.entries(written.federation?.rules ?? {})) {
    if (claims !== null) continue;
    const args = { collection: "claims", nothing: "claims: {}", effect: "no-claim" } as const;
    const where = { path: ["federation", "rules", name, "claims"], atKey: true } as const;
    found.push(finding("empty-collection", args, { ...where, severity: "warning" }));
  }
  return found;
}
