import type { ResultOutcome } from "../../core/outcome/outcome.ts";
import { escapeMarkdown } from "../formats/escape.ts";
import { changeWords, SIGNS } from "../kinds/changes.ts";
import { headline } from "../plan.ts";
import { resultWords } from "../result.ts";
import { revocationMarkdown } from "../revocation/revocation-markdown.ts";
import { keysMarkdown } from "../rotation.ts";

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
