import { isObject } from "../../core/json.ts";
import { parseTime } from "../../core/model/time.ts";
import { incomplete } from "./pages.ts";

/**
 * Readers of one field of a row. The required ones throw Failure `incomplete-answer` where the field is not what the API
 * promises: a row that lacks what we need makes its kind unknown, never half true. `null` becomes absent.
 */
export interface FieldReader {
  /** A string that is not empty. */
  readonly text: (value: unknown, field: string) => string;
  readonly optionalText: (value: unknown) => string | undefined;
  /** Epoch milliseconds. */
  readonly time: (value: unknown, field: string) => number;
  readonly optionalTime: (value: unknown, field: string) => number | undefined;
  readonly object: (value: unknown, field: string) => Readonly<Record<string, unknown>>;
  readonly objects: (value: unknown, field: string) => readonly Readonly<Record<string, unknown>>[];
  readonly texts: (value: unknown) => readonly string[];
}

/** The readers for rows of one list; `what` names it in messages. */
export function fieldReader(what: string): FieldReader {
  const lacks = (field: string) => incomplete(what, `a row without a usable "${field}"`);

  const time = (value: unknown, field: string): number => {
    const instant = typeof value === "string" ? parseTime(value) : undefined;
    if (instant === undefined) throw lacks(field);
    return instant;
  };

  return {
    text: (value, field) => {
      if (typeof value !== "string" || value === "") throw lacks(field);
      return value;
    },
    optionalText: (value) => (typeof value === "string" && value !== "" ? value : undefined),
    time,
    optionalTime: (value, field) => (value === null || value === undefined ? undefined : time(value, field)),
    object: (value, field) => {
      if (!isObject(value)) throw lacks(field);
      return value;
    },
    objects: (value, field) => {
      if (!Array.isArray(value) || !value.every(isObject)) throw lacks(field);
      return value;
    },
    texts: (value) => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []),
  };
}
