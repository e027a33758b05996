import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { Failure } from "../core/model/failure.ts";
import { type Finding, type FindingCode, finding } from "../core/model/finding.ts";
import { EMPTY_SCOPE } from "../core/model/org.ts";
import type { ValidationOutcome } from "../core/outcome/outcome.ts";
import { guardOrganization } from "../core/plan/credential-owner.ts";
import { ANSWERED_LIVE, checkLive } from "../core/validate/live.ts";
import type { ConfigReading } from "../core/validate/parse.ts";

export interface ValidateFlags {
  /** The file to check instead of the one that is found; `-` is stdin. */
  readonly file?: string;
  /** Warnings fail too. */
  readonly strict: boolean;
  /** Models and rate limits are checked against the API as well. */
  readonly live: boolean;
}

/** Everything that is wrong with an rbac.yaml. Offline, unless `live` asks for the API. */
export async function validate(context: Context, { file, strict, live }: ValidateFlags): Promise<ValidationOutcome> {
  const reading = await context.config.read(file);
  const config = reading.config;
  // Errors stop every command before the network.
  const findings = live && config ? await withLive(context, reading, config) : reading.findings;
  return { kind: "validation", file: reading.file, findings, locate: reading.locate, strict };
}

/** The findings of the file, with the API's answers in place of the dated table's. Throws Failure. */
async function withLive(context: Context, reading: ConfigReading, config: Config): Promise<readonly Finding[]> {
  const org = await context.api.reader();
  await guardOrganization(config, org, reading.file);
  const needsModels = [...config.roles.values()].some(({ models }) => models.length > 0);
  const needsLimits = [...config.workspaces.values()].some(({ rateLimits }) => (rateLimits?.size ?? 0) > 0);
  const [models, limits] = await Promise.all([
    needsModels ? orRefused(() => org.models()) : undefined,
    needsLimits ? org.read({ ...EMPTY_SCOPE, rateLimits: true }).then(({ rateLimits }) => rateLimits) : undefined,
  ]);
  const facts = {
    now: context.clock.now(),
    ...(models && !isRefusal(models) && { models }),
    ...(limits?.known && { rateLimits: limits.items }),
  };
  const answered = new Set<FindingCode>([
    ...(facts.models ? ANSWERED_LIVE.models : []),
    ...(facts.rateLimits ? ANSWERED_LIVE.rateLimits : []),
  ]);
  return [
    ...reading.findings.filter(({ code }) => !answered.has(code)),
    ...checkLive(config, facts),
    ...(models && isRefusal(models) ? [unchecked("models", models.refused)] : []),
    ...(limits && !limits.known ? [unchecked("rate limits", limits.message ?? limits.reason)] : []),
  ];
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

interface Refusal {
  readonly refused: string;
}

function isRefusal(answer: object): answer is Refusal {
  return "refused" in answer;
}

function unchecked(part: string, reason: string): Finding {
  return finding("live-unchecked", { part, reason });
}
