import type { ReadResult } from "../../core/model/org.ts";
import { dayOf } from "../../core/model/time.ts";
import type { Actor } from "../../core/status/index-live.ts";
import type { KeyAnswer, KeyStatus } from "../../core/status/key.ts";
import type { StatusNote } from "../../core/status/note.ts";
import type { Status } from "../../core/status/status.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { type Cell, type Node, renderTree, unknownCell } from "../formats/tree.ts";
import { usageView } from "./status-usage-text.ts";
import { count, label, noteLevel, noteSentence } from "./status-words.ts";

/** Where each key that was asked for is, and what keeps it from working. */
export function keyView({ found = [], usage }: Status, style: Style): readonly string[] {
  const several = found.length > 1 ? [style.bold(`${count(found.length, "key")} fit:`)] : [];
  const answers = found.flatMap((answer, index) => [...(index > 0 ? [""] : []), ...answerLines(answer, style)]);
  return [...several, ...answers, ...(usage ? ["", ...usageView(usage, style)] : [])];
}

function answerLines({ key, notes }: KeyAnswer, style: Style): readonly string[] {
  const place = key.workspace ? `in workspace ${label(key.workspace)}` : "of the organization, in no workspace";
  const headline = [style.bold(escapeTerminal(key.name)), statusText(key, style), escapeTerminal(place)].join("  ");
  const quiet = key.status === "active" && notes.every((note) => noteLevel(note) === "info");
  const facts: readonly Node[] = [
    { cells: ["acts as", key.actsAs ? actorText(key.actsAs) : "no person: a workspace key"] },
    { cells: ["created by", key.createdBy ? actorText(key.createdBy) : "not recorded"] },
    { cells: ["created", `${dayOf(key.createdAt)}, ${count(key.ageDays, "day")} ago`] },
    { cells: ["expires", key.expiresAt === undefined ? "never" : dayOf(key.expiresAt)] },
    { cells: ["hint", key.hint ?? "none"] },
    { cells: ["id", key.id] },
    ...(key.workspace ? [{ cells: ["workspace id", key.workspace.id] }] : []),
    ...(key.declared ? [{ cells: ["declared as", key.declared.target] }] : []),
  ];
  const fine = quiet ? [style.add("in force: nothing that the API shows keeps it from working")] : [];
  return [headline, ...fine, ...noteLines(notes, style), ...renderTree(facts)];
}

/** Notes as lines, the ones that stop somebody first and in red. */
export function noteLines(notes: readonly StatusNote[], style: Style): readonly string[] {
  const marks = {
    error: (text: string) => style.error(`! ${text}`),
    warning: (text: string) => style.warning(`! ${text}`),
    info: (text: string) => style.dim(`- ${text}`),
  };
  const order = ["error", "warning", "info"] as const;
  return order.flatMap((level) =>
    notes.filter((note) => noteLevel(note) === level).map((note) => marks[level](escapeTerminal(noteSentence(note)))),
  );
}

/** Keys under a title, each with its state; the archived ones, which nobody can use or bring back, are only counted. */
export function keysNode(title: string, keys: ReadResult<KeyStatus>, compare: boolean, style: Style): Node {
  if (!keys.known) return { cells: [unknownCell(title, keys, style)] };
  const live = keys.items.filter(({ status }) => status !== "archived");
  const archived = keys.items.length - live.length;
  const rest = archived === 0 ? "" : `, and ${count(archived, "archived one")}`;
  if (live.length === 0) return { cells: [{ text: `no ${title}${rest}`, paint: style.dim }] };
  const children = live.map((key) => ({ cells: keyCells(key, compare, style) }));
  return { cells: [`${title} (${live.length}${rest})`], children };
}

function keyCells(key: KeyStatus, compare: boolean, style: Style): Node["cells"] {
  return [
    key.name,
    stateCell(key, style),
    { text: `${key.ageDays} d`, align: "right" },
    key.expiresAt === undefined
      ? { text: "no expiry", paint: style.dim }
      : `${key.status === "expired" ? "expired" : "expires"} ${dayOf(key.expiresAt)}`,
    { text: key.hint ?? "no hint", paint: style.dim },
    ownerCell(key, style),
    { text: key.id, paint: style.dim },
    ...(compare && !key.declared && key.workspace?.special !== "claude-code"
      ? [{ text: "not in rbac.yaml", paint: style.warning }]
      : []),
    ...(key.declared?.elsewhere ? [{ text: `declared as ${key.declared.target}`, paint: style.error }] : []),
  ];
}

function ownerCell({ actsAs, createdBy, declared, workspace }: KeyStatus, style: Style): Cell {
  if (actsAs) {
    return actsAs.left
      ? { text: `${actsAs.id} (has left)`, paint: style.error }
      : { text: `acts as ${actorText(actsAs)}` };
  }
  if (workspace?.special === "claude-code")
    return { text: createdBy ? `minted for ${actorText(createdBy)}` : "minted" };
  if (declared?.owner !== undefined) return { text: `no owner, ${declared.owner} answers` };
  return { text: createdBy ? `no owner, made by ${actorText(createdBy)}` : "no owner" };
}

function actorText({ type, id, email, name, left }: Actor): string {
  if (name !== undefined) return `service account ${name}`;
  if (email !== undefined) return email;
  if (left) return `${id} (has left)`;
  return type === "user" ? id : `${type.replaceAll("_", " ")} ${id}`;
}

/** A key's standing in a word or two: the status where nothing rotates, else the phase with its date. */
function stateCell({ status, phase }: KeyStatus, style: Style): Cell {
  if (!phase) return { text: status, paint: style.warning };
  const until = phase.at === undefined ? "" : ` until ${dayOf(phase.at)}`;
  switch (phase.phase) {
    case "current":
      return { text: "active", paint: style.add };
    case "due":
      return { text: phase.at === undefined ? "due" : `due since ${dayOf(phase.at)}`, paint: style.warning };
    case "overlapping":
    case "soaking":
      return { text: `${phase.phase}${until}`, paint: style.change };
    case "awaiting-replacement":
    case "replacement-ready":
    case "draining":
      return { text: phase.phase, paint: style.change };
    case "unsettled":
    case "disabled":
    case "expired":
    case "archived":
      return { text: phase.phase, paint: style.error };
  }
}

/** Whether it works, then where it stands in its rotation. */
function statusText(key: KeyStatus, style: Style): string {
  const { text, paint = style.dim } = stateCell(key, style);
  const state = paint(escapeTerminal(text));
  return key.status === "active" && text !== "active" ? `${style.add("active")}, ${state}` : state;
}
