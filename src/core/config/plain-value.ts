import type { ConfigPath } from "../model/finding.ts";

/** What stands at a path of a plain value; undefined where there is no such place. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** A value's kind in plain words. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  return typeof value === "boolean" ? `the word ${value}` : "a mapping";
}
