import { WORKSPACE_FIELDS } from "../config/schema.ts";
import { block, type ExportEntry } from "../document/document.ts";
import { isValue, type LeftOut, leftOutComment } from "../document/left-out.ts";
import type { ExportFacts, Section } from "../kinds/kind.ts";
import { ALL_KINDS } from "../kinds/kinds.ts";
import { CLAUDE_CODE_WORKSPACE } from "../match/workspaces.ts";
import { itemsOf, type LiveWorkspace } from "../model/org.ts";
import { target } from "../model/target.ts";

/** The workspaces by handle, with what was asked for of each. */
export function workspacesSection(facts: ExportFacts): Section {
  const entries: ExportEntry[] = [];
  const below: string[] = [];
  const leftOut: LeftOut[] = [];
  const omit = (item: LeftOut) => {
    leftOut.push(item);
    below.push(leftOutComment(item));
  };
  for (const workspace of facts.workspaces) {
    if (!isValue(workspace.name) || !isValue(workspace.id)) {
      for (const item of unwritable(facts, workspace)) omit(item);
      continue;
    }
    const section = workspaceSection(facts, workspace);
    leftOut.push(...section.leftOut);
    // Where workspaces themselves are not exported, those with nothing to say are no part of the file.
    if (section.entries.length === 0 && section.below.length === 0 && !facts.has("workspaces")) continue;
    entries.push({
      key: facts.handles.get(workspace.id) ?? workspace.id,
      value: block([...identity(facts, workspace), ...section.entries], section.below),
      apart: entries.length > 0,
    });
  }
  const exported = new Set(facts.workspaces);
  const kept = itemsOf(facts.live.workspaces)
    .filter((workspace) => !exported.has(workspace) && workspace.name === CLAUDE_CODE_WORKSPACE)
    .map(({ id, name }) => leftOutComment({ reason: "claude-code", what: `the workspace ${name}, ${id}` }));
  below.push(...kept.sort());
  return { entries, below, leftOut };
}

/** Name, and the id where the name does not tell which workspace is meant. */
function identity({ sharedNames }: ExportFacts, { id, name, isDefault }: LiveWorkspace): readonly ExportEntry[] {
  // Validation takes a workspace of that name for the default one, unless an id says that it may be another.
  const pinned = sharedNames.has(name) || (name === "Default" && !isDefault);
  return [{ key: "name", value: name }, ...(pinned ? [{ key: "id", value: id }] : [])];
}

/** What every kind that was asked for says of one workspace, in the order of the file's schema. */
function workspaceSection(facts: ExportFacts, workspace: LiveWorkspace): Section {
  const handle = facts.handles.get(workspace.id) ?? workspace.id;
  const parts = ALL_KINDS.filter(({ manage }) => facts.has(manage)).flatMap(({ exported }) =>
    exported.flatMap((part) => (part.in === "workspace" ? part : [])),
  );
  const rank = ({ field }: { readonly field: string }) => WORKSPACE_FIELDS.indexOf(field);
  const inOrder = parts.toSorted((one, other) => rank(one) - rank(other));
  return joined(inOrder.map(({ section }) => section(facts, workspace, handle)));
}

/** Sections as one. */
export function joined(sections: readonly Section[]): Section {
  return {
    entries: sections.flatMap(({ entries }) => entries),
    below: sections.flatMap(({ below }) => below),
    leftOut: sections.flatMap(({ leftOut }) => leftOut),
  };
}

/** A workspace whose name no file can hold, and every key in force that it holds: `drift` speaks of each. */
function unwritable({ has, keys }: ExportFacts, { id, name }: LiveWorkspace): readonly LeftOut[] {
  const active = (keys.get(id) ?? []).filter(({ status }) => status === "active");
  const whole = { reason: "unwritable-name", what: `the workspace ${name}, ${id}` } as const;
  return [
    has("workspaces") ? { ...whole, target: target.workspace(id) } : whole,
    ...active.map((key): LeftOut => {
      return { reason: "workspace-left-out", what: `the key ${key.name} of ${id}`, target: target.key(id, key.name) };
    }),
  ];
}
