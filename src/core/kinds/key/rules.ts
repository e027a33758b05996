import { DEFAULTS } from "../../config/defaults.ts";
import { durationsOf } from "../../config/normalise.ts";
import { parseKeyName } from "../../keys/key-name.ts";
import { type ConfigPath, type Finding, finding } from "../../model/finding.ts";
import { parseDuration } from "../../model/time.ts";
import { nameIdentity } from "../../text/identity.ts";
import { describedKeysOf, keysOf, previousNames, type RuleContext } from "../rule-context.ts";

/** A key's name follows `key_policy.naming`, and never begins with the handle of another workspace: a dev key in prod. */
export function keyNames(facts: RuleContext): Finding[] {
  const handles = new Set(Object.keys(facts.written.workspaces ?? {}));
  const pattern = facts.config.naming;
  const found: Finding[] = [];
  const forms = new Map<string, RegExp>();
  for (const { handle, name, path } of keysOf(facts)) {
    if (handle === undefined) continue;
    const other = otherWorkspace(name, handle, handles);
    const own = name.startsWith(`${handle}-`);
    if (other !== undefined) {
      const severity = pattern === undefined || own ? "warning" : "error";
      const args = { key: name, workspace: handle, other };
      found.push(finding("key-prefix-of-other-workspace", args, { path, atKey: true, severity }));
      continue;
    }
    if (pattern === undefined || parseKeyName(name).label) continue;
    const form = forms.get(handle) ?? formOf(pattern, handle);
    forms.set(handle, form);
    if (form.test(name)) continue;
    const example = exampleOf(pattern, handle, name);
    found.push(finding("key-name-off-pattern", { key: name, pattern, example }, { path, atKey: true }));
  }
  return found;
}

/** The workspace whose handle the name begins with, where that is another one and says more than the key's own. */
function otherWorkspace(name: string, own: string, handles: ReadonlySet<string>): string | undefined {
  for (let dash = name.lastIndexOf("-"); dash > 0; dash = name.lastIndexOf("-", dash - 1)) {
    const prefix = name.slice(0, dash);
    if (prefix === own) return undefined;
    if (handles.has(prefix)) return prefix;
  }
  return undefined;
}

function formOf(pattern: string, handle: string): RegExp {
  const source = pattern
    .split("{service}")
    .map((part) => part.replaceAll("{workspace}", handle).replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
    .join("[a-z0-9-]+");
  return new RegExp(`^${source}$`);
}

/** A name that would do, made of the one that does not. */
function exampleOf(pattern: string, handle: string, name: string): string {
  const bare = name.startsWith(`${handle}-`) ? name.slice(handle.length + 1) : name;
  const service = bare
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return pattern.replaceAll("{workspace}", handle).replace("{service}", () => service || "service");
}

/** Names that end in a label of a rotation (`@next`, `@previous-…`, `@disabled-…`) are how rotations keep their state. */
export function reservedKeyNames(facts: RuleContext): Finding[] {
  return keysOf(facts)
    .filter(({ name }) => parseKeyName(name).label !== undefined)
    .map(({ name, path }) => finding("reserved-key-name", { key: name }, { path, atKey: true }));
}

/**
 * A key's name is declared once in the organization, or nobody could tell two keys apart. The API lets workspaces share one:
 * where `id` pins both keys, that is a warning.
 */
export function keyNameTwice(facts: RuleContext): Finding[] {
  const owners = new Map<string, ConfigPath>();
  const unpinned = new Set<string>();
  const found: Finding[] = [];
  const keys = [...keysOf(facts)].sort((left, right) => ((left.handle ?? "") < (right.handle ?? "") ? -1 : 1));
  for (const { name, key, path } of keys) {
    const same = nameIdentity(name);
    const other = owners.get(same);
    const severity = key.id === undefined || unpinned.has(same) ? "error" : "warning";
    if (key.id === undefined) unpinned.add(same);
    if (other === undefined) owners.set(same, path);
    else found.push(finding("key-name-twice", { key: name, other: other.join(".") }, { path, atKey: true, severity }));
  }
  for (const { key, name, path } of keys) {
    for (const previous of previousNames(key.previously)) {
      const other = owners.get(nameIdentity(previous));
      if (other === undefined || nameIdentity(previous) === nameIdentity(name)) continue;
      const args = { key: previous, other: other.join(".") };
      found.push(finding("key-name-twice", args, { path: [...path, "previously"] }));
    }
  }
  return found;
}

/** The old key must be gone before the next rotation begins. */
export function overlapExceedsRotation(facts: RuleContext): Finding[] {
  if (facts.isPartial(["key_policy"])) return [];
  const { config, written } = facts;
  const policy = durationsOf(written.key_policy ?? {}, DEFAULTS);
  const found: Finding[] = [];
  const policyFails = tooShort(policy.rotateEvery, policy.overlap, policy.soak);
  if (policyFails) found.push(finding("overlap-exceeds-rotation", policy, { path: ["key_policy"], atKey: true }));
  for (const { handle, name, key, path } of describedKeysOf(facts)) {
    const holder = handle === undefined ? config.organization : config.workspaces.get(handle);
    const resolved = holder?.keys?.get(name);
    if (!resolved || resolved.overlap + resolved.soak < resolved.rotateEvery || facts.isPartial(path)) continue;
    const own = key.rotate_every ?? key.overlap ?? key.soak;
    if (own === undefined && policyFails) continue;
    found.push(finding("overlap-exceeds-rotation", durationsOf(key, policy), { path, atKey: true }));
  }
  return found;
}

function tooShort(rotateEvery: string, overlap: string, soak: string): boolean {
  return (parseDuration(overlap) ?? 0) + (parseDuration(soak) ?? 0) >= (parseDuration(rotateEvery) ?? 0);
}
