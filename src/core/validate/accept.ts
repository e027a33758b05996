import { type RuleContext, suggestion } from "../kinds/rule-context.ts";
import { type Finding, finding } from "../model/finding.ts";
import { parseTarget, TARGET_WORDS } from "../model/target.ts";
import { suggest } from "../text/suggest.ts";

/** An accepted target follows the grammar of targets. The object itself may be live only, so it is not looked for. */
export function unknownTargets(facts: RuleContext): Finding[] {
  return facts.itemsOf(facts.written.accept).flatMap(([index, { target }]) => {
    const parsed = parseTarget(target);
    if (parsed && !isPattern(parsed.email)) return [];
    const path = ["accept", index, "target"];
    return [finding("unknown-target", { target, ...suggestion(respelt(target)) }, { path })];
  });
}

/** Whether somebody hopes to mean several people: `drift` names one, by whatever the API has for an address. */
function isPattern(person = ""): boolean {
  return /^\*(?:@|$)|@.*\*/u.test(person);
}

/** The target with its misspelt word set right, if that makes it one. */
function respelt(target: string): string | undefined {
  const [root = "", workspace, kind, ...rest] = target.split(".");
  const first = respell(root, TARGET_WORDS.root);
  if (first === undefined) return undefined;
  if (first !== "workspaces") return parts(first, workspace, kind, ...rest);
  const inner = kind === undefined ? undefined : respell(kind, TARGET_WORDS.workspace);
  return parts(first, workspace, inner, ...rest);
}

function respell(word: string, words: readonly string[]): string | undefined {
  return words.includes(word) ? word : suggest(word, words);
}

function parts(...words: readonly (string | undefined)[]): string | undefined {
  const text = words.filter((word) => word !== undefined).join(".");
  return parseTarget(text) ? text : undefined;
}

/** A workspace in a target is a declared handle, or the id of a live one. */
export function unknownTargetWorkspaces(facts: RuleContext): Finding[] {
  const { workspaces } = facts;
  if (!workspaces) return [];
  return facts.itemsOf(facts.written.accept).flatMap(([index, { target }]) => {
    const workspace = parseTarget(target)?.workspace;
    if (workspace === undefined || workspaces.has(workspace) || workspace.startsWith("wrkspc_")) return [];
    const args = { workspace, ...suggestion(workspaces.suggest(workspace)) };
    return [finding("unknown-workspace", args, { path: ["accept", index, "target"] })];
  });
}
