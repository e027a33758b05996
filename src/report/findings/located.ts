import {
  type ConfigPath,
  type Finding,
  type FindingCode,
  formatPath,
  type Locate,
  type Position,
  type Severity,
} from "../../core/model/finding.ts";
import { maskCredentials } from "../../core/text/credential-shape.ts";
import { cut } from "../../core/text/text.ts";
import type { SarifResult } from "../formats/sarif.ts";
import { wordsOf } from "./sentences.ts";

/** A finding in words, with its place looked up; null where it has none. */
export interface LocatedFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The config path, as `accept[0].until`. */
  readonly path: string | null;
  /** The live object. */
  readonly target: string | null;
  /** Both 1-based; columns count UTF-16 units. */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** Findings in the order of the file; those without a place in it come last, as they were. */
export function locatedFindings(findings: readonly Finding[], locate: Locate): readonly LocatedFinding[] {
  return inOrder(findings, locate).map(locatedFinding);
}

/** The same, each made when it is asked for: there may be some for each key of an organization. */
export function findingMakers(findings: readonly Finding[], locate: Locate): readonly (() => LocatedFinding)[] {
  return inOrder(findings, locate).map((placed) => () => locatedFinding(placed));
}

/** The same for programs: the fields of a finding in JSON (design section 5). */
export function findingFields(findings: readonly Finding[], locate: Locate) {
  return locatedFindings(findings, locate).map(({ code, severity, path, line, column, message }) => ({
    code,
    severity,
    path,
    line,
    column,
    message,
  }));
}

interface Placed {
  readonly finding: Finding;
  readonly position: Position | undefined;
}

function inOrder(findings: readonly Finding[], locate: Locate): readonly Placed[] {
  const placed = findings.map((finding): Placed => {
    const { position, path, atKey = false } = finding;
    return { finding, position: position ?? (path && locate(path, atKey)) };
  });
  return placed.sort(byPlace);
}

function locatedFinding({ finding, position }: Placed): LocatedFinding {
  const { code, severity, path, target } = finding;
  return {
    code,
    severity,
    path: path === undefined || path.length === 0 ? null : shownPath(path),
    target: target === undefined ? null : shownPart(target),
    line: position?.line ?? null,
    column: position?.column ?? null,
    message: wordsOf(finding),
  };
}

/** So long a name in a path may be: longer than any that the API takes. What is longer is no name, and is cut. */
const LONGEST = 1000;

/** Of most paths no part is cut or masked, which is told of all parts at once. */
function shownPath(path: ConfigPath): string {
  const text = formatPath(path);
  return shownPart(text) === text ? text : formatPath(path.map(shownPart));
}

/** What stands in the file as a name may be anything, a secret too: a path is read by as many people as the message. */
function shownPart<Part extends string | number>(part: Part): Part | string {
  if (typeof part !== "string") return part;
  return part.length > LONGEST ? cut(part) : maskCredentials(part);
}

function byPlace({ position: left }: Placed, { position: right }: Placed): number {
  if (!left || !right) return Number(!left) - Number(!right);
  return left.line - right.line || left.column - right.column;
}

/** Where the file declares the object of a target, or would; undefined where it has nothing of the kind. */
export function declarationOf(target: string, locate: Locate): Position | undefined {
  const [root = "", rest = ""] = split(target);
  const people = root === "invites" ? "members" : root;
  // Names of issuers and rules stand two words deep.
  if (root === "federation") return locate([root, ...split(rest).flatMap((part) => part ?? [])], true);
  if (root !== "workspaces") return locate([people, rest], true);
  const [workspace = "", inner] = split(rest);
  if (inner === undefined) return locate([root, workspace], true);
  const [part = "", name] = split(inner);
  return locate([root, workspace, part, ...(name === undefined ? [] : [name])], true);
}

function split(text: string): readonly (string | undefined)[] {
  const dot = text.indexOf(".");
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** A finding for a code scanner; `place` is what it is about where that is no place in the file. */
export function findingResult(
  { code, severity, message, line, column }: LocatedFinding,
  file: string,
  place: string | null,
): SarifResult {
  return {
    ruleId: code,
    level: severity === "info" ? "note" : severity,
    message,
    file,
    ...(line !== null && { line }),
    ...(column !== null && { column }),
    ...(place !== null && { logicalLocation: place }),
  };
}
