import { describe } from "../config/plain-value.ts";
import { prune } from "../config/prune.ts";
import type { WrittenConfig } from "../config/schema.ts";
import { issueFindings, schemaIssues } from "../config/schema-issues.ts";
import { finding } from "../model/finding.ts";
import { judge, type ParsedConfig, untouched } from "./judge.ts";

/** What a plain value, read from an rbac.yaml, means, and all that is wrong with it: the schema's complaints and every rule's. */
export function parseConfig(value: unknown, now: number): ParsedConfig {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { findings: [finding("not-a-mapping", { found: describe(value) }, { path: [] })] };
  }
  const issues = schemaIssues(value);
  const ofSchema = issues.flatMap((issue) => issueFindings(issue, value));
  const left = issues.length === 0 ? untouched(value as WrittenConfig) : prune(value, issues);
  return judge({ value, left, ofSchema, now });
}
