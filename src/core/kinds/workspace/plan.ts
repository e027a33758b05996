import type { Workspace } from "../../config/config.ts";
import { isSpecial } from "../../match/workspaces.ts";
import type { Change, ChangeOf, Risk } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import type { LiveWorkspace } from "../../model/org.ts";
import { target } from "../../model/target.ts";
import { nameIdentity } from "../../text/identity.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";
import { checkExternalKey } from "./external-key.ts";

/** Workspaces: missing ones are created, differing fields updated, undeclared ones archived under `full` only. */
export function planWorkspaces(input: PlanInput): KindPlan {
  const { config, matches } = input;
  const planned = emptyKindPlan();
  if (config.manage.workspaces === "off") return planned;
  const full = config.manage.workspaces === "full";
  const archives = full && !matches.isOneLost;

  const notCreated: string[] = [];
  for (const { declared, live } of matches.matched) {
    const { findings, refused } = checkExternalKey(input, declared, live);
    planned.findings.push(...findings);
    if (live) planWorkspace(planned, refused ? withoutKey(declared) : declared, live, full);
    else if (refused) notCreated.push(declared.handle);
    else planned.changes.push(creation(declared));
  }
  for (const live of matches.undeclared) {
    if (isSpecial(live)) continue;
    if (archives) planned.changes.push(archival(live));
    else planned.unmanaged.push(unmanaged(live));
  }
  return { ...planned, notCreated };
}

/** A workspace whose key cannot be attached is planned as if the file said nothing of one. */
function withoutKey({ externalKeyId: _, ...declared }: Workspace): Workspace {
  return declared;
}

type Updated = ChangeOf<"workspace", "update">["after"];
type Residency = NonNullable<Updated["data_residency"]>;
type Mutable<Of> = { -readonly [Field in keyof Of]: Of[Field] };

function planWorkspace(planned: KindPlan, declared: Workspace, live: LiveWorkspace, full: boolean): void {
  const before: Mutable<Updated> = {};
  const after: Mutable<Updated> = {};
  const fixed = (field: string, value: string, current: string) => {
    const where = {
      path: ["workspaces", declared.handle, ...field.split(".")],
      target: target.workspace(declared.handle),
    };
    planned.findings.push(
      finding("immutable-field", { of: "workspace", field, declared: value, live: current }, where),
    );
  };

  if (nameIdentity(declared.name) !== nameIdentity(live.name)) {
    if (live.isDefault) fixed("name", declared.name, live.name);
    else [before.name, after.name] = [live.name, declared.name];
  }
  // Pinned by its id, it may be declared with what the API never changes there.
  if (live.isDefault) {
    for (const field of FIELDS_OF_OTHERS) {
      if (declared[field] === undefined) continue;
      const where = { path: ["workspaces", declared.handle], target: target.workspace(declared.handle) };
      planned.findings.push(finding("default-workspace-fixed", { field: WRITTEN[field] }, where));
    }
  }
  const tags = declared.tags && wantedTags(declared.tags, live.tags, full);
  if (tags && !sameTags(tags, live.tags)) [before.tags, after.tags] = [live.tags, tags];

  const { externalKeyId } = declared;
  if (externalKeyId && live.externalKeyId === undefined) {
    [before.external_key_id, after.external_key_id] = [null, externalKeyId];
  } else if (externalKeyId !== undefined && (externalKeyId ?? undefined) !== live.externalKeyId) {
    fixed("external_key_id", externalKeyId ?? "none", live.externalKeyId ?? "none");
  }
  const geo = declared.dataResidency?.workspaceGeo;
  if (geo !== undefined && geo !== live.workspaceGeo) {
    fixed("data_residency.workspace_geo", geo, live.workspaceGeo ?? "none");
  }
  const residency = residencyDifference(declared, live);
  if (residency) [before.data_residency, after.data_residency] = [residency.before, residency.after];

  if (Object.keys(after).length === 0) return;
  planned.changes.push({
    action: "update",
    kind: "workspace",
    target: target.workspace(declared.handle),
    id: live.id,
    before,
    after,
    // What a key encrypts stays encrypted with it: the API neither detaches nor changes it.
    risk: after.external_key_id === undefined ? (residency?.risk ?? "safe") : "irreversible",
    reason: "name" in after && Object.keys(after).length === 1 ? "renamed" : "differs",
  });
}

/** What the default workspace has none of of its own, and how the file calls it. */
const WRITTEN = {
  rateLimits: "rate_limits",
  spendLimit: "spend_limit",
  members: "members",
  serviceAccounts: "service_accounts",
} as const satisfies Partial<Record<keyof Workspace, string>>;
const FIELDS_OF_OTHERS = Object.keys(WRITTEN) as (keyof typeof WRITTEN)[];

/** The live tags with the declared ones laid over them; under `full` the declared ones alone. A tag that is there keeps its spelling. */
function wantedTags(declared: Readonly<Record<string, string>>, live: Readonly<Record<string, string>>, full: boolean) {
  const spelled = new Map(Object.keys(live).map((tag) => [nameIdentity(tag), tag]));
  const wanted = Object.entries(declared).map(([tag, value]) => {
    const own = Object.hasOwn(live, tag) ? tag : (spelled.get(nameIdentity(tag)) ?? tag);
    return [own, value] as const;
  });
  return { ...(full ? {} : live), ...Object.fromEntries(wanted) };
}

function sameTags(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && one[key] === other[key])
  );
}

function residencyDifference(declared: Workspace, live: LiveWorkspace) {
  const { allowedInferenceGeos: allowed, defaultInferenceGeo: preferred } = declared.dataResidency ?? {};
  const before: Mutable<Residency> = {};
  const after: Mutable<Residency> = {};
  let risk: Risk = "safe";
  if (allowed !== undefined && geoText(allowed) !== geoText(live.allowedInferenceGeos)) {
    before.allowed_inference_geos = live.allowedInferenceGeos ?? null;
    after.allowed_inference_geos = allowed;
    risk = widensGeos(live.allowedInferenceGeos, allowed) ? "widening" : "safe";
  }
  if (preferred !== undefined && preferred !== live.defaultInferenceGeo) {
    before.default_inference_geo = live.defaultInferenceGeo ?? null;
    after.default_inference_geo = preferred;
    if (live.defaultInferenceGeo === undefined) risk = "widening";
  }
  return Object.keys(after).length > 0 ? { before, after, risk } : undefined;
}

type Geos = readonly string[] | "unrestricted";

function geoText(geos: Geos | undefined): string | undefined {
  return typeof geos === "object" ? [...new Set(geos)].sort().join(",") : geos;
}

/** What it was before is not known where the API gave nothing that can be read: then it may widen. */
function widensGeos(before: Geos | undefined, after: Geos): boolean {
  if (before === undefined) return true;
  if (before === "unrestricted") return false;
  return after === "unrestricted" || after.some((geo) => !before.includes(geo));
}

function creation({ handle, name, tags, dataResidency, externalKeyId }: Workspace): Change {
  const residency: Residency = {
    ...(dataResidency?.workspaceGeo !== undefined && { workspace_geo: dataResidency.workspaceGeo }),
    ...(dataResidency?.allowedInferenceGeos !== undefined && {
      allowed_inference_geos: dataResidency.allowedInferenceGeos,
    }),
    ...(dataResidency?.defaultInferenceGeo !== undefined && {
      default_inference_geo: dataResidency.defaultInferenceGeo,
    }),
  };
  return {
    action: "create",
    kind: "workspace",
    target: target.workspace(handle),
    id: null,
    before: null,
    after: {
      name,
      ...(tags && { tags }),
      ...(Object.keys(residency).length > 0 && { data_residency: residency }),
      ...(externalKeyId && { external_key_id: externalKeyId }),
    },
    risk: "safe",
    reason: "declared",
  };
}

function archival(live: LiveWorkspace): Change {
  return {
    action: "remove",
    kind: "workspace",
    target: target.workspace(live.id),
    id: live.id,
    before: { name: live.name },
    after: null,
    risk: "irreversible",
    reason: "not-declared",
  };
}

function unmanaged({ id, name }: LiveWorkspace) {
  return { kind: "workspace", target: target.workspace(id), id, name, details: {} } as const;
}
