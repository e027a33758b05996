import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ValidationOutcome } from "../../src/core/outcome/outcome.ts";
import { createStyle } from "../../src/report/formats/colour.ts";
import { junit } from "../../src/report/formats/junit.ts";
import { sarif } from "../../src/report/formats/sarif.ts";
import { validationForms } from "../../src/report/validation.ts";
import { anyCharacter } from "../support/any-character.ts";
import { read } from "../support/findings.ts";

const outcome = (text: string, more: Partial<ValidationOutcome> = {}): ValidationOutcome => {
  const { all, locate } = read(text);
  return { kind: "validation", file: "rbac.yaml", findings: all, locate, strict: false, ...more };
};
const plain = createStyle(false);
const RUN = { exitCode: 2 };

const MIXED = [
  "version: 1",
  "roles:",
  "  user: { allowed: true, models: [claude-sonnet-4-5, claude-opus-4-20250514] }",
  "  none: { allowed: true, modles: [] }",
  "version: 1",
  "",
].join("\n");
const WARNED = "version: 1\nroles:\n  user: { allowed: true, models: [claude-sonnet-4-5] }\n";
const CLEAN = "version: 1\n";

describe("text", () => {
  test("is what a good compiler says: in the order of the file, with a count at the end", () => {
    expect(validationForms.text(outcome(MIXED), plain)).toMatchInlineSnapshot(`
      "rbac.yaml:3:35: warning: the model "claude-sonnet-4-5" retires in 7 days (2026-11-30); use "claude-sonnet-5-5" [model-retires-soon]
      rbac.yaml:3:54: error: the model "claude-opus-4-20250514" was retired on 2026-06-15, and calls to it fail; use "claude-opus-4-8" [model-retired]
      rbac.yaml:4:26: error: unknown field "modles"; did you mean "models"? [unknown-field]
      rbac.yaml:5:1: error: "version" stands here a second time (first on line 1); keep one of the two [duplicate-key]
      rbac.yaml is not valid: 3 errors, 1 warning
      "
    `);
  });

  test("of a file without errors is short", () => {
    expect(validationForms.text(outcome(CLEAN), plain)).toBe("rbac.yaml is valid\n");
    expect(validationForms.text(outcome(WARNED), plain)).toMatch(/\nrbac\.yaml is valid: 1 warning\n$/);
    expect(validationForms.text(outcome(WARNED, { strict: true }), plain)).toMatch(
      /fails under --strict: 1 warning\n$/,
    );
  });

  test("has no escape codes without colour, and some with it", () => {
    expect(validationForms.text(outcome(MIXED), plain)).not.toContain("\u001b");
    expect(validationForms.text(outcome(MIXED), createStyle(true))).toContain("\u001b[31m");
  });

  test("shows what a name hides", () => {
    const text = validationForms.text(outcome('version: 1\n"\\e[2Jx\\u202E": 1\n', { file: "a\u001b.yaml" }), plain);
    expect(text).toContain('a\\u{1b}.yaml:2:1: error: unknown field "\\u{1b}[2Jx\\u{202e}"');
  });
});

test("JSON has the agreed shape", () => {
  expect(JSON.parse(validationForms.json(outcome(`${CLEAN}rats: 1\n`), { exitCode: 2 }))).toEqual({
    format_version: "1",
    kind: "validation",
    exit_code: 2,
    file: "rbac.yaml",
    findings: [
      {
        code: "unknown-field",
        severity: "error",
        path: "rats",
        line: 2,
        column: 1,
        message: expect.stringMatching(/^unknown field "rats"; /),
      },
    ],
  });
  expect(JSON.parse(validationForms.json(outcome(""), { exitCode: 2 })).findings).toMatchObject([
    { code: "empty-file", path: null, line: null, column: null },
  ]);
});

describe("SARIF", () => {
  test("has the required shape, and each result refers to its rule", () => {
    const log = JSON.parse(validationForms.sarif(outcome(MIXED), RUN));
    expect(log).toMatchObject({
      version: "2.1.0",
      $schema: expect.stringContaining("sarif-2.1.0"),
      runs: [{ columnKind: "utf16CodeUnits" }],
    });
    const [run] = log.runs;
    expect(run.tool.driver).toMatchObject({ name: "anth-rbac", version: expect.any(String) });
    expect(run.results.length).toBe(outcome(MIXED).findings.length);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.message.text).not.toBe("");
      expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe("rbac.yaml");
      expect(result.locations[0].physicalLocation.region.startLine).toBeGreaterThan(0);
    }
  });

  test("has URIs for paths, live objects for places, and no links out of names", () => {
    const { runs } = JSON.parse(
      sarif(
        [
          { ruleId: "a", level: "note", message: "see [x](http://y)", file: "a b/#c.yaml", line: 3, column: 4 },
          { ruleId: "b", level: "error", message: "m", logicalLocation: "workspaces.prod" },
          { ruleId: "b", level: "error", message: "m", file: "/tmp/x.yaml" },
        ],
        RUN,
      ),
    );
    expect(runs[0].results.map(({ locations }: { locations: unknown }) => locations)).toEqual([
      [
        {
          physicalLocation: { artifactLocation: { uri: "a%20b/%23c.yaml" }, region: { startLine: 3, startColumn: 4 } },
        },
      ],
      [{ logicalLocations: [{ fullyQualifiedName: "workspaces.prod" }] }],
      [{ physicalLocation: { artifactLocation: { uri: "file:///tmp/x.yaml" }, region: { startLine: 1 } } }],
    ]);
    expect(runs[0].results[0].message.text).toBe("see [x] (http://y)");
  });
});

describe("JUnit", () => {
  test("fails for errors, notes warnings, and has one passed case for a clean file", () => {
    expect(validationForms.junit(outcome(CLEAN), RUN)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="anth-rbac" tests="1" failures="0" errors="0" skipped="0">
        <testsuite name="rbac.yaml" tests="1" failures="0" errors="0" skipped="0">
          <testcase classname="rbac.yaml" name="is valid"/>
        </testsuite>
      </testsuites>
      "
    `);
    expect(validationForms.junit(outcome(WARNED), RUN)).toContain('tests="1" failures="0"');
    expect(validationForms.junit(outcome(WARNED, { strict: true }), RUN)).toContain('tests="1" failures="1"');
    expect(validationForms.junit(outcome(MIXED), RUN)).toContain('<failure type="duplicate-key"');
  });

  test("is well-formed whatever the names", () => {
    const name = fc.string({ unit: anyCharacter, maxLength: 20 });
    fc.assert(
      fc.property(name, name, name, (suite, title, message) => {
        expect(
          malformed(
            junit(
              [
                {
                  name: suite,
                  cases: [
                    { name: title, failure: { type: title, message } },
                    { name: title, note: message },
                  ],
                },
              ],
              RUN,
            ),
          ),
        ).toBe("");
      }),
    );
  });
});

/** What is left of XML after its elements were taken out from the inside: nothing, if it is well-formed. */
function malformed(xml: string): string {
  let rest = xml.replace(/^<\?xml [^?<>]*\?>/, "");
  const attributes = String.raw`(?: [a-z]+="[^"<>&\x00-\x08]*")*`;
  rest = rest.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, "");
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replaceAll(new RegExp(`<([a-z-]+)${attributes}(?:/>|>[^<>&]*</\\1>)`, "g"), "");
  }
  return rest.trim();
}

describe("GitHub annotations", () => {
  test("one command for each finding, on its line", () => {
    expect(validationForms.github(outcome(WARNED), RUN)).toMatchInlineSnapshot(`
      "::warning file=rbac.yaml,line=3,col=35,title=model-retires-soon::the model "claude-sonnet-4-5" retires in 7 days (2026-11-30); use "claude-sonnet-5-5"
      "
    `);
    expect(validationForms.github(outcome(CLEAN), RUN)).toBe("");
  });

  test("no name can begin a command of its own", () => {
    const text = validationForms.github(
      outcome('version: 1\n"a\\n::set-output name=x::y": 1\n', { file: "a,line=9:b.yaml" }),
      RUN,
    );
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toMatch(/^::error file=a%2Cline=9%3Ab\.yaml,line=2,col=1,title=unknown-field::/);
  });
});

test("a password that stands where a name belongs is in no format, the path of a finding included", async () => {
  const shown = outcome('workspaces: { "https://u:not-so-secret@x.example": { name: Prod } }\nversion: 1\n');
  const forms = [validationForms.json, validationForms.sarif, validationForms.junit, validationForms.github];
  const texts = await Promise.all(
    forms.map(async (form) => {
      const text = typeof form === "function" ? await form(shown, RUN) : "";
      return typeof text === "string" ? text : [...text].join("");
    }),
  );
  for (const text of [validationForms.text(shown, plain), ...texts]) {
    expect(text).toContain("u:[masked]@x.example");
    expect(text).not.toContain("not-so-secret");
  }
});
