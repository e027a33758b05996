import fc from "fast-check";
import { expect, test } from "vitest";
import { maskPiece, maskSecrets, NOTHING_HELD } from "../../../src/core/text/secret.ts";

/** Text that is full of secrets, of their beginnings, and of what almost is one. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "sk-ant-",
        "sk-",
        "api03-",
        "admin01-",
        "fakefakefake",
        "-sandbox-",
        "s",
        "\n",
        " ",
        "é",
        "-",
        "_",
      ),
      fc.constantFrom("sk-ant-api03-fakefakefakefake", "sk-ant-api03-sandbox-fakefakefake", "sk-ant-api03-fak...efak"),
      fc.string({ unit: "grapheme", maxLength: 5 }),
      fc.stringMatching(/^[a-z0-9-]{0,15}$/),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** A text, and where it is cut. */
const cutText = text.chain((whole) =>
  fc.tuple(
    fc.constant(whole),
    fc.array(fc.nat(whole.length), { maxLength: 8 }).map((cuts) => pieces(whole, cuts)),
  ),
);

function pieces(whole: string, cuts: readonly number[]): readonly string[] {
  const at = [0, ...[...cuts].sort((left, right) => left - right), whole.length];
  return at.slice(1).map((end, index) => whole.slice(at[index], end));
}

function masked(parts: readonly string[]) {
  let held = NOTHING_HELD;
  let shown = "";
  for (const part of parts) {
    const next = maskPiece(held, part);
    shown += next.shown;
    held = next.held;
  }
  return { shown, held };
}

test("law: however a text is cut, what is shown in the end is the whole text masked", () => {
  fc.assert(
    fc.property(cutText, ([whole, parts]) => {
      const { shown, held } = masked(parts);
      expect(shown + maskSecrets(held.text)).toBe(maskSecrets(whole));
    }),
    { numRuns: 2000 },
  );
});

test("law: one character at a time is no different", () => {
  fc.assert(
    fc.property(text, (whole) => {
      const { shown, held } = masked(whole.split(""));
      expect(shown + maskSecrets(held.text)).toBe(maskSecrets(whole));
    }),
  );
});

test("law: what is held back is short, or the beginning of a secret", () => {
  fc.assert(
    fc.property(cutText, ([, parts]) => {
      const { held } = masked(parts);
      if (held.begun) expect(held.text).toMatch(/^sk-ant-[a-z]{2,10}\d{2}-[\w-]*$/);
      else expect(held.text).toMatch(/^(?:s[\w-]{0,18})?$/);
    }),
  );
});

test("ordinary text is shown at once", () => {
  for (const part of ["a mutex ", "skeleton", "x".repeat(100_000), "sk-ant is the beginning"]) {
    expect(maskPiece(NOTHING_HELD, part)).toEqual({ shown: part, held: NOTHING_HELD });
  }
});

test("a secret without an end, one character at a time, is masked in the end", () => {
  const { shown, held } = masked(`sk-ant-api03-${"fake".repeat(50_000)}`.split(""));
  expect(shown).toBe("");
  expect(maskPiece(held, ".").shown).toBe("sk-ant-api03-[masked].");
});
