import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { findWorkspace, fittingWorkspaces } from "../core/match/resolve.ts";
import { Failure, isLacking } from "../core/model/failure.ts";
import { type Finding, type FindingCode, finding } from "../core/model/finding.ts";
import { EMPTY_SCOPE, type OrgReader, type OrgSnapshot } from "../core/model/org.ts";
import { guardOrganization } from "../core/plan/credential-owner.ts";
import type { ConfigReading } from "../core/validate/judge.ts";
import { ANSWERED_LIVE, checkLive } from "../core/validate/live.ts";
import { findingsNow } from "./config.ts";

/** What is checked against the API. */
interface Checked {
  readonly reading: ConfigReading;
  readonly config: Config;
  readonly workspace: string | undefined;
}

/** The findings of the file, with the API's answers in place of the dated table's. Throws Failure. */
export async function withLive(context: Context, { reading, config, workspace }: Checked): Promise<readonly Finding[]> {
  const org = await context.api.reader();
  await guardOrganization(config, org, reading.file);
  const needsModels = [...config.roles.values()].some(({ models }) => models.length > 0);
  const needsLimits = [...config.workspaces.values()].some(({ rateLimits }) => (rateLimits?.size ?? 0) > 0);
  const [models, limits, store] = await Promise.all([
    needsModels ? orRefused(async () => org.models(await workspaceId(config, org, workspace))) : undefined,
    needsLimits ? readLimits(org) : undefined,
    rateStore(context, config),
  ]);
  const facts = {
    now: context.clock.now(),
    ...(models && !isRefusal(models) && { models }),
    ...(limits?.known && !limits.foreign && { rateLimits: limits.items }),
  };
  const answered = new Set<FindingCode>([
    ...(facts.models ? ANSWERED_LIVE.models : []),
    ...(facts.rateLimits ? ANSWERED_LIVE.rateLimits : []),
  ]);
  return [
    ...findingsNow(context, reading).filter(({ code }) => !answered.has(code)),
    ...checkLive(config, facts),
    ...(models && isRefusal(models) ? [unchecked("models", models.refused)] : []),
    ...(limits?.known && limits.foreign ? [finding("not-offered", { kinds: ["rate_limits"] })] : []),
    ...(limits && !limits.known ? [unchecked("rate limits", limits.message ?? limits.reason)] : []),
    ...store,
  ];
}

/** The organization's own limits, unknown where the credential may not see them. Throws Failure where they could not be read for another reason. */
async function readLimits(org: OrgReader): Promise<OrgSnapshot["rateLimits"]> {
  const { rateLimits } = await org.read({ ...EMPTY_SCOPE, rateLimits: true });
  if (rateLimits.known || isLacking(rateLimits.reason) || rateLimits.reason === "not-read") return rateLimits;
  const { reason, message = "the rate limits could not be read" } = rateLimits;
  throw new Failure(reason, { message });
}

/** Whether a store on a server keeps what it is told; one that cannot be asked is said, and fails nothing: prompts are denied then. */
async function rateStore({ state }: Context, { rateStore: store }: Config): Promise<readonly Finding[]> {
  if (store === "local") return [];
  const path = ["rate_store"];
  const window = await state.rateWindow(store);
  try {
    const policy = await window.evictsBy();
    return policy === undefined ? [] : [finding("rate-store-evicts", { policy }, { path })];
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "rate-store-unreachable") throw error;
    return [finding("live-unchecked", { part: "rate store", reason: error.details.message }, { path })];
  } finally {
    await window.close();
  }
}

/** The answer, or why the credential may not ask: not every admin credential sees models. Throws every other Failure. */
async function orRefused<Answer>(ask: () => Promise<Answer>): Promise<Answer | Refusal> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure && error.code === "permission-denied") return { refused: error.message };
    throw error;
  }
}

/** The id of the workspace that the flag names, by the file or, where that does not give it, by the API. Throws Failure. */
async function workspaceId(config: Config, org: OrgReader, word: string | undefined): Promise<string | undefined> {
  if (word === undefined) return undefined;
  const declared = [...config.workspaces.values()].map(({ handle, name, id }) => ({
    handle,
    names: [name],
    ...(id !== undefined && { id }),
  }));
  const known = fittingWorkspaces(declared, word).length > 0 ? findWorkspace(declared, word) : undefined;
  if (known?.id !== undefined) return known.id;
  const { workspaces } = await org.read({ ...EMPTY_SCOPE, workspaces: true });
  if (!workspaces.known) {
    const { reason, message = "the organization's workspaces could not be read" } = workspaces;
    throw new Failure(reason === "not-read" ? "internal" : reason, { message: `--workspace: ${message}` });
  }
  const live = workspaces.items.map(({ id, name }) => ({ id, names: [name] }));
  return findWorkspace(live, known?.names[0] ?? word).id;
}

interface Refusal {
  readonly refused: string;
}

function isRefusal(answer: object): answer is Refusal {
  return "refused" in answer;
}

function unchecked(part: string, reason: string): Finding {
  return finding("live-unchecked", { part, reason });
}
