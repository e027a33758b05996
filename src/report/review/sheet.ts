import { isoTime } from "../../core/model/time.ts";
import type { ReviewEvidenceShown, ReviewSheetShown, SheetOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import type { ReviewStep } from "../../core/review/finish.ts";
import type { SheetProblem, SheetProblemCode } from "../../core/review/judge-sheet.ts";
import { changedLines } from "../../core/text/changed-lines.ts";
import { nextWith } from "../../core/text/next-step.ts";
import { printable } from "../../core/text/printable.ts";
import { groupBy } from "../../core/text/text.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Forms } from "../formats/forms.ts";
import { bareForms } from "../formats/forms.ts";
import { jsonObject, jsonText } from "../formats/json.ts";
import { markdownDocument, markdownText } from "../formats/markdown.ts";
import { PLAIN, type Style } from "../formats/style.ts";
import { givenWords, notReadWords, reasonWords, stepWords, unknownFields, useWords } from "./words.ts";

/** What became of a sheet: begun, checked, or carried into the file. */
export const sheetForms = {
  text: sheetText,
  json: ({ sheet, unknown }, run) => jsonObject("review", run, { ...fields(sheet), unknown: unknownFields(unknown) }),
  markdown: sheetMarkdown,
  html: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
} satisfies Forms<SheetOutcome>;

/** The sheet itself, as YAML: facts that stay, comments that help, decisions that are to be filled in. */
export const reviewSheetForms = bareForms<ReviewSheetShown>(({ sheet: { organization, takenAt, groups, unknown } }) => {
  const lines = [
    "# An access review. For each entry write a decision: keep, lower (with `to: ROLE` on a line below) or remove; and `by: E-MAIL` where",
    "# another than the reviewer above it decides. Nobody decides about their own access. Comments are free; everything else stays as it is.",
    "# What is still open: anth-rbac review check FILE. Once all is decided: anth-rbac review finish FILE --update-config",
    ...unknown.map((one) => `# ${printable(notReadWords(one))}: nothing of it is in here.`),
    "review: 1",
    `organization: { id: ${JSON.stringify(organization.id)}, name: ${JSON.stringify(organization.name)} }`,
    `taken_at: ${JSON.stringify(isoTime(takenAt))}`,
    "reviewers:",
  ];
  for (const { reviewer, entries } of groups) {
    lines.push(`  ${JSON.stringify(reviewer)}:`);
    for (const { about, facts, grant, digest, decision, to, by } of entries) {
      const { declared, flags, advice, reason } = about;
      const where = declared ? `declared at ${declared.path}` : "declared nowhere";
      const said = [
        ...(about.account === undefined ? [] : [`acts as the service account ${about.account}`]),
        `since ${givenWords(about)}`,
        `last used: ${useWords(about)}`,
        where,
        ...(flags.length > 0 ? [`flags: ${flags.join(" ")}`] : []),
      ];
      lines.push(
        `    # ${printable(said.join("; "))}`,
        `    # advice: ${printable(`${advice}, ${reasonWords(reason)}`)}`,
        `    - facts: ${JSON.stringify(facts)}`,
        `      grant: ${JSON.stringify(grant)}`,
        `      digest: ${JSON.stringify(digest)}`,
        `      decision:${decision === null ? "" : ` ${plainWord(decision)}`}`,
        ...(to === undefined ? [] : [`      to: ${plainWord(to)}`]),
        ...(by === undefined ? [] : [`      by: ${plainWord(by)}`]),
      );
    }
  }
  return `${lines.join("\n")}\n`;
});

function plainWord(word: string): string {
  return /^[a-z][a-z_]*$/.test(word) ? word : JSON.stringify(word);
}

/** The evidence of a review: who decided what about which grant, on which sheet, and what followed. */
export const reviewEvidenceForms = bareForms<ReviewEvidenceShown>(({ evidence }) => {
  const { organization, takenAt, sheet, decided, edits, steps, unknown, api, auditHead } = evidence;
  return jsonText({
    // First, so that nobody takes the one for the other.
    ...(api?.simulated && { simulation: true }),
    format_version: FORMAT_VERSION,
    kind: "evidence",
    ...(api && { api: { host: api.host } }),
    organization: { id: organization.id ?? null, name: organization.name ?? null },
    taken_at: isoTime(takenAt),
    sheet,
    audit_head: auditHead ?? null,
    decisions: decided.map(({ grant, entry, decision, by, to }) => ({
      grant: entry.grant,
      facts: entry.facts,
      reviewer: entry.reviewer,
      by,
      decision,
      to: to ?? null,
      flags: grant.flags,
      advice: grant.advice,
    })),
    edits,
    steps: steps.map(stepWords),
    unknown: unknownFields(unknown),
  });
});

const PROBLEMS: Readonly<Record<SheetProblemCode, string>> = {
  open: "not decided",
  "own-access": "decided by whom it is about: another has to (by: E-MAIL)",
  "no-decision": "no decision that counts",
  twice: "stands there twice",
  "not-read": "not read: whether there is such a grant still is not known",
  gone: "moved since: there is no such grant any more",
  new: "new since: the sheet has no entry for it",
};

const RENEW = "take what moved into a new sheet, decisions kept: anth-rbac review start NEW --from";

function fields(sheet: SheetOutcome["sheet"]) {
  if (sheet.step === "start") return { path: sheet.path, entries: sheet.entries, carried: sheet.carried };
  if (sheet.step === "check") {
    const { path, entries, decided, problems } = sheet;
    return {
      path,
      entries,
      decided,
      open: problems.length,
      problems: problems.map(({ code, facts, reviewer, detail }) => ({
        code,
        facts,
        reviewer,
        message: wordsOf({ code, facts, reviewer, ...(detail !== undefined && { detail }) }),
      })),
    };
  }
  const { path, entries, decided, steps, config, evidence, written } = sheet;
  return {
    path,
    entries,
    decided: decided.length,
    config: config ?? null,
    written,
    edits: editLines(sheet),
    steps: steps.map(stepWords),
    evidence: evidence ?? null,
  };
}

function wordsOf({ code, detail }: SheetProblem): string {
  return detail === undefined ? PROBLEMS[code] : `${PROBLEMS[code]}: ${detail}`;
}

function editLines({ before, after }: { readonly before: string; readonly after: string }): readonly string[] {
  return before === after ? [] : changedLines(before, after);
}

function sheetText({ sheet, unknown }: SheetOutcome, style: Style): string {
  const unread = unknown.map((one) => style.warning(escapeTerminal(notReadWords(one))));
  return `${[...linesOf(sheet, style), ...(unread.length === 0 ? [] : ["", ...unread])].join("\n")}\n`;
}

function linesOf(sheet: SheetOutcome["sheet"], style: Style): readonly string[] {
  if (sheet.step === "start") {
    const carried = sheet.carried === 0 ? "" : `, ${sheet.carried} decided already`;
    return [
      escapeTerminal(`${sheet.path}: ${sheet.entries === 1 ? "1 entry" : `${sheet.entries} entries`}${carried}`),
      ...(sheet.isKept
        ? [
            style.dim(
              escapeTerminal(`decide each, then: ${nextWith(sheet.path, (file) => `anth-rbac review check ${file}`)}`),
            ),
          ]
        : []),
    ];
  }
  if (sheet.step === "check") {
    const { path, entries, decided, problems } = sheet;
    const lines = [
      escapeTerminal(
        `${path}: ${decided} of ${entries} decided${problems.length === 0 ? "" : `, ${problems.length} to settle`}`,
      ),
    ];
    for (const [reviewer, own] of groupBy(problems, (problem) => problem.reviewer ?? "nobody")) {
      lines.push("", style.bold(escapeTerminal(reviewer)));
      for (const problem of own)
        lines.push(`  ${escapeTerminal(problem.facts)}`, `    ${style.warning(escapeTerminal(wordsOf(problem)))}`);
    }
    const moved = problems.some(({ code }) => code === "gone" || code === "new" || code === "twice");
    if (moved) lines.push("", style.dim(escapeTerminal(nextWith(path, (file) => `${RENEW} ${file}`))));
    else if (problems.length === 0) lines.push(style.dim(escapeTerminal(`next: ${finishWith(path)}`)));
    return lines;
  }
  const { path, decided, steps, config, evidence, written } = sheet;
  const count = (decision: string) => decided.filter((one) => one.decision === decision).length;
  const lines = [
    escapeTerminal(`${path}: ${count("keep")} kept, ${count("lower")} lowered, ${count("remove")} removed`),
  ];
  const edits = editLines(sheet);
  if (edits.length > 0) {
    lines.push("", style.bold(escapeTerminal(written ? `${config} is now` : `${config} would be`)));
    lines.push(...edits.map((line) => paintLine(line, style)));
  }
  const [before, others] = [steps.filter(isBeforeApply), steps.filter((step) => !isBeforeApply(step))];
  for (const [title, own] of [
    ["Before apply, by hand", before],
    ["What the file cannot say", others],
  ] as const) {
    if (own.length === 0) continue;
    lines.push("", style.bold(title), ...own.map((step) => `  ${style.manual(escapeTerminal(stepWords(step)))}`));
  }
  if (evidence !== undefined) lines.push("", escapeTerminal(`evidence: ${evidence}`));
  const next = nextWords(sheet, { isEdited: edits.length > 0, isLeft: before.length > 0 });
  if (next !== undefined) lines.push(style.dim(escapeTerminal(next)));
  return lines;
}

/** Whether apply would do the opposite of what was decided, until somebody has edited the file. */
function isBeforeApply({ code }: ReviewStep): boolean {
  return code === "declare-kept" || code === "declare-kept-role" || code === "extend-kept" || code === "declare-lower";
}

function nextWords(
  { path, evidence, decided, steps }: Extract<SheetOutcome["sheet"], { step: "finish" }>,
  { isEdited, isLeft }: { readonly isEdited: boolean; readonly isLeft: boolean },
): string | undefined {
  if (evidence === undefined) return `to ${isEdited ? "edit the file" : "end the review"}: ${finishWith(path)}`;
  // What nothing declares stays under any mode but `full`: then its step is all there is to do.
  const byHand = new Set(steps.map(({ grant }) => grant));
  const isForApply = decided.some(({ decision, grant }) => decision !== "keep" && !byHand.has(grant));
  if (!isForApply && !(isEdited && isLeft)) return undefined;
  return isLeft ? "next: what is to be done by hand before it, then: anth-rbac apply" : "next: anth-rbac apply";
}

function finishWith(path: string): string {
  return nextWith(path, (file) => `anth-rbac review finish ${file} --update-config`);
}

function paintLine(line: string, style: Style): string {
  // What ends a line of the file may be CRLF, which is no character of it that hides.
  const text = escapeTerminal(line.replace(/\r$/, ""));
  return line.startsWith("-") ? style.remove(text) : line.startsWith("+") ? style.add(text) : style.dim(text);
}

function sheetMarkdown({ sheet, unknown }: SheetOutcome): string {
  const unread = unknown.map((one) => markdownText(notReadWords(one)));
  if (sheet.step !== "check") {
    const lines = linesOf(sheet, PLAIN).filter((line) => line !== "");
    return markdownDocument([...lines.map(markdownText), ...unread]);
  }
  const { path, entries, decided, problems } = sheet;
  return markdownDocument([
    `## Access review: ${decided} of ${entries} decided`,
    problems.length === 0
      ? `Everything in ${markdownText(path)} is decided.`
      : `${problems.length} to settle in ${markdownText(path)}.`,
    ...(problems.length === 0
      ? []
      : [
          {
            head: ["reviewer", "grant", "what"],
            rows: problems.map((one) => [one.reviewer ?? "nobody", one.facts, wordsOf(one)]),
          },
        ]),
    ...unread,
  ]);
}
