import { maskCredentials } from "./credential-shape.ts";

/** Order of code units: the same on every machine, whatever its locale. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Items by what `keyOf` says of each, groups and items in the order in which they came. */
export function groupBy<Key, Item>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) addTo(groups, keyOf(item), item);
  return groups;
}

/** Puts an item at the end of the list that a key has, or begins that list. */
export function addTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** The texts that a list has more than once. */
export function repeated(texts: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(texts.filter((text) => seen.has(text) || !seen.add(text)));
}

/** `make`, which is asked once for each file, snapshot or list of theirs and then remembered: none of them ever changes. */
export function onceFor<Given extends object, Made extends object>(
  make: (given: Given) => Made,
): (given: Given) => Made {
  const made = new WeakMap<Given, Made>();
  return (given) => {
    const known = made.get(given) ?? make(given);
    made.set(given, known);
    return known;
  };
}

/** An object of JSON, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The most characters of a value that a message quotes. */
const LONGEST_QUOTE = 80;

/** Of a longer value no more is looked through for secrets: they are near the beginning of what is quoted, or not in it. */
const LONGEST_LOOK = 1000;

/** A text as a message quotes it: cut where it is long, never through a character, and without the secrets of other programs. */
export function cut(value: string): string {
  const text = maskCredentials(value.slice(0, LONGEST_LOOK)) + value.slice(LONGEST_LOOK);
  if (text.length <= LONGEST_QUOTE) return text;
  const end = LONGEST_QUOTE - 1;
  // Not the first half of a pair without the second.
  return `${text.slice(0, /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end)}…`;
}

/** A text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return `"${cut(text)}"`;
}

/** The most characters of a path that a message quotes. */
const LONGEST_PATH = 400;

/** A path in quotes. Of one that is too long the end stays: it names the file. */
export function quotedPath(path: string): string {
  if (path.length <= LONGEST_PATH) return `"${maskCredentials(path)}"`;
  const end = maskCredentials(path.slice(1 - LONGEST_PATH));
  // Not the second half of a pair without the first.
  return `"…${/^[\udc00-\udfff]/.test(end) ? end.slice(1) : end}"`;
}

/** A text as a document or a message holds it: cut after `longest` characters, never through one, and then it says how many more there are. */
export function cutAt(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(longest - 1)) ? longest - 1 : longest;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

/** One text for one value, whatever order its fields and entries came in. There may be tens of thousands of them. */
export function canonicalText(value: unknown): string {
  return canonical(value, new Map());
}

/** The same of each of many values, which mostly have the same fields. */
export function canonicalTexts(values: readonly unknown[]): string[] {
  const shapes: Shapes = new Map();
  return values.map((value) => (isInOrder(value) ? JSON.stringify(value) : canonical(value, shapes)));
}

/**
 * Whether the JSON of a value is its canonical text as it is: it came with its fields in their order. What there may be hundreds of
 * thousands of is made so, and is written in a fifth of the time.
 */
function isInOrder(value: unknown): boolean {
  if (typeof value !== "object") return typeof value === "number" || typeof value === "boolean";
  if (value === null) return true;
  // A list has an order of its own, and what else is no plain object none.
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  let last: string | undefined;
  for (const name in fields) {
    if (last !== undefined && name < last) return false;
    last = name;
    const field = fields[name];
    if (typeof field !== "string" && !isInOrder(field)) return false;
  }
  return true;
}

/** The names of an object's fields as they came and, in their order, as they are and as they are written. */
interface Shape {
  readonly names: readonly string[];
  readonly sorted: readonly (readonly [name: string, written: string])[];
}

type Shapes = Map<string, Shape>;

function shapeOf(fields: object, shapes: Shapes): Shape["sorted"] {
  const names = Object.keys(fields);
  const together = names.join();
  const known = shapes.get(together);
  // A name may hold a comma.
  if (known && known.names.length === names.length && known.names.every((name, index) => name === names[index]))
    return known.sorted;
  const sorted = names.toSorted().map((name) => [name, `${JSON.stringify(name)}:`] as const);
  shapes.set(together, { names, sorted });
  return sorted;
}

function canonical(value: unknown, shapes: Shapes): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (value instanceof Map) return canonical(Object.fromEntries(value), shapes);
  if (value instanceof Set) return canonical([...value], shapes);
  if (Array.isArray(value))
    return `[${value
      .map((item) => canonical(item, shapes))
      .sort()
      .join(",")}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  const parts: string[] = [];
  for (const [name, written] of shapeOf(fields, shapes)) {
    const field = fields[name];
    if (field === undefined || typeof field === "function") continue;
    parts.push(parts.length === 0 ? "{" : ",", written, canonical(field, shapes));
  }
  // At once: put together one by one it would keep a tree of its parts, three times as large as the text.
  if (parts.length === 0) parts.push("{");
  parts.push("}");
  return parts.join("");
}
