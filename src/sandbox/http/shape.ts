import { badRequest } from "./errors.ts";

/** Reads a value from outside: returns it typed, or throws a ShapeError that names the place. */
export type Check<T> = (value: unknown, path: string) => T;

/** A field that may be left out. */
export interface OptionalField<T> {
  readonly optional: Check<T>;
}

type Fields = Readonly<Record<string, Check<unknown> | OptionalField<unknown>>>;

type Simplify<T> = { [K in keyof T]: T[K] };

/** The type that `object(fields)` reads. */
export type ObjectOf<F extends Fields> = Simplify<
  { [K in keyof F as F[K] extends OptionalField<unknown> ? never : K]: F[K] extends Check<infer T> ? T : never } & {
    [K in keyof F as F[K] extends OptionalField<unknown> ? K : never]?: F[K] extends OptionalField<infer T> ? T : never;
  }
>;

/** A value of the wrong shape. `path` is where, in dots and brackets; empty at the root. */
export class ShapeError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(path === "" ? message : `${path}: ${message}`);
    this.name = "ShapeError";
    this.path = path;
  }
}

/** Marks a field that may be left out. A field sent as `undefined` counts as left out. */
export function optional<T>(check: Check<T>): OptionalField<T> {
  return { optional: check };
}

/** A string of `min` to `max` characters. */
export function text(min = 0, max = Number.POSITIVE_INFINITY): Check<string> {
  return (value, path) => {
    if (typeof value !== "string") throw new ShapeError(path, "Input should be a valid string");
    if (value.length < min) throw new ShapeError(path, `String should have at least ${min} characters`);
    if (value.length > max) throw new ShapeError(path, `String should have at most ${max} characters`);
    return value;
  };
}

/** A string that matches `pattern`. */
export function matching(pattern: RegExp): Check<string> {
  return (value, path) => {
    const read = text()(value, path);
    if (!pattern.test(read)) throw new ShapeError(path, `String should match pattern '${pattern.source}'`);
    return read;
  };
}

/** An RFC 3339 date and time, returned as it was written. */
export const datetime: Check<string> = (value, path) => {
  const read = text()(value, path);
  if (!/^\d{4}-\d\d-\d\d[Tt ]/.test(read) || Number.isNaN(Date.parse(read))) {
    throw new ShapeError(path, "Input should be a valid datetime");
  }
  return read;
};

/** A whole number between `min` and `max`. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): Check<number> {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw new ShapeError(path, "Input should be a valid integer");
    }
    if (value < min) throw new ShapeError(path, `Input should be greater than or equal to ${min}`);
    if (value > max) throw new ShapeError(path, `Input should be less than or equal to ${max}`);
    return value;
  };
}

/** A finite number between `min` and `max`. */
export function number(min: number, max: number): Check<number> {
  return (value, path) => {
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      throw new ShapeError(path, `Input should be a number from ${min} to ${max}`);
    }
    return value;
  };
}

/** `true` or `false`. */
export const boolean: Check<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw new ShapeError(path, "Input should be a valid boolean");
  return value;
};

/** Any JSON value, unread. */
export const anything: Check<unknown> = (value) => value;

/** One of the words or numbers given. */
export function oneOf<const W extends readonly (string | number)[]>(...words: W): Check<W[number]> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found === undefined) {
      throw new ShapeError(path, `Input should be ${words.map((word) => `'${word}'`).join(", ")}`);
    }
    return found;
  };
}

/** What `check` reads, or null. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, path) => (value === null ? null : check(value, path));
}

/** What the first of the checks that fits reads; the last one's error when none does. */
export function either<A, B>(first: Check<A>, second: Check<B>): Check<A | B> {
  return (value, path) => {
    try {
      return first(value, path);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      return second(value, path);
    }
  };
}

/** An array of `min` to `max` entries. */
export function listOf<T>(check: Check<T>, min = 0, max = Number.POSITIVE_INFINITY): Check<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, "Input should be a valid list");
    if (value.length < min) throw new ShapeError(path, `List should have at least ${min} items`);
    if (value.length > max) throw new ShapeError(path, `List should have at most ${max} items`);
    return value.map((entry, at) => check(entry, `${path}[${at}]`));
  };
}

/** An object with free keys. */
export function mapOf<T>(check: Check<T>): Check<Record<string, T>> {
  return (value, path) => {
    const entries = Object.entries(plain(value, path));
    return Object.fromEntries(entries.map(([key, entry]) => [key, check(entry, join(path, key))]));
  };
}

/** An object with exactly these fields: an unknown one is refused by name, as the API does. */
export function object<F extends Fields>(fields: F): Check<ObjectOf<F>> {
  return (value, path) => {
    const given = plain(value, path);
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(fields, name)) throw new ShapeError(join(path, name), "Extra inputs are not permitted");
    }
    const read: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      const present = Object.hasOwn(given, name) && given[name] !== undefined;
      if (typeof field !== "function") {
        if (present) read[name] = field.optional(given[name], join(path, name));
      } else if (present) {
        read[name] = field(given[name], join(path, name));
      } else {
        throw new ShapeError(join(path, name), "Field required");
      }
    }
    return read as ObjectOf<F>;
  };
}

function plain(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(path, "Input should be a valid dictionary");
  }
  return value as Readonly<Record<string, unknown>>;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** Query parameters as sent: a name such as `roles[]` may come several times. */
export type Query = ReadonlyMap<string, readonly string[]>;

/** Reads the query string; a parameter that the endpoint does not know is a 400 that names it. */
export function parseQuery(search: string, allowed: readonly string[]): Query {
  const query = new Map<string, string[]>();
  if (search === "") return query;
  for (const [name, value] of new URLSearchParams(search)) {
    if (!allowed.includes(name)) throw badRequest(`${name}: Extra inputs are not permitted`);
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else if (name.endsWith("[]")) values.push(value);
    else throw badRequest(`${name}: was given more than once`);
  }
  return query;
}

/** One value, or undefined when it was not given. */
export function param(query: Query, name: string): string | undefined {
  return query.get(name)?.[0];
}

/** All values of `name[]`; undefined when there are none. */
export function params(query: Query, name: string): readonly string[] | undefined {
  return query.get(`${name}[]`);
}

/** A `true` or `false` parameter; false when it was not given. */
export function flag(query: Query, name: string): boolean {
  const value = param(query, name);
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw badRequest(`${name}: Input should be a valid boolean`);
}

/** A whole number between 1 and `max`; undefined when it was not given. */
export function count(query: Query, name: string, max: number): number | undefined {
  const value = param(query, name);
  if (value === undefined) return undefined;
  const read = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(read >= 1 && read <= max)) throw badRequest(`${name}: Input should be a whole number from 1 to ${max}`);
  return read;
}

/** One of the words given; undefined when it was not given. */
export function word<const W extends readonly string[]>(query: Query, name: string, words: W): W[number] | undefined {
  const value = param(query, name);
  if (value === undefined) return undefined;
  return oneOfWords(name, value, words);
}

/** All values of `name[]`, each one of the words given; undefined when there are none. */
export function words<const W extends readonly string[]>(
  query: Query,
  name: string,
  known: W,
): readonly W[number][] | undefined {
  return params(query, name)?.map((value) => oneOfWords(`${name}[]`, value, known));
}

/** A time in milliseconds since 1970; undefined when it was not given. */
export function time(query: Query, name: string): number | undefined {
  const value = param(query, name);
  if (value === undefined) return undefined;
  const read = Date.parse(value);
  if (Number.isNaN(read) || !/^\d{4}-\d\d-\d\d/.test(value)) {
    throw badRequest(`${name}: Input should be a valid datetime`);
  }
  return read;
}

function oneOfWords<W extends readonly string[]>(name: string, value: string, known: W): W[number] {
  if (known.includes(value)) return value;
  throw badRequest(`${name}: Input should be ${known.map((entry) => `'${entry}'`).join(", ")}`);
}
