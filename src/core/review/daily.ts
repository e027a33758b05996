import type { ReviewUse } from "../model/review.ts";
import { DAY, dayOf, startOfDay } from "../model/time.ts";
import type { StatusIndex } from "../status/index-live.ts";
import { compareText } from "../text/text.ts";
import type { AskedUsage } from "./use.ts";

/** What each workspace, or the one with the id `only`, used on each day of the report, most used first; undefined where there is no report. */
export function dailyUse(
  { report }: AskedUsage,
  index: StatusIndex,
  now: number,
  only: string | undefined,
): ReviewUse | undefined {
  if (!report) return undefined;
  const counts = report.rows.some(({ requests }) => requests !== undefined) ? "requests" : "tokens";
  const first = Math.floor(report.from / DAY);
  const days = Math.floor(now / DAY) - first + 1;
  const defaultId = index.workspaces.find(({ special }) => special === "default")?.id ?? "";
  const places = new Map<string, number[]>();
  for (const { day, workspaceId = defaultId, requests = 0, tokens } of report.rows) {
    if (only !== undefined && workspaceId !== only) continue;
    const values = places.get(workspaceId) ?? Array.from({ length: days }, () => 0);
    places.set(workspaceId, values);
    const at = Math.floor(startOfDay(day) / DAY) - first;
    if (at >= 0 && at < days) values[at] = (values[at] ?? 0) + (counts === "requests" ? requests : tokens);
  }
  const workspaces = [...places].map(([id, values]) => {
    const { handle, name } = index.workspace(id);
    return { target: `workspaces.${handle ?? id}`, name: name ?? handle ?? id, values };
  });
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return {
    counts,
    from: dayOf(first * DAY),
    workspaces: workspaces.toSorted(
      (one, other) => total(other.values) - total(one.values) || compareText(one.target, other.target),
    ),
  };
}
