import type { ChangeResult } from "../core/model/plan.ts";
import { isoTime } from "../core/model/time.ts";
import type { ResultOutcome } from "../core/outcome/outcome.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import { markdownDocument, markdownText } from "./formats/markdown.ts";
import type { Style } from "./formats/style.ts";
import { changeWords, type InCurrency, SIGNS } from "./kinds/changes.ts";
import { findingTables, findingText, planFields } from "./plan.ts";
import {
  besideWords,
  changeSections,
  counted,
  headline,
  type Row,
  type Section,
  sectionTable,
  sectionText,
  unreadSections,
} from "./plan-sections.ts";
import { revocationMarkdown, revocationText } from "./revocation.ts";
import { keysMarkdown, rotationSection } from "./rotation.ts";

/** What was carried out. */
export const resultForms = {
  text: resultText,
  json: (outcome, run) => jsonObject("result", run, resultFields(outcome)),
  markdown: resultMarkdown,
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<ResultOutcome>;

/**
 * What was carried out, for a person: what went wrong first, since that is what has to be read at night, then what is done, what
 * is left, and the sum on the last line.
 */
function resultText(outcome: ResultOutcome, style: Style): string {
  const { plan, results, stopped, shown } = outcome;
  const fresh = plan.findings.filter((found) => !shown?.includes(found));
  const having = (status: ChangeResult["status"]) => results.filter((result) => result.status === status);
  const done = having("done").map(({ change }) => change);
  const sections: Section[] = [
    { title: "Failed", rows: having("failed").map((one) => problemRow(one, plan)) },
    { title: "Not carried out", rows: having("skipped").map((one) => problemRow(one, plan)) },
    {
      title: "Left for a person at the Console",
      rows: [
        ...having("manual").map((one) => manualRow(one, plan)),
        ...following(outcome).map((change) => differingRow(change, plan)),
      ],
    },
    { title: "Still different", rows: differing(outcome).map((change) => differingRow(change, plan)) },
  ];
  const parts = [
    style.bold(escapeTerminal(headline(plan))),
    ...(shown ? [] : revocationText(plan.revocations, style)),
    ...changeSections(done, plan).map((section) => sectionText({ ...section, title: `${section.title}: done` }, style)),
    ...sections.filter(({ rows }) => rows.length > 0).map((section) => sectionText(section, style)),
    ...unreadSections(plan).map((section) => sectionText(section, style)),
    ...rotationSection(plan.keys ?? [], plan.takenAt, style),
    ...findingText({ ...outcome, plan: { ...plan, findings: fresh } }, style),
    ...(stopped ? [`${style.error("stopped")}: ${escapeTerminal(stopped.details.message)}`] : []),
    style.bold(resultWords(outcome)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Differences that no result speaks of already; what has become a matter for a person meanwhile is one of its own. */
function unexpected({ results, remaining }: ResultOutcome) {
  const said = new Set(results.filter(({ status }) => status !== "done").map(({ change }) => saidOf(change)));
  return remaining.filter((change) => !said.has(saidOf(change)));
}

/** What a person has to do next because of what was done, as in a rotation: all is as planned then, and nothing is different. */
function following(outcome: ResultOutcome) {
  return outcome.verified ? unexpected(outcome).filter(({ action }) => action === "manual") : [];
}

function differing(outcome: ResultOutcome) {
  const follows = new Set(following(outcome));
  return unexpected(outcome).filter((change) => !follows.has(change));
}

function saidOf({ action, kind, target }: ChangeResult["change"]): string {
  return `${kind} ${target} ${action === "manual"}`;
}

function problemRow({ change, requestId, error }: ChangeResult, plan: InCurrency): Row {
  const request = requestId === null ? "" : ` (request ${requestId})`;
  const tone = change.action === "manual" ? "plain" : change.action;
  const what = `${changeWords(change, plan).what}: ${error?.message}${request}`;
  return { tone, sign: SIGNS[change.action], target: change.target, what, why: "" };
}

/** What is left for a person, with why the API refused it where it did. */
function manualRow({ change, error }: Pick<ChangeResult, "change" | "error">, plan: InCurrency): Row {
  const { what, why } = changeWords(change, plan);
  const words = error === null ? what : `${what}: ${error.message}`;
  return { tone: "manual", sign: SIGNS.manual, target: change.target, what: words, why };
}

function differingRow(change: ChangeResult["change"], plan: InCurrency): Row {
  return { tone: change.action, sign: SIGNS[change.action], target: change.target, ...changeWords(change, plan) };
}

/** The last line: how many of each, and whether the organization is as planned when it is read again. */
function resultWords(outcome: ResultOutcome): string {
  const { results, verified, remaining, plan, stopped } = outcome;
  const count = (status: ChangeResult["status"]) => results.filter((result) => result.status === status).length;
  const counts = counted([
    [count("done"), "done"],
    [count("failed"), "failed"],
    [count("skipped"), "not carried out"],
    [count("manual") + following(outcome).length, "for a person at the Console"],
  ]);
  const rest = besideWords(plan);
  if (results.length === 0) return ["nothing to change", ...rest].join("; ");
  const left = remaining.filter(({ action }) => action !== "manual").length;
  const handedOver = unexpected(outcome).length;
  const why =
    left > 0
      ? `${left} still different`
      : handedOver > 0
        ? `${handedOver} for a person at the Console now`
        : "not everything could be read again";
  const seen = verified
    ? "verified"
    : stopped
      ? `not verified: run again to go on (${left} left)`
      : `not verified: ${why}`;
  return [counts.join(", "), count("done") > 0 || !verified ? seen : "", ...rest].filter(Boolean).join("; ");
}

/** What was carried out, for a job summary: the sum and what went wrong first. */
function resultMarkdown(outcome: ResultOutcome): string {
  const { plan, results, stopped } = outcome;
  const rank = { failed: 0, skipped: 1, manual: 2, done: 3 } as const satisfies Record<ChangeResult["status"], number>;
  const rows = [...results]
    .sort((one, other) => rank[one.status] - rank[other.status])
    .map(({ change, status, requestId, error }) => {
      const { what } = changeWords(change, plan);
      return [{ code: SIGNS[change.action] }, change.target, what, status, error?.message ?? "", requestId ?? ""];
    });
  const told = (changes: readonly ChangeResult["change"][], result: string) =>
    changes.map((change) => {
      const { what, why } = changeWords(change, plan);
      return [{ code: SIGNS[change.action] }, change.target, what, result, why, ""];
    });
  rows.push(...told(following(outcome), "manual"), ...told(differing(outcome), "still different"));
  return markdownDocument([
    `## ${markdownText(headline(plan))}`,
    `**${resultWords(outcome)}**`,
    ...(stopped ? [`**Stopped:** ${markdownText(stopped.details.message)}`] : []),
    ...revocationMarkdown(plan.revocations),
    ...keysMarkdown(plan.keys ?? [], plan.takenAt),
    ...(rows.length > 0 ? [{ head: ["", "object", "what", "result", "why", "request"], rows }] : []),
    ...unreadSections(plan).map(sectionTable),
    ...findingTables(outcome),
  ]);
}

/** What was carried out, for programs (design section 5): all of the plan, and what became of each change. */
function resultFields(outcome: ResultOutcome) {
  const { results, verified, remaining, stopped } = outcome;
  return {
    ...planFields(outcome),
    results: results.map(({ change, status, id, requestId, at, error }) => ({
      target: change.target,
      id,
      status,
      request_id: requestId,
      at: at === null ? null : isoTime(at),
      error,
    })),
    verified,
    remaining,
    ...(stopped && { stopped: { code: stopped.code, message: stopped.details.message } }),
  };
}
