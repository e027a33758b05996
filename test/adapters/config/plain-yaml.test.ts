import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Lexer } from "yaml";
import { bigConfig } from "../../../bench/big-config.ts";
import { parseConfigText } from "../../../src/adapters/config/config-text.ts";
import { readPlainYaml } from "../../../src/adapters/config/plain-yaml.ts";
import { plainConfigText } from "../../../src/adapters/config/read-config-text.ts";
import { yamlText } from "../../../src/adapters/config/yaml-text.ts";
import type { ConfigPath } from "../../../src/core/model/finding.ts";
import { validConfig } from "../../support/random-config.ts";

/** Every path of a value, and beside each one that leads nowhere. */
function pathsOf(value: unknown, path: ConfigPath = []): ConfigPath[] {
  const inner =
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([name, item]) =>
          pathsOf(item, [...path, Array.isArray(value) ? Number(name) : name]),
        );
  return [path, [...path, "nowhere"], ...inner];
}

/** What both readers make of a text. The plain one may leave it to the other, and says nothing else. */
function compared(text: string): "left" | "same" {
  const bytes = new TextEncoder().encode(text);
  const plain = plainConfigText(bytes);
  if (!plain) return "left";
  const whole = parseConfigText(bytes);
  const differences = pathsOf(whole.value).flatMap((path) =>
    [true, false].flatMap((atKey) => {
      const [one, other] = [plain.locate(path, atKey), whole.locate(path, atKey)];
      return one?.line === other?.line && one?.column === other?.column ? [] : { path, atKey, one, other };
    }),
  );
  expect({ ...plain, locate: differences }).toEqual({ value: whole.value, findings: whole.findings, locate: [] });
  // Also in what `toEqual` does not see: the order of keys, and a zero's sign.
  expect(isDeepStrictEqual(plain.value, whole.value)).toBe(true);
  expect(JSON.stringify(plain.value)).toBe(JSON.stringify(whole.value));
  return "same";
}

/** Mistakes and liberties of whoever writes YAML by hand. */
const PIECES = [
  ..."\n,:-?#&*!|>'\"%@`~[]{}\\ \t\r".split(""),
  ..."  ¦: ¦- ¦? ¦ #c¦#c¦\n\n¦\r\n¦---\n¦...\n¦\n...\n¦%YAML 1.2\n¦&a ¦*a¦!t ¦!!str ¦|\n¦>-\n¦|2\n¦''¦\"\"¦\\n¦\\x41¦\\\n¦<<: ".split(
    "¦",
  ),
  ..."0¦-0¦+1¦010¦0o17¦0x1F¦1_000¦1e3¦1e400¦.5¦5.¦-.5e-3¦.inf¦-.INF¦.nan¦1:30¦2026-01-31¦12345678901234567890".split(
    "¦",
  ),
  ..."null¦Null¦~¦true¦True¦yes¦no¦on¦off¦NaN¦é¦😀¦\u0085¦\u2028¦\ufeff¦\u0000¦constructor¦__proto__: 1".split("¦"),
];

/** Small documents of all that YAML has, in the forms that a generator of text seldom meets. */
const DOCUMENTS = [
  "a: 1\nb:\n  - x\n  - y: z\n    w: 'q'\n  - [u, v: 1, {k: l}]\nc: {d: e, f}\n",
  "a: |\n  one\n   two\n\n  three\nb: >-\n  four\n  five\n\n  six\nc: # why | not\n  |+\n  seven\n\n",
  "? a\n: b\n? - c\n: d\n",
  "'a b': \"c\\td\\u00e9\"\n\"e\": 'it''s'\n",
  "a:\n- 1\n-\n- - 2\n  - 3\n",
  "a: b\n  c\n  d\ne: 'f\n  g'\nh: \"i\n\n  j\"\n",
  '{"a": [1, 2.50, -3e2, true, null, "x"], "b": {}, "c": []}',
  "a: {\n  b: c,\n  d: [\n    e,\n  ],\n}\n",
  "# first\na: 1 # behind\n  # deeper\n# last\nb:\n",
  "a: b: c\n",
  `a:\n${"  ".repeat(30)}b: c\n`,
  `${"[".repeat(30)}${"]".repeat(30)}`,
  `${"k".repeat(1100)}: 1\n`,
  "plain",
  "'quoted'",
  "",
  "~",
  "- a\n- b\n",
  "|2\n\n a\n",
  ">1\n a\n",
];

const files = ["rbac.example.yaml", "rbac.test.yaml", ...yamlFiles("examples")].map((file) =>
  readFileSync(file, "utf8"),
);

function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

/** A part of a document with some pieces put in, or some characters taken out. */
const mutated = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...DOCUMENTS, ...files),
      validConfig.map((config) => JSON.stringify(config, null, 1)),
    ),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fc.constantFrom("", ...PIECES)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([text, changes]) =>
    changes.reduce(
      (before, [where, length, piece]) => {
        const at = Math.floor(where * before.length);
        return before.slice(0, at) + piece + before.slice(at + (piece === "" ? length : 0));
      },
      text.slice(0, 800),
    ),
  );

const composed = fc
  .array(fc.constantFrom("a", "b", "k: ", "\n  ", "\n", ", ", ...PIECES), { maxLength: 25 })
  .map((all) => all.join(""));

describe("plain YAML", () => {
  test("is what files are written in: every example of ours, what export writes, and JSON", () => {
    for (const text of files) expect(compared(text)).toBe("same");
    fc.assert(
      fc.property(validConfig, (config) => {
        expect(compared(JSON.stringify(config, null, 2))).toBe("same");
      }),
      { numRuns: 10 },
    );
    const name = (text: string) => ({ key: text, value: text });
    const entries = ["a", "no", "1", "é", "a: b", "# c", "- d", "'", "x\ny"].map(name);
    expect(compared(yamlText({ head: ["head"], root: { kind: "map", entries } }))).toBe("same");
  });

  test("means the same to both readers, at the same places, in forms that are seldom written", () => {
    const kinds = DOCUMENTS.map(compared);
    expect(kinds.filter((kind) => kind === "same").length).toBeGreaterThan(8);
    for (const piece of PIECES)
      for (const text of [piece, `a: ${piece}\n`, `- ${piece}x\n`, `[${piece}]`]) compared(text);
  });

  test("means the same to both readers whatever was done to it", () => {
    let same = 0;
    fc.assert(
      fc.property(fc.oneof(mutated, composed), (text) => {
        if (compared(text) === "same") same += 1;
      }),
      { numRuns: 400 },
    );
    expect(same).toBeGreaterThan(40);
  });

  test("is never of more parts than the other reader takes", () => {
    const dense = [["- a\n"], ["- - - a # c\n"], ["[", "{},", "]"], ["[", "a: b, ", "]"]];
    for (const [first = "", unit = first, last = ""] of dense) {
      const tokens = [...new Lexer().lex(unit.repeat(100))].length / 100;
      const text = (first === unit ? "" : first) + unit.repeat(Math.ceil(1_000_000 / tokens)) + last;
      expect([unit, readPlainYaml(text)]).toEqual([unit, undefined]);
    }
    expect(readPlainYaml(bigConfig())).toBeDefined();
  });
});
