import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  escapeGithub,
  escapeGithubProperty,
  escapeMarkdown,
  escapeTerminal,
  escapeXml,
} from "../../../src/report/formats/escape.ts";
import { anyCharacter } from "../../support/any-character.ts";

const any = fc.string({ unit: anyCharacter, maxLength: 40 });
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not come through.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

describe("laws", () => {
  test.each(Object.entries({ escapeTerminal, escapeMarkdown, escapeXml, escapeGithub, escapeGithubProperty }))(
    "%s lets no control, bidi or line break through, and leaves plain words alone",
    (_, escaped) => {
      fc.assert(
        fc.property(any, (text) => {
          expect(escaped(text)).not.toMatch(CONTROL);
        }),
      );
      expect(escaped("Ada Example")).toBe("Ada Example");
    },
  );

  test("XML keeps no markup of its own", () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(escapeXml(text).replaceAll(/&(?:amp|lt|gt|quot|apos);/g, "")).not.toMatch(/[<>&"']/);
      }),
    );
  });
});

test.each([
  [escapeTerminal, "a\u001b[31mred\n", "a\\u{1b}[31mred\\u{a}"],
  [escapeTerminal, "\u202egnp.exe", "\\u{202e}gnp.exe"],
  [escapeMarkdown, "@ada [x](http://y) <b> |", "&#64;ada \\[x\\]\\(http://y\\) &lt;b&gt; \\|"],
  [escapeXml, `<a b="c">&'`, "&lt;a b=&quot;c&quot;&gt;&amp;&apos;"],
  [escapeGithub, "100% ::error::", "100%25 ::error::"],
  [escapeGithubProperty, "a:b,c%", "a%3Ab%2Cc%25"],
])("%o of %j", (escaped, text, expected) => {
  expect(escaped(text)).toBe(expected);
});
