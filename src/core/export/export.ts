import type { ManagedKind } from "../config/config.ts";
import { block, type ExportDocument } from "../document/document.ts";
import { leftOutNotices } from "../document/left-out.ts";
import { collection, type ExportFacts, type Section } from "../kinds/kind.ts";
import { ALL_KINDS } from "../kinds/kinds.ts";
import type { UnknownKind } from "../model/plan.ts";
import { unknownKinds } from "../plan/read-scope.ts";
import { printable } from "../text/printable.ts";
import { acceptance } from "./accept.ts";
import { headLines, manageSection, organizationSection, unreadKinds } from "./file-head.ts";
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
      ...[...unread].map(([kind, why]) => `not exported: ${kind} (${why})`),
      ...unknown.filter(isPart).map(({ kind, reason, message }) => `not exported: ${kind} (${message ?? reason})`),
      ...leftOutNotices(leftOut),
      ...openNotice(accepted.open),
    ].map(printable),
    unknown,
  };
}

/** Whether it is a part of a kind only: the kinds themselves are said by their own names. */
function isPart({ kind }: UnknownKind): boolean {
  return kind === "invites" || kind.startsWith("workspaces.");
}

function openNotice(open: readonly string[]): readonly string[] {
  const [first] = open;
  if (first === undefined) return [];
  const others = open.length > 1 ? ` and ${open.length - 1} more` : "";
  return [`drift will report ${first}${others}: the file cannot accept it for anybody`];
}
