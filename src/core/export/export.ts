import { MANAGED_KINDS, type ManagedKind } from "../config/config.ts";
import { block, type ExportDocument, type ExportEntry, type ExportValue, line } from "../document/document.ts";
import { isAddress, isTarget, isValue, type LeftOut, leftOutNotices, reasonWords } from "../document/left-out.ts";
import { collection, type ExportFacts, type Section } from "../kinds/kind.ts";
import { ALL_KINDS, isForeignKind } from "../kinds/kinds.ts";
import type { OrgSnapshot, ReadResult } from "../model/org.ts";
import { gapText, type UnknownKind } from "../model/plan.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { parseTarget } from "../model/target.ts";
import { DAY, dayOf } from "../model/time.ts";
import { unknownKinds } from "../plan/read-scope.ts";
import { printable } from "../text/printable.ts";
import { type ExportRequest, gatherExportFacts } from "./input.ts";
import { joined, workspacesSection } from "./workspaces.ts";

/** The live organization as an rbac.yaml. */
export interface OrganizationExport {
  readonly document: ExportDocument;
  /** What the file does not say, for the person who runs the export; each is a comment in the file too. */
  readonly notices: readonly string[];
  /** What should have been read and could not be. */
  readonly unknown: readonly UnknownKind[];
}

const EMPTY_SECTION: Section = { entries: [], below: [], leftOut: [] };

/** The parts of the file's top level, or of the organization, of every kind that was asked for and read. */
function exportedParts(facts: ExportFacts, place: "file" | "organization"): readonly Section[] {
  return ALL_KINDS.filter(({ manage }) => facts.has(manage)).flatMap(({ exported }) =>
    exported.flatMap((part) => (part.in === place ? part.section(facts) : [])),
  );
}

/**
 * Writes a snapshot as a file whose own drift is empty: what cannot be declared is accepted for a while, and what could not
 * be read is left out, never taken for empty.
 */
export function exportOrganization(request: ExportRequest): OrganizationExport {
  const { live, kinds, only } = request;
  const unread = unreadKinds(kinds, live);
  const has = (kind: ManagedKind) => kinds.includes(kind) && !unread.has(kind);
  const facts = gatherExportFacts(request, has);

  const file = exportedParts(facts, "file");
  const held = only ? [] : exportedParts(facts, "organization");
  const workspaces = live.workspaces.known ? workspacesSection(facts) : EMPTY_SECTION;
  const leftOut = [...file, ...held, workspaces].flatMap((section) => section.leftOut);
  const accepted = acceptance(facts, leftOut);
  const sections = [
    organizationSection(live, joined(held)),
    manageSection(kinds, unread),
    ...file,
    collection("workspaces", workspaces, true),
  ];
  const entries = [...sections.flatMap((section) => section.entries), ...accepted.entries];
  const below = sections.flatMap((section) => section.below);
  const unknown = unknownKinds(live, facts);
  return {
    document: { head: headLines(request), root: block([{ key: "version", value: 1 }, ...entries], below) },
    notices: [
      ...[...unread].filter(([, why]) => why !== FOREIGN).map(([kind, why]) => `not exported: ${kind} (${why})`),
      ...unknown.filter(isPart).map((part) => `not exported: ${gapText(part)}`),
      ...leftOutNotices(leftOut),
      ...openNotice(accepted.open),
    ].map(printable),
    unknown,
  };
}

/** Whether it is a part of a kind only: the kinds themselves are said by their own names. */
function isPart({ kind }: UnknownKind): boolean {
  return kind === "invites" || kind.startsWith("workspaces.") || kind.startsWith("groups.");
}

function openNotice(open: readonly string[]): readonly string[] {
  const [first] = open;
  if (first === undefined) return [];
  const others = open.length > 1 ? ` and ${open.length - 1} more` : "";
  return [`drift will report ${first}${others}: the file cannot accept it for anybody`];
}

/** The comment at the head of the file: what it is, and what to do with it. */
function headLines({ live, now, only, version, schema }: ExportRequest): readonly string[] {
  const { name, id } = live.organization ?? {};
  const whole = name ? `The organization ${name}` : `The organization ${id ?? ""}`.trim();
  const what = only ? `Some workspaces of ${whole.replace("The", "the")}` : whole;
  return [
    ...(schema === undefined ? [] : [`yaml-language-server: $schema=${schema}`]),
    `${what} as of ${dayOf(now)}, exported by anth-rbac ${version}. Review before you apply.`,
    "Everything is additive: what is live and not in here is reported, never taken away. Archived keys and workspaces and",
    "invitations that have run out are not in here. Nor is what only you know: app_role and until of people, owner and deliver",
    "of keys, roles for prompts (rbac.example.yaml shows them). Then: anth-rbac validate, anth-rbac drift.",
  ];
}

/** Which organization it is, and what it holds itself. */
function organizationSection({ organization }: OrgSnapshot, held: Section): Section {
  const { id, name } = organization ?? {};
  const entries: ExportEntry[] = [
    ...(id !== undefined && isValue(id) ? [{ key: "id", value: id }] : []),
    ...(name !== undefined && isValue(name) ? [{ key: "name", value: name }] : []),
    ...held.entries,
  ];
  if (entries.length === 0) return { ...held, entries };
  const value = block(entries, held.below);
  return { entries: [{ key: "organization", value, apart: true }], below: [], leftOut: held.leftOut };
}

/** Every kind by name, so that nothing is managed merely because a part of the file speaks of it. */
function manageSection(kinds: readonly ManagedKind[], unread: ReadonlyMap<ManagedKind, string>): Section {
  const words = MANAGED_KINDS.filter((kind) => ALL_KINDS.some((one) => one.manage === kind && !one.followsFile));
  const entries = words.map((kind): ExportEntry => {
    const why = unread.get(kind);
    if (why === FOREIGN) return { key: kind, value: word("off"), comment: why };
    if (why !== undefined) return { key: kind, value: word("off"), comment: `could not be read: ${why}` };
    return kinds.includes(kind)
      ? { key: kind, value: word("additive") }
      : { key: kind, value: word("off"), comment: "not exported" };
  });
  const comment = "off | additive (only added to) | full (what is not declared is taken away)";
  return { entries: [{ key: "manage", value: block(entries), comment, apart: true }], below: [], leftOut: [] };
}

function word(text: string) {
  return { kind: "word", text } as const;
}

/** Why there is nothing to export of a kind that this sort of organization does not have. */
const FOREIGN = "this sort of organization has none";

/** The kinds that were asked for and could not be read, and why; those that are not there at all among them. */
function unreadKinds(kinds: readonly ManagedKind[], live: OrgSnapshot): ReadonlyMap<ManagedKind, string> {
  const unread = new Map<ManagedKind, string>();
  for (const kind of kinds) {
    const own = ALL_KINDS.filter(({ manage }) => manage === kind);
    const readings = own.filter((one) => !isForeignKind(one, live)).flatMap(({ needs }) => needs);
    const missing = readings.map((list): ReadResult<unknown> => live[list]).find(({ known }) => !known);
    if (own.every((one) => isForeignKind(one, live))) unread.set(kind, FOREIGN);
    else if (missing && !missing.known) unread.set(kind, missing.message ?? missing.reason);
  }
  return unread;
}

/** How long somebody has to settle what the file cannot say. */
const SETTLE_WITHIN = 90 * DAY;

/**
 * What is live and cannot be declared is drift for good; it is accepted for a while, in the name of the first admin, so that
 * what happens from now on shows. `open` is what drift will still speak of, for want of somebody to answer for it.
 */
function acceptance(facts: ExportFacts, leftOut: readonly LeftOut[]): Acceptance {
  const owner = ownerOf(facts);
  const until = dayOf(facts.now + SETTLE_WITHIN);
  const byTarget = new Map(
    leftOut.flatMap((item) => (item.target === undefined ? [] : [[item.target, item] as const])),
  );
  const declared = new Set(facts.handles.values());
  const items: ExportValue[] = [];
  const open: string[] = [];
  for (const [target, item] of [...byTarget].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (owner === undefined || !canBeAccepted(target, declared)) open.push(target);
    else items.push(line({ target, until, owner, reason: reasonWords(item) }));
  }
  const comment = "what cannot be declared: settle it before then";
  return {
    entries: items.length > 0 ? [{ key: "accept", value: { kind: "list", items }, comment, apart: true }] : [],
    open,
  };
}

interface Acceptance {
  /** The field of the file; none where there is nothing to accept. */
  readonly entries: readonly ExportEntry[];
  readonly open: readonly string[];
}

/** Whether the file can hold a target, and will find it to mean what `drift` means by it. */
function canBeAccepted(target: string, declared: ReadonlySet<string>): boolean {
  const parsed = parseTarget(target);
  if (parsed?.target !== target || !isTarget(target)) return false;
  const { workspace } = parsed;
  return workspace === undefined || declared.has(workspace) || workspace.startsWith("wrkspc_");
}

function ownerOf({ people: { users } }: ExportFacts): string | undefined {
  const people = [...users.values()]
    .filter(({ email }) => isAddress(email))
    .sort((a, b) => (a.email < b.email ? -1 : 1));
  return (people.find(({ role }) => isOrganizationAdmin(role)) ?? people[0])?.email;
}
