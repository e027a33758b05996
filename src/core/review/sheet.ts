import * as z from "zod/mini";
import { Failure } from "../model/failure.ts";
import type { Organization } from "../model/org.ts";
import type { Review, ReviewGrant } from "../model/review.ts";
import { printable } from "../text/printable.ts";
import { compareText, groupBy, quotedPath } from "../text/text.ts";

/** SHA-256 of a text, lower-case hex. */
type Digest = (text: string) => string;

/** The decisions that a sheet asks for. */
export const DECISIONS = ["keep", "lower", "remove"] as const;
export type Decision = (typeof DECISIONS)[number];

/** A sheet of decisions as it is on the disk: whatever people may have written in it. */
export interface Sheet {
  readonly organization: { readonly id: string; readonly name: string };
  readonly entries: readonly SheetEntry[];
}

export interface SheetEntry {
  /** Who was to decide: the group that it stands in. */
  readonly reviewer: string;
  /** The grant that it is about, by what it is: subject, place, role and way. */
  readonly grant: string;
  /** What it says of that, as it was read. */
  readonly facts: string;
  readonly digest: string;
  /** As written; null: not decided. */
  readonly decision: string | null;
  /** The role to lower to, and who decided where that is not the reviewer. */
  readonly to?: string;
  readonly by?: string;
}

/** What a grant is known by from one read to the next: its use, its age and its flags may change, and it is the same grant. */
export function grantName({ subject, on, role, through }: ReviewGrant, digest: Digest): string {
  const what = [subject.type, subject.id, subject.email, on.target, role, through.type, through.id];
  return digest(JSON.stringify(what)).slice(0, 32);
}

/** What an entry says of a grant, on one line. */
export function factsOf({ subject, on, role, through }: ReviewGrant): string {
  const names = [...new Set([subject.name, subject.email, subject.id])].filter((name) => name !== null);
  const who = `${subjectWords(subject.type)} ${names.join(", ")}`;
  const place = on.name === null ? on.target : `${on.target} (${on.name})`;
  const way = through.type === "group" ? `group ${through.id}` : through.type;
  return printable(`${who} | ${role ?? "no role of its own"} on ${place} | ${way}`);
}

function subjectWords(type: ReviewGrant["subject"]["type"]): string {
  return type.replaceAll("_", " ");
}

/** Whether the facts of an entry are about something of this type. */
export function isAbout(facts: string, type: ReviewGrant["subject"]["type"]): boolean {
  return facts.startsWith(`${subjectWords(type)} `);
}

/** An entry's seal: nothing of it but the decision may be edited, and it may not be moved to another reviewer, or another sheet. */
function sealOf(
  { reviewer, grant, facts }: Pick<SheetEntry, "reviewer" | "grant" | "facts">,
  organizationId: string,
  digest: Digest,
): string {
  return digest(JSON.stringify(["anth-rbac review", organizationId, reviewer, grant, facts])).slice(0, 32);
}

/** A sheet before it is written: its entries with the grants that they are about, grouped by who decides. */
export interface NewSheet {
  readonly organization: { readonly id: string; readonly name: string };
  /** Epoch ms. */
  readonly takenAt: number;
  readonly groups: readonly { readonly reviewer: string; readonly entries: readonly NewEntry[] }[];
  /** What could not be read, so that nothing of it is in here. */
  readonly unknown: Review["unknown"];
}

export interface NewEntry extends SheetEntry {
  readonly about: ReviewGrant;
}

/**
 * A new sheet: an entry for each grant. Decisions of `from` are carried over where the grant, and who decides about it, have not
 * changed. Throws Failure `no-reviewer` where nobody may decide about a grant.
 */
export function newSheet({ organization, takenAt, grants, unknown }: Review, digest: Digest, from?: Sheet): NewSheet {
  const orphan = grants.find(({ reviewer }) => reviewer === null);
  if (orphan) {
    throw new Failure("no-reviewer", {
      message: `nobody may decide about this: ${factsOf(orphan)}`,
      fix: "say who does: review: { default_reviewer: E } in rbac.yaml, somebody else than the one that it is about",
    });
  }
  const id = organization.id ?? "";
  const earlier = new Map<string, Partial<SheetEntry>>();
  for (const entry of from?.entries ?? []) {
    const name = `${entry.reviewer} ${entry.grant}`;
    const { decision, to, by } = earlier.get(name) ?? entry;
    const isAgreed = decision === entry.decision && to === entry.to && by === entry.by;
    // Of two entries for one grant that say different things, none is what was decided.
    earlier.set(name, isAgreed ? entry : {});
  }
  const entries = grants.map((grant): NewEntry => {
    const entry = { reviewer: grant.reviewer ?? "", grant: grantName(grant, digest), facts: factsOf(grant) };
    const { decision = null, to, by } = earlier.get(`${entry.reviewer} ${entry.grant}`) ?? {};
    return {
      ...entry,
      digest: sealOf(entry, id, digest),
      decision,
      ...(to !== undefined && { to }),
      ...(by !== undefined && { by }),
      about: grant,
    };
  });
  const groups = [...groupBy(entries, ({ reviewer }) => reviewer)]
    .map(([reviewer, own]) => ({ reviewer, entries: own }))
    .toSorted((one, other) => compareText(one.reviewer, other.reviewer));
  return { organization: { id, name: printable(organization.name ?? "") }, takenAt, groups, unknown };
}

const word = z.nullish(z.union([z.string(), z.number(), z.boolean()]));
const written = z.looseObject({
  review: z.literal(1),
  organization: z.looseObject({ id: z.string(), name: z.string() }),
  reviewers: z.nullable(
    z.record(
      z.string(),
      z.nullable(
        z.array(
          z.looseObject({
            facts: z.string(),
            grant: z.string(),
            digest: z.string(),
            decision: word,
            to: word,
            by: word,
          }),
        ),
      ),
    ),
  ),
});

/**
 * The sheet of a plain value; `file` is for messages. Throws Failure: `sheet-unreadable` where it is none, `sheet-edited` where something
 * else than a decision was edited.
 */
export function readSheet(value: unknown, file: string, digest: Digest): Sheet {
  const parsed = written.safeParse(value);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new Failure("sheet-unreadable", {
      message: `${quotedPath(file)} is no sheet of an access review${at === "" ? "" : `: look at ${at}`}`,
      fix: "begin one: anth-rbac review start FILE",
    });
  }
  const { organization, reviewers } = parsed.data;
  const entries = Object.entries(reviewers ?? {}).flatMap(([reviewer, own]) =>
    (own ?? []).map(({ facts, grant, digest: seal, decision, to, by }): SheetEntry => {
      const entry = { reviewer, facts, grant, digest: seal };
      if (sealOf(entry, organization.id, digest) !== seal) {
        throw new Failure("sheet-edited", {
          message: `${quotedPath(file)} was edited where it may not be: the facts of "${printable(facts)}" are not what was read`,
          fix: "put back what was written there, as git has it, and edit decisions alone; or begin anew: anth-rbac review start NEW",
        });
      }
      const text = (one: unknown) => (one === undefined || one === null ? undefined : String(one).trim());
      const [said, role, decider] = [text(decision), text(to), text(by)];
      return {
        ...entry,
        decision: said === undefined || said === "" ? null : said,
        ...(role !== undefined && { to: role }),
        ...(decider !== undefined && { by: decider }),
      };
    }),
  );
  return { organization, entries };
}

/** Makes sure that a sheet is of the organization that was read. Throws Failure `wrong-organization`. */
export function checkSheetOf({ organization }: Sheet, read: Partial<Organization>, file: string): void {
  if (organization.id === read.id) return;
  throw new Failure("wrong-organization", {
    message: `${quotedPath(file)} is about the organization "${printable(organization.name)}" (${organization.id}), and the credential belongs to ${read.id ?? "another"}`,
    fix: "use a credential of that organization, or begin a sheet of this one: anth-rbac review start FILE",
  });
}
