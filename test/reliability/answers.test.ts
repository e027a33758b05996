/**
 * Answers that are wrong, many of them: no mutation of an answer plans a removal or a widening that the clean answer does not,
 * nor makes a used key look unused. `npm run reliability` tries 2,000 a list, and a seed of one's own: `-- --seed 7`.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MANAGED_KINDS } from "../../src/core/config/config.ts";
import { plainValue } from "../../src/core/document/document.ts";
import { exportOrganization } from "../../src/core/export/export.ts";
import { keyUse } from "../../src/core/keys/recent-use.ts";
import { itemsOf, type OrgSnapshot } from "../../src/core/model/org.ts";
import type { UsageReport } from "../../src/core/model/usage.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { parseConfig } from "../../src/core/validate/parse.ts";
import {
  type AlteredAnswer,
  EXTERNAL_KEYS,
  type Organization,
  type RecordedAnswer,
  readAll,
  readerOfAnswers,
  recordAnswers,
} from "../support/answers.ts";
import { NOW } from "../support/org.ts";

const RUNS = Number(process.env.ANTH_RBAC_RELIABILITY_RUNS ?? 120);
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);

const MISSING = Symbol("missing");
const WRONG = [MISSING, null, 7, -1, 1.5, true, "", "7", {}, { mode: "x" }, [], [null], [7]] as const;
/** Words of the API, of which there may be new ones. */
const WORDS = new Set(["role", "status", "workspace_role", "organization_role", "source_type"]);
/** Where null is one of the API's own answers, and says something else. */
const NULLABLE = new Set([
  ...["accepted_at", "amount", "api_key_id", "archived_at", "created_by", "expires_at", "external_key_id", "models"],
  ...[
    "next_page",
    "partial_key_hint",
    "principal",
    "requests",
    "model",
    "workspace_id",
    "data_refreshed_at",
    "last_id",
  ],
  ...["description", "jwks_polling_disabled_at", "role_ids"],
]);
/** What a rule does not ask of a token may be left out, as well as null (SDK: federation rules). */
const OPTIONAL = new Set(["next_page", "subject_prefix", "claims", "condition", "audience"]);

type Path = readonly (string | number)[];

/** Every place in an answer, but for the cursors: what they say of more pages is another answer. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, field]) =>
    placesIn(field, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], value);
}

/** The answer with another value at one place. */
function withValue(body: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(body);
  const last = path.at(-1) ?? "";
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  if (value !== MISSING) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1, null);
  else delete parent[last];
  return copy;
}

/** Whether a value is of another form than the one in its place: what is of the same form is only another answer. */
function isWrong(before: unknown, name: string | number | undefined, value: unknown): boolean {
  if (value === null) return before !== null && !NULLABLE.has(String(name)) && !OPTIONAL.has(String(name));
  if (typeof value === "string" && value !== "") return typeof before !== "string" || WORDS.has(String(name));
  if (value === "") return typeof before === "string" && !OPTIONAL.has(String(name));
  if (typeof value === "number") return typeof before !== "number" || value < 0;
  if (Array.isArray(value)) return !Array.isArray(before) || value.length > 0;
  if (typeof value === "object") return before === null || typeof before !== "object" || Array.isArray(before);
  return value === MISSING ? !OPTIONAL.has(String(name)) : typeof before !== typeof value;
}

/** One field of one answer wrong; or the answer as a whole: a part of it, no list, no object, another status. */
function alterations({ url, body }: RecordedAnswer): fc.Arbitrary<AlteredAnswer> {
  const places = placesIn(body);
  const field = fc
    .tuple(fc.constantFrom(...places), fc.constantFrom<unknown>(...WRONG, "a_new_word"))
    // What is in a JSON web key is nobody's to judge here: other fields are another key (RFC 7517).
    .filter(([path, value]) => path.at(-3) !== "keys" && isWrong(valueAt(body, path), path.at(-1), value))
    .map(([path, value]) => ({ url, status: 200, text: JSON.stringify(withValue(body, path, value)) }));
  const text = JSON.stringify(body);
  const half = Array.isArray(body.data) ? { ...body, data: body.data.slice(0, body.data.length / 2) } : {};
  const whole = fc.constantFrom(
    ...[201, 202, 203, 206, 226].map((status) => ({ url, status, text: JSON.stringify(half) })),
    ...["", "null", "[]", "{}", text.slice(0, -1), `${text}x`, "<html>"].map((other) => ({
      url,
      status: 200,
      text: other,
    })),
    { url, status: 200, text: JSON.stringify({ ...half, has_more: true, last_id: null, next_page: null }) },
    { url, status: 404, text: "{}" },
  );
  return fc.oneof({ weight: 9, arbitrary: field }, { weight: 1, arbitrary: whole });
}

/** A file that declares the organization as it is, and takes away whatever else there may be. */
function configOf(live: OrgSnapshot, externalKeys: readonly string[] = []) {
  const { document } = exportOrganization({ live, now: NOW, kinds: MANAGED_KINDS, version: "0.0.0" });
  // Whether the activity feed is on follows the file alone.
  const managed = MANAGED_KINDS.filter((kind) => kind !== "compliance");
  const manage = Object.fromEntries(managed.map((kind) => [kind, "full"]));
  const { config } = parseConfig({ ...(plainValue(document.root) as object), manage }, NOW);
  if (!config) throw new Error("the export is not a file");
  // A workspace for each key that is to be attached: once attached it stays.
  const workspaces = [...config.workspaces.values()].map((workspace, index) => ({
    ...workspace,
    ...(externalKeys[index] !== undefined && { externalKeyId: externalKeys[index] }),
  }));
  return { ...config, workspaces: new Map(workspaces.map((workspace) => [workspace.handle, workspace])) };
}

/** What a plan takes away, or gives. */
function dangers(config: ReturnType<typeof configOf>, live: OrgSnapshot): readonly string[] {
  const file = { path: "rbac.yaml", digest: "" };
  const { changes } = reconcile({ config, live, now: NOW, file, digest: () => "" });
  return changes
    .filter(({ risk, action }) => action !== "manual" && (action === "remove" || risk !== "safe"))
    .map(({ action, target, after }) => `${action} ${target} ${JSON.stringify(after)}`);
}

function unused(report: UsageReport | undefined, keyIds: readonly string[]): readonly string[] {
  return report ? keyIds.filter((id) => keyUse(report, id) === "unused") : [];
}

/** The lists that are tried of each organization; those of the workspaces, and of the groups, are alike. */
const LISTS: Readonly<Record<Organization, readonly string[]>> = {
  small: [
    ...["users", "invites", "workspaces", "workspaces//members", "workspaces//rate_limits", "api_keys"],
    ...["rate_limits", "spend_limits", "analytics/usage"],
  ],
  keys: ["workspaces", "external_keys", "external_keys//validate"],
  machines: ["service_accounts", "workspaces//service_accounts", "federation_issuers", "federation_rules", "api_keys"],
  // Invitations bring groups along.
  enterprise: ["invites", "rbac_groups", "rbac_groups//members", "rbac_roles", "spend_limits"],
};

test.each(Object.keys(LISTS) as Organization[])(
  `no wrong answer of the organization %s takes anything away: ${RUNS} mutations a list, seed ${SEED}`,
  { timeout: 60_000 + RUNS * 3_000 },
  async (seed) => {
    const answers = await recordAnswers(seed);
    const clean = await readAll(readerOfAnswers(seed, answers));
    const config = configOf(clean.live, seed === "keys" ? Object.values(EXTERNAL_KEYS) : []);
    const before = new Set(dangers(config, clean.live));
    const keyIds = itemsOf(clean.live.keys).map(({ id }) => id);
    const idle = new Set(unused(clean.usage, keyIds));
    if (seed === "small") expect(idle.size).toBeLessThan(keyIds.length);

    const lists = new Map(
      answers.map((answer) => [
        answer.url.replace(/\?.*|wrkspc_\w+|rbac_group_\w+|ekey_\w+/g, "").replace("/v1/organizations/", ""),
        answer,
      ]),
    );
    for (const list of LISTS[seed]) {
      const answer = lists.get(list);
      if (!answer) throw new Error(`nothing asks for ${list}`);
      await fc.assert(
        fc.asyncProperty(alterations(answer), async (altered) => {
          const { live, usage } = await readAll(readerOfAnswers(seed, answers, altered));
          expect(dangers(config, live).filter((danger) => !before.has(danger))).toEqual([]);
          expect(unused(usage, keyIds).filter((id) => !idle.has(id))).toEqual([]);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    }
  },
);
