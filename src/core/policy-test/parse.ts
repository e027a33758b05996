import type * as z from "zod/mini";
import { findModel, isModelPattern, modelNames, replacementForUnknownModel } from "../config/models.ts";
import { describe, valueAt } from "../config/plain-value.ts";
import { isFree } from "../config/schema-issues.ts";
import { type ConfigPath, type Finding, finding, isError, type Locate } from "../model/finding.ts";
import type { DenialCode, Policy } from "../policy/policy.ts";
import { suggest, suggester } from "../text/suggest.ts";
import { isObject } from "../text/text.ts";
import { limited } from "../validate/judge.ts";
import type { PlacedTest } from "./report.ts";
import { fieldsAtDepth, fileIssues, readTest } from "./schema.ts";

/** What of a file of policy tests can be run, and everything that is wrong with it. */
export interface ParsedTests {
  readonly tests: readonly PlacedTest[];
  readonly findings: readonly Finding[];
}

/** By these a file is known for an rbac.yaml. */
const CONFIG_FIELDS = ["roles", "members", "workspaces", "organization"];

/** Reads a plain value as a file of policy tests. A test with an error is left out, the others are not. */
export function parsePolicyTests(value: unknown, subjects: Subjects, locate: Locate): ParsedTests {
  if (value === null || value === undefined) return { tests: [], findings: [finding("no-policy-tests", {})] };
  if (!isObject(value)) return notTests(describe(value));
  if (fieldOf(value, "tests") === undefined && CONFIG_FIELDS.some((field) => Object.hasOwn(value, field))) {
    return notTests("an rbac.yaml");
  }
  const file = withoutFree(value);
  const findings = fileIssues(file).flatMap((issue) => issueFindings(issue, file, []));
  const written = fieldOf(value, "tests");
  const entries: readonly unknown[] = Array.isArray(written) ? written : [];
  if (written === null || (Array.isArray(written) && entries.length === 0)) {
    findings.push(finding("no-policy-tests", {}, { path: ["tests"], atKey: true }));
  }
  const tests: PlacedTest[] = [];
  const firstLines = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const path = ["tests", index];
    const { test, findings: ofTest, name } = parseTest(entry, path, subjects);
    findings.push(...ofTest);
    const line = locate(path, false)?.line ?? 1;
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

type Issue = z.core.$ZodIssue;

/** A field's value; undefined where it is not written. */
function fieldOf(mapping: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(mapping, field) ? mapping[field] : undefined;
}

interface ParsedTest {
  /** Absent where there is an error. */
  readonly test?: Omit<PlacedTest, "line">;
  readonly findings: readonly Finding[];
  readonly name?: string;
}

function parseTest(written: unknown, path: ConfigPath, subjects: Subjects): ParsedTest {
  const entry = withoutFree(written);
  const read = readTest(entry);
  const issues = read.error?.issues ?? [];
  const findings = issues.flatMap((issue) => issueFindings(issue, entry, path));
  if (!isObject(entry)) return { findings };
  // What can be read of a test is looked at further, also where something else of it is wrong.
  const refused = new Set(issues.map((issue) => issue.path.join(".")));
  const text = (at: "name" | "role" | "user" | "expect" | "code" | "request.model"): string | undefined => {
    const value = refused.has(at) ? undefined : valueAt(entry, at.split("."));
    return typeof value === "string" ? value : undefined;
  };
  const name = text("name");
  const named = name !== undefined && { name };
  const expect = text("expect");
  if (expect === "allow" && Object.hasOwn(entry, "code")) findings.push(misplaced("code", expect, path));
  if (expect === "deny" && Object.hasOwn(entry, "max_tokens")) findings.push(misplaced("max_tokens", expect, path));
  const model = text("request.model");
  if (model !== undefined) findings.push(...checkModel(model, [...path, "request", "model"], subjects.policy));
  const subject = { role: text("role"), user: text("user")?.trim().toLowerCase() };
  const given = ["role", "user"].filter((field) => Object.hasOwn(entry, field));
  if (given.length === 1) findings.push(...checkSubject(subject, text("code"), path, subjects));
  else findings.push(finding("test-subject", { given: given.length === 0 ? "neither" : "both" }, { path }));
  if (!read.success || findings.some(isError)) return { findings, ...named };
  const { user: _, request, code, max_tokens, ...rest } = read.data;
  const test = {
    name: rest.name,
    ...(subject.role !== undefined && { role: subject.role }),
    ...(subject.user !== undefined && { user: subject.user }),
    request: { model: request.model, ...(request.max_tokens !== undefined && { max_tokens: request.max_tokens }) },
    expect: rest.expect,
    ...(code !== undefined && { code }),
    ...(max_tokens !== undefined && { max_tokens }),
  };
  return { test, findings, ...named };
}

/** A mapping, and its request, without the fields that are free everywhere; any other value as it is. */
function withoutFree(value: unknown): unknown {
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([field]) => !isFree(field));
  return Object.fromEntries(fields.map(([field, inner]) => [field, field === "request" ? withoutFree(inner) : inner]));
}

function misplaced(field: "code" | "max_tokens", expect: "allow" | "deny", path: ConfigPath): Finding {
  return finding("test-field-misplaced", { field, expect }, { path: [...path, field], atKey: true });
}

/** Findings for one complaint about a value that stands at `base`. */
function issueFindings(issue: Issue, value: unknown, base: ConfigPath): Finding[] {
  const inner = issue.path as ConfigPath;
  const path = [...base, ...inner];
  const field = String(path.at(-1));
  const found = valueAt(value, inner);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownFields(issue.keys, path, found);
    case "invalid_value":
      if (found === undefined) return [finding("missing-field", { field }, { path })];
      return [wrongWord(issue.values.map(String), found, path)];
    case "invalid_format":
      return [finding("out-of-range", { value: String(found), expected: "at least 1 character" }, { path })];
    case "too_small":
      return [finding("out-of-range", { value: String(found), expected: "at least 1" }, { path })];
    case "too_big":
      return [finding("out-of-range", { value: String(found), expected: "a number that can be counted to" }, { path })];
    default:
      if (found === undefined) return [finding("missing-field", { field }, { path })];
      return [finding("wrong-type", { expected: expectedAt(path), found: describe(found) }, { path })];
  }
}

/** What belongs at a path, in plain words. */
function expectedAt(path: ConfigPath): string {
  const part = path.at(-1);
  if (typeof part === "number") return "a test";
  if (part === "tests") return "a list";
  if (part === "request") return "a mapping with a model";
  return part === "max_tokens" ? "a whole number" : "text";
}

function unknownFields(fields: readonly string[], path: ConfigPath, mapping: unknown): Finding[] {
  const known = fieldsAtDepth(path.length).filter((field) => !(isObject(mapping) && Object.hasOwn(mapping, field)));
  const nearest = suggester(known);
  return fields.map((field) => {
    const suggestion = nearest(field);
    const args = suggestion === undefined ? { field, known } : { field, known, suggestion };
    return finding("unknown-field", args, { path: [...path, field], atKey: true });
  });
}

function wrongWord(allowed: readonly string[], value: unknown, path: ConfigPath): Finding {
  if (typeof value === "object" && path.length > 1) {
    return finding("wrong-type", { expected: `one of ${allowed.join(", ")}`, found: describe(value) }, { path });
  }
  // What a mapping would say of itself as text is its writer's to choose, and may be no text.
  const word = typeof value === "object" && value !== null ? describe(value) : String(value);
  const near = path.length > 1 ? suggest(word, allowed) : undefined;
  return finding("invalid-value", { value: word, allowed, ...(near && { suggestion: near }) }, { path });
}

/** The model of a request is one model; and one that looks misspelt is said, for the denial of a typo proves nothing. */
function checkModel(model: string, path: ConfigPath, policy: Policy): readonly Finding[] {
  if (isModelPattern(model)) return [finding("test-model-pattern", { model }, { path })];
  if (findModel(model) || replacementForUnknownModel(model) !== undefined) return [];
  if (modelsNamedBy(policy).has(model)) return [];
  const suggestion = suggest(model, modelNames());
  return suggestion === undefined ? [] : [finding("test-model-misspelt", { model, suggestion }, { path })];
}

const NAMED = new WeakMap<Policy, ReadonlySet<string>>();

/** Every model and pattern that a role lists, gathered once for each policy. */
function modelsNamedBy(policy: Policy): ReadonlySet<string> {
  const known = NAMED.get(policy);
  if (known) return known;
  const made = new Set([...policy.roles.values()].flatMap(({ models }) => models));
  NAMED.set(policy, made);
  return made;
}

/** Whom a test may speak of. */
export interface Subjects {
  readonly policy: Policy;
  /** The e-mails of all members, in lower case, those without an app_role too. */
  readonly members: ReadonlySet<string>;
}

/** Where a test is about nobody on purpose, it says so with one of these codes. */
const ON_PURPOSE: ReadonlySet<string | undefined> = new Set<DenialCode>([
  "unknown-role",
  "identity-unmapped",
  "policy-missing",
]);

/** The role or the user of a test exists, or the test says by its code that it does not. */
function checkSubject(
  { role, user }: { readonly role: string | undefined; readonly user: string | undefined },
  code: string | undefined,
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
  const suggestion = members.has(user) ? undefined : nearestOf(members)(user);
  // What the unmapped may do is as good a test as any.
  if (policy.unmapped && suggestion === undefined) return [];
  if (members.has(user)) return [finding("person-without-app-role", { person: user }, where)];
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
