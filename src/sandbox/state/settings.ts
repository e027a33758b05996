import * as z from "zod/mini";
import { integer, number, text } from "../http/schema.ts";
import { DAY } from "./clock.ts";
import type { StaleReads } from "./table.ts";

/** The two kinds of organization. Source: the "Org" column of admin-api-1.14.md 2. */
export type OrganizationType = "console" | "enterprise";

/** What random faults may do to a call. `cut_after` lets the change take effect first. */
export type ChaosKind = "429" | "409" | "5xx" | "cut_before" | "cut_after";

/** Faults at random: `rate` of all API calls (0 to 1), drawn by a generator seeded with `seed`, so that runs repeat. */
export interface Chaos {
  readonly rate: number;
  readonly seed: number;
  readonly kinds?: ChaosKind[];
  /** Seconds in the `retry-after` of a random 429; default 1. */
  readonly retry_after?: number;
}

/** The switches of a sandbox. Where the documentation of the API leaves a question open, a switch gives the other answer. */
export interface SandboxSettings {
  /** Milliseconds before each API call is handled. */
  readonly latencyMs: number;
  /** Whether `members.list` shows the roles that organization admins and billing members inherit. */
  readonly listInheritedMembers: boolean;
  /** What adding an existing workspace member does: a 400, or an overwrite of the role. */
  readonly addExistingMember: "error" | "overwrite";
  /** Spend limits are a preview: without it writes answer 403, on other kinds of organization everything answers 400. */
  readonly spendLimits: "enabled" | "writes_not_enabled" | "unsupported";
  /** The kind of organization: what it has, and which roles it knows. Each refuses the other's endpoints. */
  readonly organizationType: OrganizationType;
  /** Members come from an identity provider: invites, role changes and removals answer 400. */
  readonly ssoManaged: boolean;
  /** Whether sign-out of users is open to this organization; it is a beta for Enterprise. */
  readonly signOut: "enrolled" | "not_enrolled";
  /** Whether it is known now which roles a group gives: it may be null in lists, or wherever a group is shown. */
  readonly groupRoles: "known" | "unknown_in_lists" | "unknown";
  /** Whether the activity feed is on. */
  readonly compliance: "enabled" | "disabled";
  /** Active workspaces allowed, the default one not counted; null = no cap. */
  readonly workspaceCap: number | null;
  /** Members and pending invites allowed; null = no cap. */
  readonly memberCap: number | null;
  /** Members allowed in one workspace; null = no cap. */
  readonly workspaceMemberCap: number | null;
  /** Active API keys allowed in the organization; null = no cap. */
  readonly keyCap: number | null;
  /** Active API keys allowed in one workspace; null = no cap. */
  readonly workspaceKeyCap: number | null;
  /** Domains that may be invited; null = all. */
  readonly allowedEmailDomains: string[] | null;
  /** Answer to a known credential of the wrong kind: a workspace key on the Admin API, an admin key on Messages. */
  readonly wrongCredentialStatus: 401 | 403;
  /**
   * Admin API calls a minute, shared by all credentials of the organization (100 in the documentation); null = unlimited, and
   * neither the 1,200 new invites an hour nor the 60 calls a minute for spend limits are counted.
   */
  readonly adminRequestsPerMinute: number | null;
  /** Whether `requests_per_minute` of workspace and organization is enforced on Messages. */
  readonly enforceRateLimits: boolean;
  /** Whether answers begin with a thinking block: as the model does, always, or never. */
  readonly thinking: "model" | "always" | "never";
  /** The text every prompt is answered with; null = an answer that quotes the prompt. */
  readonly reply: string | null;
  /** Milliseconds between two events of a streamed answer. */
  readonly streamDelayMs: number;
  /** Milliseconds until a call shows in the legacy usage report (about 5 minutes in the documentation). */
  readonly usageLagMs: number;
  /** Milliseconds until a call shows in the analytics report, whose `data_refreshed_at` says so; null = as `usageLagMs`. */
  readonly analyticsLagMs: number | null;
  /** Whether answers carry a `Date` header, of the sandbox's own clock. */
  readonly sendDate: boolean;
  /** Lists that lag behind writes; null = none do. */
  readonly staleReads: StaleReads | null;
  /** Random faults; null = none. */
  readonly chaos: Chaos | null;
  /** How many calls the request log keeps; 0 = none. */
  readonly requestLog: number;
}

/** The settings a sandbox starts with when neither seed nor caller says otherwise. */
export const DEFAULT_SETTINGS: SandboxSettings = {
  latencyMs: 0,
  listInheritedMembers: true,
  addExistingMember: "error",
  spendLimits: "enabled",
  organizationType: "console",
  ssoManaged: false,
  signOut: "not_enrolled",
  groupRoles: "known",
  compliance: "enabled",
  workspaceCap: 100,
  memberCap: null,
  workspaceMemberCap: null,
  keyCap: null,
  workspaceKeyCap: null,
  allowedEmailDomains: null,
  wrongCredentialStatus: 403,
  adminRequestsPerMinute: null,
  enforceRateLimits: false,
  thinking: "model",
  reply: null,
  streamDelayMs: 0,
  usageLagMs: 0,
  analyticsLagMs: null,
  sendDate: true,
  staleReads: null,
  chaos: null,
  requestLog: 10_000,
};

const staleReads = z.strictObject({
  ms: z.exactOptional(number(0, 86_400_000)),
  reads: z.exactOptional(integer(0, 1_000_000)),
});

const chaos = z.strictObject({
  rate: number(0, 1),
  seed: integer(),
  kinds: z.exactOptional(z.array(z.enum(["429", "409", "5xx", "cut_before", "cut_after"])).check(z.minLength(1))),
  retry_after: z.exactOptional(number(0, 86_400)),
});

const cap = z.nullable(integer());

/** Reads a part of the settings: an unknown switch or a wrong value is a ShapeError that names it. */
export const settingsPatch: z.ZodMiniType<Partial<SandboxSettings>> = z.strictObject({
  latencyMs: z.exactOptional(number(0, 3_600_000)),
  listInheritedMembers: z.exactOptional(z.boolean()),
  addExistingMember: z.exactOptional(z.enum(["error", "overwrite"])),
  spendLimits: z.exactOptional(z.enum(["enabled", "writes_not_enabled", "unsupported"])),
  organizationType: z.exactOptional(z.enum(["console", "enterprise"])),
  ssoManaged: z.exactOptional(z.boolean()),
  signOut: z.exactOptional(z.enum(["enrolled", "not_enrolled"])),
  groupRoles: z.exactOptional(z.enum(["known", "unknown_in_lists", "unknown"])),
  compliance: z.exactOptional(z.enum(["enabled", "disabled"])),
  workspaceCap: z.exactOptional(cap),
  memberCap: z.exactOptional(cap),
  workspaceMemberCap: z.exactOptional(cap),
  keyCap: z.exactOptional(cap),
  workspaceKeyCap: z.exactOptional(cap),
  allowedEmailDomains: z.exactOptional(z.nullable(z.array(text(1)))),
  wrongCredentialStatus: z.exactOptional(z.literal([401, 403])),
  adminRequestsPerMinute: z.exactOptional(z.nullable(integer(1))),
  enforceRateLimits: z.exactOptional(z.boolean()),
  thinking: z.exactOptional(z.enum(["model", "always", "never"])),
  reply: z.exactOptional(z.nullable(text())),
  streamDelayMs: z.exactOptional(number(0, 3_600_000)),
  usageLagMs: z.exactOptional(number(0, 30 * DAY)),
  analyticsLagMs: z.exactOptional(z.nullable(number(0, 30 * DAY))),
  sendDate: z.exactOptional(z.boolean()),
  staleReads: z.exactOptional(z.nullable(staleReads)),
  chaos: z.exactOptional(z.nullable(chaos)),
  requestLog: z.exactOptional(integer(0, 10_000_000)),
});
