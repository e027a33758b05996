import type { ChangeResult } from "../core/model/plan.ts";
import type { ResultOutcome } from "../core/outcome/outcome.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";
import { changeWords, SIGNS } from "./kinds/changes.ts";
import { findingText, headline, sectionText } from "./plan.ts";
import { changeSections, type Row, type Section } from "./plan-sections.ts";
import { revocationText } from "./revocation.ts";
import { rotationSection } from "./rotation.ts";

/**
 * What was carried out, for a person: what went wrong first, since that is what has to be read at night, then what is done, what
 * is left, and the sum on the last line.
 */
export function resultText(outcome: ResultOutcome, style: Style): string {
  const { plan, results, stopped, locate } = outcome;
  const having = (status: ChangeResult["status"]) => results.filter((result) => result.status === status);
  const done = having("done").map(({ change }) => change);
  const sections: Section[] = [
    { title: "Failed", rows: having("failed").map(troubleRow) },
    { title: "Not carried out", rows: having("skipped").map(troubleRow) },
    { title: "Left for a person at the Console", rows: having("manual").map(manualRow) },
    { title: "Still different", rows: surprises(outcome).map((change) => manualRow({ change })) },
  ];
  const parts = [
    style.bold(escapeTerminal(headline(plan))),
    ...revocationText(plan.revocations, style),
    ...changeSections(done).map((section) => sectionText({ ...section, title: `${section.title}: done` }, style)),
    ...sections.filter(({ rows }) => rows.length > 0).map((section) => sectionText(section, style)),
    ...rotationSection(plan.keys ?? [], plan.takenAt, style),
    ...findingText(plan, locate, style),
    ...(stopped ? [`${style.error("stopped")}: ${escapeTerminal(stopped.details.message)}`] : []),
    style.bold(resultWords(outcome)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Differences that no result speaks of already. */
function surprises({ results, remaining }: ResultOutcome) {
  const said = new Set(results.filter(({ status }) => status !== "done").map(({ change }) => keyOf(change)));
  return remaining.filter((change) => !said.has(keyOf(change)));
}

function keyOf({ kind, target }: ChangeResult["change"]): string {
  return `${kind} ${target}`;
}

function troubleRow({ change, requestId, error }: ChangeResult): Row {
  const request = requestId === null ? "" : ` (request ${requestId})`;
  const tone = change.action === "manual" ? "plain" : change.action;
  const what = `${changeWords(change).what}: ${error?.message}${request}`;
  return { tone, sign: SIGNS[change.action], target: change.target, what, why: "" };
}

function manualRow({ change }: Pick<ChangeResult, "change">): Row {
  return { tone: change.action, sign: SIGNS[change.action], target: change.target, ...changeWords(change) };
}

/** The last line: how many of each, and whether a second look agrees. */
export function resultWords(outcome: ResultOutcome): string {
  const { results, verified, remaining, plan, stopped } = outcome;
  const count = (status: ChangeResult["status"]) => results.filter((result) => result.status === status).length;
  const counts = [
    [count("done"), "done"],
    [count("failed"), "failed"],
    [count("skipped"), "not carried out"],
    [count("manual"), "for a person at the Console"],
  ].flatMap(([number, word]) => (number === 0 ? [] : `${number} ${word}`));
  const rest = [
    [plan.unmanaged.length, "unmanaged"],
    [plan.pending.length, "pending"],
    [plan.accepted.length, "accepted"],
  ].flatMap(([number, word]) => (number === 0 ? [] : `${number} ${word}`));
  if (results.length === 0) return ["nothing to change", ...rest].join("; ");
  const left = remaining.filter(({ action }) => action !== "manual").length;
  const seen = verified
    ? "verified"
    : stopped
      ? `not verified: run again to go on (${left} left)`
      : `not verified: ${left} still different`;
  return [counts.join(", "), count("done") > 0 || !verified ? seen : "", ...rest].filter(Boolean).join("; ");
}
