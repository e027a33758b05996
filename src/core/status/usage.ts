import { itemsOf } from "../model/org.ts";
import type { UsageReport, UsageRow } from "../model/usage.ts";
import { addTo, compareText } from "../text/text.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";

/** Requests and tokens over a time, by workspace and by key, most tokens first. */
export interface UsageStatus extends UsageCount {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly source: UsageReport["source"];
  readonly workspaces: readonly WorkspaceUsage[];
  /** Listed workspaces that used nothing. */
  readonly silent: readonly WorkspaceRef[];
}

/** What was counted. */
export interface UsageCount {
  /** Absent where the report does not count requests. */
  readonly requests?: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface WorkspaceUsage extends UsageCount {
  /** Absent where the report names none and the default workspace is not known. */
  readonly workspace?: WorkspaceRef;
  readonly keys: readonly KeyUsage[];
}

/** Usage of one key in one workspace. */
export interface KeyUsage extends UsageCount {
  /** Absent: no key authenticated it (the Workbench, federation). */
  readonly keyId?: string;
  /** Absent where the organization does not list the key. */
  readonly name?: string;
  readonly status?: string;
}

/** What to keep of a report. */
export interface UsageFilter {
  readonly workspaceId?: string;
  readonly keyIds?: ReadonlySet<string>;
}

/** Adds a report's rows up by workspace and key. */
export function usageStatus(index: StatusIndex, report: UsageReport, filter: UsageFilter = {}): UsageStatus {
  const { workspaceId, keyIds } = filter;
  const defaultId = index.workspaces.find(({ special }) => special === "default")?.id;
  const places = new Map<string, Map<string, UsageRow[]>>();
  for (const row of report.rows) {
    // The legacy report writes the default workspace as null.
    const place = row.workspaceId ?? defaultId ?? "";
    if (workspaceId !== undefined && place !== workspaceId) continue;
    if (keyIds && !keyIds.has(row.keyId ?? "")) continue;
    const keys = places.get(place) ?? new Map<string, UsageRow[]>();
    addTo(keys, row.keyId ?? "", row);
    places.set(place, keys);
  }
  const known = new Map(itemsOf(index.live.keys).map((key) => [key.id, key]));
  const workspaces = [...places].map(([id, byKey]): WorkspaceUsage => {
    const keys = [...byKey].map(([keyId, rows]): KeyUsage => {
      const key = known.get(keyId);
      return { ...(keyId !== "" && { keyId }), ...(key && { name: key.name, status: key.status }), ...sum(rows) };
    });
    const workspace = id === "" ? {} : { workspace: index.workspace(id) };
    return {
      ...workspace,
      ...sum(keys),
      keys: keys.toSorted((a, b) => most(a, b) || compareText(nameOf(a), nameOf(b))),
    };
  });
  const asked = index.workspaces.filter(({ id }) => workspaceId === undefined || id === workspaceId);
  return {
    from: report.from,
    to: report.to,
    source: report.source,
    ...sum(workspaces),
    workspaces: workspaces.toSorted(
      (a, b) => most(a, b) || compareText(a.workspace?.name ?? "", b.workspace?.name ?? ""),
    ),
    silent: keyIds ? [] : asked.filter(({ id }) => !places.has(id)),
  };
}

/** The total of some counts; its requests are unknown as soon as one of them is. */
function sum(counts: readonly UsageCount[]): UsageCount {
  let requests: number | undefined = 0;
  let inputTokens = 0;
  let outputTokens = 0;
  for (const count of counts) {
    requests = requests === undefined || count.requests === undefined ? undefined : requests + count.requests;
    inputTokens += count.inputTokens;
    outputTokens += count.outputTokens;
  }
  return { ...(requests !== undefined && { requests }), inputTokens, outputTokens };
}

function most(a: UsageCount, b: UsageCount): number {
  return b.inputTokens + b.outputTokens - (a.inputTokens + a.outputTokens);
}

function nameOf({ name, keyId }: KeyUsage): string {
  return name ?? keyId ?? "";
}
