import { findModel, lifecycleFindings, modelNames, replacementForUnknownModel } from "../../config/models.ts";
import { type ConfigPath, type Finding, finding } from "../../model/finding.ts";
import { GROUP_TYPES } from "../../model/limit.ts";
import { suggester } from "../../text/suggest.ts";
import { type RuleContext, suggestion, workspacesOf } from "../rule-context.ts";

/** Every rate-limit entry is a model, an alias or a group. What looks like a model may be newer than the table: a warning. */
export function unknownRateLimits(facts: RuleContext): Finding[] {
  const nearest = suggester([...GROUP_TYPES, ...modelNames()]);
  return eachEntry(facts).flatMap(({ entry, path }) => rateLimitFindings(entry, facts.now, path, nearest));
}

/** What is to be said of one entry by itself. */
export function rateLimitFindings(
  entry: string,
  now: number,
  path: ConfigPath = [],
  nearest: (entry: string) => string | undefined = () => undefined,
): Finding[] {
  if ((GROUP_TYPES as readonly string[]).includes(entry)) return [];
  if (findModel(entry) || replacementForUnknownModel(entry) !== undefined)
    return lifecycleFindings(entry, now, path, true);
  const severity = entry.startsWith("claude-") ? "warning" : "error";
  const args = { entry, ...suggestion(nearest(entry)) };
  return [finding("unknown-rate-limit", args, { path, atKey: true, severity })];
}

/**
 * Limits belong to model families: two entries on one would fight over the same row. Two names of one model are an error;
 * two models that the dated table holds for one family are a warning, for only the API's own groups are sure (`--live`).
 */
export function rateLimitCollisions(facts: RuleContext): Finding[] {
  const found: Finding[] = [];
  const families = new Map<string, { readonly entry: string; readonly id: string }>();
  for (const { handle, entry, path } of eachEntry(facts)) {
    const model = findModel(entry);
    if (!model) continue;
    const place = `${handle}\n${model.family}`;
    const first = families.get(place);
    if (!first) {
      families.set(place, { entry, id: model.id });
      continue;
    }
    const severity = first.id === model.id ? "error" : "warning";
    const args = { entry, other: first.entry, family: model.family };
    found.push(finding("rate-limit-collision", args, { path, atKey: true, severity }));
  }
  return found;
}

function eachEntry(facts: RuleContext): readonly { handle: string; entry: string; path: string[] }[] {
  return workspacesOf(facts).flatMap(([handle, { rate_limits: limits }]) =>
    Object.keys(limits ?? {})
      .sort()
      .map((entry) => ({ handle, entry, path: ["workspaces", handle, "rate_limits", entry] })),
  );
}
