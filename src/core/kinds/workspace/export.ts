import { canHold } from "../../config/schema.ts";
import { type ExportEntry, type ExportValue, line } from "../../document/document.ts";
import { isTagName, isTagValue, isValue, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { LiveWorkspace } from "../../model/org.ts";
import type { Section } from "../kind.ts";

/** What a workspace is, besides what it holds: tags, residency, the encryption key. */
export function workspaceFields(workspace: LiveWorkspace): Section {
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
  for (const name of Object.keys(tags).sort()) {
    const value = tags[name] ?? "";
    const what = `the tag ${name}`;
    if (name.toLowerCase().startsWith("anthropic")) leftOut.push({ reason: "reserved-tag", what });
    else if (!isTagName(name)) leftOut.push({ reason: "unwritable-name", what });
    else if (!isTagValue(value)) leftOut.push({ reason: "unwritable-value", what });
    else kept[name] = value;
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
