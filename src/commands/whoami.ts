import type { Context } from "../context.ts";
import { Failure, messageWithFix } from "../core/model/failure.ts";
import { EMPTY_SCOPE, type OrgReader } from "../core/model/org.ts";
import type { IdentityOutcome } from "../core/outcome/outcome.ts";
import { findSelf, guardOrganization } from "../core/plan/credential-owner.ts";
import { roleOf } from "../core/policy/caller.ts";
import { policyOf } from "../core/policy/policy.ts";
import { promptKey } from "../core/prompt/request.ts";
import { emailIdentity } from "../core/text/identity.ts";
import type { ConfigReading } from "../core/validate/judge.ts";
import type { FeedAnswer } from "../core/whoami/access.ts";
import { assembleIdentity, type IdentityInput, type PromptIdentity } from "../core/whoami/identity.ts";
import { noticeOthers } from "./config.ts";

/**
 * Which credential is in use and what it reaches, and what `prompt` would see. What cannot be found out is left out, and the rest
 * shown. Reads only, and but a page of each list. Throws Failure for wrong usage and an interrupt.
 */
export async function whoami(context: Context): Promise<IdentityOutcome> {
  const reading = await orFailure(() => context.config.readIfAny());
  if (reading && !(reading instanceof Failure)) noticeOthers(context, reading.findings);
  const prompt = await promptIdentity(context, reading);
  const credential = await orFailure(() => context.api.credential());
  if (credential instanceof Failure) return outcome({ prompt, failure: credential });
  return outcome({ prompt, ...(credential && { credential }), ...(await look(context, reading)) });
}

function outcome(input: IdentityInput): IdentityOutcome {
  return { kind: "identity", identity: assembleIdentity(input) };
}

/** Failures that are no answer to the question: the run itself is wrong, or was ended. */
const OURS: ReadonlySet<string> = new Set(["usage", "base-url-refused", "interrupted", "internal"]);

async function orFailure<Answer>(ask: () => Promise<Answer>): Promise<Answer | Failure> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure && !OURS.has(error.code)) return error;
    throw error;
  }
}

type Found = Pick<IdentityInput, "organization" | "probe" | "feed" | "self" | "live" | "failure">;

/** What the API says of the credential. */
async function look({ api }: Context, reading: ConfigReading | undefined | Failure): Promise<Found> {
  // Where there is none, the connection says so in its own words.
  const org = await orFailure(() => api.reader());
  if (org instanceof Failure) return { failure: org };
  const organization = await orFailure(() => org.organization());
  // A scoped key need not see the organization itself.
  if (organization instanceof Failure && organization.code !== "permission-denied") return { failure: organization };
  const probe = await orFailure(() => api.probe());
  if (probe instanceof Failure) return { failure: probe };
  const found = { probe, ...(!(organization instanceof Failure) && { organization }) };
  const isReadable = [probe.users, probe.invites, probe.workspaces, probe.keys].some(({ known }) => known);
  if (!isReadable) return { ...found, failure: organization instanceof Failure ? organization : readsNothing() };
  const elsewhere = await wrongOrganization(reading, org, organization);
  return {
    ...found,
    feed: await feedAnswer(org),
    ...(await owner(await api.owner(), org)),
    ...(elsewhere && { failure: elsewhere }),
  };
}

/** Whether the activity feed can be read, by the newest activity of it. */
async function feedAnswer(org: OrgReader): Promise<FeedAnswer> {
  const read = await orFailure(() => org.activities({ pageSize: 1, pages: 1 }));
  if (!(read instanceof Failure)) return { known: true, byFeedKey: org.hasFeedKey };
  return { known: false, reason: read.code, message: messageWithFix(read.details) };
}

function readsNothing(): Failure {
  return new Failure("permission-denied", {
    message: "the credential may read no members, invitations, workspaces or keys of the organization",
    fix: 'use an Admin API key, or: ant auth login --scope "org:admin"',
  });
}

async function wrongOrganization(
  reading: ConfigReading | undefined | Failure,
  org: OrgReader,
  organization: unknown,
): Promise<Failure | undefined> {
  if (!reading || reading instanceof Failure || !reading.config || organization instanceof Failure) return undefined;
  const { config, file } = reading;
  const compared = await orFailure(() => guardOrganization(config, org, file));
  return compared instanceof Failure ? compared : undefined;
}

/** Whose it is, where it tells: the people and keys are read only then. */
async function owner(owned: Parameters<typeof findSelf>[0], org: OrgReader): Promise<Pick<Found, "self" | "live">> {
  if (owned.email === undefined && !owned.isHint) return {};
  const live = await orFailure(() => org.read({ ...EMPTY_SCOPE, users: true, keys: owned.isHint !== undefined }));
  if (live instanceof Failure) return {};
  const self = await findSelf(owned, org, live);
  return { live, ...(self && { self }) };
}

async function promptIdentity(
  { api, clock, machine }: Context,
  reading: ConfigReading | undefined | Failure,
): Promise<PromptIdentity> {
  const given = await machine.identity();
  const user = given && emailIdentity(given.trim());
  const source = machine.variable("ANTH_RBAC_USER") === undefined ? "git" : "ANTH_RBAC_USER";
  const key = await api.promptKey(promptKey(undefined));
  const who = user ? ({ user, source } as const) : {};
  if (reading instanceof Failure) return { ...who, problem: reading.details.message, key };
  if (reading && !reading.config) return { ...who, problem: `${reading.file} has errors: anth-rbac validate`, key };
  const policy = reading?.config && policyOf(reading.config, clock.now());
  const caller = roleOf({ policy, user, role: undefined });
  return { ...who, ...("decision" in caller ? { problem: caller.message } : { role: caller.role }), key };
}
