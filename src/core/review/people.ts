import { Failure } from "../model/failure.ts";
import { startOfDay } from "../model/time.ts";
import { emailIdentity, parseEmail } from "../text/identity.ts";
import { cut, quoted, quotedPath } from "../text/text.ts";

/** A file of people as it is written: its columns, and its records with the line that each begins on. */
export interface PeopleTable {
  readonly columns: readonly string[];
  readonly records: readonly { readonly line: number; readonly cells: Readonly<Record<string, string>> }[];
}

/** Whether somebody works here; absent from the map: the file does not know them. `until`: the last day, where one is written. */
export interface Standing {
  readonly works: boolean;
  readonly until?: string;
}

/** Who works here, and who has left, by e-mail as it is compared. */
export type People = ReadonlyMap<string, Standing>;

/**
 * Where the common exports have their columns, by what is left of a header in lower case without blanks and signs. Okta's people CSV:
 * `email`, `login`, `status`; Entra ID's users: `userPrincipalName`, `mail`, `accountEnabled`, `employeeLeaveDateTime`; Google
 * Workspace's users: `Email Address [Required]`, `Status [READ ONLY]`.
 */
const EMAIL_COLUMNS = [
  "email",
  "emailaddress",
  "emailaddressrequired",
  "primaryemail",
  "workemail",
  "mail",
  "userprincipalname",
  "login",
  "username",
];
const STATUS_COLUMNS = [
  "status",
  "statusreadonly",
  "userstatus",
  "employmentstatus",
  "accountenabled",
  "suspended",
  "active",
];
const END_COLUMNS = ["enddate", "terminationdate", "lastday", "leavedate", "employeeleavedatetime"];

/** What a status may say, in lower case: who works here, and who has left. */
const WORKS = [
  "active",
  "enabled",
  "true",
  "yes",
  "employed",
  "staged",
  "provisioned",
  "password_expired",
  "recovery",
  "locked_out",
  "on leave",
  "leave",
  "invited",
  "pending",
];
const LEFT = [
  "inactive",
  "disabled",
  "false",
  "no",
  "suspended",
  "deprovisioned",
  "deactivated",
  "deleted",
  "archived",
  "terminated",
  "left",
  "former",
];

/**
 * Who works here, as a file says. `column` is the one with the e-mails, where a flag names it. Throws Failure: `usage` where no header
 * is known for a column of e-mails; `file-unreadable`, naming the line, where a record cannot be read: it is never a person less.
 */
export function readPeople(table: PeopleTable, file: string, column: string | undefined, now: number): People {
  const byHeader = new Map(table.columns.map((name) => [headerOf(name), name]));
  const find = (headers: readonly string[]) =>
    headers.map((header) => byHeader.get(header)).find((name) => name !== undefined);
  // Before its columns: a file of nothing has none, and what is wrong is the file.
  if (table.records.length === 0) {
    throw new Failure("file-unreadable", {
      message: `${quotedPath(file)} names nobody: it is empty, or holds a header alone`,
      fix: "export the people again: an empty list would say that everybody has left",
    });
  }
  if (column !== undefined && !table.columns.includes(column)) throw noColumn(table, file, column);
  const emails = column === undefined ? EMAIL_COLUMNS.flatMap((header) => byHeader.get(header) ?? []) : [column];
  if (emails.length === 0) throw noColumn(table, file);
  const status = find(STATUS_COLUMNS);
  const end = find(END_COLUMNS);
  const people = new Map<string, Standing>();
  for (const { line, cells } of table.records) {
    const at = (message: string) =>
      new Failure("file-unreadable", {
        message: `${quotedPath(file)}, line ${line}: ${message}`,
        fix: "correct the line",
      });
    // Entra ID has a sign-in name for everybody and a mailbox for some: the first that is written has to be an address, and whichever
    // others are one are of the same person.
    const named = emails.find((name) => (cells[name] ?? "").trim() !== "") ?? emails[0] ?? "";
    if (parseEmail(cells[named] ?? "") === undefined)
      throw at(`${quoted(cells[named] ?? "")} in "${cut(named)}" is no e-mail address`);
    const addresses = new Set(emails.flatMap((name) => parseEmail(cells[name] ?? "") ?? []));
    const last = end === undefined ? undefined : lastDay(cells[end] ?? "");
    if (last === "unreadable")
      throw at(`${quoted(cells[end ?? ""] ?? "")} in "${cut(end ?? "")}" is no day such as 2026-11-30`);
    const word = status === undefined ? "" : (cells[status] ?? "").trim();
    const works = status === undefined ? true : worksBy(status, word);
    if (works === undefined)
      throw at(
        `"${cut(status ?? "")}" is ${quoted(word)}, which says neither that somebody works here nor that they have left`,
      );
    const isOver = last !== undefined && now >= startOfDay(last) + DAY_AFTER;
    const standing = { works: works && !isOver, ...(last !== undefined && { until: last }) };
    // Two accounts of one person: whoever works here by one of them works here.
    for (const email of addresses) if (!people.get(email)?.works) people.set(email, standing);
  }
  return people;
}

/** What the file says of somebody; undefined where nobody has the e-mail. */
export function standingOf(people: People, email: string): Standing | undefined {
  return people.get(emailIdentity(email));
}

/** An end date is the last day on which somebody works here. */
const DAY_AFTER = 86_400_000;

function headerOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function worksBy(column: string, written: string): boolean | undefined {
  const word = written.toLowerCase();
  const isReversed = headerOf(column) === "suspended";
  const known = WORKS.includes(word) ? true : LEFT.includes(word) ? false : undefined;
  if (known === undefined) return undefined;
  // Of "suspended" yes and no say the opposite, and every other word the same.
  return isReversed && ["true", "yes", "false", "no"].includes(word) ? !known : known;
}

function lastDay(written: string): string | "unreadable" | undefined {
  const text = written.trim();
  if (text === "") return undefined;
  const day = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(text)?.[1];
  return day === undefined || Number.isNaN(startOfDay(day)) ? "unreadable" : day;
}

function noColumn({ columns }: PeopleTable, file: string, asked?: string): Failure {
  const has = columns.map((name) => quoted(name)).join(", ");
  return new Failure("usage", {
    message:
      asked === undefined
        ? `${quotedPath(file)} has no column that is known to hold e-mails: it has ${has || "none"}`
        : `${quotedPath(file)} has no column ${quoted(asked)}: it has ${has || "none"}`,
    fix: "name it: --people-column COLUMN",
  });
}
