import { findModel, isModelPattern, modelNames, replacementForUnknownModel } from "../config/models.ts";
import { describe, isFree } from "../config/schema-issues.ts";
import { type ConfigPath, type Finding, finding, isError, type Locate } from "../model/finding.ts";
import { isCount } from "../policy/compiled-policy.ts";
import type { DenialCode, Policy } from "../policy/policy.ts";
import { suggest, suggester } from "../text/suggest.ts";
import { isObject } from "../text/text.ts";
import { limited } from "../validate/parse.ts";
import type { PlacedTest, PolicyTest } from "./report.ts";

/** What of a file of policy tests can be run, and everything that is wrong with it. */
export interface ParsedTests {
  readonly tests: readonly PlacedTest[];
  readonly findings: readonly Finding[];
}

/** The codes that a test can meet: what `roleOf` and `decide` say of a well-formed request under an rbac.yaml without errors. */
const CODES = ["role-not-allowed", "model-not-allowed", "unknown-role", "unknown-user", "policy-missing"] as const;
const FILE_FIELDS = ["version", "tests"];
const TEST_FIELDS = ["name", "role", "user", "request", "expect", "code", "max_tokens"];
const REQUEST_FIELDS = ["model", "max_tokens"];
/** By these a file is known for an rbac.yaml. */
const CONFIG_FIELDS = ["roles", "members", "workspaces", "organization"];

/** Reads a plain value as a file of policy tests. A test with an error is left out, the others are not. */
export function parsePolicyTests(value: unknown, subjects: Subjects, locate: Locate): ParsedTests {
  if (value === null || value === undefined) return { tests: [], findings: [finding("no-policy-tests", {})] };
  if (!isObject(value)) return notTests(describe(value));
  if (fieldOf(value, "tests") === undefined && CONFIG_FIELDS.some((field) => Object.hasOwn(value, field))) {
    return notTests("an rbac.yaml");
  }
  const findings: Finding[] = unknownFields(value, [], FILE_FIELDS);
  const { need } = fieldReader(value, [], findings);
  const { version = 1, tests: written } = value;
  if (version !== 1) {
    findings.push(finding("invalid-value", { value: String(version), allowed: ["1"] }, { path: ["version"] }));
  }
  need("tests");
  if (written === undefined) return { tests: [], findings };
  if (written !== null && !Array.isArray(written)) {
    findings.push(finding("wrong-type", { expected: "a list", found: describe(written) }, { path: ["tests"] }));
    return { tests: [], findings };
  }
  const entries: readonly unknown[] = written ?? [];
  if (entries.length === 0) findings.push(finding("no-policy-tests", {}, { path: ["tests"], atKey: true }));

  const lineOf = (path: ConfigPath) => locate(path, false)?.line ?? 1;
  const tests: PlacedTest[] = [];
  const firstLines = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const path = ["tests", index];
    const { test, findings: ofTest, name } = parseTest(entry, path, subjects);
    findings.push(...ofTest);
    const line = lineOf(path);
    if (test) tests.push({ ...test, line });
    const firstLine = name === undefined ? undefined : firstLines.get(name);
    if (name !== undefined && firstLine === undefined) firstLines.set(name, line);
    if (name !== undefined && firstLine !== undefined) {
      findings.push(finding("test-name-twice", { name, firstLine }, { path: [...path, "name"] }));
    }
  }
  return { tests, findings: limited(findings) };
}

function notTests(found: string): ParsedTests {
  return { tests: [], findings: [finding("not-policy-tests", { found }, { path: [] })] };
}

interface ParsedTest {
  /** Absent where there is an error. */
  readonly test?: Omit<PlacedTest, "line">;
  readonly findings: readonly Finding[];
  readonly name?: string;
}

function parseTest(entry: unknown, path: ConfigPath, subjects: Subjects): ParsedTest {
  if (!isObject(entry)) {
    return { findings: [finding("wrong-type", { expected: "a test", found: describe(entry) }, { path })] };
  }
  const findings: Finding[] = unknownFields(entry, path, TEST_FIELDS);
  const { text, word, count, need } = fieldReader(entry, path, findings);
  for (const field of ["name", "request", "expect"]) need(field);
  const name = text("name");
  const role = text("role");
  const user = text("user")?.trim().toLowerCase();
  const request = parseRequest(fieldOf(entry, "request"), path, subjects, findings);
  const expect = word("expect", ["allow", "deny"]);
  const code = word("code", CODES);
  const tokens = count("max_tokens");
  if (expect === "allow" && Object.hasOwn(entry, "code")) findings.push(misplaced("code", expect, path));
  if (expect === "deny" && Object.hasOwn(entry, "max_tokens")) findings.push(misplaced("max_tokens", expect, path));
  const given = ["role", "user"].filter((field) => Object.hasOwn(entry, field));
  if (given.length !== 1) {
    findings.push(finding("test-subject", { given: given.length === 0 ? "neither" : "both" }, { path }));
  } else {
    const subject = { ...(role !== undefined && { role }), ...(user !== undefined && { user }) };
    findings.push(...checkSubject(subject, code, path, subjects));
  }
  const named = name !== undefined && { name };
  if (findings.some(isError) || !named || !request || !expect) return { findings, ...named };
  const test = {
    ...named,
    ...(role !== undefined && { role }),
    ...(user !== undefined && { user }),
    request,
    expect,
    ...(code !== undefined && { code }),
    ...(tokens !== undefined && { max_tokens: tokens }),
  };
  return { test, findings, ...named };
}

function parseRequest(
  value: unknown,
  test: ConfigPath,
  { policy }: Subjects,
  findings: Finding[],
): PlacedTest["request"] | undefined {
  const path = [...test, "request"];
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    findings.push(finding("wrong-type", { expected: "a mapping with a model", found: describe(value) }, { path }));
    return undefined;
  }
  findings.push(...unknownFields(value, path, REQUEST_FIELDS));
  const { text, count, need } = fieldReader(value, path, findings);
  need("model");
  const model = text("model");
  const tokens = count("max_tokens");
  if (model === undefined) return undefined;
  findings.push(...checkModel(model, [...path, "model"], policy));
  return { model, ...(tokens !== undefined && { max_tokens: tokens }) };
}

function misplaced(field: "code" | "max_tokens", expect: "allow" | "deny", path: ConfigPath): Finding {
  return finding("test-field-misplaced", { field, expect }, { path: [...path, field], atKey: true });
}

function unknownFields(mapping: Written, path: ConfigPath, fields: readonly string[]): Finding[] {
  const left = fields.filter((field) => !Object.hasOwn(mapping, field));
  const nearest = suggester(left);
  return Object.keys(mapping)
    .filter((field) => !fields.includes(field) && !isFree(field))
    .map((field) => {
      const suggestion = nearest(field);
      const args = suggestion === undefined ? { field, known: left } : { field, known: left, suggestion };
      return finding("unknown-field", args, { path: [...path, field], atKey: true });
    });
}

/** A mapping as it was written. */
export type Written = Readonly<Record<string, unknown>>;

/**
 * Reads the fields of one mapping. Each function answers with the value, or undefined where there is none that could be used; what is
 * wrong is added to the findings.
 */
export interface FieldReader {
  readonly text: (field: string) => string | undefined;
  readonly word: <Word extends string>(field: string, allowed: readonly Word[]) => Word | undefined;
  readonly count: (field: string) => number | undefined;
  /** Complains where the field is not there. */
  readonly need: (field: string) => void;
}

/** A field's value; undefined where it is not written. */
function fieldOf(mapping: Written, field: string): unknown {
  return Object.hasOwn(mapping, field) ? mapping[field] : undefined;
}

/** Reads the fields of a mapping that stands at `path`. */
function fieldReader(mapping: Written, path: ConfigPath, findings: Finding[]): FieldReader {
  const at = (field: string) => ({ path: [...path, field] });
  const wrong = (field: string, expected: string, value: unknown) => {
    findings.push(finding("wrong-type", { expected, found: describe(value) }, at(field)));
    return undefined;
  };
  return {
    text: (field) => {
      const value = fieldOf(mapping, field);
      if (value === undefined) return undefined;
      if (typeof value !== "string") return wrong(field, "text", value);
      if (value.trim() !== "") return value;
      findings.push(finding("out-of-range", { value, expected: "at least 1 character" }, at(field)));
      return undefined;
    },
    word: (field, allowed) => {
      const value = fieldOf(mapping, field);
      if (value === undefined) return undefined;
      const known = allowed.find((word) => word === value);
      if (known !== undefined) return known;
      if (typeof value === "object") return wrong(field, `one of ${allowed.join(", ")}`, value);
      const word = String(value);
      const near = suggest(word, allowed);
      findings.push(finding("invalid-value", { value: word, allowed, ...(near && { suggestion: near }) }, at(field)));
      return undefined;
    },
    count: (field) => {
      const value = fieldOf(mapping, field);
      if (value === undefined) return undefined;
      if (isCount(value)) return value;
      if (typeof value !== "number" || !Number.isInteger(value)) return wrong(field, "a whole number", value);
      const expected = value < 1 ? "at least 1" : "a number that can be counted to";
      findings.push(finding("out-of-range", { value: String(value), expected }, at(field)));
      return undefined;
    },
    need: (field) => {
      if (fieldOf(mapping, field) === undefined) findings.push(finding("missing-field", { field }, at(field)));
    },
  };
}

/** The model of a request is one model; and one that looks misspelt is said, for the denial of a typo proves nothing. */
function checkModel(model: string, path: ConfigPath, policy: Policy): readonly Finding[] {
  if (isModelPattern(model)) return [finding("test-model-pattern", { model }, { path })];
  if (findModel(model) || replacementForUnknownModel(model) !== undefined) return [];
  for (const { models } of policy.roles.values()) if (models.includes(model)) return [];
  const suggestion = suggest(model, modelNames());
  return suggestion === undefined ? [] : [finding("test-model-misspelt", { model, suggestion }, { path })];
}

/** Whom a test may speak of. */
export interface Subjects {
  readonly policy: Policy;
  /** The e-mails of all members, in lower case, those without an app_role too. */
  readonly members: ReadonlySet<string>;
}

/** Where a test is about nobody on purpose, it says so with one of these codes. */
const ON_PURPOSE: ReadonlySet<DenialCode | undefined> = new Set<DenialCode>([
  "unknown-role",
  "unknown-user",
  "policy-missing",
]);

/** The role or the user of a test exists, or the test says by its code that it does not. */
function checkSubject(
  { role, user }: Pick<PolicyTest, "role" | "user">,
  code: DenialCode | undefined,
  path: ConfigPath,
  { policy, members }: Subjects,
): readonly Finding[] {
  if (ON_PURPOSE.has(code)) return [];
  if (role !== undefined && !policy.roles.has(role)) {
    const suggestion = nearestOf(policy.roles)(role);
    return [finding("unknown-role", { role, ...(suggestion && { suggestion }) }, { path: [...path, "role"] })];
  }
  // Of somebody whose entry has ended the test itself tells.
  if (user === undefined || policy.people.has(user) || policy.former?.has(user)) return [];
  const where = { path: [...path, "user"] };
  if (members.has(user)) return [finding("person-without-app-role", { person: user }, where)];
  const suggestion = nearestOf(members)(user);
  return [finding("unknown-person", { person: user, ...(suggestion && { suggestion }) }, where)];
}

const SUGGESTERS = new WeakMap<object, (word: string) => string | undefined>();

/** One suggester for each collection: it has a budget for the whole run, and thousands of names are not sorted again and again. */
function nearestOf(names: ReadonlyMap<string, unknown> | ReadonlySet<string>): (word: string) => string | undefined {
  const known = SUGGESTERS.get(names);
  if (known) return known;
  const made = suggester(names.keys());
  SUGGESTERS.set(names, made);
  return made;
}
