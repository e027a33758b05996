import type { Config } from "../config/config.ts";
import { normalise } from "../config/normalise.ts";
import type { Pruned } from "../config/prune.ts";
import type { WrittenConfig } from "../config/schema.ts";
import { gatherFacts } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding, formatPath, isError, type Locate } from "../model/finding.ts";
import { compareText } from "../text/text.ts";
import { RULES } from "./rules.ts";

/** More findings than this say nothing new of a file; that there are more is said. */
export const FINDINGS_LIMIT = 1000;

export interface ParsedConfig {
  /** Absent where there is a finding of severity error. */
  readonly config?: Config;
  readonly findings: readonly Finding[];
}

/** As `parseConfig`, for a value that the schema accepts, which is not loaded for it. */
export function judgeAccepted(value: WrittenConfig, now: number): ParsedConfig {
  return judge({ value, left: untouched(value), ofSchema: [], now });
}

/** Nothing was taken out. */
export function untouched(written: WrittenConfig): Pruned {
  return { written, taken: [], badKeys: new Set(), indexes: new Map() };
}

interface Judged {
  readonly value: unknown;
  /** The part of it that the schema accepts. */
  readonly left: Pruned;
  /** The schema's findings. */
  readonly ofSchema: readonly Finding[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What the part of a value means that is left, and every rule's findings beside those of the schema. */
export function judge({ value, left, ofSchema, now }: Judged): ParsedConfig {
  const config = normalise(left.written);
  const facts = gatherFacts(value, left, config, now);
  const findings = [...ofSchema, ...RULES.flatMap((rule) => rule(facts))].sort(byPath);
  return findings.some(isError) ? { findings: limited(findings) } : { config, findings: limited(findings) };
}

/** So many findings as say something new, and that there are more. */
export function limited(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= FINDINGS_LIMIT) return findings;
  const rest = findings.slice(FINDINGS_LIMIT);
  const severity = rest.some(isError) ? "error" : "warning";
  const more = finding("too-many-errors", { limit: FINDINGS_LIMIT }, { path: rest[0]?.path ?? [], severity });
  return [...findings.slice(0, FINDINGS_LIMIT), more];
}

function byPath(left: Finding, right: Finding): number {
  return comparePaths(left.path ?? [], right.path ?? []) || compareText(left.code, right.code);
}

function comparePaths(left: ConfigPath, right: ConfigPath): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const one = left[index];
    const other = right[index];
    const order =
      typeof one === "number" && typeof other === "number" ? one - other : compareText(String(one), String(other));
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(formatPath(left), formatPath(right));
}

/** A file that was read: what it means, and everything that was found in it. */
export interface ConfigReading {
  /** The path to show: relative to the working directory where the file is below it. */
  readonly file: string;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly digest: string;
  /** Absent where there are findings of severity error. */
  readonly config?: Config;
  readonly findings: readonly Finding[];
  /** The same by another clock (epoch ms): days may have passed by it that have not by the first one, or the other way round. */
  readonly findingsAt: (now: number) => readonly Finding[];
  readonly locate: Locate;
  /** Why a file that was found, and not named, is not to be obeyed by what writes; absent where it is. */
  readonly distrusted?: string;
}
