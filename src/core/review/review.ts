import { type Config, MANAGED_KINDS } from "../config/config.ts";
import type { Access } from "../kinds/access.ts";
import { ALL_KINDS, accessOf, shownScope, unreadLists } from "../kinds/kinds.ts";
import { type Matches, matchLive } from "../match/matches.ts";
import { findMember, findSettledWorkspace, fittingWorkspaces, workspaceChoices } from "../match/resolve.ts";
import { matchWorkspaces } from "../match/workspaces.ts";
import type { Activity, ActivityActor } from "../model/activity.ts";
import { formatPath, type Locate } from "../model/finding.ts";
import { itemsOf, type LiveWorkspace, type OrgSnapshot, type ReadScope } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
import type { FeedReading, Review, ReviewGrant } from "../model/review.ts";
import type { PeakMinute } from "../model/usage.ts";
import { indexStatus, type StatusIndex } from "../status/index-live.ts";
import { emailIdentity } from "../text/identity.ts";
import { compareText } from "../text/text.ts";
import { adviseOn } from "./advice.ts";
import { dailyUse } from "./daily.ts";
import { farLimitOf } from "./limits.ts";
import type { People } from "./people.ts";
import { reviewers } from "./reviewer.ts";
import { type SoughtGivers, soughtGivers } from "./since.ts";
import { type AskedUsage, lastUses } from "./use.ts";

/** All that a review is made of. */
export interface ReviewInput {
  readonly live: OrgSnapshot;
  /** Epoch ms. */
  readonly now: number;
  readonly usage: AskedUsage;
  /** `NO_CONFIG` where there is no file. */
  readonly config: Config;
  /** Looks up lines of the file; absent where there is none. */
  readonly locate?: Locate;
  readonly people?: People;
  /** Only what reaches this workspace: its handle, live name or id. */
  readonly workspace?: string;
  /** Only what this person has, and the secrets that they know: an e-mail as it is compared. */
  readonly user?: string;
  /** The ids that people had who have left, by e-mail as it is compared: their keys still name them. */
  readonly formerIds?: ReadonlyMap<string, readonly string[]>;
  /** The highest minute of the one workspace, where it is known. */
  readonly peak?: PeakMinute;
  /** What the activity feed has of who gave what, newest first; absent where it was not asked, or cannot be read. */
  readonly activities?: readonly Activity[];
  /** How far that goes, or why there is nothing of it; absent where it was not asked. */
  readonly feed?: FeedReading;
}

/** What has to be read for a review: what gives anybody access, and of one workspace its limits too. */
export function reviewScope(config: Config, workspace?: string): ReadScope {
  const chosen = (live: readonly LiveWorkspace[]) => {
    const ordinary = live.filter(({ isDefault }) => !isDefault);
    if (workspace === undefined) return ordinary.map(({ id }) => id);
    const choices = workspaceChoices(config, matchWorkspaces(config, live), live);
    const ids = new Set(fittingWorkspaces(choices, workspace).map(({ id }) => id));
    return ordinary.flatMap(({ id }) => (ids.has(id) ? id : []));
  };
  const scope = { ...shownScope((kind) => kind.access !== undefined, chosen), adminRights: true };
  return workspace === undefined ? scope : { ...scope, rateLimitsOf: chosen };
}

/** The live id of the workspace that is asked for. Throws Failure where nothing, or more than one, has that name. */
export function reviewedWorkspace(
  { live, config }: Pick<ReviewInput, "live" | "config">,
  asked: string,
): string | undefined {
  const items = itemsOf(live.workspaces);
  return findSettledWorkspace(config, matchLive(config, live), items, asked).id;
}

/** How the activity feed tells since when, and by whom, there is what is asked about. Throws Failure. */
export function giversOf(input: ReviewInput): SoughtGivers {
  const { config, live, now } = input;
  const matches = matchLive(config, live);
  const isAsked = askedOf(input, matches);
  const access = accessOf({ config, live, now, matches }).filter(([, one]) => isAsked(one));
  return soughtGivers(access, live);
}

/** Whether a way to access is what a review is asked about. Throws Failure. */
function askedOf(input: ReviewInput, { people }: Matches): (one: Access) => boolean {
  const { workspace, user } = input;
  const chosen = workspace === undefined ? undefined : reviewedWorkspace(input, workspace);
  const member = user === undefined ? undefined : findMember(people, user);
  // An id that meanwhile is somebody else's is never theirs.
  const former = (input.formerIds?.get(user ?? "") ?? []).filter((id) => people.isGone(id));
  const ids = new Set([...(member ? [member.id] : []), ...former]);
  return (one) => {
    if (workspace !== undefined && !reaches(one, chosen)) return false;
    return user === undefined || one.subject.email === user || ids.has(one.knownTo ?? "");
  };
}

/** Who has what. Order and wording follow from what was read, and not from the order in which it came. Throws Failure. */
export function assembleReview(input: ReviewInput): Review {
  const { live, now, usage, config, workspace } = input;
  const index = indexStatus(live, now, config);
  const { matches } = index;
  const chosen = workspace === undefined ? undefined : reviewedWorkspace(input, workspace);
  const lastUse = lastUses(usage);
  const reviewerOf = reviewers(config, live);
  const access = accessOf({ config, live, now, matches });
  const withKeys = keyHolders(
    access.map(([, one]) => one),
    live,
  );
  const limits = chosen === undefined ? undefined : live.workspaceRateLimits.get(chosen);
  const far =
    input.peak && limits?.known
      ? farLimitOf(
          limits.items.map(({ overrides }) => overrides),
          input.peak,
        )
      : undefined;
  const isAsked = askedOf(input, matches);
  const asked = access.filter(([, one]) => isAsked(one));
  const givers = soughtGivers(asked, live).givers(input.activities ?? []);
  const actorOf = actors(index);
  const grants = asked.map(([kind, one]): ReviewGrant => {
    const lastUsed = lastUse(one.use);
    const isUndeclared =
      input.locate !== undefined &&
      config.manage[kind.manage] !== "off" &&
      !one.path &&
      !one.isExempt &&
      // What cannot be held against the file is not missing there.
      kind.needs.every((list) => live[list].known);
    const advised = adviseOn({
      access: one,
      lastUsed,
      days: usage.days,
      now,
      isUndeclared,
      hasKeyThere: !withKeys || (one.on.type === "workspace" && withKeys.has(`${one.on.id} ${one.subject.id}`)),
      ...(input.people && { people: input.people }),
      ...(far && one.through.type === "key" && { farLimit: far }),
    });
    const given = givers.get(one);
    const by = one.by ? actorOf(one.by) : given ? actorOf(given.actor) : null;
    const about = { lastUsed, ...advised, since: one.since ?? given?.at ?? null, by };
    return { ...grantOf(one, index, { ...input, reviewerOf }, about), manage: kind.manage };
  });
  const only = {
    ...(chosen !== undefined && { workspace: placeOf({ type: "workspace", id: chosen }, index.workspace(chosen)) }),
    ...(input.user !== undefined && { user: input.user }),
  };
  const daily = input.user === undefined ? dailyUse(usage, index, now, chosen) : undefined;
  return {
    organization: live.organization ?? { ...(config.organization.name && { name: config.organization.name }) },
    takenAt: live.takenAt,
    usage: {
      days: usage.days,
      asOf: usage.report?.asOf ?? null,
      ...(usage.report?.namesActors === false && { ofKeysAlone: true }),
    },
    ...(Object.keys(only).length > 0 && { only }),
    grants: inOrder(grants, index),
    ...(daily && { daily }),
    ...(input.feed && { feed: input.feed }),
    unknown: unknownParts(input, index, chosen),
  };
}

/** Whether something gives access to a workspace: it is in it, or reaches all of them, as a rule of the organization does. */
function reaches({ on, through }: Access, workspaceId: string | undefined): boolean {
  if (on.type === "workspace") return on.id === workspaceId;
  return on.type === "workspaces" || (on.type === "organization" && through.type === "rule");
}

/** Who has a key in which workspace, as whom it acts or as its maker; undefined where that was not read. */
function keyHolders(access: readonly Access[], { users, keys }: OrgSnapshot): ReadonlySet<string> | undefined {
  if (!users.known || !keys.known) return undefined;
  const ids = new Map(itemsOf(users).map(({ id, email }) => [emailIdentity(email), id]));
  return new Set(
    access.flatMap(({ subject, on, through, knownTo }) => {
      if (through.type !== "key" || on.type !== "workspace") return [];
      const holder = subject.email === null ? undefined : ids.get(subject.email);
      return [holder, knownTo].flatMap((id) => (id === undefined ? [] : `${on.id} ${id}`));
    }),
  );
}

/** Who, or what, gave something, in the same words whether an object says it or the activity feed. */
function actors(index: StatusIndex): (actor: ActivityActor) => NonNullable<ReviewGrant["by"]> {
  const keys = new Map(itemsOf(index.live.keys).map(({ id, name }) => [id, name]));
  return (actor) => {
    const type = ACTOR_TYPES.get(actor.type) ?? actor.type;
    const { id } = actor;
    const known = id === undefined ? undefined : index.actor(type, id);
    const called = known?.name ?? (id === undefined ? undefined : (index.users.get(id)?.name ?? keys.get(id)));
    const email = known?.email ?? actor.email;
    return { type, id: id ?? null, email: email ?? null, name: called ?? actor.name ?? null };
  };
}

/** The feed's words for who acts whom the rest of the API calls otherwise. */
const ACTOR_TYPES: ReadonlyMap<string, string> = new Map([
  ["user_actor", "user"],
  ["service_account_actor", "service_account"],
]);

function grantOf(
  { subject, on, role, through, path, owner, account, rotateEvery, leftByFull }: Access,
  index: StatusIndex,
  { locate, reviewerOf }: Pick<ReviewInput, "locate"> & { readonly reviewerOf: ReturnType<typeof reviewers> },
  about: Pick<ReviewGrant, "lastUsed" | "flags" | "advice" | "reason" | "since" | "by">,
): ReviewGrant {
  const place = on.type === "workspace" ? index.workspace(on.id) : undefined;
  return {
    subject,
    on: placeOf(on, place),
    role,
    through,
    declared: path ? { path: formatPath(path), at: path, position: locate?.(path, true) ?? null } : null,
    ...about,
    reviewer: reviewerOf({
      subject,
      ...(place?.handle !== undefined && { handle: place.handle }),
      ...(owner !== undefined && { owner }),
    }),
    ...(account !== undefined && { account }),
    ...(rotateEvery !== undefined && { rotateEvery }),
    ...(leftByFull && { leftByFull }),
  };
}

function placeOf(on: Access["on"], place: ReturnType<StatusIndex["workspace"]> | undefined): ReviewGrant["on"] {
  switch (on.type) {
    case "organization":
      return { target: "organization", name: null };
    case "workspaces":
      return { target: "workspaces.*", name: null };
    case "workspace":
      return { target: `workspaces.${place?.handle ?? on.id}`, name: place?.name ?? null };
    case "group":
      return { target: `groups.${on.name}`, name: on.name };
  }
}

/** The organization first, then all workspaces, then each in the order of the file, then groups; in each by who it is. */
function inOrder(grants: readonly ReviewGrant[], index: StatusIndex): readonly ReviewGrant[] {
  const order = new Map(index.workspaces.map(({ id, handle }, place) => [`workspaces.${handle ?? id}`, place]));
  const rank = ({ on: { target } }: ReviewGrant) => {
    if (target === "organization") return -2;
    if (target === "workspaces.*") return -1;
    return order.get(target) ?? (target.startsWith("groups.") ? order.size + 1 : order.size);
  };
  const words = ({ on, subject, through }: ReviewGrant) =>
    [on.target, subject.type, subject.email, subject.name, subject.id, through.type, through.name, through.id].map(
      (word) => word ?? "",
    );
  return grants
    .map((grant) => ({ grant, rank: rank(grant), words: words(grant) }))
    .toSorted(
      (one, other) =>
        one.rank - other.rank ||
        one.words.reduce((order, word, at) => order || compareText(word, other.words[at] ?? ""), 0),
    )
    .map(({ grant }) => grant);
}

/** What needs another credential, or is not offered, says so and counts only where the file manages it. */
const NOT_THERE: ReadonlySet<string> = new Set(["oauth-required", "preview-not-enabled"]);

function unknownParts(
  { live, config, locate }: ReviewInput,
  index: StatusIndex,
  chosen: string | undefined,
): Review["unknown"] {
  const places = index.workspaces.flatMap(({ id, special }) =>
    special === "default" || (chosen !== undefined && id !== chosen) ? [] : id,
  );
  const placeOf = (id: string) => index.workspace(id).handle ?? id;
  const parts = new Map<string, UnknownKind & { readonly counts: boolean }>();
  for (const kind of ALL_KINDS) {
    if (!kind.access) continue;
    const isManaged =
      locate !== undefined && MANAGED_KINDS.includes(kind.manage) && config.manage[kind.manage] !== "off";
    // What it gives in a workspace is in no list where nobody knows the workspaces.
    const isWanted = (other: (typeof ALL_KINDS)[number]) =>
      other === kind || kind.needs.some((list) => Object.hasOwn(other.lists, list));
    for (const one of unreadLists(live, placeOf, { isWanted, places })) {
      const counts = isManaged || (locate === undefined && !NOT_THERE.has(one.reason));
      parts.set(one.kind, { ...one, counts: counts || (parts.get(one.kind)?.counts ?? false) });
    }
  }
  return [...parts.values()];
}
