import { readFile } from "node:fs/promises";
import { read, ShapeError } from "../http/schema.ts";
import type { SandboxSeed } from "../state/seed.ts";
import { enterpriseSeed } from "./enterprise.ts";
import { largeSeed } from "./large.ts";
import { machinesSeed } from "./machines.ts";
import { reviewSeed } from "./review.ts";
import { seedShape } from "./shapes.ts";
import { smallSeed } from "./small.ts";

/** The generated seeds, by name: one file each. */
const SEEDS: Readonly<Record<string, (now: number) => SandboxSeed>> = {
  small: smallSeed,
  large: largeSeed,
  enterprise: enterpriseSeed,
  review: reviewSeed,
  machines: machinesSeed,
};

const KNOWN = Object.keys(SEEDS)
  .map((name) => `"${name}"`)
  .join(", ");

/** A seed that cannot be used: unreadable, no JSON, of the wrong shape, or with references that lead nowhere. */
export class SeedError extends Error {
  /** The file, or the seed's name. */
  readonly source: string;
  /** Where in the seed, such as `api_keys[3].scope`; empty when the whole is meant. */
  readonly path: string;

  constructor(source: string, path: string, message: string, options?: { cause: unknown }) {
    super(`${source}: ${message}`, options);
    this.name = "SeedError";
    this.source = source;
    this.path = path;
  }
}

/**
 * The generated seed of that name, or the one in a JSON file such as `GET /_sandbox/state` gives. `now` (milliseconds) is
 * what the times of a generated seed are relative to. Rejects with a SeedError.
 */
export async function loadSeed(nameOrFile: string, now: number): Promise<SandboxSeed> {
  const generated = Object.hasOwn(SEEDS, nameOrFile) ? SEEDS[nameOrFile] : undefined;
  if (generated) return generated(now);
  let written: string;
  try {
    written = await readFile(nameOrFile, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const why = UNREADABLE[code] ?? "the system does not let it be read";
    throw new SeedError(nameOrFile, "", `cannot be read: ${why}; a seed is ${KNOWN} or a JSON file`, {
      cause,
    });
  }
  return parseSeed(written.replace(/^\uFEFF/, ""), nameOrFile);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it belongs to others",
  ENAMETOOLONG: "the name is too long",
};

/** Reads a seed from JSON text. Throws a SeedError that names the place. @internal but for tests */
export function parseSeed(written: string, source: string): SandboxSeed {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (cause) {
    throw new SeedError(source, "", `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return checkSeed(value, source);
}

/** Checks a seed that came from outside. Throws a SeedError that names the place. */
export function checkSeed(value: unknown, source: string): SandboxSeed {
  try {
    const seed = read(seedShape, value);
    checkReferences(seed);
    return seed;
  } catch (error) {
    if (error instanceof ShapeError) throw new SeedError(source, error.path, error.message, { cause: error });
    throw error;
  }
}

function checkReferences(seed: SandboxSeed): void {
  const users = uniqueIds("users", seed.users);
  const workspaces = uniqueIds("workspaces", seed.workspaces);
  const keys = uniqueIds("api_keys", seed.api_keys);
  const limits = uniqueIds("rate_limits", seed.rate_limits);
  const accounts = uniqueIds("service_accounts", seed.service_accounts);
  uniqueIds("invites", seed.invites);
  uniqueIds("spend_limits", seed.spend_limits);
  const known = (path: string, ids: ReadonlySet<string>, id: string): void => {
    if (!ids.has(id)) throw new ShapeError(path, `"${id}" names nothing in this seed`);
  };
  known("default_workspace_id", workspaces, seed.default_workspace_id);
  if (seed.credentials.prompt_key_id !== null) known("credentials.prompt_key_id", keys, seed.credentials.prompt_key_id);
  for (const [at, member] of seed.workspace_members.entries()) {
    known(`workspace_members[${at}].workspace_id`, workspaces, member.workspace_id);
    known(`workspace_members[${at}].user_id`, users, member.user_id);
    if (member.workspace_id === seed.default_workspace_id) {
      throw new ShapeError(`workspace_members[${at}].workspace_id`, "the default workspace takes no members");
    }
  }
  for (const [at, override] of seed.workspace_rate_limits.entries()) {
    known(`workspace_rate_limits[${at}].workspace_id`, workspaces, override.workspace_id);
    known(`workspace_rate_limits[${at}].rate_limit_id`, limits, override.rate_limit_id);
  }
  for (const [at, member] of (seed.workspace_service_accounts ?? []).entries()) {
    known(`workspace_service_accounts[${at}].workspace_id`, workspaces, member.workspace_id);
    known(`workspace_service_accounts[${at}].service_account_id`, accounts, member.service_account_id);
  }
  const groups = uniqueIds("rbac_groups", seed.rbac_groups ?? []);
  for (const [at, member] of (seed.rbac_group_members ?? []).entries()) {
    known(`rbac_group_members[${at}].rbac_group_id`, groups, member.rbac_group_id);
    known(`rbac_group_members[${at}].user_id`, users, member.user_id);
  }
  const issuers = uniqueIds("federation_issuers", seed.federation_issuers ?? []);
  uniqueIds("federation_rules", seed.federation_rules ?? []);
  for (const [at, rule] of (seed.federation_rules ?? []).entries()) {
    known(`federation_rules[${at}].issuer_id`, issuers, rule.issuer_id);
    known(`federation_rules[${at}].target.service_account_id`, accounts, rule.target.service_account_id);
    for (const id of rule.workspace_ids) known(`federation_rules[${at}].workspace_ids`, workspaces, id);
  }
  for (const [at, key] of seed.api_keys.entries()) {
    if (key.scope.type === "workspace") known(`api_keys[${at}].scope.workspace_id`, workspaces, key.scope.workspace_id);
    else if (key.principal === null) {
      throw new ShapeError(`api_keys[${at}].principal`, "a key without a workspace needs a principal");
    }
    // Users may be gone while their keys live on; service accounts are only ever archived.
    if (key.principal?.type === "service_account_actor") {
      known(`api_keys[${at}].principal.service_account_id`, accounts, key.principal.service_account_id);
    }
  }
  for (const [at, { scope }] of seed.spend_limits.entries()) {
    if ("workspace_id" in scope) known(`spend_limits[${at}].scope.workspace_id`, workspaces, scope.workspace_id);
  }
  for (const [at, usage] of seed.usage.entries()) {
    known(`usage[${at}].workspace_id`, workspaces, usage.workspace_id);
  }
  if (new Set(seed.api_keys.map((key) => key.secret)).size !== seed.api_keys.length) {
    throw new ShapeError("api_keys", "two keys have the same secret");
  }
}

function uniqueIds(path: string, rows: readonly { readonly id: string }[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [at, { id }] of rows.entries()) {
    if (ids.has(id)) throw new ShapeError(`${path}[${at}].id`, `"${id}" is used twice`);
    ids.add(id);
  }
  return ids;
}
