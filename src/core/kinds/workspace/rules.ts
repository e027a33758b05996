import { type Finding, finding } from "../../model/finding.ts";
import { nameIdentity } from "../../text/identity.ts";
import { suggest } from "../../text/suggest.ts";
import { describedKeysOf, previousNames, type RuleContext, suggestion, workspacesOf } from "../rule-context.ts";

/**
 * No two workspaces may claim one live name, in whatever Unicode form, by `name` or by `previously`: a change could hit the wrong one. The API lets two
 * bear one name, and so may the file where `id` pins both.
 */
export function sameLiveName(facts: RuleContext): Finding[] {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  const sorted = [...workspacesOf(facts)].sort(([left], [right]) => (left < right ? -1 : 1));
  const pinned = new Set(sorted.flatMap(([handle, { id }]) => (id === undefined ? [] : handle)));
  // Those without a pin come first: every other is in conflict with them.
  for (const [handle, { name }] of sorted.toSorted(([a], [b]) => Number(pinned.has(a)) - Number(pinned.has(b)))) {
    const same = nameIdentity(name);
    const other = owners.get(same);
    if (facts.isPartial(["workspaces", handle, "name"])) continue;
    if (other === undefined) owners.set(same, handle);
    else if (pinned.has(handle) && pinned.has(other)) continue;
    else found.push(finding("same-live-name", { name, other }, { path: ["workspaces", handle, "name"] }));
  }
  for (const [handle, { previously }] of sorted) {
    for (const name of previousNames(previously)) {
      const same = nameIdentity(name);
      const other = owners.get(same);
      if (other === undefined) owners.set(same, handle);
      else if (other !== handle) {
        found.push(finding("same-live-name", { name, other }, { path: ["workspaces", handle, "previously"] }));
      }
    }
  }
  return found;
}

/** A word on the command line may be a handle or a name, so a handle is not the name of another workspace. */
export function ambiguousHandles(facts: RuleContext): Finding[] {
  const bearers = new Map(workspacesOf(facts).map(([handle, { name }]) => [nameIdentity(name), handle]));
  return workspacesOf(facts).flatMap(([handle, { name }]) => {
    const other = bearers.get(nameIdentity(handle));
    if (other === undefined || other === handle || nameIdentity(name) === nameIdentity(handle)) return [];
    return [finding("ambiguous-handle", { handle, other }, { path: ["workspaces", handle], atKey: true })];
  });
}

/** The Console and older clients cut names off at 40 characters. Source: the older API reference. */
export function longWorkspaceNames(facts: RuleContext): Finding[] {
  return workspacesOf(facts)
    .filter(([, { name }]) => name.length > 40)
    .map(([handle, { name }]) =>
      finding("long-workspace-name", { length: name.length }, { path: ["workspaces", handle, "name"] }),
    );
}

/** One live object is pinned by one entry only. */
export function idPinnedTwice(facts: RuleContext): Finding[] {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  const pins = [
    ...workspacesOf(facts).flatMap(([handle, { id }]) =>
      id === undefined ? [] : { id, path: ["workspaces", handle, "id"] },
    ),
    ...describedKeysOf(facts).flatMap(({ key: { id }, path }) =>
      id === undefined ? [] : { id, path: [...path, "id"] },
    ),
  ];
  for (const { id, path } of pins.sort((left, right) => (left.path.join("\n") < right.path.join("\n") ? -1 : 1))) {
    const other = owners.get(id);
    if (other === undefined) owners.set(id, path.slice(0, -1).join("."));
    else found.push(finding("id-pinned-twice", { id, other }, { path }));
  }
  return found;
}

/**
 * What the API refuses for the default workspace: it has no members or limits of its own, and no other name. Source: the workspaces
 * guide. Another workspace may bear its name: where an `id` is given, only the live organization can tell which one is meant.
 */
export function defaultWorkspaceRestricted(facts: RuleContext): Finding[] {
  const refused = ["members", "rate_limits", "spend_limit", "service_accounts", "previously"] as const;
  return workspacesOf(facts)
    .filter(([, { name }]) => name === "Default")
    .flatMap(([handle, workspace]) => {
      const severity = workspace.id === undefined ? "error" : "warning";
      return refused
        .filter((field) => workspace[field] !== undefined)
        .map((field) => {
          const where = { path: ["workspaces", handle, field], atKey: true, severity } as const;
          return finding("default-workspace-restricted", { field }, where);
        });
    });
}

/** Tag names that begin with `anthropic` belong to the API. Source: the workspaces reference. */
export function reservedTags(facts: RuleContext): Finding[] {
  return workspacesOf(facts).flatMap(([handle, { tags }]) =>
    Object.keys(tags ?? {})
      .filter((tag) => tag.toLowerCase().startsWith("anthropic"))
      .map((tag) => finding("reserved-tag", { tag }, { path: ["workspaces", handle, "tags", tag], atKey: true })),
  );
}

/** Tags of one workspace are one in whatever Unicode form, as all names are. */
export function sameTags(facts: RuleContext): Finding[] {
  return workspacesOf(facts).flatMap(([handle, { tags }]) => {
    const first = new Map<string, string>();
    return Object.keys(tags ?? {}).flatMap((tag) => {
      const other = first.get(nameIdentity(tag));
      if (other === undefined) first.set(nameIdentity(tag), tag);
      const where = { path: ["workspaces", handle, "tags", tag], atKey: true } as const;
      return other === undefined ? [] : [finding("same-tag-twice", { tag, other }, where)];
    });
  });
}

/** The default place for inference must be an allowed one. */
export function defaultGeoNotAllowed(facts: RuleContext): Finding[] {
  return workspacesOf(facts).flatMap(([handle, { data_residency: residency }]) => {
    const { allowed_inference_geos: allowed, default_inference_geo: geo } = residency ?? {};
    if (geo === undefined || !Array.isArray(allowed) || allowed.includes(geo)) return [];
    const path = ["workspaces", handle, "data_residency", "default_inference_geo"];
    return facts.isPartial(["workspaces", handle, "data_residency"])
      ? []
      : [finding("default-geo-not-allowed", { geo, allowed }, { path })];
  });
}

/** Geos as of 2026-11; a newer one may exist, so this is only a warning. Source: the SDK's workspace types. */
const GEOS = { workspace: ["us"], inference: ["us", "global"] } as const;

/** A geo that nobody knows is most likely a typo. */
export function unknownGeos(facts: RuleContext): Finding[] {
  return workspacesOf(facts).flatMap(([handle, { data_residency: residency }]) => {
    const base = ["workspaces", handle, "data_residency"];
    const { workspace_geo: stored, default_inference_geo: geo, allowed_inference_geos: allowed } = residency ?? {};
    const written = [
      { value: stored, known: GEOS.workspace, path: [...base, "workspace_geo"] },
      { value: geo, known: GEOS.inference, path: [...base, "default_inference_geo"] },
      ...facts.itemsOf(Array.isArray(allowed) ? allowed : []).map(([index, value]) => ({
        value,
        known: GEOS.inference,
        path: [...base, "allowed_inference_geos", index],
      })),
    ];
    return written.flatMap(({ value, known, path }) => {
      if (value === undefined || (known as readonly string[]).includes(value)) return [];
      const args = { value, allowed: known, ...suggestion(suggest(value, known)) };
      return [finding("invalid-value", args, { path, severity: "warning" })];
    });
  });
}
