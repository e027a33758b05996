import { badRequest } from "./errors.ts";

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
