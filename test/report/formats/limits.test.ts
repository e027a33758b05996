/** Each format keeps under what its readers take, whatever it is given, and says how much more there is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { githubAnnotations } from "../../../src/report/formats/github.ts";
import { jsonText } from "../../../src/report/formats/json.ts";
import { junit } from "../../../src/report/formats/junit.ts";
import { markdownDocument, markdownText } from "../../../src/report/formats/markdown.ts";
import { sarif } from "../../../src/report/formats/sarif.ts";
import { anyCharacter } from "../../support/any-character.ts";

const RUN = { exitCode: 2 };
const many = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, at) => make(at));

describe("Markdown", () => {
  const table = (title: string, rows: number) => ({
    title,
    head: ["", "object"],
    rows: many(rows, (at) => [{ code: "?" }, `${title} ${at}`]),
  });

  test("has under 1 MiB where a hundred thousand rows want in: the first table first, and each says how many more", () => {
    const text = markdownDocument(["## Acme", "**sum**", table("one", 50_000), table("two", 50_000)]);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    const rows = (title: string) => text.match(new RegExp(`\\| ${title} \\d+ \\|`, "g"))?.length ?? 0;
    const more = [...text.matchAll(/^(\d+) more: --format json lists them all$/gm)].map(([, count]) => Number(count));
    expect([rows("one") + (more.at(-2) ?? 0), rows("two") + (more.at(-1) ?? 0)]).toEqual([50_000, 50_000]);
    expect(rows("one")).toBeGreaterThan(rows("two"));
    expect(text.indexOf("### one")).toBeLessThan(text.indexOf("### two"));
  });

  test("never has more bytes than it may, whatever stands in it", () => {
    const text = fc.string({ unit: anyCharacter, maxLength: 60 });
    const block = fc.oneof(
      text.map(markdownText),
      fc.record({
        title: text,
        head: fc.constant(["a", "b"]),
        rows: fc.array(fc.tuple(text, text), { maxLength: 30 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), fc.integer({ min: 200, max: 5_000 }), (blocks, most) => {
        const written = markdownDocument(blocks, most);
        expect(Buffer.byteLength(written)).toBeLessThanOrEqual(most + 1);
        const whole = markdownDocument(blocks, Number.MAX_SAFE_INTEGER);
        if (written !== whole) expect(written).toMatch(/more: --format json|more parts did not fit/);
      }),
    );
  });

  test("cuts a text that is no name any more", () => {
    expect(markdownText("x".repeat(2_000_000)).length).toBeLessThan(600);
  });
});

describe("SARIF", () => {
  test("has no more than 25,000 results, the gravest, and says how many more", () => {
    const results = many(30_000, (at) => ({
      ruleId: "a",
      level: at % 2 === 0 ? ("note" as const) : ("error" as const),
      message: `m${at}`,
      file: "rbac.yaml",
    }));
    const [run] = JSON.parse(sarif(results, RUN)).runs;
    expect(run.results).toHaveLength(25_000);
    expect(run.results.filter(({ level }: { level: string }) => level === "error")).toHaveLength(15_000);
    expect(run.results.at(-1)).toMatchObject({
      ruleId: "results-left-out",
      level: "note",
      message: { text: "5001 more results do not fit here (30000 in all): --format json lists them all" },
    });
    expect(run.tool.driver.rules[run.results.at(-1).ruleIndex].id).toBe("results-left-out");
  });

  test("gives each result a fingerprint of its own, which its line does not change", () => {
    const one = { ruleId: "a", level: "error", message: "m", file: "rbac.yaml", logicalLocation: "members.x" } as const;
    const prints = (line: number) =>
      JSON.parse(sarif([{ ...one, line }, one], RUN)).runs[0].results.map(
        ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) =>
          partialFingerprints["anthRbac/v1"],
      );
    expect(prints(3)).toEqual(["a members.x", "a members.x 2"]);
    expect(prints(9)).toEqual(prints(3));
  });
});

describe("GitHub", () => {
  const annotation = (severity: "error" | "warning" | "info", at: number) => ({
    severity,
    file: "rbac.yaml",
    title: "code",
    message: `m${at}`,
    line: at + 1,
  });

  test("gets ten annotations of a level at most, errors first, and is told how many there are", () => {
    const lines = githubAnnotations(
      [
        ...many(11, (at) => annotation("warning", at)),
        ...many(23, (at) => annotation("error", at)),
        annotation("info", 0),
      ],
      RUN,
    )
      .trimEnd()
      .split("\n");
    const levels = lines.map((line) => line.slice(2, line.indexOf(" ")));
    expect(levels).toEqual([...many(10, () => "error"), ...many(10, () => "warning"), "notice"]);
    expect(lines[9]).toBe(
      "::error file=rbac.yaml,title=and more::14 more of this level are not shown here (23 in all): --format text shows them all",
    );
  });

  test("is told nothing of more where there are ten", () => {
    expect(
      githubAnnotations(
        many(10, (at) => annotation("error", at)),
        RUN,
      ),
    ).not.toContain("more");
  });
});

test("JUnit has 10,000 cases of a suite at most, those that failed first, and fails where a failure is left out", () => {
  const failed = (count: number) =>
    junit(
      [
        {
          name: "s",
          cases: many(12_000, (at) => ({
            name: `c${at}`,
            ...(at >= 12_000 - count && { failure: { type: "t", message: "m" } }),
          })),
        },
      ],
      RUN,
    );
  expect(failed(5)).toContain('tests="10000" failures="5"');
  expect(failed(5)).toContain("2001 more cases are not written here (12000 in all)");
  expect(failed(11_000)).toContain('tests="10000" failures="10000"');
});

describe("JSON", () => {
  test("holds no control and no mark that hides or reorders text, and reads back the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const written = jsonText({ [text]: [text] });
        expect(written.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
        expect(JSON.parse(written)).toEqual({ [text]: [text] });
      }),
    );
    expect(jsonText("\u202e\u{e0041}")).toBe('"\\u202e\\udb40\\udc41"\n');
  });
});
