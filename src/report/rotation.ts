import type { RecentUse } from "../core/keys/recent-use.ts";
import { gapText, type UnknownKind } from "../core/model/plan.ts";
import { ageInDays, dayOf, isoTime } from "../core/model/time.ts";
import type { RotationOutcome } from "../core/outcome/outcome.ts";
import { CONSOLE_KEYS, type DueReason, type RotationKey, rotationKeyJson } from "../core/rotation/rotation-key.ts";
import { shellWord } from "../core/text/printable.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import { type MarkdownBlock, markdownDocument, markdownText } from "./formats/markdown.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { placeWords } from "./kinds/key.ts";

/** Where each declared key stands in its rotation. */
export const rotationForms = {
  text: rotationText,
  json: (outcome, run) => jsonObject("status", run, rotationFields(outcome)),
  markdown: rotationMarkdown,
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<RotationOutcome>;

/** Where each key stands, for a person: the table, and when to come back. */
function rotationText({ organization, keys, takenAt, unknown }: RotationOutcome, style: Style): string {
  const name = [organization.name, organization.id && `(${organization.id})`].filter(Boolean).join(" ");
  const parts = [
    style.bold(escapeTerminal(name)),
    ...rotationSection(keys, takenAt, style),
    // Of keys that could not be read nothing is shown, declared or not.
    ...(keys.length === 0 && unknown.length === 0 ? ["no key is declared here"] : []),
    ...unknown.map((part) => style.warning(escapeTerminal(unreadWords(part)))),
  ];
  return `${parts.join("\n\n")}\n`;
}

function unreadWords(part: UnknownKind): string {
  return `could not read ${gapText(part)}`;
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
function rotationMarkdown({ keys, takenAt, organization, unknown }: RotationOutcome): string {
  return markdownDocument([
    `## ${markdownText(organization.name ?? "the live organization")}`,
    ...keysMarkdown(keys, takenAt),
    ...unknown.map((part) => markdownText(unreadWords(part))),
  ]);
}

/** The keys of a rotation for Markdown; nothing where there are none. */
export function keysMarkdown(keys: readonly RotationKey[], now: number): readonly MarkdownBlock[] {
  if (keys.length === 0) return [];
  const rows = keys.map((key) => {
    const { target, phase, age, due, next } = rotationRow(key, now);
    return [target, phase, age, due, next];
  });
  const back = comeBackDay(keys);
  return [
    ...(back === undefined ? [] : [`Come back on ${back}.`]),
    { title: "Keys", head: ["key", "phase", "age", "due", "next"], rows },
  ];
}

/** Where each key stands, for programs (design section 5). */
function rotationFields({ organization, keys, takenAt, unknown }: RotationOutcome) {
  return {
    organization: { id: organization.id ?? null, name: organization.name ?? null },
    taken_at: isoTime(takenAt),
    keys: keys.map(rotationKeyJson),
    unknown: unknown.map(({ kind, reason, message }) => ({ kind, reason, message: message ?? null })),
  };
}

/** The columns of a key in its rotation, unescaped. */
interface RotationRow {
  readonly target: string;
  readonly phase: string;
  /** How old the current key is. */
  readonly age: string;
  /** The date that matters in this phase. */
  readonly due: string;
  /** What is to happen next, and how. */
  readonly next: string;
  /** Whether somebody has to do something. */
  readonly attention: boolean;
}

/** Steps that wait for a person. */
const FOR_SOMEBODY: ReadonlySet<RotationKey["next"]> = new Set([
  "create-replacement",
  "hand-over",
  "stop-use",
  "settle",
]);

/** A key in its rotation, in words. */
export function rotationRow(key: RotationKey, now: number): RotationRow {
  // What is left of a missing key is on its way out: its age says nothing.
  const first = key.phase === "missing" ? undefined : key.live[0];
  return {
    target: key.target,
    phase: key.phase,
    age: first ? `${ageInDays(first.createdAt, now)} d` : "",
    due: dueWords(key, now),
    next: nextWords(key),
    attention: FOR_SOMEBODY.has(key.next),
  };
}

/** The day to come back on: the first one on which a key that waits now can go on. Undefined where none waits. */
function comeBackDay(keys: readonly RotationKey[]): string | undefined {
  const waiting = keys.flatMap(({ next, until }) => (next === "wait" && until !== undefined ? [until] : []));
  return waiting.length === 0 ? undefined : dayOf(Math.min(...waiting));
}

const BECAUSE = {
  age: "too old",
  expiry: "it expires",
  "not-active": "not active, and never enabled again",
  "creator-left": "whoever made it has left, or is to leave",
  forced: "forced",
  leaked: "leaked",
} as const satisfies Record<DueReason, string>;

function dueWords({ phase, dueAt, until, because, live }: RotationKey, now: number): string {
  if (until !== undefined && phase === "draining") return `overlap over since ${dayOf(until)}`;
  if (until !== undefined) return `until ${dayOf(until)}`;
  if (dueAt === undefined) return because ? BECAUSE[because] : "";
  if (!because) return `due ${dayOf(dueAt)}`;
  const expiresAt = live[0]?.expiresAt;
  if (because === "expiry" && expiresAt !== undefined && expiresAt <= now) return `expired on ${dayOf(expiresAt)}`;
  // Forced before its time: the day it would have fallen due says nothing then.
  return because === "age" || because === "expiry"
    ? `due since ${dayOf(dueAt)}: ${BECAUSE[because]}`
    : BECAUSE[because];
}

function nextWords(key: RotationKey): string {
  const { name, flags, next, create, until, deliveries, use, leaks } = key;
  switch (next) {
    case null:
      return "";
    case "create-replacement":
      return `create "${create?.name ?? name}" ${placeWords(create)} in the Console (${CONSOLE_KEYS}), then anth-rbac rotate ${flags}${heldWords(key)}`;
    case "hand-over":
      if (leaks) return `hand over its secret: anth-rbac rotate ${flags} --secret-stdin --leaked`;
      return deliveries > 0
        ? `hand over its secret: anth-rbac rotate ${flags} --secret-stdin`
        : `hand over its secret: anth-rbac rotate ${flags} --secret-stdin; where the service has it already: anth-rbac rotate ${flags} --delivered`;
    case "stop-use":
      return `still in use${use ? `: ${useWords(use)}` : ""}; give its service the new key`;
    case "settle":
      return `nothing is done about this key until somebody settles it; what is wrong: anth-rbac rotate ${flags} --dry-run`;
    case "wait":
      return until === undefined ? "waiting" : `waiting until ${dayOf(until)}`;
    case "cut-over":
      return "cut over to the new key";
    case "disable":
      return "disable the superseded key";
    case "archive":
      return `archive the disabled key, for good: anth-rbac rotate ${flags} --archive --yes --confirm ${shellWord(name)}`;
  }
}

/** The superseded keys that are all a service has, so that nothing is done about them whatever their overlap. */
function heldWords({ live }: RotationKey): string {
  const working = live.filter(({ status }) => status === "active");
  if (working.length === 0 || working.some(({ phase }) => phase !== "overlapping" && phase !== "draining")) return "";
  const names = working.map((one) => `"${one.name}"`).join(", ");
  return `; until then ${names} ${working.length === 1 ? "is" : "are"} all that works, and stays as it is`;
}

/** What used a key in the last 24 hours. */
function useWords({ requests, inputTokens, outputTokens, models }: RecentUse): string {
  const count = requests === undefined ? `${inputTokens + outputTokens} tokens` : `${requests} requests`;
  const by = models.length === 0 ? "" : ` with ${models.slice(0, 3).join(", ")}`;
  return `${count} in the last 24 h${by}`;
}
