import type { FindingCode, Locate } from "../core/model/finding.ts";
import type { GuardrailResult } from "../core/model/guardrail.ts";
import type { Plan } from "../core/model/plan.ts";
import type { PlanOutcome } from "../core/outcome/outcome.ts";
import { groupBy } from "../core/text/text.ts";
import { findingLines } from "./findings/finding-lines.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { guardrailWords } from "./guardrails.ts";
import { planSections, type Section, summaryWords } from "./plan-sections.ts";
import { revocationText } from "./revocation.ts";
import { rotationSection } from "./rotation.ts";

/** A plan for a person: changes by place, before → after, what is left alone, findings, and the sum on the last line. */
export function planText({ plan, locate, savedTo, refusal }: PlanOutcome, style: Style): string {
  const parts = [
    style.bold(escapeTerminal(headline(plan))),
    ...revocationText(plan.revocations, style),
    ...rotationSection(plan.keys ?? [], plan.takenAt, style),
    ...planSections(plan).map((section) => sectionText(section, style)),
    ...findingText(plan, locate, style),
    ...guardrailText(plan, style),
    style.bold(summaryWords(plan)),
  ];
  if (savedTo !== undefined) parts.push(`plan saved to ${escapeTerminal(savedTo)}`);
  if (refusal) {
    parts.push(`${style.error("refused")}: ${escapeTerminal(refusal.message)}\n  ${escapeTerminal(refusal.fix)}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** Whose organization, and which file, where there is one. */
export function headline({ organization, config }: Plan): string {
  const name = [organization.name ?? "the live organization", organization.id && `(${organization.id})`];
  return `${name.filter(Boolean).join(" ")}${config.path === "" ? "" : ` against ${config.path}`}`;
}

/** A titled part, its rows in columns. */
export function sectionText({ title, rows }: Section, style: Style): string {
  const paint = { create: style.add, update: style.change, remove: style.remove, manual: style.manual, plain: String };
  const cells = rows.map(({ tone, sign, target, what, why }) => [
    { text: `${sign} ${target}`, paint: paint[tone] },
    why === "" ? what : `${what}  (${why})`,
  ]);
  return [style.bold(escapeTerminal(title)), ...renderRows(cells, "  ")].join("\n");
}

/** Said in one line together: the unmanaged keys are listed above, and a key that acts as nobody is the common case. */
const COUNTED: ReadonlySet<FindingCode> = new Set(["key-ownerless", "key-not-declared"]);
/** As many findings of one sort are shown: five hundred old keys must not bury the one that expires tomorrow. */
const SHOWN_OF_A_SORT = 20;

/** The findings, where there are any. */
export function findingText({ findings, config }: Plan, locate: Locate, style: Style): readonly string[] {
  const sorts = groupBy(findings, ({ code }) => code);
  const shown = [...sorts].flatMap(([code, sort]) => (COUNTED.has(code) ? [] : sort.slice(0, SHOWN_OF_A_SORT)));
  const lines = [...findingLines(shown, { file: config.path, locate, style })];
  for (const [code, { length }] of sorts) {
    const rest = length - SHOWN_OF_A_SORT;
    if (!COUNTED.has(code) && rest > 0) lines.push(`and ${rest} more; --json lists all ${style.dim(`[${code}]`)}`);
  }
  const ownerless = sorts.get("key-ownerless")?.length ?? 0;
  if (ownerless > 0) {
    const words =
      ownerless === 1
        ? "1 key acts as nobody, and outlives whoever made it"
        : `${ownerless} keys act as nobody, and outlive whoever made them`;
    lines.push(`${words} ${style.dim("[key-ownerless]")}`);
  }
  return lines.length === 0 ? [] : [[style.bold("Findings"), ...lines.map((line) => `  ${line}`)].join("\n")];
}

/** Each guardrail with pass or fail; how to go on where one refuses. Without changes there is nothing to judge. */
function guardrailText({ guardrails, changes }: Plan, style: Style): readonly string[] {
  if (changes.length === 0) return [];
  const broken = guardrails.filter(({ ok }) => !ok);
  const passed = guardrails.filter(({ ok }) => ok).map((result) => passedWords(result));
  const lines = broken.map((result) => {
    const sign = result.overridden === undefined ? style.error("x") : style.warning("!");
    return `  ${sign} ${result.rule}  ${escapeTerminal(guardrailWords(result))}`;
  });
  if (passed.length > 0) lines.push(`  ${style.dim(`ok  ${passed.join(", ")}`)}`);
  const refuses = broken.some(({ overridden }) => overridden === undefined);
  return [[style.bold(refuses ? "Guardrails: an apply of this plan is refused" : "Guardrails"), ...lines].join("\n")];
}

function passedWords(result: GuardrailResult): string {
  return result.rule === "self" && !result.known ? "self (not known whose credential this is)" : result.rule;
}
