import { hiddenInName } from "../text/hidden.ts";
import { isObject } from "../text/text.ts";
import type { WrittenConfig } from "./schema.ts";
import type { SchemaPart } from "./schema-part.ts";
import { SCHEMA_TABLE } from "./schema-table.ts";

/**
 * Whether the schema has nothing against a value, by a table that is made from it: the schema itself, which says what is wrong and
 * where, takes a multiple of the time to load. What this does not accept may be right all the same (an amount with decimals); what it
 * accepts is.
 */
export function accepts(value: unknown): value is WrittenConfig {
  return holds(SCHEMA_TABLE.length - 1, value);
}

function holds(place: number, value: unknown): boolean {
  const part = SCHEMA_TABLE[place];
  return part !== undefined && fits(part, value);
}

function fits(part: SchemaPart, value: unknown): boolean {
  switch (part.kind) {
    case "text":
      return typeof value === "string" && isText(part, value);
    case "words":
      return (typeof value === "string" || typeof value === "number") && part.words.includes(value);
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" && isNumber(part, value);
    case "list":
      return Array.isArray(value) && value.length >= part.min && value.every((item) => holds(part.item, item));
    case "either":
      return part.of.some((place) => holds(place, value));
    case "nullable":
      return value === null || holds(part.of, value);
    case "entries":
      return (
        isObject(value) && Object.keys(value).every((name) => holds(part.name, name) && holds(part.value, value[name]))
      );
    case "fields":
      return isObject(value) && hasFields(part, value);
  }
}

function hasFields(
  { fields, required }: Extract<SchemaPart, { readonly kind: "fields" }>,
  value: Readonly<Record<string, unknown>>,
): boolean {
  if (!required.every((name) => Object.hasOwn(value, name))) return false;
  return Object.keys(value).every((name) => {
    const place = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return place === undefined ? name.startsWith("x-") : holds(place, value[name]);
  });
}

const expressions = new Map<string, RegExp>();

function expression(source: string): RegExp {
  let made = expressions.get(source);
  if (!made) {
    made = new RegExp(source);
    expressions.set(source, made);
  }
  return made;
}

function isText({ patterns, min, max, shows }: Extract<SchemaPart, { readonly kind: "text" }>, text: string): boolean {
  if (text.length < min || (max !== null && text.length > max)) return false;
  return patterns.every((source) => expression(source).test(text)) && !(shows && hiddenInName(text) !== undefined);
}

function isNumber({ whole, min, max }: Extract<SchemaPart, { readonly kind: "number" }>, number: number): boolean {
  if (whole ? !Number.isSafeInteger(number) : !Number.isFinite(number)) return false;
  return (min === null || number >= min) && (max === null || number <= max);
}
