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
import type { OrgSnapshot } from "../../src/core/model/org.ts";
import type { UsageReport } from "../../src/core/model/usage.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { parseConfig } from "../../src/core/validate/parse.ts";
import {
  type AlteredAnswer,
  type RecordedAnswer,
  readAll,
  readerOfAnswers,
  recordAnswers,
} from "../support/answers.ts";
import { NOW } from "../support/org.ts";

const RUNS = Number(process.env.ANTH_RBAC_RELIABILITY_RUNS ?? 200);
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);

const MISSING = Symbol("missing");
const WRONG = [MISSING, null, 7, -1, 1.5, true, "", "7", {}, { mode: "x" }, [], [null], [7]] as const;
/** Words of the API, of which there may be new ones. */
const WORDS = new Set(["role", "status", "workspace_role"]);
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
]);

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
  if (value === null) return before !== null && !(typeof name === "string" && NULLABLE.has(name));
  if (typeof value === "string" && value !== "") return typeof before !== "string" || WORDS.has(String(name));
  if (value === "") return typeof before === "string";
  if (typeof value === "number") return typeof before !== "number" || value < 0;
  if (Array.isArray(value)) return !Array.isArray(before) || value.length > 0;
  if (typeof value === "object") return before === null || typeof before !== "object" || Array.isArray(before);
  return value === MISSING ? name !== "next_page" : typeof before !== typeof value;
}

/** One field of one answer wrong; or the answer as a whole: a part of it, no list, no object, another status. */
function alterations({ url, body }: RecordedAnswer): fc.Arbitrary<AlteredAnswer> {
  const places = placesIn(body);
  const field = fc
    .tuple(fc.constantFrom(...places), fc.constantFrom<unknown>(...WRONG, "a_new_word"))
    .filter(([path, value]) => isWrong(valueAt(body, path), path.at(-1), value))
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
function configOf(live: OrgSnapshot) {
  const { document } = exportOrganization({ live, now: NOW, kinds: MANAGED_KINDS, version: "0.0.0" });
  const manage = Object.fromEntries(MANAGED_KINDS.map((kind) => [kind, "full"]));
  const { config } = parseConfig({ ...(plainValue(document.root) as object), manage }, NOW);
  if (!config) throw new Error("the export is not a file");
  return config;
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

test(`no wrong answer takes anything away: ${RUNS} mutations a list, seed ${SEED}`, {
  timeout: RUNS * 3_000,
}, async () => {
  const answers = await recordAnswers();
  const clean = await readAll(readerOfAnswers(answers));
  const config = configOf(clean.live);
  const before = new Set(dangers(config, clean.live));
  if (!clean.live.keys.known || !clean.usage) throw new Error("the clean answers cannot be read");
  const keyIds = clean.live.keys.items.map(({ id }) => id);
  const idle = new Set(unused(clean.usage, keyIds));
  expect(idle.size).toBeLessThan(keyIds.length);

  // One list of each kind: those of the workspaces are alike.
  const kinds = new Map(answers.map((answer) => [answer.url.replace(/\?.*|wrkspc_\w+/g, ""), answer]));
  kinds.delete("/v1/organizations/me");
  expect(kinds.size).toBe(9);
  for (const answer of kinds.values()) {
    await fc.assert(
      fc.asyncProperty(alterations(answer), async (altered) => {
        const { live, usage } = await readAll(readerOfAnswers(answers, altered));
        expect(dangers(config, live).filter((danger) => !before.has(danger))).toEqual([]);
        expect(unused(usage, keyIds).filter((id) => !idle.has(id))).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }
});
