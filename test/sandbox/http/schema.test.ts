import { expect, test } from "vitest";
import * as z from "zod/mini";
import { datetime, integer, number, read, ShapeError, text } from "../../../src/sandbox/http/schema.ts";

const schema = z.strictObject({
  name: text(1, 3),
  size: z.exactOptional(integer(1, 9)),
  share: z.exactOptional(number(0, 1)),
  kind: z.exactOptional(z.enum(["a", "b"])),
  color: z.exactOptional(z.string().check(z.regex(/^#\d$/))),
  at: z.exactOptional(datetime),
  on: z.exactOptional(z.boolean()),
  list: z.exactOptional(z.array(z.strictObject({ id: text(1) })).check(z.minLength(1), z.maxLength(2))),
  map: z.exactOptional(z.record(z.string(), text())),
  either: z.exactOptional(z.union([z.array(z.literal("us")), z.literal("everywhere")])),
  scope: z.exactOptional(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("all") }),
      z.strictObject({ type: z.literal("one"), id: text() }),
    ]),
  ),
});

function problem(value: unknown): string {
  try {
    read(schema, value);
    return "fine";
  } catch (error) {
    if (error instanceof ShapeError) return error.message;
    throw error;
  }
}

test("what does not fit is said in the words of the API, by its place", () => {
  const named = (more: object) => problem({ name: "n", ...more });
  expect(named({ size: 3, share: 0.5, list: [{ id: "1" }], map: { a: "b" }, either: ["us"] })).toBe("fine");
  expect(problem(undefined)).toBe("Input should be a valid dictionary");
  expect(problem([])).toBe("Input should be a valid dictionary");
  expect(problem({})).toBe("name: Field required");
  expect(problem({ name: 1 })).toBe("name: Input should be a valid string");
  expect(problem({ name: "" })).toBe("name: String should have at least 1 characters");
  expect(problem({ name: "long" })).toBe("name: String should have at most 3 characters");
  expect(named({ size: 1.5 })).toBe("size: Input should be a valid integer");
  expect(named({ size: "1" })).toBe("size: Input should be a valid integer");
  expect(named({ size: 0 })).toBe("size: Input should be greater than or equal to 1");
  expect(named({ share: 2 })).toBe("share: Input should be less than or equal to 1");
  expect(named({ kind: "c" })).toBe("kind: Input should be 'a', 'b'");
  expect(named({ color: "red" })).toBe("color: String should match pattern '^#\\d$'");
  expect(named({ at: "soon" })).toBe("at: Input should be a valid datetime");
  expect(named({ on: 1 })).toBe("on: Input should be a valid boolean");
  expect(named({ list: {} })).toBe("list: Input should be a valid list");
  expect(named({ list: [] })).toBe("list: List should have at least 1 items");
  expect(named({ list: [{ id: "1" }, {}] })).toBe("list[1].id: Field required");
  expect(named({ map: { a: 1 } })).toBe("map.a: Input should be a valid string");
  expect(named({ either: "nowhere" })).toBe("either: Input should be 'everywhere'");
  expect(named({ scope: { type: "none" } })).toBe("scope.type: Input should be 'all', 'one'");
  expect(named({ scope: { type: "one" } })).toBe("scope.id: Field required");
});

test("an unknown field is named before what is wrong beside it, and below what is wrong above it", () => {
  expect(problem({ extra: 1 })).toBe("extra: Extra inputs are not permitted");
  expect(problem({ name: 1, list: [{ id: "1", extra: 1 }] })).toBe("name: Input should be a valid string");
  expect(problem({ name: "n", list: [{ extra: 1 }] })).toBe("list[0].extra: Extra inputs are not permitted");
});
