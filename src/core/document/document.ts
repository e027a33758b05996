/**
 * An rbac.yaml about to be written: ordered plain data with its comments. Whoever writes it decides about quotes and
 * indentation; nothing here is text of a file yet.
 */
export type ExportValue =
  | string
  | number
  | boolean
  | null
  /** A word of the format itself, which needs no quotes whatever it looks like (`off`). */
  | { readonly kind: "word"; readonly text: string }
  /** An amount of money, in the major unit. */
  | { readonly kind: "amount"; readonly amount: number }
  | ExportList
  | ExportMap;

export interface ExportList {
  readonly kind: "list";
  readonly items: readonly ExportValue[];
}

export interface ExportMap {
  readonly kind: "map";
  readonly entries: readonly ExportEntry[];
  /** On one line, where it is short enough. */
  readonly flow?: boolean;
  /** Comment lines after the last entry; a mapping without entries cannot bear any. */
  readonly below?: readonly string[];
}

export interface ExportEntry {
  readonly key: string;
  readonly value: ExportValue;
  /** At the end of the entry's first line. */
  readonly comment?: string;
  /** Whether a blank line stands before it. */
  readonly apart?: boolean;
}

/** A whole file: the comment at its head, and its fields. */
export interface ExportDocument {
  readonly head: readonly string[];
  readonly root: ExportMap;
}

/** A mapping of entries, each on lines of its own. */
export function block(entries: readonly ExportEntry[], below: readonly string[] = []): ExportMap {
  return { kind: "map", entries, below };
}

/** A mapping on one line. */
export function line(fields: Readonly<Record<string, ExportValue>>): ExportMap {
  return { kind: "map", entries: Object.entries(fields).map(([key, value]) => ({ key, value })), flow: true };
}

/** Any value of JSON, fit for a file: a mapping of it on one line. */
export function exportValue(value: unknown): ExportValue {
  if (Array.isArray(value)) return { kind: "list", items: value.map(exportValue) };
  if (typeof value === "object" && value !== null) {
    return {
      kind: "map",
      entries: Object.entries(value).map(([key, inner]) => ({ key, value: exportValue(inner) })),
      flow: true,
    };
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** What the file says, without comments: the same config as JSON. */
export function plainValue(value: ExportValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  switch (value.kind) {
    case "word":
      return value.text;
    case "amount":
      return value.amount;
    case "list":
      return value.items.map(plainValue);
    case "map":
      return Object.fromEntries(value.entries.map(({ key, value: inner }) => [key, plainValue(inner)]));
  }
}
