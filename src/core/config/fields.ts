import * as z from "zod/mini";
import { DURATION } from "../model/time.ts";
import { hiddenInName } from "../text/hidden.ts";
import { EMAIL, LONGEST_EMAIL } from "../text/identity.ts";
import { PLAIN_TEXT, SLUG } from "./formats.ts";

/** The smallest parts of the schema of rbac.yaml, which all of its sections share. */

// One instance of each, and descriptions put beside a schema, not into a copy of it: making schemas is what costs at start.
/** Identifiers hold no character that does not show: two that look the same would be two. Editors cannot check that. */
export const shows = z.refine<string>((name) => hiddenInName(name) === undefined);
/** What is there to be read, such as a reason. */
export const prose = z.string().check(z.regex(PLAIN_TEXT), z.maxLength(1000));
export const text = z.string().check(z.regex(PLAIN_TEXT), z.maxLength(255), shows);
/**
 * Names of keys are longer in the API than other names: 500 characters, of which a rotation takes up to 18 for its label
 * (`@disabled-20261130`). Source: the SDK's types for updating an API key.
 */
export const keyName = z.string().check(z.regex(PLAIN_TEXT), z.maxLength(482), shows);
export const email = z.string().check(z.regex(EMAIL), z.maxLength(LONGEST_EMAIL), shows);
export const day = z.iso.date();
export const duration = z.string().check(z.regex(DURATION));
/** What something was called before may be what it is renamed for: nothing is asked of it. */
const formerName = z.string().check(z.regex(PLAIN_TEXT), z.maxLength(500));
export const names = z.union([formerName, z.array(formerName)]);
export const count = z.int().check(z.gte(0));
export const positive = z.int().check(z.gte(1));

/** A field that may be left out. */
export function optional<Schema extends z.ZodMiniType>(schema: Schema, description: string): z.ZodMiniOptional<Schema> {
  return described(z.optional(schema), description);
}

/** A mapping or list that may be left out, or be there with nothing in it. */
export function bare<Schema extends z.ZodMiniType>(schema: Schema, description: string) {
  return optional(z.nullable(schema), description);
}

/** A field that must be there: a copy of its schema, which other fields may share. */
export function required<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  return described(schema.clone(), description);
}

function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

/** The words of a table of captions, as an enum. */
export const words = <Word extends string>(table: Readonly<Record<Word, unknown>>) =>
  z.enum(Object.keys(table) as [Word, ...Word[]]);

/** The name of a machine's account. */
export const slug = z.string().check(z.regex(SLUG), z.maxLength(255));
