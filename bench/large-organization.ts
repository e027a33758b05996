import type { SandboxSeed } from "../src/sandbox/state/seed.ts";

const PEOPLE_IN_A_TENTH = 540;
const WORKSPACES_IN_A_TENTH = 50;

/** A tenth of the large seed: its first workspaces with all that is in them. */
export function tenth(seed: SandboxSeed): SandboxSeed {
  const workspaces = seed.workspaces.slice(0, WORKSPACES_IN_A_TENTH + 1);
  const kept = new Set(workspaces.map(({ id }) => id));
  return {
    ...seed,
    users: seed.users.slice(0, PEOPLE_IN_A_TENTH),
    workspaces,
    workspace_members: seed.workspace_members.filter(({ workspace_id }) => kept.has(workspace_id)),
    api_keys: seed.api_keys.filter(({ scope }) => scope.type === "workspace" && kept.has(scope.workspace_id)),
    workspace_rate_limits: seed.workspace_rate_limits.filter(({ workspace_id }) => kept.has(workspace_id)),
    usage: [],
  };
}

/** The seed ten times over in one organization: every id, name, address and secret once. */
export function tenfold(seed: SandboxSeed): SandboxSeed {
  const parts = [seed, ...Array.from({ length: 9 }, (_, copy) => copyOf(seed, copy + 1))];
  return {
    ...seed,
    users: parts.flatMap(({ users }) => users),
    workspaces: [...seed.workspaces, ...parts.slice(1).flatMap(({ workspaces }) => workspaces.filter(isOwn))],
    workspace_members: parts.flatMap(({ workspace_members }) => workspace_members),
    api_keys: parts.flatMap(({ api_keys }) => api_keys),
    workspace_rate_limits: parts.flatMap(({ workspace_rate_limits }) => workspace_rate_limits),
    usage: [],
  };
}

/** The default workspace is one for all copies. */
const isOwn = ({ id }: { readonly id: string }) => /\d$/.test(id);

function copyOf(seed: SandboxSeed, copy: number): SandboxSeed {
  const text = JSON.stringify({ ...seed, usage: [] })
    .replace(/\b(user|wrkspc|cmpt|apikey)_01sandbox(?=\d)/g, `$1_01sandbox${copy}x`)
    .replaceAll("sk-ant-api03-sandbox-", `sk-ant-api03-sandbox-${copy}-`)
    .replaceAll("@acme.example", `@acme-${copy}.example`)
    .replace(/"name":"Workspace /g, `"name":"Workspace ${copy}-`)
    .replace(/"name":"ws-/g, `"name":"ws-${copy}-`);
  return JSON.parse(text);
}

/** An rbac.yaml that declares every workspace of a seed with its members, keys and limits as they are: no drift. */
export function configOf(seed: SandboxSeed): string {
  const emails = new Map(seed.users.map(({ id, email }) => [id, email]));
  const members = groupBy(seed.workspace_members, ({ workspace_id }) => workspace_id);
  const keys = groupBy(seed.api_keys, ({ scope }) => (scope.type === "workspace" ? scope.workspace_id : ""));
  const limits = groupBy(seed.workspace_rate_limits, ({ workspace_id }) => workspace_id);
  const models = new Map(seed.rate_limits.map(({ id, models: names }) => [id, names?.[0]]));
  const lines = ["version: 1", `organization: { id: ${seed.organization.id} }`, "members:"];
  for (const { email, role } of seed.users) lines.push(`  ${email}: { role: ${role} }`);
  lines.push("workspaces:");
  for (const { id, name } of seed.workspaces.filter(isOwn)) {
    lines.push(`  ${name.toLowerCase().replaceAll(" ", "-")}:`, `    name: ${name}`, "    rate_limits:");
    for (const { rate_limit_id, limits: values } of limits.get(id) ?? []) {
      const own = values.map(({ type, value }) => `${type}: ${value}`).join(", ");
      lines.push(`      ${models.get(rate_limit_id)}: { ${own} }`);
    }
    lines.push("    members:");
    for (const { user_id, workspace_role } of members.get(id) ?? []) {
      lines.push(`      ${emails.get(user_id)}: ${workspace_role.replace("workspace_", "")}`);
    }
    lines.push("    keys:");
    for (const { name: key } of keys.get(id) ?? []) lines.push(`      ${key}: {}`);
  }
  return `${lines.join("\n")}\n`;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
