import { gapText } from "../../core/model/plan.ts";
import { needsDecision, type Review, type ReviewGrant, riskiest, summarizeReview } from "../../core/model/review.ts";
import { dayOf } from "../../core/model/time.ts";
import type { ReviewOutcome } from "../../core/outcome/outcome.ts";
import { groupBy } from "../../core/text/text.ts";
import { plural } from "../findings/sentence.ts";
import { csv } from "../formats/csv.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Forms } from "../formats/forms.ts";
import { jsonObject } from "../formats/json.ts";
import { type MarkdownBlock, markdownDocument, markdownText } from "../formats/markdown.ts";
import type { Style } from "../formats/style.ts";
import { type Cell, renderRows } from "../formats/tree.ts";
import { grantFields, reviewFields } from "./review-json.ts";
import {
  byWords,
  feedWords,
  givenWords,
  notReadWords,
  onlyWords,
  placeWords,
  reasonWords,
  subjectWords,
  throughWords,
  usageWords,
  useWords,
} from "./words.ts";

/** Who has what, who uses it, and what to ask about it. */
export const reviewForms = {
  text: reviewText,
  json: ({ review }, run) => jsonObject("review", run, reviewFields(review)),
  markdown: ({ review }) => reviewMarkdown(review),
  csv: ({ review }) => reviewCsv(review),
  html: async ({ review }, run) => (await import("./page/page.ts")).reviewPage(review, run),
  sarif: "text",
  junit: "text",
  github: "text",
} satisfies Forms<ReviewOutcome>;

/** So many grants are shown above the rest. */
const RISKIEST = 10;

function reviewText({ review }: ReviewOutcome, style: Style): string {
  const { grants, unknown } = review;
  const open = grants.filter(needsDecision);
  const lines = [
    style.bold(escapeTerminal(headline(review))),
    ...countLines(review).map((text) => `  ${escapeTerminal(text)}`),
  ];
  for (const one of unknown) lines.push(style.warning(`  ${escapeTerminal(notReadWords(one))}`));
  const top = riskiest(open).slice(0, RISKIEST);
  if (top.length > 0 && open.length < grants.length) {
    const title = open.length > top.length ? `The riskiest ${top.length} of ${open.length}` : "To be decided";
    lines.push("", style.bold(title), ...grantLines(top, style, remarkOf, (grant) => [placeWords(grant)]));
  }
  for (const [place, own] of groupBy(grants, ({ on }) => on.target)) {
    const [first] = own;
    const title = first && first.on.name !== null ? `${first.on.name} (${place})` : place;
    lines.push("", style.bold(escapeTerminal(`${title}: ${plural(own.length, "grant")}`)));
    lines.push(...grantLines(own, style, (grant) => givenAndRemark(grant, review)));
  }
  return `${lines.join("\n")}\n`;
}

/** A line for each grant, and below it what is to be said about it: a table of both would fit on no terminal. */
function grantLines(
  grants: readonly ReviewGrant[],
  style: Style,
  below: (grant: ReviewGrant) => string,
  more: (grant: ReviewGrant) => readonly string[] = () => [],
): readonly string[] {
  const rows = renderRows(
    grants.map((grant) => [adviceCell(grant, style), subjectWords(grant), ...more(grant), ...cells(grant)]),
    "  ",
  );
  return rows.flatMap((row, index) => {
    const grant = grants[index];
    const said = grant ? below(grant) : "";
    return said === "" ? [row] : [row, style.dim(`          ${escapeTerminal(said)}`)];
  });
}

function adviceCell({ advice }: ReviewGrant, style: Style): Cell {
  const paint = { keep: style.dim, lower: style.change, remove: style.remove, ask: style.warning }[advice];
  return { text: advice, paint };
}

/** The last use, and the role with what it is had through: the longest comes last, where nothing has to line up with it. */
function cells(grant: ReviewGrant): readonly string[] {
  const { role, through, subject } = grant;
  const isPlain = role !== null && through.type === "direct";
  const parts = [role, isPlain ? null : throughWords(grant), NOT_A_MEMBER.get(subject.type) ?? null];
  return [useWords(grant), parts.filter((part) => part !== null).join(", ")];
}

/** What has a role as a member has one, and is none: nothing else in its line says so. */
const NOT_A_MEMBER: ReadonlyMap<ReviewGrant["subject"]["type"], string> = new Map([
  ["invite", "invited"],
  ["service_account", "service account"],
]);

/** The flags and the reason, where there is more to say than when it was used. */
function remarkOf(grant: ReviewGrant): string {
  if (!needsDecision(grant)) return "";
  const { flags, reason } = grant;
  return [flags.join(" "), reasonWords(reason)].filter((part) => part !== "").join(": ");
}

/** The same behind when it was given and by whom; where the feed was not read, what is not known of that is said once, at the top. */
function givenAndRemark(grant: ReviewGrant, { feed }: Review): string {
  const isSaid = feed?.known === true || grant.since !== null || grant.by !== null;
  return [isSaid ? `since ${givenWords(grant)}` : "", remarkOf(grant)].filter((part) => part !== "").join("; ");
}

function headline(review: Review): string {
  const { organization, grants } = review;
  const open = grants.filter(needsDecision).length;
  const name = [organization.name, organization.id && `(${organization.id})`].filter(Boolean).join(" ");
  return `${name === "" ? "The organization" : name}${onlyWords(review)}: ${plural(grants.length, "grant")}, ${open} to be decided`;
}

function countLines(review: Review): readonly string[] {
  const { usage, takenAt } = review;
  const { byFlag, byAdvice } = summarizeReview(review);
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).flatMap(([word, count]) => (count > 0 ? `${word} ${count}` : []));
  return [
    `read on ${dayOf(takenAt)}; use of ${plural(usage.days, "day")}: ${usageWords(usage)}`,
    feedWords(review.feed),
    `advice: ${counted(byAdvice).join(", ") || "none"}`,
    ...(counted(byFlag).length > 0 ? [`flags: ${counted(byFlag).join(", ")}`] : []),
  ];
}

const HEAD = ["who", "what", "on", "role", "through", "since", "last used", "flags", "advice", "why"] as const;

function reviewMarkdown(review: Review): string {
  const { grants, unknown } = review;
  const row = (grant: ReviewGrant) => [
    subjectWords(grant),
    grant.subject.type.replaceAll("_", " "),
    placeWords(grant),
    grant.role ?? "",
    throughWords(grant),
    givenWords(grant),
    useWords(grant),
    grant.flags.join(" "),
    grant.advice,
    reasonWords(grant.reason),
  ];
  const open = riskiest(grants.filter(needsDecision));
  const rest = grants.filter((grant) => !needsDecision(grant));
  const blocks: readonly MarkdownBlock[] = [
    `# Access review: ${markdownText(headline(review))}`,
    countLines(review).map(markdownText).join("  \n"),
    ...unknown.map((part) => `Not read: ${markdownText(gapText(part))}`),
    ...(open.length > 0 ? [{ title: `To be decided (${open.length})`, head: HEAD, rows: open.map(row) }] : []),
    ...(rest.length > 0 ? [{ title: `Nothing to ask about (${rest.length})`, head: HEAD, rows: rest.map(row) }] : []),
  ];
  return markdownDocument(blocks);
}

/** The grants for a spreadsheet: one on a line, and no cell that a spreadsheet would run. */
function reviewCsv({ grants }: Review): string {
  const rows = grants.map((grant) => {
    const { subject, on, role, through, since, last_used, declared, flags, advice, reason } = grantFields(grant);
    const values = [
      subject.type,
      subject.email,
      subject.name,
      subject.id,
      on.target,
      on.name,
      role,
      through.type,
      through.name,
      through.id,
      since,
      grant.by && byWords(grant),
      last_used.at,
      last_used.known,
      last_used.as_of,
      declared?.path,
      declared?.line,
      flags.join(" "),
      advice,
      reason,
    ];
    return values.map((value) => String(value ?? ""));
  });
  return csv(COLUMNS, rows);
}

const COLUMNS = [
  "subject_type",
  "subject_email",
  "subject_name",
  "subject_id",
  "on",
  "on_name",
  "role",
  "through",
  "through_name",
  "through_id",
  "since",
  "by",
  "last_used",
  "last_used_known",
  "last_used_as_of",
  "declared_at",
  "declared_line",
  "flags",
  "advice",
  "reason",
] as const;
