import type { Context } from "../../context.ts";
import type { Config } from "../../core/config/config.ts";
import { matchLive } from "../../core/match/matches.ts";
import { Failure } from "../../core/model/failure.ts";
import type { OrgReader, OrgSnapshot } from "../../core/model/org.ts";
import type { Review } from "../../core/model/review.ts";
import { DAY } from "../../core/model/time.ts";
import type { PeakMinute } from "../../core/model/usage.ts";
import { NO_CONFIG } from "../../core/offboarding/input.ts";
import { exitCodeOf, exitReasonsOf } from "../../core/outcome/exit-reason.ts";
import type { Outcome, ValidationOutcome } from "../../core/outcome/outcome.ts";
import { guardOrganization } from "../../core/plan/credential-owner.ts";
import { type FileEdit, leastPrivilege } from "../../core/review/finish.ts";
import { suggestedLimits } from "../../core/review/limits.ts";
import { type People, readPeople } from "../../core/review/people.ts";
import {
  assembleReview,
  giversOf,
  type ReviewInput,
  reviewedWorkspace,
  reviewScope,
} from "../../core/review/review.ts";
import { checkReviewed } from "../../core/review/reviewed.ts";
import type { AskedUsage } from "../../core/review/use.ts";
import { changedLines } from "../../core/text/changed-lines.ts";
import { type ValidConfig, validConfigIfAny } from "../config.ts";
import { checkNewFile, checkOutputBesideConfig } from "../export.ts";
import { FEED_PAGES, feedOrWhyNot, saysWhyNot } from "../feed.ts";
import { readHistory } from "../revoke/history.ts";
import { checkWord, emailOf } from "../secret-input.ts";
import { edited } from "./edited.ts";

/** What a review is asked to look at. */
export interface ReviewRequest {
  /** Days of use to ask for. */
  readonly usage: number;
  /** A file of who works here. */
  readonly people?: string;
  /** Its column with the e-mails. */
  readonly peopleColumn?: string;
}

export interface ReviewOptions extends ReviewRequest {
  readonly format: NonNullable<Parameters<Context["render"]>[1]>;
  /** A handle, a live name or an id. */
  readonly workspace?: string;
  readonly user?: string;
  /** The file to write; absent or `-`: stdout. */
  readonly out?: string;
  /** The file may be there already. */
  readonly force: boolean;
  /** Prints what use says could be less, as lines of rbac.yaml. */
  readonly suggest: boolean;
}

/** The usage report reaches back this many days. */
const LONGEST_USAGE = 365;
const NO_SECRETS = "name who, or what, is meant; a secret is never needed for a review";

/** Who has what, who uses it, and what is to be asked about it. Reads only. Throws Failure. */
export async function review(context: Context, options: ReviewOptions): Promise<Outcome> {
  const { format, workspace, force } = options;
  const out = options.out === "-" ? undefined : options.out;
  if (options.suggest && (format !== "text" || out !== undefined)) {
    throw new Failure("usage", {
      message: `--suggest prints a diff of rbac.yaml: ${out === undefined ? `--format ${format}` : "--out"} does not go with it`,
      fix: "leave that flag away",
    });
  }
  if (workspace !== undefined) checkWord("--workspace", workspace, NO_SECRETS);
  const user = options.user === undefined ? undefined : emailOf("--user", options.user, NO_SECRETS);
  await checkOutputBesideConfig(context, out, force);
  const read = await readReview(context, { ...options, ...(workspace !== undefined && { workspace }) });
  if (read.kind === "validation") return read;
  const { input } = read;
  const asked = {
    ...input,
    ...(workspace !== undefined && { workspace }),
    ...(user !== undefined && { user, formerIds: await formerIds(context, input.live) }),
  };
  checkReviewed(asked);
  const found = assembleReview({ ...asked, ...(options.suggest ? {} : await readGivers(context, asked)) });
  if (options.suggest) return suggestion(context, found, leastOf(input, found, workspace));
  const outcome = { kind: "review", review: found } as const;
  if (out === undefined) return outcome;
  const text = await context.render(outcome, format, { exitCode: exitCodeOf(exitReasonsOf(outcome)) });
  // Reading may have taken minutes.
  if (!force) await checkNewFile(context, out);
  await context.files.write(out, text, 0o600);
  context.terminal.notice(`review: ${out}`);
  return { kind: "document", text: "", unknown: found.unknown.filter(({ counts }) => counts) };
}

/** The ids that people had who have left, as far as the audit log of this machine knows. Throws Failure `file-unreadable`. */
async function formerIds(
  context: Context,
  { organization }: OrgSnapshot,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return organization ? (await readHistory(context, organization.id)).formerIds : new Map();
}

/**
 * Since when, and by whom, there is what is asked about, by the activity feed: only where that has a key of its own, for whoever set none
 * may not be able to read it. Throws Failure.
 */
export async function readGivers(
  context: Context,
  input: ReviewInput,
): Promise<Pick<ReviewInput, "activities" | "feed">> {
  const org = await context.api.reader();
  if (!org.hasFeedKey) return {};
  const { types, isEnough, reading } = giversOf(input);
  if (isEnough([])) return { feed: { known: true, stopped: "found" } };
  const read = await feedOrWhyNot(async () => ({
    known: true as const,
    ...(await org.activities({ ...FEED_PAGES, types, isEnough })),
  }));
  return read.known ? { activities: read.activities, feed: reading(read) } : { feed: read };
}

/** The edits of rbac.yaml that the use of things speaks for, as a diff for `git apply`. Nothing is written. Throws Failure. */
async function suggestion(context: Context, { unknown }: Review, edits: readonly FileEdit[]): Promise<Outcome> {
  const { config, files, terminal } = context;
  const file = await config.find();
  if (file === undefined) {
    throw new Failure("config-not-found", {
      message: "--suggest edits an rbac.yaml, and there is none",
      fix: "write one: anth-rbac init",
    });
  }
  const before = await files.read(file);
  const lines = changedLines(before, await edited(context, before, edits));
  if (lines.length === 0) terminal.notice(`note: use speaks for no other ${file}`);
  const diff = lines.length === 0 ? [] : [`--- a/${file}`, `+++ b/${file}`, ...lines];
  const text = diff.map((line) => `${line}\n`).join("");
  return { kind: "document", text, unknown: unknown.filter(({ counts }) => counts) };
}

/** What use says would do: less for what was not used, and lower limits for the one workspace of which they were read. */
function leastOf({ config, peak, live }: ReviewInput, { grants }: Review, workspace?: string): readonly FileEdit[] {
  const id = workspace === undefined ? undefined : reviewedWorkspace({ config, live }, workspace);
  const declared = matchLive(config, live).matched.find((pair) => id !== undefined && pair.live?.id === id)?.declared;
  return [...leastPrivilege(grants), ...(declared && peak ? suggestedLimits(declared, peak) : [])];
}

/** All that a review is made of, read. */
export interface ReadReview {
  readonly kind: "read";
  readonly input: ReviewInput;
  /** The rbac.yaml that it was read with, where there is one. */
  readonly valid?: ValidConfig;
}

/** Where the rbac.yaml of a review comes from: what writes asks for one that it may obey. */
export type ReadFile = typeof validConfigIfAny;

/** Reads it: the file, the people, the organization and its use; or what is wrong with the file. Throws Failure. */
export async function readReview(
  context: Context,
  { usage: days, people: file, peopleColumn, workspace }: ReviewRequest & { readonly workspace?: string },
  readFile: ReadFile = validConfigIfAny,
): Promise<ReadReview | ValidationOutcome> {
  checkFlags({
    usage: days,
    ...(file !== undefined && { people: file }),
    ...(peopleColumn !== undefined && { peopleColumn }),
  });
  const valid = await readFile(context);
  if (valid?.kind === "validation") return valid;
  const config: Config = valid?.config ?? NO_CONFIG;
  // Before anything is read: nobody waits for minutes to hear of a wrong line.
  const table = file === undefined ? undefined : await context.files.people(file);
  const people: People | undefined = table && readPeople(table, file ?? "", peopleColumn, context.clock.now());
  const org = await context.api.reader();
  if (valid) await guardOrganization(config, org, valid.reading.file);
  const live = await org.read(reviewScope(config, workspace));
  const now = context.clock.now();
  const usage = await readUse(context, org, days, now);
  const peak = workspace === undefined ? undefined : await readPeak(org, { live, config, workspace, now });
  return {
    kind: "read",
    ...(valid && { valid }),
    input: {
      live,
      now,
      usage,
      config,
      ...(valid && { locate: valid.reading.locate }),
      ...(people && { people }),
      ...(peak && { peak }),
    },
  };
}

function checkFlags({ usage, people, peopleColumn }: ReviewRequest): void {
  if (!Number.isInteger(usage) || usage < 1 || usage > LONGEST_USAGE) {
    throw new Failure("usage", { message: `--usage takes a whole number of days from 1 to ${LONGEST_USAGE}` });
  }
  if (peopleColumn !== undefined && people === undefined) {
    throw new Failure("usage", {
      message: "--people-column names a column of --people",
      fix: "give --people FILE too",
    });
  }
}

/** The use of the days before `now`; no review fails for want of a report, it says so and asks. */
async function readUse(context: Context, org: OrgReader, days: number, now: number): Promise<AskedUsage> {
  const asked = { days, from: now - days * DAY };
  try {
    return { ...asked, report: await org.dailyUsage({ from: asked.from, to: now }) };
  } catch (error) {
    if (!saysWhyNot(error)) throw error;
    context.terminal.notice(`note: use is not known, so nothing is called unused: ${error.details.message}`);
    return asked;
  }
}

/** The highest minute of one workspace with limits of its own; undefined where it cannot be known. */
async function readPeak(
  org: OrgReader,
  { live, config, workspace, now }: { live: OrgSnapshot; config: Config; workspace: string; now: number },
): Promise<PeakMinute | undefined> {
  const id = reviewedWorkspace({ live, config }, workspace);
  const limits = id === undefined ? undefined : live.workspaceRateLimits.get(id);
  if (id === undefined || !limits?.known || limits.items.length === 0) return undefined;
  try {
    return await org.peakMinute(id, now);
  } catch (error) {
    if (!saysWhyNot(error)) throw error;
    return undefined;
  }
}
