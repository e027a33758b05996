import type { ChangeKind, ChangeOf, Fields, UnmanagedOf } from "../../core/model/change.ts";

/**
 * The words of one kind: what happens to the object that a target names, and what an object is that nothing declares. Methods, for
 * the table is asked with the change of any kind.
 */
export interface KindWords<Kind extends ChangeKind> {
  added(change: ChangeOf<Kind, "create">): string;
  changed(change: ChangeOf<Kind, "update">): string;
  removed(change: ChangeOf<Kind, "remove">): string;
  /** What taking one away is called where there is room for one word. */
  readonly removal: "remove" | "disable" | "archive" | "delete" | "sign out";
  /** What only a person can do. */
  manual(change: ChangeOf<Kind, "manual">): string;
  unmanaged(item: UnmanagedOf<Kind>): string;
}

/** What a kind has no words for, because no plan ever holds such a change. */
export function noWords(): string {
  return "";
}

/** The words of what is set to some fields, and cleared: a limit. */
export const LIMIT_WORDS = {
  added: ({ after }: { readonly after: Fields }) => fieldsText(after),
  changed: differences,
  removed: ({ before }: { readonly before: Fields }) => `clear ${fieldsText(before)}`,
  removal: "remove",
  manual: noWords,
  unmanaged: ({ details }: { readonly details: Fields }) => fieldsText(details),
} as const;

interface Role {
  readonly role: string;
}

/** The words of a role that somebody, or something, has in a workspace. */
export const ROLE_WORDS = {
  added: ({ after }: { readonly after: Role }) => `add as ${after.role}`,
  changed: differences,
  removed: ({ before }: { readonly before: Role }) => `remove (was ${before.role})`,
  removal: "remove",
  manual: noWords,
  unmanaged: ({ details }: { readonly details: Role }) => details.role,
} as const;

/** `role: user → developer, …`; nested fields by their path. */
export function differences({ before, after }: { readonly before: Fields; readonly after: Fields }): string {
  return [...pairs(before, after)].map(([field, from, to]) => `${field}: ${from} → ${to}`).join(", ");
}

function* pairs(before: Fields, after: Fields, parent = ""): Generator<[string, string, string]> {
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[field], after[field]];
    if (isFields(from) && isFields(to)) yield* pairs(from, to, `${parent}${field}.`);
    else if (JSON.stringify(from) !== JSON.stringify(to)) yield [parent + field, valueText(from), valueText(to)];
  }
}

/** `name: Lab, tags {env: lab}`. */
export function fieldsText(fields: Fields): string {
  return Object.entries(fields)
    .map(([field, value]) => (isFields(value) ? `${field} {${fieldsText(value)}}` : `${field}: ${valueText(value)}`))
    .join(", ");
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
