import type { RotationOutcome } from "../core/outcome/outcome.ts";
import type { RotationKey } from "../core/rotation/rotation-key.ts";
import { escapeMarkdown, escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { comeBackDay, rotationRow } from "./rotation/rotation-words.ts";

/** Where each key stands, for a person: the table, and when to come back. */
export function rotationText({ organization, keys, takenAt, unknown }: RotationOutcome, style: Style): string {
  const name = [organization.name, organization.id && `(${organization.id})`].filter(Boolean).join(" ");
  const parts = [
    style.bold(escapeTerminal(name)),
    ...rotationSection(keys, takenAt, style),
    ...(keys.length === 0 ? ["no key is declared here"] : []),
    ...unknown.map(({ kind, reason, message }) =>
      style.warning(escapeTerminal(`could not read ${kind} (${message ?? reason})`)),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The keys of a rotation as a table, and the day to come back on; nothing where there are none. */
export function rotationSection(keys: readonly RotationKey[], now: number, style: Style): readonly string[] {
  if (keys.length === 0) return [];
  const cells = keys.map((key) => {
    const { target, phase, age, due, next, attention } = rotationRow(key, now);
    const paint = attention ? style.manual : phase === "current" ? style.add : style.change;
    return [target, { text: phase, paint }, { text: age, align: "right" as const }, due, next];
  });
  const back = comeBackDay(keys);
  return [
    [style.bold("Keys"), ...renderRows(cells, "  ")].join("\n"),
    ...(back === undefined ? [] : [`come back on ${back}: anth-rbac rotate goes on from here`]),
  ];
}

/** The same for a job summary. */
export function rotationMarkdown({ keys, takenAt, organization }: RotationOutcome): string {
  const parts = [`## ${escapeMarkdown(organization.name ?? "the live organization")}`, ...keysMarkdown(keys, takenAt)];
  return `${parts.join("\n\n")}\n`;
}

/** The keys of a rotation as a table of Markdown; nothing where there are none. */
export function keysMarkdown(keys: readonly RotationKey[], now: number): readonly string[] {
  if (keys.length === 0) return [];
  const rows = keys.map((key) => {
    const { target, phase, age, due, next } = rotationRow(key, now);
    return `| ${[target, phase, age, due, next].map(escapeMarkdown).join(" | ")} |`;
  });
  const back = comeBackDay(keys);
  return [
    ["### Keys", "", "| key | phase | age | due | next |", "|---|---|---|---|---|", ...rows].join("\n"),
    ...(back === undefined ? [] : [`Come back on ${back}.`]),
  ];
}
