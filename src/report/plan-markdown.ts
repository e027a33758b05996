import type { PlanOutcome, ResultOutcome } from "../core/outcome/outcome.ts";
import { locatedFindings } from "./findings/located.ts";
import { escapeMarkdown } from "./formats/escape.ts";
import { changeWords, SIGNS } from "./kinds/changes.ts";
import { headline } from "./plan.ts";
import { planSections, type Section, summaryWords } from "./plan-sections.ts";
import { resultWords } from "./result.ts";
import { revocationMarkdown } from "./revocation.ts";
import { keysMarkdown } from "./rotation.ts";

/** A plan for a pull request or a job summary. */
export function planMarkdown({ plan, locate }: PlanOutcome): string {
  const findings = locatedFindings(plan.findings, locate).map(({ severity, code, message, target, path, line }) => {
    const place = line === null ? (target ?? path ?? "") : `${plan.config.path}:${line}`;
    return `| ${severity} | ${escapeMarkdown(place)} | ${escapeMarkdown(message)} | ${code} |`;
  });
  const parts = [
    `## ${escapeMarkdown(headline(plan))}`,
    `**${summaryWords(plan)}**`,
    ...revocationMarkdown(plan.revocations),
    ...keysMarkdown(plan.keys ?? [], plan.takenAt),
    ...planSections(plan).map(sectionMarkdown),
  ];
  if (findings.length > 0) {
    parts.push(["### Findings", "", "| | where | what | code |", "|---|---|---|---|", ...findings].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

function sectionMarkdown({ title, rows }: Section): string {
  const lines = rows.map(({ sign, target, what, why }) => {
    const words = [what, why].filter((text) => text !== "").join(" – ");
    return `| \`${sign}\` | ${escapeMarkdown(target)} | ${escapeMarkdown(words)} |`;
  });
  return [`### ${escapeMarkdown(title)}`, "", "| | object | what |", "|---|---|---|", ...lines].join("\n");
}

/** What was carried out, for a job summary. */
export function resultMarkdown(outcome: ResultOutcome): string {
  const rows = outcome.results.map(({ change, status, requestId, error }) => {
    const { what } = changeWords(change);
    const cells = [`\`${SIGNS[change.action]}\``, escapeMarkdown(change.target), escapeMarkdown(what), status];
    return `| ${[...cells, escapeMarkdown(error?.message ?? ""), requestId ?? ""].join(" | ")} |`;
  });
  const table = ["| | object | what | result | why | request |", "|---|---|---|---|---|---|", ...rows].join("\n");
  const parts = [
    `## ${escapeMarkdown(headline(outcome.plan))}`,
    `**${resultWords(outcome)}**`,
    ...revocationMarkdown(outcome.plan.revocations),
    ...keysMarkdown(outcome.plan.keys ?? [], outcome.plan.takenAt),
  ];
  return `${[...parts, ...(rows.length > 0 ? [table] : [])].join("\n\n")}\n`;
}
