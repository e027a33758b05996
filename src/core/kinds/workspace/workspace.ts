import { canHold } from "../../config/schema.ts";
import { type ExportEntry, type ExportValue, line } from "../../document/document.ts";
import { isTagName, isTagValue, isValue, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { ChangeOf, Fields } from "../../model/change.ts";
import { itemsOf, type LiveWorkspace } from "../../model/org.ts";
import { parseTarget } from "../../model/target.ts";
import { nameIdentity } from "../../text/identity.ts";
import { type Kind, type Section, workspaceScope } from "../kind.ts";
import { unreadKeys } from "./external-key.ts";
import { planWorkspaces } from "./plan.ts";

/** Workspaces, and what they are besides what they hold. */
export const workspace: Kind<"workspace"> = {
  manage: "workspaces",
  order: 0,
  endsAt: 6,
  writtenBy: "api",
  needs: ["workspaces"],
  // Who and what ends with a workspace that goes is shown, and counted by the guardrails.
  scope: (request) => ({
    ...workspaceScope(request),
    // Only where the file names one: whoever has none pays no request.
    ...(request.declaredExternalKeys.length > 0 && {
      externalKeys: true,
      externalKeyIds: request.declaredExternalKeys,
    }),
    ...(request.removes("workspaces") && {
      users: true,
      keys: true,
      membersOf: request.undeclared,
      // What needs another credential is read only where it is managed.
      ...(request.manages("service_accounts") && { serviceAccountsOf: request.undeclared }),
    }),
  }),
  lists: { workspaces: "workspaces" },
  parts: unreadKeys,
  count: (_, { handles, undeclared }) => handles.size + undeclared.filter(({ isDefault }) => !isDefault).length,
  feed: { names: ["own"] },
  isPlace: true,
  plan: planWorkspaces,
  named: (target, name) => {
    const { workspace: place = "" } = parseTarget(target) ?? {};
    return name === undefined ? undefined : { is: "workspace", place: "", name, path: ["workspaces", place, "name"] };
  },
  // Its live name, or its id where two share that.
  confirmedBy: ({ id, target }, { workspaces }) => {
    const live = itemsOf(workspaces);
    const name = live.find((item) => item.id === id)?.name;
    const bearers = name === undefined ? [] : live.filter((item) => nameIdentity(item.name) === nameIdentity(name));
    return name !== undefined && bearers.length === 1 ? name : (id ?? target);
  },
  // Regions where data may be, and tags that go.
  reduces: ({ action, before, after }) =>
    action === "update" &&
    (after.data_residency !== undefined ||
      Object.keys(before.tags ?? {}).some((tag) => !Object.hasOwn(after.tags ?? {}, tag))),
  calls: (change) => {
    if (change.action === "create") return [{ name: "create-workspace", fields: change.after }];
    const { id: workspaceId } = change;
    if (workspaceId === null) return undefined;
    if (change.action === "remove") return [{ name: "archive-workspace", workspaceId }];
    return [{ name: "update-workspace", workspaceId, fields: updateFields(change) }];
  },
  exported: [{ in: "workspace", field: "tags", section: (_, live) => workspaceFields(live) }],
};

/**
 * Only the tags that differ: the API keeps those that an update does not name, and drops those that are null (admin-api.md 2.4).
 * What was shown as a difference of one tag must not set the others back to what they were when they were read.
 */
function updateFields({ before, after }: ChangeOf<"workspace", "update">): Fields {
  const { tags, ...rest } = after;
  if (!tags) return rest;
  const live = before.tags ?? {};
  const dropped = Object.keys(live).filter((tag) => !Object.hasOwn(tags, tag));
  const set = Object.entries(tags).filter(([tag, value]) => !Object.hasOwn(live, tag) || live[tag] !== value);
  return { ...rest, tags: { ...Object.fromEntries(dropped.map((tag) => [tag, null])), ...Object.fromEntries(set) } };
}

/** What a workspace is, besides what it holds: tags, residency, the encryption key. */
function workspaceFields(workspace: LiveWorkspace): Section {
  const leftOut: LeftOut[] = [];
  const tags = tagsOf(workspace, leftOut);
  const residency = residencyOf(workspace, leftOut);
  const { externalKeyId } = workspace;
  const encrypted = externalKeyId !== undefined && isValue(externalKeyId);
  if (externalKeyId !== undefined && !encrypted) leftOut.push({ reason: "unwritable-value", what: "external_key_id" });
  return {
    entries: [
      ...(Object.keys(tags).length > 0 ? [{ key: "tags", value: line(tags) }] : []),
      ...(Object.keys(residency).length > 0 ? [{ key: "data_residency", value: line(residency) }] : []),
      ...(encrypted ? [{ key: "external_key_id", value: externalKeyId } satisfies ExportEntry] : []),
    ],
    below: leftOut.map(leftOutComment),
    leftOut,
  };
}

function tagsOf({ tags }: LiveWorkspace, leftOut: LeftOut[]): Record<string, string> {
  const kept: Record<string, string> = {};
  const names = new Set<string>();
  for (const name of Object.keys(tags).sort()) {
    const value = tags[name] ?? "";
    const what = `the tag ${name}`;
    if (name.toLowerCase().startsWith("anthropic")) leftOut.push({ reason: "reserved-tag", what });
    else if (!isTagName(name)) leftOut.push({ reason: "unwritable-name", what });
    else if (!isTagValue(value)) leftOut.push({ reason: "unwritable-value", what });
    else if (names.has(nameIdentity(name))) leftOut.push({ reason: "tag-twice", what });
    else {
      names.add(nameIdentity(name));
      kept[name] = value;
    }
  }
  return kept;
}

function residencyOf(workspace: LiveWorkspace, leftOut: LeftOut[]): Record<string, ExportValue> {
  const { workspaceGeo: stored, allowedInferenceGeos: allowed, defaultInferenceGeo: preferred } = workspace;
  const writable =
    allowed === undefined || (canHold.allowedGeos(allowed) && (typeof allowed === "string" || allowed.every(isValue)));
  const fits = preferred === undefined || typeof allowed !== "object" || allowed.includes(preferred);
  const omit = (field: string) => leftOut.push({ reason: "unwritable-value", what: `data_residency.${field}` });
  const kept: Record<string, ExportValue> = {};
  if (stored !== undefined) {
    if (isValue(stored)) kept.workspace_geo = stored;
    else omit("workspace_geo");
  }
  if (allowed !== undefined) {
    if (writable)
      kept.allowed_inference_geos = typeof allowed === "string" ? allowed : list([...new Set(allowed)].sort());
    else omit("allowed_inference_geos");
  }
  if (preferred !== undefined) {
    if (fits && isValue(preferred)) kept.default_inference_geo = preferred;
    else omit("default_inference_geo");
  }
  return kept;
}

function list(items: readonly string[]): ExportValue {
  return { kind: "list", items };
}
