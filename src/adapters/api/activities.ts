import * as z from "zod/mini";
import type { Activity, ActivityActor, ActivityQuery, ActivityRead } from "../../core/model/activity.ts";
import type { CredentialType } from "../../core/model/credential.ts";
import { Failure } from "../../core/model/failure.ts";
import { isoTime } from "../../core/model/time.ts";
import { isObject } from "../../core/text/text.ts";
import type { AdminClient } from "./admin-client.ts";
import { failureOf } from "./failure.ts";
import { readJson } from "./pages.ts";
import { incomplete, present, type RowSchema, readRow, text, time } from "./rows.ts";

/** What it takes to read the activity feed. */
export interface FeedRequest {
  /** With the feed's own credential, where there is one. */
  readonly client: AdminClient;
  /** What that credential is. */
  readonly type: CredentialType | undefined;
  /** Whether it is a credential for the feed alone. */
  readonly isOwn?: boolean;
  /** The client for administration, which may see whether the feed is on. */
  readonly admin: AdminClient;
  readonly signal: AbortSignal;
}

const ACTIVITIES = "the activity feed";

/**
 * Reads that each run leaves in the feed, and that say nothing of who changed anything: not even asked for. Source: the reference of the
 * feed, "Org management", "Platform org management", "Groups"; a type that is not documented may be refused.
 */
const OWN_READS = [
  "compliance_api_accessed",
  "org_users_listed",
  "org_user_viewed",
  "org_invites_listed",
  "org_invite_viewed",
  "platform_workspace_members_listed",
  "platform_workspace_member_viewed",
  "platform_usage_report_messages_viewed",
  "platform_usage_report_claude_code_viewed",
  "platform_cost_report_viewed",
  "group_list_viewed",
  "group_viewed",
  "group_member_list_viewed",
] as const;

/**
 * The newest activities, page by page, as far back as is asked for. Throws Failure: `feed-off`, `feed-key-too-old`, `permission-denied`
 * say why the feed cannot be read at all.
 */
export async function readActivities(request: FeedRequest, query: ActivityQuery): Promise<ActivityRead> {
  try {
    return await readPages(request, query);
  } catch (error) {
    const failure = failureOf(error, { what: ACTIVITIES, signal: request.signal });
    if (failure.code === "credential-rejected" && request.isOwn) {
      const fix = "set ANTH_RBAC_ACTIVITY_KEY to a key that is whole and active";
      throw new Failure(failure.code, { ...failure.details, fix }, { cause: error });
    }
    throw failure.code === "permission-denied" ? await whyRefused(request, failure) : failure;
  }
}

async function readPages({ client, signal }: FeedRequest, query: ActivityQuery): Promise<ActivityRead> {
  const { since, actorId, types, pageSize: limit, pages, isEnough = () => false } = query;
  const activities = new Map<string, Activity>();
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const asked = {
      limit,
      ...(actorId !== undefined && { actor_ids: [actorId] }),
      // The feed takes one of the two.
      ...(types ? { activity_types: types } : actorId === undefined && { exclude_activity_types: OWN_READS }),
      ...(since !== undefined && { "created_at.gte": isoTime(since) }),
      ...(cursor !== undefined && { after_id: cursor }),
    };
    const body = await readJson(client.get("/v1/compliance/activities", { query: asked, signal }), ACTIVITIES);
    const { data, has_more: hasMore, last_id: last } = body;
    if (!Array.isArray(data) || typeof hasMore !== "boolean") throw incomplete(ACTIVITIES, "the answer has no data");
    for (const row of data) {
      const activity = readRow(activityRow, row, ACTIVITIES);
      activities.set(activity.id, activity);
    }
    const read = [...activities.values()];
    if (!hasMore) return { activities: read, stopped: "whole" };
    if (isEnough(read)) return { activities: read, stopped: "enough" };
    if (typeof last !== "string" || last === "" || last === cursor)
      throw incomplete(ACTIVITIES, "more follows, but not where");
    cursor = last;
  }
  return { activities: [...activities.values()], stopped: "pages" };
}

/** Why a 403: the feed's own answer names scopes, whatever the cause is (admin-api-1.14.md 3.3). */
async function whyRefused({ admin, type, signal }: FeedRequest, refusal: Failure): Promise<Failure> {
  const state = await complianceState(admin, signal);
  const { status } = refusal.details;
  const common = { ...(status !== undefined && { status }) };
  const enterprise = "one of Claude Enterprise with the scope read:compliance_activities";
  if (state === "disabled") {
    return new Failure("feed-off", {
      message: `${ACTIVITIES} is off: nothing of who changed what is recorded`,
      fix: `switch it on: organization: { compliance: enabled }; what happened before is not in it, and ${type === "enterprise_key" ? `a key for it is ${enterprise}` : "an Admin key for it has to be made afterwards"}`,
      ...common,
    });
  }
  const scoped =
    type === "enterprise_key"
      ? enterprise
      : `a key that may read it: of the Console an Admin key (sk-ant-admin01-…) that was made after the feed was switched on, or ${enterprise}`;
  if (state === "enabled" && type === "admin_key") {
    return new Failure("feed-key-too-old", {
      message: `${ACTIVITIES} is on, but this Admin key was made before it was switched on, and cannot read it`,
      fix: "make another Admin key in the Console, and set ANTH_RBAC_ACTIVITY_KEY to it",
      ...common,
    });
  }
  const { message } = refusal.details;
  return new Failure("permission-denied", { message, fix: `set ANTH_RBAC_ACTIVITY_KEY to ${scoped}`, ...common });
}

async function complianceState(admin: AdminClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const body = await readJson(admin.organization.complianceSettings.retrieve({ signal }), "the compliance settings");
    return isObject(body.state) && typeof body.state.type === "string" ? body.state.type : undefined;
  } catch {
    // Then it is one of the two, and the API's own words have to do.
    return undefined;
  }
}

/** Fields that say who, when, where, and by which request: none of them is an object that the activity is about. */
const ABOUT_ITSELF: ReadonlySet<string> = new Set([
  "id",
  "created_at",
  "type",
  "actor",
  "organization_id",
  "organization_uuid",
  "request_id",
  "request_body",
  "url",
]);

/** Several hundred types, and new ones come: of their fields only ids and e-mails are taken, whatever they are called. */
const activityRow: RowSchema<Activity> = z.pipe(
  z.looseObject({ id: text, created_at: time, type: text, actor: z.looseObject({ type: text }) }),
  z.transform(({ id, created_at, type, actor, ...rest }) => {
    const own = Object.entries(rest).filter(([name]) => !ABOUT_ITSELF.has(name));
    const named = namedIn(own, 0);
    return {
      id,
      at: created_at,
      type,
      actor: actorOf(actor),
      ids: [...new Set(named.ids)],
      emails: [...new Set(named.emails)],
      ...present("modelGroup", textOf(rest.model_group)),
    };
  }),
);

interface Named {
  readonly ids: string[];
  readonly emails: string[];
}

/** No deeper than this does an activity of any documented type go. */
const DEEPEST = 4;

function namedIn(fields: readonly (readonly [string, unknown])[], depth: number): Named {
  const named: Named = { ids: [], emails: [] };
  for (const [name, value] of fields) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === "string" && /_ids?$/.test(name)) named.ids.push(one);
      else if (typeof one === "string" && name.includes("email") && one.includes("@"))
        named.emails.push(one.toLowerCase());
      else if (isObject(one) && depth < DEEPEST) {
        const inner = namedIn(Object.entries(one), depth + 1);
        named.ids.push(...inner.ids);
        named.emails.push(...inner.emails);
      }
    }
  }
  return named;
}

/** Whatever of an actor tells who it is, by any of the names that the types of actors have for it. */
function actorOf(actor: Readonly<Record<string, unknown>>): ActivityActor {
  const first = (...names: readonly string[]) => names.map((name) => textOf(actor[name])).find((value) => value);
  const provider = isObject(actor.provider) ? textOf(actor.provider.type) : undefined;
  return {
    type: textOf(actor.type) ?? "",
    ...present("id", first("user_id", "api_key_id", "admin_api_key_id", "service_account_id", "directory_id")),
    ...present("email", first("email_address", "unauthenticated_email_address")?.toLowerCase()),
    ...present("name", first("service", "idp_connection_type", "subject") ?? provider),
    ...present("ipAddress", first("ip_address")),
    ...present("userAgent", first("user_agent")),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
