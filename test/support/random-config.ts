import fc from "fast-check";
import { ASSIGNABLE_ROLES, WORKSPACE_ROLES } from "../../src/core/model/role.ts";

const MODELS = ["claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-*", "*"];
const LIMITS = ["claude-sonnet-5-5", "claude-haiku-5-5", "batch", "files"];

// Made once: fast-check tries the names that are dangerous in JavaScript on each new pattern, and that takes far longer than all its values.
const SERVICES = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,5}$/), { maxLength: 3 });
const TAGS = fc.dictionary(fc.stringMatching(/^[b-z]{1,4}$/), fc.stringMatching(/^[a-z]{1,4}$/));
const REASONS = fc.stringMatching(/^[a-z ]{1,9}$/);

/** A valid rbac.yaml as plain data: no finding of severity error. */
export const validConfig = fc
  .record({
    people: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 6 }),
    handles: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 4 }),
    roles: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 3 }),
    naming: fc.boolean(),
    organization: fc.constantFrom(undefined, null, {}, { name: "Acme" }),
  })
  .chain(({ people, handles, roles, naming, organization }) => {
    const emails = ["grace@acme.example", "alan@acme.example", ...people.map((name) => `${name}@team.example`)];
    const person = fc.constantFrom(...emails);
    const keys = (handle: string) =>
      SERVICES.chain((services) =>
        fc.record(
          Object.fromEntries(
            services.map((service) => [
              `${handle}-${service}`,
              fc.option(fc.record({ owner: person, rotate_every: fc.constant("60d") }, { requiredKeys: [] })),
            ]),
          ),
        ),
      );
    const workspace = (handle: string) =>
      fc.record(
        {
          name: fc.constant(`Workspace ${handle}`),
          tags: TAGS,
          members: fc.dictionary(person, fc.constantFrom(...WORKSPACE_ROLES)),
          rate_limits: fc.dictionary(
            fc.constantFrom(...LIMITS),
            fc.record({ requests_per_minute: fc.nat() }, { requiredKeys: [] }),
          ),
          spend_limit: fc.record({ monthly: fc.integer({ min: 0, max: 100_000 }) }),
          keys: keys(handle),
        },
        { requiredKeys: ["name"] },
      );
    const member = fc.record(
      {
        role: fc.constantFrom(...ASSIGNABLE_ROLES),
        app_role: fc.constantFrom(...roles),
        until: fc.constant("2027-12-31"),
        reason: REASONS,
      },
      { requiredKeys: ["role"] },
    );
    const role = fc.record(
      {
        allowed: fc.constant(true),
        models: fc.uniqueArray(fc.constantFrom(...MODELS), { minLength: 1 }),
        max_tokens: fc.integer({ min: 1, max: 9999 }),
        may_assume: fc.uniqueArray(fc.constantFrom(...roles)),
      },
      { requiredKeys: ["allowed", "models"] },
    );
    const each = (names: readonly string[], make: (name: string) => fc.Arbitrary<unknown>) =>
      fc.record(Object.fromEntries(names.map((name) => [name, make(name)])));
    return fc.record(
      {
        version: fc.constant(1),
        organization: fc.constant(organization),
        ...(naming && { key_policy: fc.constant({ naming: "{workspace}-{service}" }) }),
        members: each(emails, (email) =>
          /^(?:grace|alan)@/.test(email) ? fc.record({ role: fc.constant("admin") }) : member,
        ),
        workspaces: each(handles, workspace),
        roles: each(roles, () => role),
        // Even where everything is free, these three names are refused.
        "x-anything": fc
          .jsonValue()
          .filter((free) => !/"(?:__proto__|constructor|prototype)":/.test(JSON.stringify(free))),
      },
      { requiredKeys: ["version", "members", "roles"] },
    );
  })
  .map(withoutUndefined);

/** JSON has no `undefined`, and neither has YAML. */
function withoutUndefined(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}

/** A config with something wrong at a few places: entries renamed, retyped, misspelt. */
export const brokenConfig = fc
  .tuple(validConfig, fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }))
  .map(([config, blows]) => {
    const broken = structuredClone(config);
    for (const [place, kind] of blows) {
      const spots = spotsOf(broken);
      const spot = spots[place % spots.length];
      if (spot) strike(spot.parent, spot.key, kind);
    }
    return broken;
  });

interface Spot {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

function spotsOf(value: unknown): Spot[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  const here = Array.isArray(value) ? [] : Object.keys(parent).map((key) => ({ parent, key }));
  return [...here, ...Object.values(parent).flatMap(spotsOf)];
}

function strike(parent: Record<string, unknown>, key: string, kind: number): void {
  const value = parent[key];
  switch (kind % 7) {
    case 0:
      delete parent[key];
      break;
    case 1:
      parent[key] = 7;
      break;
    case 2:
      parent[key] = [value];
      break;
    case 3:
      parent[`${key}x`] = value;
      break;
    case 4:
      parent[key.toUpperCase()] = value;
      break;
    case 5:
      parent[key] = typeof value === "string" ? `${value}x` : null;
      break;
    default:
      parent[key] = { "": value };
  }
}
