import type { ManageWord } from "../config/config.ts";
import { type RuleContext, workspacesOf } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";

/**
 * A collection that is there with nothing behind it, of a kind that is managed whole: what is left where each of its lines is commented
 * out. It would take everything away, so that somebody has to write that there is nothing in it.
 */
export function emptyCollections(facts: RuleContext): Finding[] {
  const { config, isPartial, written } = facts;
  if (isPartial(["manage"])) return [];
  const found: Finding[] = [];
  const look = (word: ManageWord, value: unknown, ...path: ConfigPath) => {
    if (value !== null || config.manage[word] !== "full") return;
    // The one list among mappings.
    const nothing = word === "groups" && path.length > 1 ? "[]" : "{}";
    found.push(finding("empty-collection", { collection: String(path.at(-1)), word, nothing }, { path, atKey: true }));
  };
  look("members", written.members, "members");
  look("workspaces", written.workspaces, "workspaces");
  look("service_accounts", written.service_accounts, "service_accounts");
  look("groups", written.groups, "groups");
  look("federation", written.federation?.issuers, "federation", "issuers");
  look("federation", written.federation?.rules, "federation", "rules");
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
  }
  return found;
}
