/** The complaints of the schema, as findings. */
import type * as z from "zod/mini";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { hiddenInName } from "../text/hidden.ts";
import { suggest, suggester } from "../text/suggest.ts";
import { cut } from "../text/text.ts";
import { FORMATS } from "./formats.ts";
import { describe, valueAt } from "./plain-value.ts";
import { writtenConfig } from "./schema.ts";

type Issue = z.core.$ZodIssue;

/** What the schema has against a value. Fields that are free everywhere (`x-…`) are none of its business. */
export function schemaIssues(value: unknown): readonly Issue[] {
  // Compiling a checker for each schema takes longer than checking a file of any size does without.
  const result = writtenConfig.safeParse(value, { jitless: true });
  if (result.success) return [];
  return result.error.issues.filter((issue) => issue.code !== "unrecognized_keys" || !issue.keys.every(isFree));
}

/** Findings for one complaint. None where only `x-…` fields are meant, which are free everywhere. */
export function issueFindings(issue: Issue, root: unknown): Finding[] {
  const path = issue.path as ConfigPath;
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownFields(issue.keys, path, root);
    case "invalid_key":
      return issue.issues.slice(0, 1).map((inner) => wrongName(inner, String(path.at(-1)), { path, atKey: true }));
    case "custom":
      return [hiddenCharacter(String(valueAt(root, path)), { path })];
    case "invalid_union":
      return unionFindings(issue, root);
    case "invalid_value":
      return [wrongWord(issue, path, valueAt(root, path))];
    case "invalid_type":
      return wordsForList(issue.expected, path, root) ?? [wrongType(issue.expected, path, valueAt(root, path))];
    case "too_small":
    case "too_big":
    case "not_multiple_of":
    case "invalid_format":
      return [wrongText(issue, shown(valueAt(root, path)), { path }, "another value")];
    default:
      return [finding("invalid-format", { value: shown(valueAt(root, path)), expected: "another value" }, { path })];
  }
}

function wrongName(issue: z.core.$ZodRawIssue | Issue, name: string, where: PathOrKey): Finding {
  return issue.code === "custom" ? hiddenCharacter(name, where) : wrongText(issue, name, where, "a name of other form");
}

/** The schema's only check of its own is that identifiers show. */
function hiddenCharacter(text: string, where: PathOrKey): Finding {
  return finding("hidden-character", { character: hiddenInName(text)?.name ?? "" }, where);
}

interface PathOrKey {
  readonly path: ConfigPath;
  readonly atKey?: boolean;
}

/** Whether a field is one of the free ones, for anchors and for other tools. */
export function isFree(field: string): boolean {
  return field.startsWith("x-");
}

function unknownFields(fields: readonly string[], path: ConfigPath, root: unknown): Finding[] {
  const known = fieldsAt(path, root);
  const nearest = suggester(known);
  return fields
    .filter((field) => !isFree(field))
    .map((field) => {
      const suggestion = nearest(field);
      const args = suggestion === undefined ? { field, known } : { field, known, suggestion };
      return finding("unknown-field", args, { path: [...path, field], atKey: true });
    });
}

/** What the schema says of the value at a path; undefined where it knows none there, and inside of a union. */
function schemaAt(path: ConfigPath): z.ZodMiniType | undefined {
  let schema: z.ZodMiniType | undefined = writtenConfig;
  for (const part of path) {
    const inner: unknown = unwrap(schema);
    const { def } = inner as {
      def: { type: string; shape?: Shape; valueType?: z.ZodMiniType; element?: z.ZodMiniType };
    };
    schema = def.shape?.[String(part)] ?? def.valueType ?? def.element;
    if (!schema) return undefined;
  }
  return schema;
}

/** The fields that the schema knows at a path. */
function fieldsAt(path: ConfigPath, root: unknown): string[] {
  const schema = schemaAt(path);
  if (!schema) return [];
  const { def } = unwrap(schema) as unknown as { def: { shape?: Shape } };
  const written = valueAt(root, path);
  const present = typeof written === "object" && written !== null ? written : {};
  return Object.keys(def.shape ?? {}).filter((field) => field !== "$schema" && !Object.hasOwn(present, field));
}

type Shape = Readonly<Record<string, z.ZodMiniType>>;

/** The schema behind `optional` and `nullable`. */
function unwrap(schema: z.ZodMiniType): z.ZodMiniType {
  let inner = schema;
  while (inner.type === "optional" || inner.type === "nullable") {
    inner = (inner as z.ZodMiniOptional<z.ZodMiniType> | z.ZodMiniNullable<z.ZodMiniType>).def.innerType;
  }
  return inner;
}

/**
 * Of the branches of a union, the one whose kind of value was written speaks; else the whole is of a wrong type, and every branch is
 * offered: of a list and a word that means everything, the word alone would be wide advice.
 */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, root: unknown): Finding[] {
  const path = issue.path as ConfigPath;
  const value = valueAt(root, path);
  const branches = branchesAt(path);
  for (const branch of issue.errors) {
    const first = branch[0];
    if (!first || (first.path.length === 0 && first.code === "invalid_type")) continue;
    if (first.code === "invalid_value" && (typeof value !== "string" || !isNear(value, first.values))) continue;
    return branch.flatMap((inner) => issueFindings({ ...inner, path: [...path, ...inner.path] } as Issue, root));
  }
  if (branches.length === 0) return [wrongType("text or list", path, value)];
  const offered = branches.map((branch) => offer(branch, value, path));
  return [finding("wrong-type", { expected: offered.join(", or "), found: describe(value) }, { path })];
}

/** The branches of the union at a path; none inside of another union. */
function branchesAt(path: ConfigPath): readonly z.ZodMiniType[] {
  const schema = schemaAt(path);
  if (!schema) return [];
  return (unwrap(schema) as unknown as { def: { options?: readonly z.ZodMiniType[] } }).def.options ?? [];
}

function isNear(word: string, values: readonly unknown[]): boolean {
  return suggest(word, values.map(String)) !== undefined;
}

/** What a branch of a union asks for, in words; for a word that belongs into a list, that list. */
function offer(branch: z.ZodMiniType, value: unknown, path: ConfigPath): string {
  if (branch.type === "literal") return (branch as z.ZodMiniLiteral).def.values.map(String).join(", or ");
  const right = typeof value === "string" ? withoutMarks(branch.type, value, path) : undefined;
  return right ?? TYPE_WORDS[branch.type] ?? branch.type;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  "text or list": "text, or a list",
};

function wrongType(expected: string, path: ConfigPath, value: unknown): Finding {
  if (path.at(-1) === "spend_limit" && typeof value === "number") {
    return finding("wrong-type", { expected: `{ monthly: ${value} }`, found: describe(value) }, { path });
  }
  if (value === undefined) return finding("missing-field", { field: String(path.at(-1)) }, { path });
  // Quotes make text of a number, but no duration, date or id.
  const [quoted] =
    expected === "string" && isScalar(value) ? (schemaAt(path)?.safeParse(String(value)).error?.issues ?? []) : [];
  if (quoted?.code === "invalid_format") return wrongText(quoted, String(value), { path }, "another value");
  const right = typeof value === "string" ? withoutMarks(expected, value, path) : undefined;
  return finding(
    "wrong-type",
    { expected: right ?? TYPE_WORDS[expected] ?? expected, found: describe(value) },
    { path },
  );
}

/**
 * What is said once of a list of words where a list of lists is due, as one command where several may stand: word by word, the advice
 * would make a command of each.
 */
function wordsForList(expected: string, path: ConfigPath, root: unknown): Finding[] | undefined {
  const [list, at] = [path.slice(0, -1), path.at(-1)];
  const words = typeof at === "number" ? valueAt(root, list) : undefined;
  if (expected !== "array" || !Array.isArray(words) || !words.every((word) => typeof word === "string"))
    return undefined;
  if (at !== 0) return [];
  return [finding("wrong-type", { expected: `[[${cut(words.join(", "))}]]`, found: "one list" }, { path: list })];
}

/** How a text is written that holds the right value and has a mark too many, or none where a list has some. */
function withoutMarks(expected: string, text: string, path: ConfigPath): string | undefined {
  if (UNQUOTED[expected]?.test(text)) return `${text} without quotes`;
  if (expected !== "array" || !/^[\w.@-]+$/.test(text)) return undefined;
  const inner = schemaAt([...path, 0]);
  return inner && unwrap(inner).type === "array" ? `[[${text}]]` : `[${text}]`;
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const UNQUOTED: Readonly<Record<string, RegExp>> = { number: NUMBER, int: NUMBER, boolean: /^(?:true|false)$/ };

function isScalar(value: unknown): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function wrongWord(issue: z.core.$ZodIssueInvalidValue, path: ConfigPath, value: unknown): Finding {
  // Captions are understood, but the API's own words are what is taught.
  const allowed = issue.values.map(String).filter((word) => !/[A-Z]|^workspace_/.test(word));
  if (value === undefined) return finding("missing-field", { field: String(path.at(-1)) }, { path });
  if (typeof value === "object") {
    return finding(
      "wrong-type",
      { expected: allowed.length > 1 ? `one of ${allowed.join(", ")}` : String(allowed[0]), found: describe(value) },
      { path },
    );
  }
  const word = String(value);
  const number = issue.values.find((each) => typeof each === "number" && String(each) === word);
  if (typeof value === "string" && number !== undefined) {
    return finding("wrong-type", { expected: `${String(number)} without quotes`, found: "text" }, { path });
  }
  if (isWorkspaceMember(path) && /^(?:workspace[_ ])?billing$/i.test(word)) {
    return finding("unassignable-workspace-role", { role: word }, { path });
  }
  const suggestion = suggest(word, allowed);
  return finding(
    "invalid-value",
    suggestion === undefined ? { value: word, allowed } : { value: word, allowed, suggestion },
    {
      path,
    },
  );
}

function isWorkspaceMember(path: ConfigPath): boolean {
  return path.length === 4 && path[0] === "workspaces" && path[2] === "members";
}

/** Findings for text or numbers of the right type: of a wrong form, or too small, long, or fine. */
function wrongText(issue: z.core.$ZodRawIssue | Issue, value: string, where: PathOrKey, otherwise: string): Finding {
  switch (issue.code) {
    case "invalid_format": {
      const { format, pattern } = issue as z.core.$ZodIssueInvalidStringFormat;
      return finding(
        "invalid-format",
        { value, expected: FORMATS.get(format) ?? FORMATS.get(pattern ?? "") ?? otherwise },
        where,
      );
    }
    case "not_multiple_of":
      return finding("invalid-format", { value, expected: "an amount with at most three decimals" }, where);
    case "too_small": {
      const { minimum, origin } = issue as z.core.$ZodIssueTooSmall;
      return finding("out-of-range", { value, expected: `at least ${minimum}${UNITS[origin] ?? ""}` }, where);
    }
    case "too_big": {
      const { maximum, origin } = issue as z.core.$ZodIssueTooBig;
      if (origin === "string") return finding("too-long", { value, limit: Number(maximum) }, where);
      return finding("out-of-range", { value, expected: `at most ${maximum}${UNITS[origin] ?? ""}` }, where);
    }
    default:
      return finding("invalid-format", { value, expected: otherwise }, where);
  }
}

const UNITS: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

/** A value as a sentence can quote it. */
function shown(value: unknown): string {
  return cut(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));
}
