import fc from "fast-check";
import { expect, test } from "vitest";
import { Headers as Plain } from "../../../src/adapters/api/headers.ts";
import { anyCharacter } from "../../support/any-character.ts";

/** Few names, so that they meet, in any case; and what no name is. */
const name = fc.constantFrom(
  "accept",
  "Accept",
  "X-b",
  "x-B",
  "set-cookie",
  "Set-Cookie",
  "a_b!",
  "",
  "a b",
  "a:b",
  "ä",
);
const value = fc.oneof(
  fc.constantFrom("", "a", " a\t", "\r\na", "a, b", "a\nb", "a\rb", "a\0b", "ÿ", "Ā", "a b", "\u2028", "\x7f", "\f"),
  fc.string({ unit: anyCharacter, maxLength: 4 }),
);
const step = fc.oneof(
  fc.record({ verb: fc.constantFrom("append", "set"), name, value }),
  fc.record({ verb: fc.constantFrom("get", "has", "delete"), name, value: fc.constant("") }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What a step answers, and what everybody then sees; only that it throws, for the sentences differ. */
function played(headers: Headers, { verb, name, value }: Step): unknown {
  try {
    const answer = verb === "append" || verb === "set" ? headers[verb](name, value) : headers[verb as "get"](name);
    const each: string[][] = [];
    headers.forEach((text, key) => void each.push([key, text]));
    return {
      answer,
      each,
      all: [...headers],
      keys: [...headers.keys()],
      values: [...headers.values()],
      cookies: headers.getSetCookie(),
    };
  } catch (error) {
    return error instanceof TypeError;
  }
}

/** What comes of headers that are made of something. */
function made(make: () => Headers): unknown {
  try {
    return [...make().entries()];
  } catch (error) {
    return error instanceof TypeError;
  }
}

test("headers of our own do what node's do, whatever is done to them", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const [ours, nodes] = [new Plain(), new Headers()];
      for (const one of steps) expect(played(ours, one)).toEqual(played(nodes, one));
    }),
  );
});

test("they are made of what node's are made of", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (pairs) => {
      const record = Object.fromEntries(pairs);
      expect(made(() => new Plain(pairs))).toEqual(made(() => new Headers(pairs)));
      expect(made(() => new Plain(record))).toEqual(made(() => new Headers(record)));
    }),
  );
  const nodes = new Headers({ b: "1", a: "2" });
  expect([...new Plain(nodes)]).toEqual([...nodes]);
  expect([...new Plain(new Plain(nodes))]).toEqual([...nodes]);
  expect([...new Headers(new Plain(nodes))]).toEqual([...nodes]);
  expect([...new Plain()]).toEqual([]);
});
