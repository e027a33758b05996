import type { ManagedKind } from "../config/config.ts";
import type { ExportEntry } from "../document/document.ts";
import type { LeftOut } from "../document/left-out.ts";
import { groupBy } from "../group-by.ts";
import { keysByWorkspace } from "../keys-by-workspace.ts";
import { usersByEmail } from "../kinds/kind.ts";
import { CLAUDE_CODE_WORKSPACE } from "../match/workspaces.ts";
import type { ApiKey, LiveWorkspace, OrgSnapshot, User } from "../model/org.ts";
import { workspaceHandles } from "./handles.ts";
import { groupEntries } from "./rate-limit-entries.ts";

/** What is to be exported. */
export interface ExportRequest {
  readonly live: OrgSnapshot;
  /** Epoch ms. */
  readonly now: number;
  /** The kinds that were asked for. */
  readonly kinds: readonly ManagedKind[];
  /** The ids of the workspaces that were asked for; absent: all. */
  readonly only?: ReadonlySet<string>;
  /** Of this program, for the head of the file. */
  readonly version: string;
  /** Where an editor finds the JSON Schema, relative to the file; absent where there is none. */
  readonly schema?: string;
}

/** What every section is made of: the snapshot joined once. */
export interface ExportFacts {
  readonly live: OrgSnapshot;
  readonly now: number;
  /** Whether a kind was asked for and could be read. */
  readonly has: (kind: ManagedKind) => boolean;
  readonly emails: ReadonlyMap<string, string>;
  readonly roles: ReadonlyMap<string, string>;
  /** Live people by e-mail, without those that share one. */
  readonly users: ReadonlyMap<string, User>;
  /** Those to write, in the order of the file. */
  readonly workspaces: readonly LiveWorkspace[];
  readonly handles: ReadonlyMap<string, string>;
  /** Live names that more than one workspace bears. */
  readonly sharedNames: ReadonlySet<string>;
  /** Keys by the id of their workspace, those of the organization under undefined; in the order of their names. */
  readonly keys: ReadonlyMap<string | undefined, readonly ApiKey[]>;
  /** What `rate_limits` calls a group, by the organization's id for it; a group that nothing stands for is not in it. */
  readonly limitEntries: ReadonlyMap<string, string>;
}

/** One part of the file: its entries, and what it could not say, already with a comment of its own in `below`. */
export interface Section {
  readonly entries: readonly ExportEntry[];
  /** Comment lines after the entries. */
  readonly below: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** Joins what was read with what was asked for. */
export function gatherExportFacts(request: ExportRequest, has: ExportFacts["has"]): ExportFacts {
  const { live, now, only } = request;
  const users = live.users.known ? live.users.items : [];
  const workspaces = live.workspaces.known ? live.workspaces.items : [];
  const names = groupBy(workspaces, ({ name }) => name);
  const listed = live.keys.known && has("keys") ? live.keys.items : [];
  const keys = keysByWorkspace(listed.toSorted(byName));
  const holdsKeys = (id: string) => (keys.get(id) ?? []).some(({ status }) => status === "active");
  const wanted = workspaces.filter(({ id, name, isDefault }) => {
    if (only) return only.has(id);
    return name !== CLAUDE_CODE_WORKSPACE && (!isDefault || holdsKeys(id));
  });
  const handles = workspaceHandles(workspaces);
  const handleOf = ({ id }: LiveWorkspace) => handles.get(id) ?? id;
  return {
    live,
    now,
    has,
    emails: new Map(users.map(({ id, email }) => [id, email])),
    roles: new Map(users.map(({ id, role }) => [id, role])),
    users: usersByEmail(users),
    workspaces: wanted.toSorted(
      (one, other) => Number(one.isDefault) - Number(other.isDefault) || (handleOf(one) < handleOf(other) ? -1 : 1),
    ),
    handles,
    sharedNames: new Set([...names].flatMap(([name, bearers]) => (bearers.length > 1 ? name : []))),
    keys,
    limitEntries: live.rateLimits.known ? groupEntries(live.rateLimits.items, now) : new Map(),
  };
}

function byName(one: ApiKey, other: ApiKey): number {
  if (one.name === other.name) return one.id < other.id ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}
