import type { Config, ManagedKind } from "../config/config.ts";
import { block, type ExportEntry } from "../document/document.ts";
import type { LeftOut } from "../document/left-out.ts";
import type { Matches } from "../match/matches.ts";
import type { PeopleMatches } from "../match/people.ts";
import type { ApiCall } from "../model/call.ts";
import type { Change, ChangeKind, ChangeOf, Unmanaged } from "../model/change.ts";
import type { FederationRule } from "../model/federation.ts";
import type { ConfigPath, Finding } from "../model/finding.ts";
import type {
  ApiKey,
  Group,
  LiveWorkspace,
  OrganizationType,
  OrgSnapshot,
  ReadResult,
  ReadScope,
} from "../model/org.ts";
import type { Pending } from "../model/plan.ts";
import type { Access } from "./access.ts";
import type { FeedTrace } from "./feed.ts";

/** All that core knows of one kind of live object. Methods where a change comes in, for the table is asked with one of any kind. */
export interface Kind<K extends ChangeKind> {
  /** Its word in `manage`, `--only` and the guardrails. */
  readonly manage: ManagedKind;
  /** Its place among the changes of one stage of a plan: what others are in or need comes first. */
  readonly order: number;
  /** Its place among removals: what can be used without anything else, or ends with another, ends first. */
  readonly endsAt: number;
  /** Who changes one: whoever the API lets, by a preview that is enabled for an organization on request, or a person in the Console alone. */
  readonly writtenBy: "api" | "preview" | "console";
  /** The sort of organization that has it, where no list of its own tells. */
  readonly only?: OrganizationType;
  /** Whether nothing of it can be read: that a change of one was carried out is known by the answer alone. */
  readonly leavesNoTrace?: boolean;
  /** Whether it has no word of its own in `manage`: what the file declares is so, and of the rest nobody asks. */
  readonly followsFile?: boolean;
  /** The API's codes for what it leaves to a person, and tells of only when it is asked. */
  readonly refusals?: readonly string[];
  /** The lists without which nothing can be said of the kind. */
  readonly needs: readonly OrgList[];
  /** What has to be read to plan for it, beside what others need; asked only where it is to be planned. */
  readonly scope: (request: ScopeRequest) => Partial<ReadScope>;
  /** Its own lists, and what `unknown` calls each: by itself, or within its workspace. */
  readonly lists: Partial<Readonly<Record<OrgList | WorkspaceList, string>>>;
  /** Parts of its lists that may be not known by themselves, by what `unknown` calls them. */
  readonly parts?: (live: OrgSnapshot) => readonly (readonly [string, ReadResult<unknown>])[];
  /** How many there are live, for the share that may be taken away. */
  readonly count: (live: OrgSnapshot, matches: Matches) => number;
  /** What each live one gives somebody. Absent: the kind gives nobody anything. */
  readonly grants?: (live: OrgSnapshot) => readonly Grant[];
  /** The ways to access that its live objects are, each once, for a review. Absent: it gives nobody any. */
  readonly access?: (input: PlanInput) => readonly Access[];
  /** Whether it gives to machines alone, so that nothing of it is a person's. */
  readonly ofMachines?: boolean;
  /** What takes one of its grants from a person who leaves, where nobody has to decide about it; in the order of things. */
  readonly revoke?: (grant: Grant, from: Leaver) => readonly Change[];
  /** How an activity that is about one of it is known in the activity feed. */
  readonly feed: FeedTrace;
  readonly plan: (input: PlanInput) => KindPlan;
  /** What else a change of one may change in the organization: another kind, in every workspace. */
  readonly reaches?: ManagedKind;
  /** Whether a change has to come with the additions, because some of them need it. */
  comesFirst?(change: ChangeOf<K>): boolean;
  /** The grant of a change once it is carried out: without a role where it takes one away. */
  granted?(change: ChangeOf<K>): PlannedGrant;
  /** Whether others are in it, as keys in a workspace: they need it, and are told apart by their names within it. */
  readonly isPlace: boolean;
  /** An object by the name that a reader sees: two that look the same are a mistake. `name` is its own, where it has one beside its target. */
  named?(target: string, name: string | undefined): NamedObject | undefined;
  /** The name that a live object gives up for another, where two of one name in one place could not be told apart. */
  renamed?(change: ChangeOf<K>): { readonly from?: string; readonly to?: string };
  /** Whether a change that is no removal takes something away all the same: then its object is looked at once more before it is sent. */
  reduces?(change: ChangeOf<K>): boolean;
  /** The targets that have to be there for a change: where one of them could not be made, the change waits for the next run. */
  needed?(change: ChangeOf<K>): readonly string[];
  /** The targets that are in use until a change is carried out: they are not archived before it. */
  frees?(change: ChangeOf<K>): readonly string[];
  /** Why an object that a plan archives is still needed after `planned`, all of its changes. Then it is not archived. */
  inUse?(change: ChangeOf<K>, live: OrgSnapshot, planned: readonly Change[]): Finding | undefined;
  /** The name that has to be given to confirm a change that cannot be undone; `live` is as it was planned. */
  confirmedBy(change: ChangeOf<K>, live: OrgSnapshot): string;
  /** The calls that carry it out, in their order; undefined where an object that it needs does not exist. */
  calls(change: Doable<K>, ids: CallIds): readonly ApiCall[] | undefined;
  /** What is lost where this call failed, and `before` of its calls were carried out; undefined where another run goes on with it. */
  lost?(failed: ApiCall, before: number): string | undefined;
  /** Its fields in an export. */
  readonly exported: readonly ExportPart[];
}

/** An object by the name that a reader sees. */
export interface NamedObject {
  readonly is: "workspace" | "person" | "key" | "group" | "service account" | "issuer" | "rule";
  /** Names are compared within one place: a workspace's keys with each other. */
  readonly place: string;
  readonly name: string;
  /** Where the file declares it. */
  readonly path: ConfigPath;
}

/** A change that this program carries out. */
export type Doable<K extends ChangeKind> = ChangeOf<K, "create" | "update" | "remove">;

/** The lists of a snapshot that are the organization's own. */
export type OrgList = Exclude<keyof OrgSnapshot & keyof ReadScope, "organization">;

type MapName = { [Name in keyof OrgSnapshot]-?: OrgSnapshot[Name] extends ReadonlyMap<string, unknown> ? Name : never };
/** The lists of a snapshot that each workspace has of its own. */
export type WorkspaceList = MapName[keyof OrgSnapshot];

/** The part of the organization that is planned for. */
export interface ScopeRequest {
  /** Whether the organization itself is asked about, and not some of its workspaces alone. */
  readonly whole: boolean;
  readonly manages: (kind: ManagedKind) => boolean;
  /** Whether what is not declared of a kind is taken away. */
  readonly removes: (kind: ManagedKind) => boolean;
  /** The ids of the workspaces whose own lists are to be read, out of those that were listed. */
  readonly places: (workspaces: readonly LiveWorkspace[]) => readonly string[];
  /** The ids of the groups whose members are to be read, out of those that were listed. */
  readonly groups: (groups: readonly Group[]) => readonly string[];
  /** Whether limits of people may be meant, and not those of workspaces alone. */
  readonly ofPeople?: boolean;
  readonly declaredExternalKeys: readonly string[];
  /** The ids of those that nothing declares. */
  readonly undeclared: (workspaces: readonly LiveWorkspace[]) => readonly string[];
}

/** What a live object gives somebody, and why. */
export interface Grant {
  /** The id of the live object; of a role, that of its holder. */
  readonly id: string;
  /** The workspace that it is in; absent: the organization. */
  readonly workspaceId?: string;
  /** The group that it is in, and what keeps the API from taking it away there. */
  readonly group?: {
    readonly id: string;
    readonly name: string;
    readonly obstacle?: "provider-owned" | "group-twice";
  };
  /** Whom it acts as, or who holds it; absent where it serves whoever has its secret. */
  readonly to?: NonNullable<ApiKey["principal"]> | { readonly email: string };
  /** The API's word; absent where it has none of its own. */
  readonly role?: string;
  /**
   * `direct`: given to them. `inherited`: follows from their organization role, and ends with that. `unlisted`: given to somebody
   * whom the organization does not list. `acts-as`: a key that acts as them. `created`: a key whose secret they know, for they made it.
   */
  readonly how: "direct" | "inherited" | "unlisted" | "acts-as" | "created";
  /** Whether it can be used: an invitation may have run out, a key may be disabled. */
  readonly inForce: boolean;
}

/** A person who leaves, at the place that a grant is in. */
export interface Leaver {
  readonly email: string;
  /** The workspace's handle or id; absent: the organization. */
  readonly workspace?: string;
}

/** The change that takes a role, or an invitation, from a person who leaves. */
export function roleRemoval<Kind extends "invite" | "workspace_member" | "member">(
  kind: Kind,
  at: string,
  id: string,
  role: string,
) {
  return {
    action: "remove",
    kind,
    target: at,
    id,
    before: { role },
    after: null,
    risk: "removal",
    reason: "offboarded",
  } as const;
}

/** What a change gives a person, or takes from them. */
export interface PlannedGrant {
  /** The workspace's handle or id; absent: the organization. */
  readonly workspace?: string;
  /** Null where only the e-mail is known. */
  readonly userId: string | null;
  readonly email?: string;
  /** Absent: none any more. */
  readonly role?: string;
}

/** How the objects that a change speaks of are called by the API. */
export interface CallIds {
  /** The live id of a workspace, by its handle or its own id; undefined where there is none (yet). */
  readonly workspaceId: (workspace: string) => string | undefined;
  /** The id of a live member of the organization; undefined where nobody, or more than one, has the e-mail. */
  readonly userId: (email: string) => string | undefined;
  /** The id of a service account, by its name; undefined where there is none (yet). */
  readonly serviceAccountId: (name: string) => string | undefined;
  /** The id of a group, by its name; undefined where there is none (yet), or several. */
  readonly groupId: (name: string) => string | undefined;
  /** The ids of the groups that an invitation brings along. */
  readonly groupsOfInvite: (inviteId: string) => readonly string[];
  /** The id of an issuer, by its name; undefined where there is none (yet). */
  readonly federationIssuerId: (name: string) => string | undefined;
  /** A live rule by its id, and its issuer. */
  readonly federationRule: (id: string) => { readonly rule: FederationRule; readonly issuerUrl?: string } | undefined;
  /** The id of the limit that a person has for a period; undefined where there is none. */
  readonly memberSpendLimitId: (userId: string, period: string) => string | undefined;
  /** The billing currency, ISO 4217. */
  readonly currency: string;
}

/** Some fields of an exported file, by the first of them: of the file itself, of `organization`, or of each workspace. */
export type ExportPart =
  | { readonly in: "file" | "organization"; readonly field: string; readonly section: (facts: ExportFacts) => Section }
  | { readonly in: "workspace"; readonly field: string; readonly section: WorkspaceSection };

type WorkspaceSection = (facts: ExportFacts, workspace: LiveWorkspace, handle: string) => Section;

/** A section as one field. An empty mapping cannot bear comments, so then they go to whatever holds it. */
export function collection(key: string, { entries, below, leftOut }: Section, apart = false): Section {
  if (entries.length === 0) return { entries: [], below: below.map((text) => `${key}: ${text}`), leftOut };
  return { entries: [{ key, value: block(entries, below), apart }], below: [], leftOut };
}

/** How many items a list has; none where it is not known. */
export function sizeOf(reading: ReadResult<unknown> | undefined): number {
  return reading?.known ? reading.items.length : 0;
}

/** How many items the lists of all workspaces have together. */
export function sizeOfAll(readings: ReadonlyMap<string, ReadResult<unknown>>): number {
  return [...readings.values()].reduce((total, reading) => total + sizeOf(reading), 0);
}

/** What is read for whatever lives in workspaces: the keys too, by which one that was renamed by hand is recognised. */
export function workspaceScope({ manages }: ScopeRequest): Partial<ReadScope> {
  return { workspaces: true, ...(manages("keys") && { keys: true }) };
}

/** What every kind's planner is given. */
export interface PlanInput {
  readonly config: Config;
  readonly live: OrgSnapshot;
  readonly now: number;
  readonly matches: Matches;
}

/** What is declared and not there. */
export interface Missing extends NamedObject {
  readonly target: string;
}

/**
 * What one kind's planner contributes to the plan; `notCreated`: the handles of the places that the API would refuse to create; `missing`:
 * people who are declared and not there, whether they are on their way or not.
 */
export interface KindPlan {
  readonly changes: Change[];
  readonly unmanaged: Unmanaged[];
  readonly pending: Pending[];
  readonly findings: Finding[];
  readonly missing: Missing[];
  readonly notCreated?: readonly string[];
}

/** A plan with nothing in it, for a planner to add to. */
export function emptyKindPlan(): KindPlan {
  return { changes: [], unmanaged: [], pending: [], findings: [], missing: [] };
}

/** What every section is made of: the snapshot joined once. */
export interface ExportFacts {
  readonly live: OrgSnapshot;
  readonly now: number;
  /** Whether a kind was asked for and could be read. */
  readonly has: (kind: ManagedKind) => boolean;
  readonly people: PeopleMatches;
  /** Those to write, in the order of the file. */
  readonly workspaces: readonly LiveWorkspace[];
  readonly handles: ReadonlyMap<string, string>;
  /** Live names that more than one workspace bears. */
  readonly sharedNames: ReadonlySet<string>;
  /** Keys by the id of their workspace, those of the organization under undefined; in the order of their names. */
  readonly keys: ReadonlyMap<string | undefined, readonly ApiKey[]>;
  /** Names of keys that more than one place declares: only ids can tell their keys apart. */
  readonly sharedKeyNames: ReadonlySet<string>;
  /** What `rate_limits` calls a group, by the organization's id for it; a group that nothing stands for is not in it. */
  readonly limitEntries: ReadonlyMap<string, string>;
}

/** One part of the file: its entries, and what it could not say, already with a comment of its own in `below`. */
export interface Section {
  readonly entries: readonly ExportEntry[];
  /** Comment lines after the entries. */
  readonly below: readonly string[];
  readonly leftOut: readonly LeftOut[];
}
