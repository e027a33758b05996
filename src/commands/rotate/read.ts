import type { Context } from "../../context.ts";
import type { Config } from "../../core/config/config.ts";
import { matchLive } from "../../core/match/matches.ts";
import { Failure } from "../../core/model/failure.ts";
import { EMPTY_SCOPE, type OrgReader, type OrgSnapshot, type ReadScope } from "../../core/model/org.ts";
import { DAY } from "../../core/model/time.ts";
import { findSelf, type Self } from "../../core/plan/credential-owner.ts";
import {
  type PlannedRotation,
  planRotation,
  type RotationInput,
  supersededToDisable,
} from "../../core/rotation/rotation.ts";
import type { RotationPlan } from "../../core/rotation/rotation-key.ts";
import type { ConfigReading } from "../../core/validate/judge.ts";
import { findingsNow } from "../config.ts";
import type { ScopeFlags, WriteFlags } from "../write/flags.ts";
import type { Planned } from "../write/pipeline.ts";
import { readUsage } from "../write/plan.ts";

/** One run of `rotate`, as its parts see it. */
export interface RotateRun {
  readonly context: Context;
  readonly options: RotateOptions;
  readonly reading: ConfigReading;
  readonly config: Config;
  readonly org: OrgReader;
}

/** What was handed over, by the target of the declared key. */
export interface HandOver {
  readonly states: RotationInput["handover"];
  /** Tested secrets; in memory only. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** A rotation as it stands in one read of the organization: planned once, however often it is looked at. */
export interface Rotation extends Planned, PlannedRotation {
  readonly plan: RotationPlan;
  readonly input: RotationInput;
  readonly handOver: HandOver;
}

const NOTHING_HANDED_OVER: HandOver = { states: new Map(), secrets: new Map() };

/** As much as a rotation needs: keys, their workspaces, and the people, because whoever made a key may have left. */
const SCOPE: ReadScope = { ...EMPTY_SCOPE, organization: true, workspaces: true, keys: true, users: true };

/** The organization as it stands, and what is to be done about its keys. */
export async function readRotation(run: RotateRun): Promise<Rotation> {
  const { context, org } = run;
  const owner = await context.api.owner();
  const live = await withAccounts(await org.read(SCOPE), run);
  return planned(run, await withUsage(inputOf(run, live, await findSelf(owner, org, live)), org));
}

/** With the service accounts, where a declared key acts as one: a person at the Console picks it by its name. */
async function withAccounts(live: OrgSnapshot, { config, org }: RotateRun): Promise<OrgSnapshot> {
  const acts = matchLive(config, live).keys.declared.some(({ here }) =>
    here.some(({ principal }) => principal?.type === "service_account"),
  );
  if (!acts) return live;
  const { serviceAccounts } = await org.read({ ...EMPTY_SCOPE, serviceAccounts: true });
  return { ...live, serviceAccounts };
}

/** The same of the organization as it is now; what the flags ask of this run (to force, to disable) was done or shown. */
export async function readAfter(run: RotateRun, { input: { self } }: Rotation): Promise<Rotation> {
  const live = await withAccounts(await run.org.read(SCOPE), run);
  const plain = { ...run, options: { ...run.options, force: false, leaked: false, archive: false } };
  return planned(run, await withUsage(inputOf(plain, live, self), run.org));
}

/** The same with the list of keys as it is now. */
export async function readKeysAgain(run: RotateRun, { input }: Rotation): Promise<Rotation> {
  const { keys, takenAt } = await run.org.read({ ...EMPTY_SCOPE, keys: true });
  return planned(run, { ...input, live: { ...input.live, keys, takenAt }, now: run.context.clock.now() });
}

/** The same once something was handed over. */
export function withHandOver(run: RotateRun, rotation: Rotation, handOver: HandOver): Rotation {
  if (handOver.states.size === 0) return rotation;
  return planned(run, { ...rotation.input, handover: handOver.states }, handOver);
}

function planned({ context, reading }: RotateRun, input: RotationInput, handOver = NOTHING_HANDED_OVER): Rotation {
  const { plan, gates } = planRotation(input);
  // What is loose about federation is no matter of a key, and what is wrong in the file has ended the run before.
  const ofFile = findingsNow(context, reading).filter(({ path }) => path?.[0] !== "federation");
  const findings = [...ofFile, ...plan.findings];
  return { plan: { ...plan, findings }, gates, live: input.live, input, handOver };
}

function inputOf(run: RotateRun, live: OrgSnapshot, self: Self | undefined): RotationInput {
  const { context, options, reading, config } = run;
  const { workspaces, keys, force, leaked, archive, allow } = options;
  return {
    config,
    live,
    now: context.clock.now(),
    file: { path: reading.file, digest: reading.digest },
    digest: context.files.digest,
    scope: { workspaces, keys },
    force,
    leaked,
    archive,
    handover: new Map(),
    allow,
    ...(self && { self }),
  };
}

/** Asks for use only where a key is about to be disabled: the report is slow, and not every credential may read it. */
async function withUsage(input: RotationInput, org: OrgReader): Promise<RotationInput> {
  if (supersededToDisable(input).length === 0) return input;
  return { ...input, usage: await readUsage(org, DAY, input.now) };
}

export interface RotateOptions extends WriteFlags, Pick<ScopeFlags, "workspaces"> {
  /** Declared names; none: every key of the scope. */
  readonly keys: readonly string[];
  /** Only where each key stands. */
  readonly status: boolean;
  readonly force: boolean;
  readonly leaked: boolean;
  readonly archive: boolean;
  /** The operator's word that the services have the new secrets. */
  readonly delivered: boolean;
  readonly secretStdin: boolean;
  /** The variable that holds the new secret. */
  readonly secretEnv?: string;
  /** The file for a calendar of the days on which keys are due. */
  readonly calendar?: string;
}

/** Throws Failure `usage` for flags that do not go together. */
export function checkRotateFlags(options: RotateOptions): void {
  const { keys, leaked, force, delivered, secretStdin, secretEnv, status } = options;
  const secrets = [...(secretStdin ? ["--secret-stdin"] : []), ...(secretEnv === undefined ? [] : ["--secret-env"])];
  if (secrets.length > 1) throw wrong(`${secrets.join(" and ")} do not go together`);
  if (secrets.length > 0 && keys.length !== 1) throw wrong(`${secrets[0]} needs exactly one --key, whose secret it is`);
  if (secrets.length > 0 && delivered) throw wrong(`${secrets[0]} and --delivered do not go together`);
  if (leaked && keys.length === 0) throw wrong("--leaked needs the --key that leaked");
  const beside = [...(force ? ["--force"] : []), ...(delivered ? ["--delivered"] : [])];
  if (leaked && beside.length > 0) throw wrong(`--leaked and ${beside.join(", ")} do not go together`);
  if (status && (leaked || secrets.length > 0))
    throw wrong("--status only shows: it does not go with what changes keys");
}

function wrong(message: string): Failure {
  return new Failure("usage", { message });
}
