import type { Context } from "../../context.ts";
import type { Config, ManagedKind } from "../../core/config/config.ts";
import { Failure } from "../../core/model/failure.ts";
import type { GuardrailRule } from "../../core/model/guardrail.ts";
import {
  EMPTY_SCOPE,
  emptySnapshot,
  itemsOf,
  type Organization,
  type OrgReader,
  type OrgSnapshot,
} from "../../core/model/org.ts";
import { DAY } from "../../core/model/time.ts";
import { type OffboardingInput, offboardingScope } from "../../core/offboarding/input.ts";
import { planOffboarding } from "../../core/offboarding/offboarding.ts";
import type { KeyDecision, OffboardingPlan } from "../../core/offboarding/revocation.ts";
import { findSelf } from "../../core/plan/credential-owner.ts";
import { secretNotFound } from "../../core/status/secret-not-found.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import type { ConfigReading } from "../../core/validate/judge.ts";
import type { Planned } from "../write/pipeline.ts";
import { readUsage } from "../write/plan.ts";
import { type RevokeHistory, readHistory } from "./history.ts";
import { type Asked, keyOfSecret } from "./subject.ts";

/** What a revocation is planned from, beside the organization itself. */
export interface RevokeRequest {
  readonly context: Context;
  readonly asked: Asked;
  /** Absent where there is no file. */
  readonly reading?: ConfigReading;
  readonly config: Config;
  readonly only: readonly ManagedKind[];
  readonly allow: ReadonlyMap<GuardrailRule, string>;
  /** The most people of one run. */
  readonly max: number;
  /** The run takes people out of the file once everything is carried out. */
  readonly updateConfig: boolean;
  /** Whom nobody knows, and a key that is not there, are listed as not found instead of a failure. */
  readonly ifExists: boolean;
}

/** The same, in an organization that was found out to be the right one. */
export interface RevokePlanner extends RevokeRequest {
  readonly org: OrgReader;
  readonly organization: Organization;
}

export interface RevokePlan extends Planned {
  readonly plan: OffboardingPlan;
  /** What was decided about keys that the people made. */
  readonly keys: KeyDecision | undefined;
  readonly history: RevokeHistory;
  /** The plan of the same read, with this decision. */
  readonly decide: (keys: KeyDecision) => RevokePlan;
  /** Reads the organization anew, and plans the same. Throws Failure. */
  readonly look: () => Promise<OffboardingPlan>;
}

/** Reads all that a revocation needs, and plans it. Throws Failure. */
export async function planRevocation(request: RevokePlanner, keys: KeyDecision | undefined): Promise<RevokePlan> {
  const { context, asked, org, organization } = request;
  const history = await readHistory(context, organization.id);
  const sought = (ids: ReadonlyMap<string, readonly string[]>) =>
    (asked.kind === "people" ? asked.people : []).map((email) => ({ email, ids: ids.get(email) ?? [] }));
  const live = await org.read({ ...offboardingScope(), sought: sought(history.formerIds) });
  const self = await findSelf(await context.api.owner(), org, live);
  const now = context.clock.now();
  // An offboarding must not wait for a report; a key whose use is not known is asked about.
  // Where there are no keys there is no use of any.
  const hasKeys = !live.keys.known || live.keys.items.length > 0;
  const [usage24, usage7] = hasKeys ? await Promise.all([readUsage(org, DAY, now), readUsage(org, 7 * DAY, now)]) : [];
  const base = {
    ...inputOf(request),
    ...(usage24 && { usage24 }),
    ...(usage7 && { usage7 }),
    ...(self && { self }),
  };
  const ids = new Map(history.formerIds);
  // Once they are removed, nothing but this run knows which keys were theirs.
  const leaving = new Set(asked.kind === "people" ? asked.people : []);
  for (const user of itemsOf(live.users)) {
    const email = emailIdentity(user.email);
    if (leaving.has(email)) ids.set(email, [...(ids.get(email) ?? []), user.id]);
  }
  const known = { ...base, formerIds: history.formerIds };
  const named = await withAccounts(live, org, planFound(request, { ...known, live }));
  const decide = (decision: KeyDecision | undefined): RevokePlan => {
    const decided = { ...base, ...(decision && { keys: decision }) };
    return {
      plan: planFound(request, { ...decided, live: named, formerIds: history.formerIds }),
      live: named,
      keys: decision,
      history,
      decide,
      look: async () => {
        // Whoever was only invited is known to nobody afterwards: that is how it should be.
        const known = {
          ...decided,
          live: await org.read({ ...offboardingScope(), sought: sought(ids) }),
          formerIds: ids,
        };
        return planFound({ ...request, ifExists: true }, known);
      },
    };
  };
  return decide(keys);
}

/** With the service accounts, where a key that is shown acts as one: people know them by their names. Without, their ids do. */
async function withAccounts(live: OrgSnapshot, org: OrgReader, { revocations }: OffboardingPlan): Promise<OrgSnapshot> {
  if (!revocations.some(({ keys }) => keys.some(({ account }) => account && account.name === undefined))) return live;
  const { serviceAccounts } = await org.read({ ...EMPTY_SCOPE, serviceAccounts: true });
  return serviceAccounts.known ? { ...live, serviceAccounts } : live;
}

/** The plan of what only a person at the Console can end: nothing of the organization is needed for it. */
export function planUnlisted(request: RevokeRequest): OffboardingPlan {
  const { asked, context } = request;
  if (asked.kind !== "secret") throw new Failure("internal", { message: "only a secret can be unlisted" });
  const { secretKind, hint } = asked;
  const live = emptySnapshot(context.clock.now());
  return planOffboarding({ ...inputOf(request), live, formerIds: new Map(), secret: { secretKind, hint } });
}

function inputOf({ context, reading, config, only, allow, max, updateConfig }: RevokeRequest) {
  return {
    config,
    now: context.clock.now(),
    digest: context.files.digest,
    people: [],
    max,
    allow,
    editsFile: updateConfig,
    ...(reading && { file: { path: reading.file, digest: reading.digest } }),
    ...(only.length > 0 && { only: new Set(only) }),
  };
}

type Known = Omit<OffboardingInput, "people" | "key" | "keyIds" | "ifExists">;

/** Plans for whatever was asked; with `--if-exists`, what is not there is listed as not found. Throws Failure. */
function planFound({ context, asked, ifExists }: RevokeRequest, known: Known): OffboardingPlan {
  const attempt = (subject: Partial<OffboardingInput>) => {
    const plan = planOffboarding({ ...known, ifExists, people: [], ...subject });
    return { ...plan, findings: [...plan.findings, ...context.api.findings()] };
  };
  if (asked.kind === "people") return attempt({ people: asked.people });
  if (asked.kind === "key") return attempt({ key: asked.key });
  const key = keyOfSecret(asked.secret, known.live);
  if (key) return attempt({ keyIds: [key.id] });
  if (!ifExists) throw secretNotFound(asked.secretKind);
  return attempt({ secret: { secretKind: asked.secretKind, hint: asked.hint } });
}
