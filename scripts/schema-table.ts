import type * as z from "zod/mini";
import { writtenConfig } from "../src/core/config/schema.ts";
import type { SchemaPart } from "../src/core/config/schema-part.ts";

type Schema = z.core.$ZodTypes;

/** The table by which `accepts` tells what the schema has nothing against, as a file of ours. */
export function schemaTableFile(): string {
  const lines = schemaTable().map((part) => `  ${JSON.stringify(part)},`);
  return [
    "/** Made of the schema by `npm run docs`. Each part comes after those that it names; the last is the whole file. */",
    'import type { SchemaPart } from "./schema-part.ts";',
    "",
    "export const SCHEMA_TABLE: readonly SchemaPart[] = [",
    ...lines,
    "];",
    "",
  ].join("\n");
}

/** Every part of the schema once. Throws where the schema has something that the table cannot say. */
function schemaTable(): readonly SchemaPart[] {
  const places = new Map<string, number>();
  const parts: SchemaPart[] = [];
  const place = (schema: z.core.$ZodType): number => {
    const part = partOf(schema as Schema, place);
    if (typeof part === "number") return part;
    const key = JSON.stringify(part);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, parts.length);
    return parts.push(part) - 1;
  };
  place(writtenConfig);
  return parts;
}

/** The part of a schema, or the place of another that stands for it too. */
function partOf(schema: Schema, place: (schema: z.core.$ZodType) => number): SchemaPart | number {
  const { def } = schema._zod;
  switch (def.type) {
    case "optional":
      // Whether a field may be left out is said where it is a field.
      return place(def.innerType);
    case "nullable":
      return { kind: "nullable", of: place(def.innerType) };
    case "union":
      return { kind: "either", of: def.options.map(place) };
    case "boolean":
      return { kind: "boolean" };
    case "literal":
    case "enum":
      return { kind: "words", words: wordsOf(def) };
    case "array":
      return { kind: "list", item: place(def.element), ...listChecks(checksOf(schema)) };
    case "record":
      return { kind: "entries", name: place(def.keyType), value: place(def.valueType) };
    case "object": {
      const fields = Object.entries(def.shape);
      return {
        kind: "fields",
        fields: Object.fromEntries(fields.map(([name, field]) => [name, place(field)])),
        required: fields.flatMap(([name, field]) => ((field as Schema)._zod.def.type === "optional" ? [] : name)),
      };
    }
    case "string":
      return textPart(checksOf(schema));
    case "number":
      return numberPart(checksOf(schema));
    default:
      throw new Error(`the table has no word for ${def.type}`);
  }
}

function wordsOf(def: z.core.$ZodEnumDef | z.core.$ZodLiteralDef<z.core.util.Literal>): readonly (string | number)[] {
  const words: readonly unknown[] = def.type === "enum" ? Object.values(def.entries) : def.values;
  return words.map((word) => {
    if (typeof word === "string" || typeof word === "number") return word;
    throw new Error(`the table has no word for ${String(word)}`);
  });
}

/** What of zod's checks is read here. */
interface Check {
  readonly check: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
  readonly inclusive?: boolean;
}

/** The checks of a schema, which may be one itself. */
function checksOf({ _zod: { def } }: Schema): readonly Check[] {
  const own = "check" in def ? [def as Check] : [];
  return [...own, ...(def.checks ?? []).map((check) => check._zod.def as Check)];
}

/** The values of one of the checks, each of which may be there once. */
function only(checks: readonly Check[], known: readonly string[]): ReadonlyMap<string, Check> {
  for (const { check } of checks) if (!known.includes(check)) throw new Error(`the table has no check ${check}`);
  return new Map(checks.map((check) => [check.check, check]));
}

function listChecks(checks: readonly Check[]) {
  return { min: only(checks, ["min_length"]).get("min_length")?.minimum ?? 0 };
}

function textPart(checks: readonly Check[]): SchemaPart {
  const found = only(checks, ["string_format", "min_length", "max_length", "custom"]);
  const patterns = checks.flatMap(({ check, pattern }) => {
    if (check !== "string_format") return [];
    if (pattern?.flags !== "") throw new Error("the table has patterns without flags alone");
    return pattern.source;
  });
  return {
    kind: "text",
    patterns,
    min: found.get("min_length")?.minimum ?? 0,
    max: found.get("max_length")?.maximum ?? null,
    // Ours is the only check of the kind (core/config/fields.ts).
    shows: found.has("custom"),
  };
}

function numberPart(checks: readonly Check[]): SchemaPart {
  const found = only(checks, ["number_format", "greater_than", "less_than", "multiple_of"]);
  const [min, max, step] = [found.get("greater_than"), found.get("less_than"), found.get("multiple_of")];
  if ((min ?? { inclusive: true }).inclusive !== true || (max ?? { inclusive: true }).inclusive !== true)
    throw new Error("the table has limits that count as well alone");
  if (step && !Number.isInteger(1 / (step.value ?? 0))) throw new Error("the table has parts of one alone");
  // Of what has decimals the schema itself says whether they are too many.
  return {
    kind: "number",
    whole: found.has("number_format") || step !== undefined,
    min: min?.value ?? null,
    max: max?.value ?? null,
  };
}
