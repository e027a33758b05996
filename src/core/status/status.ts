import { type Config, MANAGED_KINDS } from "../config/config.ts";
import { secretKind } from "../keys/secret-match.ts";
import type { Kind } from "../kinds/kind.ts";
import { unreadLists } from "../kinds/kinds.ts";
import { findMember, findSettledWorkspace, keyChoices, severalFit } from "../match/resolve.ts";
import type { ChangeKind } from "../model/change.ts";
import type { ComplianceSettings } from "../model/compliance.ts";
import { Failure } from "../model/failure.ts";
import type { FederationIssuer } from "../model/federation.ts";
import type {
  Invite,
  Organization,
  OrganizationType,
  OrgSnapshot,
  ReadResult,
  ServiceAccount,
  User,
} from "../model/org.ts";
import { NOT_READ } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
import { organizationRank } from "../model/role.ts";
import type { UsageReport } from "../model/usage.ts";
import { compareText, quoted } from "../text/text.ts";
import { type IssuerStatus, issuerStatuses, type RuleStatus, ruleStatuses } from "./federation.ts";
import { type GroupStatus, groupStatuses } from "./group.ts";
import { indexStatus, type StatusIndex } from "./index-live.ts";
import { type KeyAnswer, type KeyStatus, keyNotes, keyStatuses } from "./key.ts";
import { secretNotFound } from "./secret-not-found.ts";
import { type KeyQuery, matchingKeys, notFound, rivalKeys, type Selection } from "./select.ts";
import { fittingAccounts, type ServiceAccountStatus, serviceAccountStatus } from "./service-account.ts";
import { type RequestStatus, type SpendingStatus, spendingStatuses, waitingRequests } from "./spending.ts";
import { type SubjectStatus, subjectStatus } from "./subject.ts";
import { type UsageStatus, usageStatus } from "./usage.ts";
import { knownEmails, type UserStatus, userStatus } from "./user.ts";
import { type WorkspaceStatus, workspaceStatus } from "./workspace.ts";

/** The organization, or the part of it that was asked for. Parts that the view does not show are `not-read`. */
export interface Status {
  readonly view: Selection["view"];
  readonly takenAt: number;
  readonly organization?: Organization;
  /** Absent where nothing tells it. */
  readonly type?: OrganizationType;
  /** Whether there is an rbac.yaml to compare with. */
  readonly declared: boolean;
  readonly workspaces: ReadResult<WorkspaceStatus>;
  /** Workspaces that hold keys but are not listed: archived ones, or all of them where the list could not be read. */
  readonly unlisted: readonly WorkspaceStatus[];
  readonly members: ReadResult<User>;
  /** Pending invitations, and expired ones of people who are still outside. */
  readonly invites: ReadResult<Invite>;
  readonly serviceAccounts: ReadResult<ServiceAccount>;
  readonly federationIssuers: ReadResult<IssuerStatus>;
  readonly federationRules: ReadResult<RuleStatus>;
  readonly groups: ReadResult<GroupStatus>;
  /** Whether the activity feed is on. */
  readonly compliance: ReadResult<ComplianceSettings>;
  /** What people of Claude Enterprise may spend and have spent, and who waits for more. */
  readonly spending: ReadResult<SpendingStatus>;
  readonly requests: ReadResult<RequestStatus>;
  /** Keys of the organization itself, bound to no workspace. */
  readonly keys: ReadResult<KeyStatus>;
  readonly user?: UserStatus;
  /** Every key that was asked for. */
  readonly found?: readonly KeyAnswer[];
  readonly serviceAccount?: ServiceAccountStatus;
  readonly subject?: SubjectStatus;
  readonly usage?: UsageStatus;
  /** What was to be read and could not be. */
  readonly unknown: readonly UnknownKind[];
  /** What this organization does not offer through the API, or needs another credential and is not declared: nothing is wrong with it. */
  readonly unavailable: readonly UnknownKind[];
}

/** All that a status is made of. */
export interface StatusInput {
  readonly live: OrgSnapshot;
  readonly now: number;
  readonly selection: Selection;
  readonly config?: Config;
  readonly usage?: UsageReport;
}

/** The status that a selection asks for. Throws Failure where the selection names what is not there, or names two. */
export function assembleStatus({ live, now, selection, config, usage }: StatusInput): Status {
  const index = indexStatus(live, now, config);
  const { unknown, unavailable } = unknownParts(index);
  const frame: Status = {
    view: selection.view,
    takenAt: live.takenAt,
    ...(live.organization && { organization: live.organization }),
    ...(live.type && { type: live.type }),
    declared: config !== undefined,
    workspaces: NOT_READ,
    unlisted: [],
    members: NOT_READ,
    invites: NOT_READ,
    serviceAccounts: NOT_READ,
    federationIssuers: NOT_READ,
    federationRules: NOT_READ,
    groups: NOT_READ,
    compliance: NOT_READ,
    spending: NOT_READ,
    requests: NOT_READ,
    keys: NOT_READ,
    unknown,
    unavailable,
  };
  switch (selection.view) {
    case "organization":
      return { ...frame, ...wholeOrganization(index) };
    case "workspace": {
      const workspace = workspaceStatus(index, chosen(index, selection.workspace));
      return { ...frame, workspaces: { known: true, items: [workspace] } };
    }
    case "user":
      return { ...frame, user: person(index, selection.email) };
    case "key": {
      const found = keyAnswers(index, selection.key);
      const keyIds = new Set(found.map(({ key }) => key.id));
      return { ...frame, found, ...(usage && { usage: usageStatus(index, usage, { keyIds }) }) };
    }
    case "service-account":
      return { ...frame, serviceAccount: machine(index, selection.account) };
    case "subject": {
      const { query } = selection;
      const issuers = need(index.live.federationIssuers, "federation issuers");
      need(index.live.federationRules, "federation rules");
      if (query.issuer !== undefined) checkIssuer(issuers, query.issuer);
      return { ...frame, subject: subjectStatus(index, query) };
    }
    case "usage": {
      if (!usage) throw new Error("a usage view needs a usage report");
      const asked = selection.workspace;
      const filter = asked === undefined ? {} : { workspaceId: chosen(index, asked).id };
      return { ...frame, usage: usageStatus(index, usage, filter) };
    }
  }
}

function wholeOrganization(
  index: StatusIndex,
): Pick<
  Status,
  | "workspaces"
  | "unlisted"
  | "members"
  | "invites"
  | "serviceAccounts"
  | "federationIssuers"
  | "federationRules"
  | "groups"
  | "compliance"
  | "spending"
  | "requests"
  | "keys"
> {
  const { live } = index;
  const listed = new Set(index.workspaces.map(({ id }) => id));
  const unlisted = [...index.matches.keys.byWorkspace.keys()].flatMap((id) =>
    id === undefined || listed.has(id) ? [] : id,
  );
  const emails = new Set([...index.users.values()].map(({ email }) => email));
  return {
    workspaces: live.workspaces.known
      ? { known: true, items: index.workspaces.map((workspace) => workspaceStatus(index, workspace)) }
      : live.workspaces,
    unlisted: unlisted.toSorted(compareText).map((id) => workspaceStatus(index, { id })),
    members: mapKnown(live.users, (users) =>
      users.toSorted((a, b) => power(b) - power(a) || compareText(a.email, b.email) || compareText(a.id, b.id)),
    ),
    invites: mapKnown(live.invites, (invites) =>
      invites
        .filter(({ status, email }) => status === "pending" || (status === "expired" && !emails.has(email)))
        .toSorted((a, b) => compareText(a.email, b.email) || compareText(a.id, b.id)),
    ),
    serviceAccounts: mapKnown(live.serviceAccounts, (accounts) =>
      accounts.toSorted((a, b) => compareText(a.name, b.name)),
    ),
    federationIssuers: issuerStatuses(index),
    federationRules: ruleStatuses(index),
    groups: groupStatuses(index),
    compliance: live.compliance,
    spending: spendingStatuses(index),
    requests: waitingRequests(index),
    keys: mapKnown(live.keys, () => keyStatuses(index, index.matches.keys.byWorkspace.get(undefined) ?? [])),
  };
}

function mapKnown<From, To>(reading: ReadResult<From>, map: (items: readonly From[]) => readonly To[]): ReadResult<To> {
  return reading.known ? { known: true, items: map(reading.items) } : reading;
}

function power({ role }: User): number {
  return organizationRank(role) ?? -1;
}

function chosen(index: StatusIndex, asked: string) {
  const live = need(index.live.workspaces, "workspaces");
  const { handle, id } = findSettledWorkspace(index.config ?? { workspaces: new Map() }, index.matches, live, asked);
  if (id !== undefined) return index.workspace(id);
  const isOff = index.config?.manage.workspaces === "off";
  throw new Failure("not-found", {
    message: `the workspace "${handle ?? asked}" is declared, but not there yet`,
    fix: isOff ? "create it in the Console: the file does not manage workspaces" : "anth-rbac apply creates it",
  });
}

function person(index: StatusIndex, email: string): UserStatus {
  need(index.live.users, "members");
  findMember(index.matches.people, email);
  const found = userStatus(index, email);
  if (found) return found;
  const message = `nobody has the e-mail "${email}": no member, no open invitation${index.config ? ", nothing in rbac.yaml" : ""}`;
  const invite =
    index.config?.manage.members === "off"
      ? "invite them in the Console: the file does not manage members"
      : "invite them: declare them under members, then anth-rbac apply";
  throw notFound(message, email, knownEmails(index), invite);
}

function machine(index: StatusIndex, asked: string): ServiceAccountStatus {
  const accounts = need(index.live.serviceAccounts, "service accounts");
  const fitting = fittingAccounts(accounts, asked);
  const [found] = fitting;
  if (fitting.length > 1) {
    const choices = fitting.map(({ name, id }) => `${name} (${id})`).sort();
    throw severalFit(`--service-account: ${quoted(asked)}`, "service accounts", choices);
  }
  if (found) return serviceAccountStatus(index, found);
  const names = accounts.map(({ name }) => name);
  throw notFound(
    `no service account has the name or id ${quoted(asked)}`,
    asked,
    names,
    "anth-rbac status lists them all",
  );
}

/** Throws Failure where nothing is called so, or two are: a URL may be of several, for a token says no more than that. */
function checkIssuer(issuers: readonly FederationIssuer[], asked: string): void {
  const words = issuers.flatMap(({ id, name, url }) => [name, url, id]);
  if (!words.includes(asked)) {
    const message = `no issuer has the name or the URL ${quoted(asked)}`;
    throw notFound(message, asked, words, "anth-rbac export --only federation lists them all");
  }
  const named = issuers.filter(({ name }) => name === asked);
  if (named.length < 2) return;
  throw severalFit(`--issuer: ${quoted(asked)}`, "issuers", named.map(({ name, id }) => `${name} (${id})`).sort());
}

function keyAnswers(index: StatusIndex, query: KeyQuery): readonly KeyAnswer[] {
  const keys = need(index.live.keys, "keys");
  const hits = matchingKeys(keys, query, index.matches.keys);
  if (query.by === "name") {
    const rivals = rivalKeys(hits, query.text, index.matches.keys);
    if (rivals.length > 0) {
      throw severalFit(`--key: ${quoted(query.text)}`, "keys", keyChoices(rivals, index.matches));
    }
  }
  if (hits.length > 0) {
    return keyStatuses(index, hits).map((key) => ({ key, notes: keyNotes(index, key) }));
  }
  if (query.by === "secret") throw secretNotFound(secretKind(query.secret));
  if (query.by === "hint") {
    throw new Failure("not-found", { message: "no key has that hint", fix: "anth-rbac status shows every key's hint" });
  }
  const names = keys.map(({ name }) => name);
  throw notFound(
    `no key has the name or id ${quoted(query.text)}`,
    query.text,
    names,
    "anth-rbac status lists them all",
  );
}

/** The items of a kind that the answer hangs on. Throws the failure that kept it from being read. */
function need<Item>(reading: ReadResult<Item>, kind: string): readonly Item[] {
  if (reading.known) return reading.items;
  const code = reading.reason === "not-read" ? "internal" : reading.reason;
  throw new Failure(code, {
    message: `the organization's ${kind} could not be read${reading.message ? `: ${reading.message}` : ""}`,
  });
}

function unknownParts({ live, workspace, config }: StatusIndex): Pick<Status, "unknown" | "unavailable"> {
  // Nobody misses what no file declares.
  const isWanted = ({ followsFile, manage }: Kind<ChangeKind>) => !followsFile || config?.manage[manage] === "additive";
  const unread = unreadLists(live, (id) => workspace(id).handle ?? id, { isWanted }).filter(
    ({ reason }) => reason !== "not-read",
  );
  const isDeclared = (kind: string) => MANAGED_KINDS.some((word) => word === kind && config?.manage[word] !== "off");
  const offered = ({ kind, reason }: UnknownKind) =>
    reason === "oauth-required" ? config !== undefined && isDeclared(kind) : reason !== "preview-not-enabled";
  return { unknown: unread.filter(offered), unavailable: unread.filter((kind) => !offered(kind)) };
}
