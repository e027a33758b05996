import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { SandboxSettings } from "./settings.ts";
import { rowsOf, type Table } from "./table.ts";

/** Who did something, as the activity feed names them; the fields go by `type`. Source: admin-api-1.14.md 3.3. */
export interface FeedActor {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One activity, as the feed shows it: these fields, and those of its type. */
export interface FeedActivity {
  readonly id: string;
  readonly created_at: string;
  readonly organization_id: string | null;
  readonly organization_uuid: string | null;
  readonly actor: FeedActor;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What happened, before anybody says who did it. */
export interface FeedEvent {
  readonly type: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Whoever acts while one call, or one click at the Console, is handled. */
export interface Acting {
  readonly actor: FeedActor;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The first of those who administer: whose the OAuth token is, and who sits at the Console unless somebody else is named. */
export function administrator(state: Pick<Recorded, "users">): OrganizationUser | undefined {
  return rowsOf(state.users).find(({ role }) => ["admin", "owner", "primary_owner"].includes(role));
}

/** A person as the feed names them; `via` is where they come from. */
export function personActor(user: OrganizationUser | undefined, via: Readonly<Record<string, string>>): FeedActor {
  return { type: "user_actor", user_id: user?.id ?? "", email_address: user?.email ?? "", ...via };
}

/** The feed of a running sandbox. */
export interface Feed {
  /** Oldest first. */
  readonly activities: FeedActivity[];
  /** How many there ever were. */
  next: number;
  /** Who acts now; nobody: nothing is recorded. */
  acting: Acting | null;
}

/** As much of the sandbox as its feed is about. */
interface Recorded {
  readonly organization: { readonly id: string };
  readonly settings: Pick<SandboxSettings, "compliance">;
  readonly users: Table<OrganizationUser>;
  readonly feed: Feed;
}

/** So many activities are kept; the real feed keeps six years. */
const KEPT = 50_000;

/** Does something as somebody: what it writes goes into the feed under their name. */
export function actingAs<Result>(state: Pick<Recorded, "feed">, acting: Acting, act: () => Result): Result {
  const before = state.feed.acting;
  state.feed.acting = acting;
  try {
    return act();
  } finally {
    state.feed.acting = before;
  }
}

/** Puts an activity into the feed, where it is on and somebody acts: nothing is recorded of what happened while it was off. */
export function record(state: Recorded, { type, fields = {} }: FeedEvent): void {
  const { feed, organization, settings } = state;
  if (feed.acting === null || settings.compliance === "disabled") return;
  const { actor, now } = feed.acting;
  feed.next += 1;
  feed.activities.push({
    id: `activity_01sandbox${String(feed.next).padStart(7, "0")}`,
    created_at: new Date(now).toISOString(),
    organization_id: `org_${organization.id.replaceAll("-", "")}`,
    organization_uuid: organization.id,
    actor,
    type,
    ...fields,
  });
  if (feed.activities.length > KEPT * 1.25) feed.activities.splice(0, feed.activities.length - KEPT);
}

/** What a write to a table is in the words of the feed: one change may be several activities. */
export type Describe<Row> = (before: Row | undefined, after: Row | undefined) => readonly FeedEvent[];

/** Records every write to a table from now on. */
export function recordWrites<Row>(state: Recorded, table: Table<Row>, describe: Describe<Row>): void {
  table.onWrite = (before, after) => {
    if (state.feed.acting === null) return;
    for (const event of describe(before, after)) record(state, event);
  };
}
