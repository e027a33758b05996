import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AuditQuery, isAskedFor, parseMoment } from "../../../src/core/audit/query.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { matchesGlob } from "../../../src/core/text/glob.ts";
import { chained, hostile, WRITE } from "../../support/audit.ts";
import { NOW } from "../../support/org.ts";

const LOG = chained([
  { ...WRITE, organization: { id: "org-1", name: "Acme" } },
  { ...WRITE, command: "revoke", outcome: "failed", target: "workspaces.prod.members.ada@acme.example" },
  { command: "prompt", event: "prompt", outcome: "done", user: "Ada@acme.example", role: "power" },
  { command: "prompt", event: "denial", outcome: "denied", user: "bob@acme.example", role: "viewer" },
]);

function asked(query: AuditQuery): readonly number[] {
  return LOG.filter((record) => isAskedFor(record, query)).map(({ seq }) => seq);
}

test.each<[AuditQuery, readonly number[]]>([
  [{}, [1, 2, 3, 4]],
  [{ command: "revoke" }, [2]],
  [{ target: "*ada@acme.example" }, [1, 2]],
  [{ target: "members.*" }, [1]],
  [{ outcome: "failed" }, [2]],
  [{ organization: "org-1" }, [1]],
  [{ organization: "Acme" }, [1]],
  [{ user: "ada@ACME.example" }, [3]],
  [{ role: "viewer" }, [4]],
  [{ denied: true }, [4]],
  [{ denied: true, role: "power" }, []],
  [{ since: NOW + 1000, until: NOW + 3000 }, [2, 3]],
])("the query %j finds %j", (query, found) => {
  expect(asked(query)).toEqual(found);
});

describe("a moment", () => {
  const at = Date.parse("2026-11-23T15:30:00Z");
  test("is so long ago, or a day: its beginning or its end", () => {
    expect(parseMoment("24h", "since", at)).toBe(at - DAY);
    expect(parseMoment("24h", "until", at)).toBe(at - DAY);
    expect(parseMoment("2026-11-23", "since", at)).toBe(Date.parse("2026-11-23T00:00:00Z"));
    expect(parseMoment("2026-11-23", "until", at)).toBe(Date.parse("2026-11-24T00:00:00Z"));
  });

  test.each(["", "yesterday", "2026-02-30", "5", "-1d", "2026-11-23T00:00"])("and is not %j", (text) => {
    expect(parseMoment(text, "since", at)).toBeUndefined();
  });
});

describe("a pattern", () => {
  test("agrees with the regular expression that it means", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 }), (pattern, text) => {
        const meant = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(matchesGlob(pattern, text)).toBe(meant.test(text));
      }),
      { numRuns: 1000 },
    );
  });

  test("matches itself and, with stars around it, whatever holds it", () => {
    fc.assert(
      fc.property(hostile, hostile, (text, around) => {
        expect(matchesGlob(text, text)).toBe(true);
        expect(matchesGlob(`*${text}*`, around + text + around)).toBe(true);
      }),
    );
  });

  test("does not run away", () => {
    expect(matchesGlob(`${"*a".repeat(50)}b`, "a".repeat(10_000))).toBe(false);
  });
});
