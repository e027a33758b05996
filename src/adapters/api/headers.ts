/** A name of a header. Source: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** What stands around a value and is not of it; what may not be in one. Source: https://fetch.spec.whatwg.org/#concept-header-value */
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const IN_NO_VALUE = /[\0\r\n]|[^\0-\xff]/;

const COOKIE = "set-cookie";

/**
 * The Headers of fetch. Node loads all of its fetch for its own, which takes a quarter of the time until a request leaves, and no request of
 * ours needs anything else of it. In the built program it takes the place of node's in packages too (scripts/bundle.ts).
 */
export class Headers implements globalThis.Headers {
  readonly #values = new Map<string, readonly string[]>();

  constructor(init?: ConstructorParameters<typeof globalThis.Headers>[0]) {
    const pairs = init && Symbol.iterator in init ? init : Object.entries(init ?? {});
    for (const [name = "", value] of pairs) this.append(name, String(value));
  }

  append(name: string, value: string): void {
    const key = fieldName(name);
    this.#values.set(key, [...(this.#values.get(key) ?? []), fieldValue(value)]);
  }

  set(name: string, value: string): void {
    this.#values.set(fieldName(name), [fieldValue(value)]);
  }

  delete(name: string): void {
    this.#values.delete(fieldName(name));
  }

  get(name: string): string | null {
    return this.#values.get(fieldName(name))?.join(", ") ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(fieldName(name));
  }

  getSetCookie(): string[] {
    return [...(this.#values.get(COOKIE) ?? [])];
  }

  forEach(callback: (value: string, name: string, all: globalThis.Headers) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? [];
      // The one header that cannot be one line.
      for (const value of name === COOKIE ? values : [values.join(", ")]) yield [name, value];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

function fieldName(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`"${name}" is no name of a header`);
  return name.toLowerCase();
}

function fieldValue(value: string): string {
  const trimmed = value.replaceAll(AROUND, "");
  if (IN_NO_VALUE.test(trimmed)) throw new TypeError("a header may not hold such a value");
  return trimmed;
}
