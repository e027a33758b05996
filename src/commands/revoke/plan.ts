import type { Context } from "../../context.ts";
import type { Config, ManagedKind } from "../../core/config/config.ts";
import { Failure } from "../../core/model/failure.ts";
import type { OrgReader, OrgSnapshot } from "../../core/model/org.ts";
import { emptySnapshot } from "../../core/model/org.ts";
import { DAY } from "../../core/model/time.ts";
import { type OffboardingInput, offboardingScope } from "../../core/offboarding/input.ts";
import { planOffboarding } from "../../core/offboarding/offboarding.ts";
import type { KeyDecision, OffboardingPlan } from "../../core/offboarding/revocation.ts";
import { findSelf } from "../../core/plan/credential-owner.ts";
import type { GuardrailRule } from "../../core/plan/guardrails.ts";
import { secretNotFound } from "../../core/status/status.ts";
import type { ConfigReading } from "../../core/validate/parse.ts";
import { readUsage } from "../write/plan.ts";
import type { RevokeHistory } from "./history.ts";
import { type Asked, keyOfSecret } from "./subject.ts";

/** What a revocation is planned from, beside the organization itself. */
export interface RevokePlanRequest {
  readonly context: Context;
  readonly asked: Asked;
  /** Absent where there is no file. */
  readonly reading?: ConfigReading;
  readonly config: Config;
  readonly only: readonly ManagedKind[];
  readonly allow: ReadonlyMap<GuardrailRule, string>;
  /** The most people of one run. */
  readonly max: number;
  /** Whom nobody knows, and a key that is not there, are nothing to do instead of a failure. */
  readonly ifExists: boolean;
}

/** A revocation that can be planned, now and again after it was carried out. */
export interface RevokePlanner {
  readonly live: OrgSnapshot;
  readonly plan: (keys?: KeyDecision) => OffboardingPlan;
  /** Reads the organization anew, and plans the same. Throws Failure. */
  readonly again: (keys?: KeyDecision) => Promise<OffboardingPlan>;
}

/** Reads all that a revocation needs. Throws Failure. */
export async function readRevocation(
  request: RevokePlanRequest,
  org: OrgReader,
  history: RevokeHistory,
): Promise<RevokePlanner> {
  const { context, asked } = request;
  const live = await org.read(offboardingScope());
  const self = await findSelf(await context.api.owner(), org, live);
  const now = context.clock.now();
  // An offboarding must not wait for a report; a key whose use is not known is asked about.
  const [usage24, usage7] = await Promise.all([readUsage(org, DAY, now), readUsage(org, 7 * DAY, now)]);
  const base = { ...inputOf(request), usage24, usage7, ...(self && { self }) };
  const ids = new Map(history.formerIds);
  // Once they are removed, nothing but this run knows which keys were theirs.
  for (const { email, id } of live.users.known ? live.users.items : []) {
    if (asked.kind === "people" && asked.people.includes(email)) ids.set(email, [...(ids.get(email) ?? []), id]);
  }
  const planOf = (
    how: RevokePlanRequest,
    snapshot: OrgSnapshot,
    formerIds: OffboardingInput["formerIds"],
    keys: KeyDecision | undefined,
  ) => planFound(how, { ...base, live: snapshot, formerIds, ...(keys && { keys }) });
  return {
    live,
    plan: (keys) => planOf(request, live, history.formerIds, keys),
    // Whoever was only invited is known to nobody afterwards: that is how it should be.
    again: async (keys) => planOf({ ...request, ifExists: true }, await org.read(offboardingScope()), ids, keys),
  };
}

/** The plan of what only a person at the Console can end: nothing of the organization is needed for it. */
export function planUnlisted(request: RevokePlanRequest): OffboardingPlan {
  const { asked, context } = request;
  if (asked.kind !== "secret") throw new Failure("internal", { message: "only a secret can be unlisted" });
  const { secretKind, hint } = asked;
  const live = emptySnapshot(context.clock.now());
  return planOffboarding({ ...inputOf(request), live, formerIds: new Map(), secret: { secretKind, hint } });
}

function inputOf({ context, reading, config, only, allow, max }: RevokePlanRequest) {
  return {
    config,
    now: context.clock.now(),
    digest: context.files.digest,
    people: [],
    max,
    allow,
    ...(reading && { file: { path: reading.file, digest: reading.digest } }),
    ...(only.length > 0 && { only: new Set(only) }),
  };
}

type Known = Omit<OffboardingInput, "people" | "key" | "keyIds">;

/** Plans for whatever was asked, or, with `--if-exists`, for as much of it as there is. */
function planFound({ asked, ifExists }: RevokePlanRequest, known: Known): OffboardingPlan {
  const attempt = (subject: Partial<OffboardingInput>) => planOffboarding({ ...known, people: [], ...subject });
  const exists = (subject: Partial<OffboardingInput>) => {
    try {
      attempt(subject);
      return true;
    } catch (error) {
      if (error instanceof Failure && error.code === "not-found") return false;
      throw error;
    }
  };
  if (asked.kind === "people") {
    const { people } = asked;
    return attempt({ people: ifExists ? people.filter((email) => exists({ people: [email] })) : people });
  }
  if (asked.kind === "key") return attempt(ifExists && !exists({ key: asked.key }) ? {} : { key: asked.key });
  const key = keyOfSecret(asked.secret, known.live);
  if (!key && !ifExists) throw secretNotFound(asked.secretKind);
  return attempt(key ? { keyIds: [key.id] } : {});
}
