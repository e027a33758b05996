import { describe } from "../config/schema-issues.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { isCount } from "../policy/compiled-policy.ts";
import { suggest } from "../text/suggest.ts";

/** A mapping as it was written. */
export type Written = Readonly<Record<string, unknown>>;

/**
 * Reads the fields of one mapping. Each function answers with the value, or undefined where there is none that could be used; what is
 * wrong is added to the findings.
 */
export interface FieldReader {
  readonly text: (field: string) => string | undefined;
  readonly word: <Word extends string>(field: string, allowed: readonly Word[]) => Word | undefined;
  readonly count: (field: string) => number | undefined;
  /** Complains where the field is not there. */
  readonly need: (field: string) => void;
}

/** A field's value; undefined where it is not written. */
export function fieldOf(mapping: Written, field: string): unknown {
  return Object.hasOwn(mapping, field) ? mapping[field] : undefined;
}

/** Reads the fields of a mapping that stands at `path`. */
export function fieldReader(mapping: Written, path: ConfigPath, findings: Finding[]): FieldReader {
  const at = (field: string) => ({ path: [...path, field] });
  const wrong = (field: string, expected: string, value: unknown) => {
    findings.push(finding("wrong-type", { expected, found: describe(value) }, at(field)));
    return undefined;
  };
  return {
    text: (field) => {
      const value = fieldOf(mapping, field);
      if (value === undefined) return undefined;
      if (typeof value !== "string") return wrong(field, "text", value);
      if (value.trim() !== "") return value;
      findings.push(finding("out-of-range", { value, expected: "at least 1 character" }, at(field)));
      return undefined;
    },
    word: (field, allowed) => {
      const value = fieldOf(mapping, field);
      if (value === undefined) return undefined;
      const known = allowed.find((word) => word === value);
      if (known !== undefined) return known;
      if (typeof value === "object") return wrong(field, `one of ${allowed.join(", ")}`, value);
      const word = String(value);
      const near = suggest(word, allowed);
      findings.push(finding("invalid-value", { value: word, allowed, ...(near && { suggestion: near }) }, at(field)));
      return undefined;
    },
    count: (field) => {
      const value = fieldOf(mapping, field);
      if (value === undefined) return undefined;
      if (isCount(value)) return value;
      if (typeof value !== "number" || !Number.isInteger(value)) return wrong(field, "a whole number", value);
      const expected = value < 1 ? "at least 1" : "a number that can be counted to";
      findings.push(finding("out-of-range", { value: String(value), expected }, at(field)));
      return undefined;
    },
    need: (field) => {
      if (fieldOf(mapping, field) === undefined) findings.push(finding("missing-field", { field }, at(field)));
    },
  };
}
