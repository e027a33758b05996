import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { schema } from "../../../src/commands/schema.ts";
import { jsonSchema, writtenConfig } from "../../../src/core/config/schema.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { read, TODAY } from "../../support/findings.ts";

const example = readFileSync("rbac.example.yaml", "utf8");

/** Entries behind a #: after it stands no space, or the indentation. A remark has one space. */
const COMMENTED = /(?:^#(?:[^ \n]| {2}).*\n)+/gm;
const uncommented = (block: string) => block.replace(/^#/gm, "");
/** The example with all of them. */
const whole = example.replace(COMMENTED, uncommented);

describe("rbac.schema.json", () => {
  test("is what the schema command prints: run `anth-rbac schema > rbac.schema.json`", () => {
    expect(schema()).toEqual({ kind: "document", text: readFileSync("rbac.schema.json", "utf8") });
  });

  test("describes every field, and leaves x- fields free", () => {
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties, patternProperties, additionalProperties } = node as Record<string, Record<string, object>>;
      if (properties) expect(patternProperties, path).toEqual({ "^x-": {} });
      if (properties) expect(additionalProperties, path).toBe(false);
      for (const [field, inner] of Object.entries(properties ?? {})) {
        if (!("description" in inner)) undescribed.push(`${path}.${field}`);
      }
      for (const [key, inner] of Object.entries(node)) visit(inner, `${path}.${key}`);
    };
    visit(jsonSchema(), "");
    expect(undescribed).toEqual([]);
  });
});

describe("rbac.example.yaml", () => {
  test("names the schema for editors, and has no finding today or in the next hundred days", () => {
    expect(example).toMatch(/^# yaml-language-server: \$schema=\.\/rbac\.schema\.json\n/);
    for (const days of [0, 60, 100]) expect(read(example, TODAY + days * DAY).all).toEqual([]);
  });

  test("has entries to uncomment, each valid by itself and all of them together", () => {
    const blocks = [...example.matchAll(COMMENTED)].map(([block]) => block);
    expect(blocks.map((block) => /^# *(\w+)/.exec(block)?.[1])).toEqual([
      "compliance",
      "federation",
      "eve",
      "groups",
      "federation",
    ]);
    for (const block of blocks) expect(read(example.replace(block, uncommented(block))).all, block).toEqual([]);
    expect(read(whole).all).toEqual([]);
  });

  test("shows every field of the schema", () => {
    const { value } = read(whole);
    const missing: string[] = [];
    // Fields of one kind of entry may be spread over several entries.
    const visit = (node: SchemaNode, values: readonly unknown[], path: string): void => {
      const { def } = inner(node);
      if (def.shape) {
        for (const [field, next] of Object.entries(def.shape)) {
          const written = values.flatMap((one) => (isObject(one) && field in one ? [one[field]] : []));
          if (written.length === 0 && field !== "$schema" && !SHOWN_ELSEWHERE.test(path))
            missing.push(`${path}.${field}`);
          visit(next, written, `${path}.${field}`);
        }
      } else if (def.valueType) {
        visit(
          def.valueType,
          values.flatMap((one) => (isObject(one) ? Object.values(one) : [])),
          `${path}.*`,
        );
      } else if (def.element) {
        visit(def.element, values.flat(), `${path}[]`);
      }
    };
    visit(writtenConfig as unknown as SchemaNode, [value], "");
    expect(missing).toEqual([]);
  });

  test("means what it shows", () => {
    const { config } = parseConfig(read(example).value, TODAY);
    expect(config?.workspaces.get("prod")?.keys?.get("prod-search-service")).toMatchObject({
      previously: ["prod-search"],
      rotateEvery: 30 * DAY,
    });
    expect(config?.members.get("alan@acme.example")?.role).toBe("admin");
  });
});

/** Limiters are many and alike, and the keys of the organization are as those of a workspace. */
const SHOWN_ELSEWHERE = /\.rate_limits\.\*$|^\.organization\.keys\.\*$/;

interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
    readonly valueType?: SchemaNode;
    readonly element?: SchemaNode;
  };
  readonly unwrap?: () => SchemaNode;
}

function inner(node: SchemaNode): SchemaNode {
  return /optional|nullable/.test(node.def.type) && node.unwrap ? inner(node.unwrap()) : node;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
