import * as z from "zod/mini";

/** A value of the wrong shape. `path` is where, in dots and brackets; empty at the root. */
export class ShapeError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(path === "" ? message : `${path}: ${message}`);
    this.name = "ShapeError";
    this.path = path;
  }
}

/** Reads a value from outside. Throws a ShapeError for the first thing that is wrong, in the words of the API. */
export function read<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value, { error: wordsOf });
  if (result.success) return result.data;
  const { path, message } = firstOf(result.error.issues);
  throw new ShapeError(writtenPath(path), message);
}

/** The first thing that is wrong with a value, or undefined: for a check that looks further into one part of a value. */
export function problemOf(schema: z.core.$ZodType, value: unknown): Problem | undefined {
  const result = z.safeParse(schema, value, { error: wordsOf });
  return result.success ? undefined : firstOf(result.error.issues);
}

type RawIssue = z.core.$ZodRawIssue;

/** A string of `min` to `max` characters. */
export function text(min = 0, max = Number.MAX_SAFE_INTEGER): z.ZodMiniString {
  return z.string().check(z.minLength(min), z.maxLength(max));
}

/** A whole number between `min` and `max`. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): z.ZodMiniNumberFormat {
  const error = ({ code, input }: RawIssue) =>
    code === "invalid_type" && input !== undefined ? "Input should be a valid integer" : undefined;
  return z.int({ error }).check(z.gte(min), z.lte(max));
}

/** A number between `min` and `max`. */
export function number(min: number, max: number): z.ZodMiniNumber {
  return z.number().check(z.gte(min), z.lte(max));
}

/** An RFC 3339 date and time, returned as it was written. */
export const datetime = z.string().check(
  z.refine((written) => /^\d{4}-\d\d-\d\d[Tt ]/.test(written) && !Number.isNaN(Date.parse(written)), {
    error: "Input should be a valid datetime",
  }),
);

const EXPECTED: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  boolean: "boolean",
  array: "list",
  object: "dictionary",
  record: "dictionary",
};

/** What the API says of a field that does not fit. Source: its error texts are those of Pydantic. */
function wordsOf(issue: RawIssue): string {
  const isField = (issue.path ?? []).length > 0;
  if (isField && issue.input === undefined && issue.code !== "unrecognized_keys") return "Field required";
  switch (issue.code) {
    case "invalid_type":
      return `Input should be a valid ${EXPECTED[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return oneOf(issue.values);
    case "unrecognized_keys":
      return "Extra inputs are not permitted";
    case "too_small":
      return bound(issue, "least", "greater", issue.minimum);
    case "too_big":
      return bound(issue, "most", "less", issue.maximum);
    case "invalid_format":
      return `String should match pattern '${String(issue.pattern).replace(/^\/|\/$/g, "")}'`;
    case "invalid_union":
      return oneOf(Array.isArray(issue.options) ? issue.options : []);
    default:
      return "Input is not valid";
  }
}

function oneOf(values: readonly unknown[]): string {
  return `Input should be ${values.map((value) => `'${String(value)}'`).join(", ")}`;
}

function bound({ origin }: { readonly origin: string }, most: string, than: string, limit: number | bigint): string {
  if (origin === "string") return `String should have at ${most} ${limit} characters`;
  if (origin === "array") return `List should have at ${most} ${limit} items`;
  return `Input should be ${than} than or equal to ${limit}`;
}

type Issue = z.core.$ZodIssue;
interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** An unknown field is named before anything that is wrong with its known neighbours; of a union the last form speaks. */
function firstOf(issues: readonly Issue[]): Problem {
  const [first] = issues;
  if (first === undefined) return { path: [], message: "Input is not valid" };
  const unknown = issues.find(
    ({ code, path }) => code === "unrecognized_keys" && path.every((part, at) => part === first.path[at]),
  );
  const chosen = unknown ?? first;
  if (chosen.code === "unrecognized_keys") {
    return { path: [...chosen.path, ...chosen.keys.slice(0, 1)], message: chosen.message };
  }
  const last = chosen.code === "invalid_union" ? chosen.errors.at(-1) : undefined;
  if (last === undefined) return chosen;
  const { path, message } = firstOf(last);
  return { path: [...chosen.path, ...path], message };
}

function writtenPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, part) => {
    if (typeof part === "number") return `${written}[${part}]`;
    return written === "" ? String(part) : `${written}.${String(part)}`;
  }, "");
}
