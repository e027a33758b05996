import { MANAGED_KINDS, type ManagedKind } from "../config/config.ts";
import { block, type ExportEntry } from "../document/document.ts";
import { isValue } from "../document/left-out.ts";
import type { Section } from "../kinds/kind.ts";
import { ALL_KINDS } from "../kinds/kinds.ts";
import type { OrgSnapshot, ReadResult } from "../model/org.ts";
import { dayOf } from "../model/time.ts";
import type { ExportRequest } from "./input.ts";

/** The comment at the head of the file: what it is, and what to do with it. */
export function headLines({ live, now, only, version, schema }: ExportRequest): readonly string[] {
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
export function organizationSection({ organization }: OrgSnapshot, held: Section): Section {
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
export function manageSection(kinds: readonly ManagedKind[], unread: ReadonlyMap<ManagedKind, string>): Section {
  const entries = MANAGED_KINDS.map((kind): ExportEntry => {
    const why = unread.get(kind);
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

/** The kinds that were asked for and could not be read, and why. */
export function unreadKinds(kinds: readonly ManagedKind[], live: OrgSnapshot): ReadonlyMap<ManagedKind, string> {
  const unread = new Map<ManagedKind, string>();
  for (const kind of kinds) {
    const readings = ALL_KINDS.filter(({ manage }) => manage === kind).flatMap(({ needs }) => needs);
    const missing = readings.map((list): ReadResult<unknown> => live[list]).find(({ known }) => !known);
    if (missing && !missing.known) unread.set(kind, missing.message ?? missing.reason);
  }
  return unread;
}
