import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wrapText } from "../../../src/core/text/wrap.ts";

const at60 = (line: string) => wrapText(line, 60).split("\n");

describe("a line that is too long for the terminal", () => {
  test("goes on below the column that it ends with, where that has room", () => {
    expect(at60("  ~ workspaces.prod   tags.cost-centre: none → 4711, tags.env: production → prod")).toEqual([
      "  ~ workspaces.prod   tags.cost-centre: none → 4711,",
      "                      tags.env: production → prod",
    ]);
  });

  test("goes on a step in, where the first column takes nearly all", () => {
    expect(at60("  + workspaces.prod.rate_limits.claude-sonnet-5-5  requests_per_minute: 200 → 1000")).toEqual([
      "  + workspaces.prod.rate_limits.claude-sonnet-5-5",
      "      requests_per_minute: 200 → 1000",
    ]);
  });

  test("keeps the trunk of a tree", () => {
    expect(at60("│   ├── prod-auth-service 120 days old, overdue since the first of August")).toEqual([
      "│   ├── prod-auth-service 120 days old, overdue since the",
      "│   │       first of August",
    ]);
  });

  test("leaves a command in one piece, to be copied", () => {
    const command = "anth-rbac rotate --workspace prod --key prod-search-service --delivered";
    expect(at60(`! workspaces.prod.keys.prod-search-service is due: run ${command}; then wait`)).toEqual([
      "! workspaces.prod.keys.prod-search-service is due: run",
      `    ${command};`,
      "    then wait",
    ]);
  });
});

test("no word is lost or broken, and what can be is within the width, colours not counted", () => {
  const word = fc.stringMatching(/^[a-zé→]{1,12}$/);
  const painted = fc.oneof(
    word,
    word.map((text) => `\u001b[31m${text}\u001b[39m`),
  );
  fc.assert(
    fc.property(
      fc.array(painted, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 30, max: 120 }),
      (words, columns) => {
        const wrapped = wrapText(words.join(" "), columns);
        expect(wrapped.split(/\s+/)).toEqual(words);
        const widths = wrapped.split("\n").map((line) => stripVTControlCharacters(line).length);
        expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test("a column that has room stays in its line, and the one after it goes below", () => {
  const line =
    "spend_limit                yes   ?      writing is a preview, and only a write tells whether it is enabled";
  expect(wrapText(line, 60)).toBe(
    "spend_limit                yes   ?\n    writing is a preview, and only a write tells whether it\n    is enabled",
  );
});

test("a column of a line that has gone on is not broken where it fits below", () => {
  const line =
    "│   ├── prod-report  due since 2026-11-26   80 d  expires 2026-12-10  sk-ant-api03-san...4f5M  no owner, made by dora";
  expect(at60(line)).toEqual([
    "│   ├── prod-report  due since 2026-11-26   80 d",
    "│   │       expires 2026-12-10  sk-ant-api03-san...4f5M",
    "│   │       no owner, made by dora",
  ]);
});

test("a word that has no room below its column goes on a step in", () => {
  expect(at60("    └── owns                    workspaces.dev.keys.dev-shared")).toEqual([
    "    └── owns",
    "            workspaces.dev.keys.dev-shared",
  ]);
});

test("a command of two words is one piece with its flags, too", () => {
  const head = "33:461ef4c30f5819a5749fe85f9faef16e05e2718f4ba02baa91a11a7d5074c3aa";
  expect(at60(`kept: anth-rbac audit verify --head ${head}`)).toEqual([
    "kept:",
    `    anth-rbac audit verify --head ${head}`,
  ]);
});
