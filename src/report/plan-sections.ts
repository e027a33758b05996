import type { Change } from "../core/model/change.ts";
import type { Plan } from "../core/model/plan.ts";
import { summarize } from "../core/plan/plan-json.ts";
import { groupBy } from "../core/text/text.ts";
import { acceptedWords, changeWords, pendingWords, SIGNS, unmanagedWords } from "./kinds/changes.ts";

/** How a row is meant, for its colour. */
export type Tone = "create" | "update" | "remove" | "manual" | "plain";

/** One line of a plan: its sign, the object, what happens, and why. */
export interface Row {
  readonly tone: Tone;
  readonly sign: string;
  readonly target: string;
  readonly what: string;
  readonly why: string;
}

/** A titled part of a plan. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** The parts of a plan in the order in which a person wants them: changes by place first, then what is left alone. */
export function planSections(plan: Plan): readonly Section[] {
  const rest: Section[] = [
    {
      title: "Unmanaged: nothing declares them, and nothing here touches them",
      rows: plan.unmanaged.map((item) => plain("?", item.target, unmanagedWords(item))),
    },
    { title: "Pending", rows: plan.pending.map((item) => plain("…", item.target, pendingWords(item))) },
    { title: "Accepted", rows: plan.accepted.map((item) => plain("=", item.target, acceptedWords(item))) },
    {
      title: "Could not be read: nothing about these is planned",
      rows: plan.unknown.map(({ kind, reason, message }) => plain("x", kind, message ?? reason)),
    },
  ];
  return [...changeSections(plan.changes), ...rest.filter(({ rows }) => rows.length > 0)];
}

/** Changes by the place they happen in: the organization first, then each workspace in the order of its name. */
export function changeSections(changes: readonly Change[]): readonly Section[] {
  const byPlace = groupBy(changes, ({ target }) => placeOf(target));
  const places = [...byPlace].sort(([one], [other]) => (one === "" ? -1 : other === "" ? 1 : one < other ? -1 : 1));
  return places.map(([place, there]) => ({
    title: place === "" ? "Organization" : `Workspace ${place}`,
    rows: there.map((change) => ({
      tone: change.action,
      sign: SIGNS[change.action],
      target: change.target,
      ...changeWords(change),
    })),
  }));
}

function placeOf(target: string): string {
  const [kind, workspace = ""] = target.split(".", 2);
  return kind === "workspaces" ? workspace : "";
}

function plain(sign: string, target: string, what: string): Row {
  return { tone: "plain", sign, target, what, why: "" };
}

/** The last line: what would be done, and what else is there. */
export function summaryWords(plan: Plan): string {
  const { create, update, remove, manual, unmanaged, accepted, pending } = summarize(plan);
  const changes = `${create} to create, ${update} to update, ${remove} to remove, ${manual} for a person at the Console`;
  const rest = [
    [unmanaged, "unmanaged"],
    [pending, "pending"],
    [accepted, "accepted"],
  ].flatMap(([count, word]) => (count === 0 ? [] : `${count} ${word}`));
  return [plan.changes.length === 0 ? "nothing to change" : changes, ...rest].join("; ");
}
