/** What a code scanner is given is SARIF by the official schema (test/support/sarif/README.md), whatever stands in names and messages. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import type { Log } from "sarif";
import { expect, test } from "vitest";
import { type SarifResult, sarif } from "../../src/report/formats/sarif.ts";
import { anyCharacter } from "../support/any-character.ts";
import { stage } from "../support/stage.ts";

const {
  id: _id,
  $schema: _draft,
  ...schema
} = JSON.parse(readFileSync("test/support/sarif/sarif-schema-2.1.0.json", "utf8"));
const isReference = (text: string) => URL.canParse(text, "file:///") && !/[\s<>"{}|\\^`]/.test(text);
const formats = { uri: URL.canParse, "uri-reference": isReference, "date-time": true } as const;
// The schema is of draft 04: of what this version of ajv reads otherwise, it uses only `id`.
const valid = new Ajv({ strict: false, allErrors: true, formats }).compile<Log>(schema);

function complaintsOf(text: string): readonly string[] {
  valid(JSON.parse(text));
  return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Each result of a log as `rule, line, fingerprint`. */
function resultsIn(text: string) {
  const { runs }: Log = JSON.parse(text);
  return (runs[0]?.results ?? []).map(({ ruleId, locations, partialFingerprints }) => ({
    ruleId,
    line: locations?.[0]?.physicalLocation?.region?.startLine,
    fingerprint: partialFingerprints?.["anthRbac/v1"],
  }));
}

const result: fc.Arbitrary<SarifResult> = fc.record(
  {
    ruleId: fc.constantFrom("drift-create", "key-overdue"),
    level: fc.constantFrom("error", "warning", "note"),
    message: fc.string({ unit: anyCharacter }),
    file: fc.string({ unit: anyCharacter, minLength: 1 }),
    line: fc.integer({ min: 1 }),
    column: fc.integer({ min: 1 }),
    logicalLocation: fc.string({ unit: anyCharacter, minLength: 1 }),
  },
  { requiredKeys: ["ruleId", "level", "message"] },
);

test("any results are valid, each with a fingerprint of its own", () => {
  fc.assert(
    fc.property(fc.array(result, { maxLength: 8 }), (results) => {
      const text = sarif(results, { exitCode: 2 });
      expect(complaintsOf(text)).toEqual([]);
      const prints = resultsIn(text).map(({ fingerprint }) => fingerprint);
      expect(new Set(prints).size).toBe(results.length);
    }),
  );
  expect(complaintsOf('{"version":"2.1.0","runs":[{"results":[]}]}')).toEqual([
    "/runs/0 must have required property 'tool'",
  ]);
});

test("so are those of validate and drift, with the lines of the file; a finding on another line is the same one", async () => {
  const one = await stage();
  const declared = {
    members: { "zoe@acme.example": { role: "developer" } },
    workspaces: { prod: { name: "Production", tags: { a: "b" } } },
  };
  one.declare(declared);
  const first = (await one.run(["drift", "--format", "sarif"])).stdout;
  writeFileSync(join(one.folder, "rbac.yaml"), `# moved\n${JSON.stringify({ version: 1, ...declared })}`);
  const moved = (await one.run(["drift", "--format", "sarif"])).stdout;
  expect([complaintsOf(first), complaintsOf(moved)]).toEqual([[], []]);
  const printsIn = (text: string) => resultsIn(text).map(({ fingerprint }) => fingerprint);
  expect(printsIn(moved)).toEqual(printsIn(first));
  const created = (text: string) => resultsIn(text).find(({ ruleId }) => ruleId === "drift-create");
  expect(created(first)).toMatchObject({ line: 1, fingerprint: "drift-create invites.zoe@acme.example" });
  expect(created(moved)).toMatchObject({ line: 2 });

  one.declare({ members: { "ada@acme.example": { role: "developper" } } });
  const checked = (await one.run(["validate", "--format", "sarif"])).stdout;
  expect(complaintsOf(checked)).toEqual([]);
  expect(resultsIn(checked)).toMatchObject([{ ruleId: "invalid-value", line: 1 }]);
});
