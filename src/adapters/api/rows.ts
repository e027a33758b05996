import * as z from "zod/mini";
import { Failure } from "../../core/model/failure.ts";

import { parseTime } from "../../core/model/time.ts";
import type { UnknownWord } from "../../core/model/unknown-word.ts";

/**
 * The one reader of what the API says, row by row. A row is of the form that is known, or its kind is unknown: a field that
 * cannot be read is never taken for one that is not there, for somewhere in a plan "not there" is permission (no principal:
 * nobody's key; no expiry: for ever; no use: may be disabled). Only what decides nothing (a display name) may be anything.
 */

/** What makes an item of ours out of a row of the API's. */
export type RowSchema<Item> = z.ZodMiniType<Item, unknown>;

/** The item of a row. Throws Failure `incomplete-answer`, which names the field that cannot be read. */
export function readRow<Item>(schema: RowSchema<Item>, row: unknown, what: string): Item {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  throw incomplete(what, field === "" ? "a row is not an object" : `a row without a usable "${field}"`);
}

/** Failure for an answer that cannot be taken as the whole truth. */
export function incomplete(what: string, why: string, cause?: unknown): Failure {
  return new Failure("incomplete-answer", { message: `${what}: ${why}` }, { cause });
}

/** A row: an object that has these fields, and whatever else the API has added since, made into an item of ours. */
export function row<Shape extends z.core.$ZodLooseShape, Item>(
  shape: Shape,
  item: (fields: z.output<z.ZodMiniObject<Shape, z.core.$strip>>) => Item,
): RowSchema<Item> {
  return z.pipe(z.object(shape), z.transform(item));
}

/** A string that is not empty: ids, names, and the words of the API, new ones included. */
export const text = z.string().check(z.minLength(1));

/** For people to read, and for nothing else: what is no text is none. */
export const caption = z.catch(z.optional(text), undefined);

/** Null is the API's own "there is none"; a field that is missing is not. */
export const textOrNone = z.nullable(text);

/** Epoch milliseconds, from a time as RFC 3339 writes it: what JavaScript takes for a date besides ("7") is none. */
export const time = z.pipe(
  z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/)),
  z.transform((written, context) => {
    const instant = parseTime(written);
    if (instant !== undefined) return instant;
    context.issues.push({ code: "custom", message: "not a time", input: written });
    return z.NEVER;
  }),
);

export const timeOrNone = z.nullable(time);

/** How much or how often: a whole number that is not negative. */
export const count = z.int().check(z.nonnegative());

/**
 * A value that its `type` tells apart. A word that is new is kept as an unknown one, so that nobody takes its object for
 * another; a word that is known and has not what belongs to it makes the row unreadable.
 */
export function byType<Known extends Readonly<Record<string, z.ZodMiniType<object>>>>(
  known: Known,
): z.ZodMiniType<z.output<Known[keyof Known]> | UnknownWord, unknown> {
  return z.pipe(
    z.looseObject({ type: text }),
    z.transform((value, context) => {
      const schema = Object.hasOwn(known, value.type) ? known[value.type] : undefined;
      if (schema === undefined) return { type: "unknown" as const, word: value.type };
      const parsed = schema.safeParse(value);
      return parsed.success ? (parsed.data as z.output<Known[keyof Known]>) : unreadable(parsed.error, context);
    }),
  );
}

/** Hands on what a schema inside a transformation found: the row is not readable, and these are its fields. */
export function unreadable({ issues }: z.core.$ZodError, context: z.core.ParsePayload): never {
  for (const { path, message } of issues) context.issues.push({ code: "custom", path, message, input: undefined });
  return z.NEVER;
}

/** A field that may be absent in our model: null and undefined are left out of the object. */
export function present<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { readonly [Name in Key]?: Value } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
}
