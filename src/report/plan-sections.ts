import type { Change } from "../core/model/change.ts";
import type { Plan } from "../core/model/plan.ts";
import { unmanagedOf } from "../core/plan/ending.ts";
import { summarize } from "../core/plan/plan-json.ts";
import type { Differing, WhoReport } from "../core/plan/who.ts";
import { groupBy } from "../core/text/text.ts";
import { whoWords } from "./activity.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { MarkdownTable } from "./formats/markdown.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { acceptedWords, changeWords, type InCurrency, looseWords, pendingWords, SIGNS } from "./kinds/changes.ts";
import { actionWord } from "./kinds/kinds.ts";

/** How a row is meant, for its colour. */
type Tone = "create" | "update" | "remove" | "manual" | "plain";

/** One line of a plan: its sign, the object, what happens, and why. */
export interface Row {
  readonly tone: Tone;
  readonly sign: string;
  readonly target: string;
  readonly what: string;
  readonly why: string;
  /** Who made it so; absent where nobody asked. */
  readonly who?: string;
}

/** A titled part of a plan. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/**
 * The parts of a plan in the order in which a person wants them: changes by place, what ends with an archived workspace without a
 * change of its own, what could not be read, then what is left alone.
 */
export function planSections(plan: Plan, who?: WhoReport): readonly Section[] {
  const { ending, alone } = unmanagedOf(plan);
  const rest: Section[] = [
    {
      title: "Ends with an archived workspace: this cannot be undone",
      rows: ending.map((item) => {
        return { ...plain("-", item.target, looseWords(item, plan)), tone: "remove", ...madeBy(item, who) };
      }),
    },
    ...unreadSections(plan),
    {
      title: "Unmanaged: nothing declares them, and nothing here touches them",
      rows: alone.map((item) => ({ ...plain("?", item.target, looseWords(item, plan)), ...madeBy(item, who) })),
    },
    { title: "Pending", rows: plan.pending.map((item) => plain("…", item.target, pendingWords(item))) },
    { title: "Accepted", rows: plan.accepted.map((item) => plain("=", item.target, acceptedWords(item))) },
  ];
  return [...changeSections(plan.changes, plan, who), ...rest.filter(({ rows }) => rows.length > 0)];
}

/** What could not be read, where anything could not. */
export function unreadSections({ unknown }: Plan): readonly Section[] {
  if (unknown.length === 0) return [];
  const rows = unknown.map(({ kind, reason, message }) => plain("x", kind, message ?? reason));
  return [{ title: "Could not be read: nothing about these is planned", rows }];
}

/** Changes by the place they happen in: the organization first, then each workspace in the order of its name. */
export function changeSections(changes: readonly Change[], plan: InCurrency, who?: WhoReport): readonly Section[] {
  const byPlace = groupBy(changes, ({ target }) => placeOf(target));
  const places = [...byPlace].sort(([one], [other]) => (one === "" ? -1 : other === "" ? 1 : one < other ? -1 : 1));
  return places.map(([place, there]) => ({
    title: place === "" ? "Organization" : `Workspace ${place}`,
    rows: there.map((change) => ({
      tone: change.action,
      sign: SIGNS[change.action],
      target: change.target,
      ...changeWords(change, plan),
      ...madeBy(change, who),
    })),
  }));
}

/** Empty where the feed has nothing. */
function madeBy(item: Differing, report: WhoReport | undefined): Pick<Row, "who"> {
  if (!report?.known) return {};
  const who = report.of(item);
  return { who: who ? whoWords(who) : "" };
}

function placeOf(target: string): string {
  const [kind, workspace = ""] = target.split(".", 2);
  return kind === "workspaces" ? workspace : "";
}

function plain(sign: string, target: string, what: string): Row {
  return { tone: "plain", sign, target, what, why: "" };
}

/** A titled part, its rows in columns. */
export function sectionText({ title, rows }: Section, style: Style): string {
  const paint = { create: style.add, update: style.change, remove: style.remove, manual: style.manual, plain: String };
  const cells = rows.map(({ tone, sign, target, what, why }) => [
    { text: `${sign} ${target}`, paint: paint[tone] },
    why === "" ? what : `${what}  (${why})`,
  ]);
  const lines = renderRows(cells, "  ").flatMap((line, index) => {
    const { who = "" } = rows[index] ?? {};
    return who === "" ? [line] : [line, `      ${style.dim(escapeTerminal(who))}`];
  });
  return [style.bold(escapeTerminal(title)), ...lines].join("\n");
}

/** The same as a table. */
export function sectionTable({ title, rows }: Section): MarkdownTable {
  const isAsked = rows.some(({ who }) => who !== undefined);
  const cells = rows.map(({ sign, target, what, why, who = "" }) => {
    const words = [what, why].filter((text) => text !== "").join(" – ");
    return [{ code: sign }, target, words, ...(isAsked ? [who] : [])];
  });
  return { title, head: ["", "object", "what", ...(isAsked ? ["who"] : [])], rows: cells };
}

/** Whose organization, and which file, where there is one. */
export function headline({ organization, config }: Plan): string {
  const name = [organization.name ?? "the live organization", organization.id && `(${organization.id})`];
  return `${name.filter(Boolean).join(" ")}${config.path === "" ? "" : ` against ${config.path}`}`;
}

/** The last line of a plan: what would be done, and what else is there. */
export function summaryWords(plan: Plan): string {
  const { create, update, manual } = summarize(plan);
  const removals = groupBy(
    plan.changes.filter(({ action }) => action === "remove"),
    ({ action, kind }) => actionWord(action, kind),
  );
  const changes = counted([
    [create, "to create"],
    [update, "to update"],
    ...[...removals].map(([word, { length }]) => [length, `to ${word}`] as const),
    [manual, "for a person at the Console"],
  ]);
  return [plan.changes.length === 0 ? "nothing to change" : changes.join(", "), ...besideWords(plan)].join("; ");
}

/** What there is beside the changes, counted. */
export function besideWords(plan: Plan): readonly string[] {
  const { ending, alone } = unmanagedOf(plan);
  return counted([
    [ending.length, "ending with an archived workspace"],
    [alone.length, "unmanaged"],
    [plan.pending.length, "pending"],
    [plan.accepted.length, "accepted"],
    [plan.unknown.length, "could not be read"],
  ]);
}

/** `3 done`, for each that there is any of. */
export function counted(counts: readonly (readonly [number, string])[]): readonly string[] {
  return counts.flatMap(([count, word]) => (count === 0 ? [] : `${count} ${word}`));
}
