import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bigConfig } from "../../../bench/big-config.ts";
import { SIZE_LIMIT } from "../../../src/adapters/config/bounded-file.ts";
import { parseConfigText } from "../../../src/adapters/config/config-text.ts";
import { anyCharacter } from "../../support/any-character.ts";
import { brief, read } from "../../support/findings.ts";
import { validConfig } from "../../support/random-config.ts";

const utf16 = (text: string) => new Uint8Array(Buffer.from(text, "utf16le"));
const codes = (text: string | Uint8Array) => read(text).all.map(({ code }) => code);

/** Text made of what YAML is made of, so that it gets far into the parser. */
const yamlish = fc
  .array(
    fc.constantFrom(
      "version: 1",
      "roles:",
      "\n",
      "  ",
      "- ",
      "a: ",
      "[",
      "]",
      "{",
      "}",
      ", ",
      "&a ",
      "*a",
      "!t ",
      "|\n",
      "'",
      '"',
      "#",
      "\t",
      "---\n",
      "? ",
      "<<: ",
      "x",
      ": ",
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("laws", () => {
  test("any bytes have an answer, and every finding has a place inside the file or none", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: anyCharacter, maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
      yamlish.map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        const { all, locate } = read(content);
        const lines = new TextDecoder().decode(content).split("\n");
        for (const { position, path, atKey = false } of all) {
          const place = position ?? (path && locate(path, atKey));
          if (!place) continue;
          expect(place.line).toBeGreaterThanOrEqual(1);
          expect(place.line).toBeLessThanOrEqual(lines.length);
          expect(place.column).toBeGreaterThanOrEqual(1);
          expect(place.column).toBeLessThanOrEqual((lines[place.line - 1] ?? "").length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("JSON is read as what it says", () => {
    fc.assert(
      fc.property(validConfig, (config) => {
        const { value, findings } = read(JSON.stringify(config, null, 1));
        expect(findings).toEqual([]);
        expect(value).toEqual(config);
      }),
      { numRuns: 30 },
    );
  });
});

describe("hostile input", () => {
  const deep = (open: string, close = "") => `version: 1\nx-a: ${open.repeat(10_000)}${close.repeat(10_000)}\n`;
  let blocks = "";
  for (let depth = 0; depth < 1500; depth++) blocks += `${" ".repeat(depth)}a:\n`;

  test.each<[string, string | Uint8Array, string[]]>([
    ["nothing", "", ["- error empty-file"]],
    ["white space", " \n\t\n \n", ["- error empty-file"]],
    ["a comment", "# to do\n", ["- error empty-file"]],
    ["a document mark", "---\n", ["- error empty-file"]],
    ["too much", new Uint8Array(SIZE_LIMIT + 1), ["- error file-too-large"]],
    ["UTF-16 with a mark", utf16("\ufeffversion: 1\n"), ["- error wrong-encoding"]],
    ["UTF-16 without a mark", utf16("version: 1\n"), ["- error wrong-encoding"]],
    [
      "a lone byte of Latin-1",
      new Uint8Array([...Buffer.from("version: 1\n# caf"), 0xe9]),
      ["2:6 error wrong-encoding"],
    ],
    ["an image", new Uint8Array([0x89, 80, 78, 71, 13, 10, 26, 10, 0, 0]), ["- error not-text"]],
    ["noise", new Uint8Array([200, 1, 2, 3, 250, 17, 240, 5]), ["- error not-text"]],
    ["a text", "hello there", ["1:1 error not-a-mapping"]],
    ["a list", "- a\n- b\n", ["1:1 error not-a-mapping"]],
    ["a number", "42\n", ["1:1 error not-a-mapping"]],
    ["10,000 open brackets", deep("["), ["2:69 error too-deep"]],
    ["10,000 nested lists", deep("[", "]"), ["2:69 error too-deep"]],
    ["10,000 nested mappings", deep("{a: ", "}"), ["2:255 error too-deep"]],
    ["10,000 dashes on a line", "- ".repeat(10_000), ["1:128 error too-deep"]],
    ["deep blocks", blocks, ["64:65 error too-deep"]],
    ["two documents", "version: 1\n---\nversion: 1\n", ["2:1 error several-documents"]],
    ["two documents, the first ended", "version: 1\n...\n---\nversion: 1\n", ["3:1 error several-documents"]],
    ["a cycle", "version: 1\nx-a: &a\n  b: [*a]\n", ["3:7 error alias-cycle"]],
    ["an alias of nothing", "version: 1\nroles: *r\n", ["2:8 error unknown-alias"]],
    [
      "YAML 1.1 words",
      "%YAML 1.1\n---\nversion: 1\naudit: { prompts: yes }\n",
      ["4:19 error wrong-type audit.prompts"],
    ],
    [
      "ways to a prototype",
      "version: 1\n__proto__: { polluted: 1 }\nx-a: { constructor: { prototype: { polluted: 1 } } }\n",
      ["2:1 error forbidden-key", "3:8 error forbidden-key"],
    ],
    [
      "duplicates at any depth",
      "version: 1\nroles: { a: { allowed: false }, a: { allowed: false, allowed: false } }\nversion: 1\n",
      ["2:33 error duplicate-key", "2:54 error duplicate-key", "3:1 error duplicate-key"],
    ],
    [
      "tags",
      "version: !!str 1\nx-a: !!js/function 'f'\nx-b: !mine {}\n",
      ["2:6 error unknown-tag", "3:6 error unknown-tag", "1:16 error wrong-type version"],
    ],
    [
      "names that are no text",
      "version: 1\n? [a]\n: b\ntrue: c\n~: d\n",
      ["2:3 error key-not-text", "4:1 error key-not-text", "5:1 error key-not-text"],
    ],
  ])("%s", (_, text, expected) => {
    expect(brief(text)).toEqual(expected);
  });

  test("leaves no trace on any prototype", () => {
    const { value } = read("version: 1\n__proto__: { polluted: 1 }\nx-a: { __proto__: { polluted: 1 } }\n");
    expect(Object.keys(value as object)).toEqual(["version", "x-a"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("an alias bomb is seen before it goes off", () => {
    const lines = ["version: 1", `x-0: &a0 [${"x, ".repeat(9)}x]`];
    for (let index = 1; index < 40; index++) lines.push(`x-${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}x]`);
    expect(codes(lines.join("\n"))).toEqual(["alias-bomb"]);
    expect(
      codes(
        "version: 1\nx-limits: &l { requests_per_minute: 1 }\nworkspaces:\n  a: { name: A, rate_limits: { batch: *l, files: *l } }\n",
      ),
    ).toEqual([]);
  });

  test.each([
    "---\n",
    ",",
    "a: ",
    '"a" ',
    "!a ",
    "&a ",
    "*a ",
    "]",
    "}\n",
    "? ",
    "|\n",
    "a\n b: \n",
    "%a\n",
    "a: b\n",
    "- \n",
    "[a,",
    "\ta: b\n",
    "<<: {}\n",
    "\u202e",
    "'",
  ])("200 KB of %j end before the test is given up", (piece) => {
    const { all } = read(piece.repeat(200_000 / piece.length));
    expect(all.length).toBeGreaterThan(0);
    expect(all.length).toBeLessThanOrEqual(2002);
  });
});

describe("mistakes", () => {
  test("a byte order mark and Windows line ends are fine", () => {
    expect(brief("\ufeffversion: 1\r\nroles:\r\n  a: { allowed: yess }\r\n")).toEqual([
      "3:17 error wrong-type roles.a.allowed",
    ]);
  });

  test("all syntax errors are reported, with what stands safely before them", () => {
    expect(brief("version: 1\nfoo: 1\nroles: [1, 2\nmembers: }}\naudit: {a: 1 b: 2}\n")).toMatchInlineSnapshot(`
      [
        "4:1 error yaml-syntax",
        "5:1 error yaml-syntax",
        "2:1 error unknown-field foo",
        "3:8 error wrong-type roles",
      ]
    `);
  });

  test("tabs do not hide what else is wrong", () => {
    expect(brief("version: 1\nroles:\n\ta:\n\t\tallowed: tru\n\tb: { allowd: true }\n")).toMatchInlineSnapshot(`
      [
        "3:1 error tab-indentation",
        "4:1 error tab-indentation",
        "5:1 error tab-indentation",
        "4:12 error wrong-type roles.a.allowed",
        "5:7 error unknown-field roles.b.allowd",
        "5:2 error missing-field roles.b.allowed",
      ]
    `);
  });

  test("a place that does not exist is that of what should hold it", () => {
    const { locate } = read("version: 1\nroles:\n  a:\n    allowed: false\naccept:\n  - { target: x }\n");
    expect(locate(["roles", "a", "models"], false)).toEqual({ line: 3, column: 3 });
    expect(locate(["roles", "a", "allowed"], true)).toEqual({ line: 4, column: 5 });
    expect(locate(["roles", "a", "allowed"], false)).toEqual({ line: 4, column: 14 });
    expect(locate(["accept", 0, "owner"], false)).toEqual({ line: 6, column: 5 });
    expect(locate(["nothing"], false)).toEqual({ line: 1, column: 1 });
  });

  test("places behind an alias are those of what it stands for", () => {
    const { locate } = read("x-a: &a { b: 1 }\nversion: 1\nroles:\n  r: *a\n");
    expect(locate(["roles", "r", "b"], false)).toEqual({ line: 1, column: 14 });
  });

  test("secrets are found, but for the sandbox's, and are not repeated", () => {
    const secret = (kind: string) => `${"sk-ant-"}${kind}-${"s".repeat(24)}`;
    const text = `version: 1\n# ${secret("api03")}\nx-a: ${secret("api03-sandbox")}\n`;
    expect(read(text).all).toMatchObject([{ code: "secret-in-file", position: { line: 2, column: 3 }, args: {} }]);
    const both = `version: 1\nx-a: [${secret("api03-sandbox")}, ${secret("api03")}, redis://a:${secret("api03")}@b, redis://a:secret@b]\n`;
    const args = [{}, { what: "a URL with a password" }];
    expect(read(both).all).toMatchObject(args.map((one) => ({ code: "secret-in-file", args: one })));
    expect(read(both).all.map(({ position }) => position?.column)).toEqual([
      both.indexOf(secret("api03")) - 10,
      both.lastIndexOf("redis") - 10,
    ]);
  });
});

test("the big config is read without a finding", () => {
  const bytes = new TextEncoder().encode(bigConfig());
  expect(bytes.length).toBeGreaterThan(600_000);
  expect(parseConfigText(bytes).findings).toEqual([]);
  expect(read(bytes).all).toEqual([]);
});
