import * as z from "zod/mini";
import { CHANGE, type Change } from "../model/change.ts";
import { Failure } from "../model/failure.ts";
import type { OtherApi } from "../model/other-api.ts";
import type { Plan } from "../model/plan.ts";
import { parseTime } from "../model/time.ts";
import { isReadOnce, nextWith } from "../text/next-step.ts";
import { shellPath, shellWord } from "../text/printable.ts";
import { canonicalText, isObject, parseJson, quotedPath } from "../text/text.ts";
import { withoutAccountNames } from "./account-names.ts";
import { FORMAT_VERSION, planJson } from "./plan-json.ts";
import { checkReadAgain } from "./unread.ts";

type Digest = (text: string) => string;

/** What of a saved plan is needed to carry it out. */
export type SavedPlan = Pick<Plan, "config" | "liveDigest" | "takenAt" | "changes"> & {
  /** Where it was read from, as it was named; `-` for stdin. */
  readonly file: string;
  readonly organization: { readonly id: string | null; readonly name: string | null };
  /** Of the API that it was made from, where that is not the official one. */
  readonly api?: { readonly host: string } | undefined;
  readonly unknown: readonly { readonly kind: string }[];
};

/**
 * The text of a saved plan: the plan's JSON, the API that it was made from where that is not the official one, and a digest over it,
 * so that an edited file shows. It holds no secret by construction, because a snapshot never holds one.
 */
export function savePlan(plan: Plan, digest: Digest, other?: OtherApi): string {
  const api = other && { api: { host: other.host } };
  const content = { format_version: FORMAT_VERSION, kind: "plan", ...api, ...planJson(plan) };
  return `${JSON.stringify({ ...content, digest: digest(JSON.stringify(content)) }, null, 2)}\n`;
}

const saved = z.looseObject({
  format_version: z.literal(FORMAT_VERSION),
  kind: z.literal("plan"),
  organization: z.object({ id: z.nullable(z.string()), name: z.nullable(z.string()) }),
  api: z.optional(z.object({ host: z.string() })),
  config: z.object({ path: z.string(), digest: z.string() }),
  live_digest: z.string(),
  taken_at: z.iso.datetime(),
  changes: z.array(CHANGE),
  unknown: z.array(z.object({ kind: z.string() })),
  digest: z.string(),
});

/** Reads a saved plan; `file` is for messages. Throws Failure `plan-edited` where it is not as it was saved, or is none. */
export function loadPlan(text: string, digest: Digest, file: string): SavedPlan {
  const value = parseJson(text);
  const parsed = saved.safeParse(value);
  if (!parsed.success) {
    const message = `${quotedPath(file)} is not a plan that this version saved`;
    // What is no plan is somebody's, and nothing that a plan may be written over.
    throw isPlan(value) ? edited(file, message) : noPlan(message, "make one: anth-rbac drift --out plan.json");
  }
  const { digest: own, ...content } = value as { readonly digest: string };
  if (digest(JSON.stringify(content)) !== own) throw edited(file, `${quotedPath(file)} was edited since it was saved`);
  const { organization, api, config, live_digest: liveDigest, taken_at: takenAt, changes, unknown } = parsed.data;
  return { file, organization, api, config, liveDigest, takenAt: parseTime(takenAt) ?? 0, changes, unknown };
}

/** Makes sure that a saved plan is of the API that is spoken to now (undefined: the official one). Throws Failure `plan-stale`. */
export function checkApi(plan: SavedPlan, now: OtherApi | undefined): void {
  const { api } = plan;
  if (api?.host === now?.host) return;
  const word = (host: string | undefined) => host ?? "the official API";
  throw stale(plan, `it was made from ${word(api?.host)}, and this run speaks to ${word(now?.host)}`);
}

/**
 * Makes sure that a saved plan is what would be planned now: of the same file, the same live state, with the same changes (days
 * pass, and with them what the file says). Throws Failure `plan-stale`; nothing overrides that.
 */
export function checkFresh(plan: SavedPlan, now: Plan): void {
  if (plan.config.digest !== now.config.digest) throw otherConfig(plan, now);
  if (plan.liveDigest !== now.liveDigest) {
    checkReadAgain(plan, now);
    const unread = new Set(now.unknown.map(({ kind }) => kind));
    const readNow = plan.unknown.flatMap(({ kind }) => (unread.has(kind) ? [] : kind));
    throw stale(
      plan,
      readNow.length > 0
        ? `${readNow.join(", ")} could not be read when it was saved, and can be now`
        : "the live organization has changed since the plan was saved",
    );
  }
  if (canonicalText(withoutAccountNames(plan.changes)) !== canonicalText(withoutAccountNames(now.changes))) {
    throw stale(
      plan,
      "what is to be done has changed since the plan was saved, with the days or the version of anth-rbac",
    );
  }
}

/** Refuses a configuration that is given as a plan, before anything else is made of it. `isConfig` is asked of what is no plan. */
export async function checkNoConfig(text: string, file: string, isConfig: () => Promise<boolean>): Promise<void> {
  if (isPlan(parseJson(text)) || !(await isConfig())) return;
  throw noPlan(
    `${quotedPath(file)} is a configuration, and no plan`,
    `name it with --config: ${nextWith(file, (named) => `anth-rbac apply --config ${named}`)}`,
  );
}

/** Whether a value says that it is a saved plan, of whatever version. */
function isPlan(value: unknown): boolean {
  return isObject(value) && value.kind === "plan";
}

function noPlan(message: string, fix: string): Failure {
  return new Failure("plan-edited", { message, fix });
}

function edited(file: string, message: string): Failure {
  return noPlan(message, `make a new one: ${newPlan(file)}`);
}

/** What saves a plan anew, in the same place. */
function newPlan(file: string): string {
  return `anth-rbac drift --out ${shellWord(isReadOnce(file) ? "plan.json" : file)} --force`;
}

function stale({ file }: SavedPlan, message: string): Failure {
  return new Failure("plan-stale", {
    message: `the plan is stale: ${message}`,
    fix: `make a new one, and look at it: ${newPlan(file)}`,
  });
}

/** Of a plan that was made of another text than that of the file which this run reads. */
function otherConfig(plan: SavedPlan, now: Plan): Failure {
  const [own, read] = [plan.config.path, now.config.path];
  if (own === read) return stale(plan, `${read} was edited since the plan was saved`);
  const apply = (named: string) => `anth-rbac apply --config ${shellPath(own)} --plan ${named}`;
  return new Failure("plan-stale", {
    message: `the plan is stale: it was made of ${own}, and not of ${read} as it is now`,
    fix: `where that is another file, name it: ${nextWith(plan.file, apply)}; else make a new one: ${newPlan(plan.file)}`,
  });
}

/** A change that is not what it was when somebody agreed to it. */
export interface Moved {
  readonly target: string;
  /** `gone`: not needed any more; `new`: nobody has seen it; `differs`: another one. */
  readonly how: "gone" | "new" | "differs";
}

/** What `fresh` would do otherwise than the plan that was agreed to. What only a person can do is not looked at: nothing here does it. */
export function movedSince(agreed: Pick<Plan, "changes">, fresh: Pick<Plan, "changes">): readonly Moved[] {
  const before = byObject(agreed.changes);
  const after = byObject(fresh.changes);
  const moved: Moved[] = [];
  for (const [object, change] of before) {
    const now = after.get(object);
    if (!now) moved.push({ target: change.target, how: "gone" });
    else if (canonicalText(now) !== canonicalText(change)) moved.push({ target: change.target, how: "differs" });
  }
  for (const [object, { target }] of after) if (!before.has(object)) moved.push({ target, how: "new" });
  return moved;
}

function byObject(changes: readonly Change[]): ReadonlyMap<string, Change> {
  const written = changes.filter(({ action }) => action !== "manual");
  return new Map(written.map((change) => [`${change.kind} ${change.target} ${change.id}`, change]));
}
