import type { Plan } from "../core/model/plan.ts";
import { revocationJson } from "../core/offboarding/revocation.ts";
import type { PlannedDelivery, PlanOutcome, Refusal, WrittenFile } from "../core/outcome/outcome.ts";
import { planJson } from "../core/plan/plan-json.ts";
import type { Differing, WhoReport } from "../core/plan/who.ts";
import { rotationKeyJson } from "../core/rotation/rotation-key.ts";
import { shellWord } from "../core/text/printable.ts";
import { maskSecrets } from "../core/text/secret.ts";
import { feedJson, feedWords, whoJson } from "./activity.ts";
import { findingLine, placeOf } from "./findings/finding-lines.ts";
import { groupFindings } from "./findings/grouped.ts";
import { declarationOf, findingMakers, findingResult, locatedFindings } from "./findings/located.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms, Run } from "./formats/forms.ts";
import { jsonObjectPieces } from "./formats/json.ts";
import { type MarkdownTable, markdownDocument, markdownText } from "./formats/markdown.ts";
import { type SarifResult, sarif } from "./formats/sarif.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { guardrailOk, guardrailState, guardrailWords } from "./guardrails.ts";
import { changeWords, looseWords } from "./kinds/changes.ts";
import { headline, planSections, sectionTable, sectionText, summaryWords } from "./plan-sections.ts";
import { revocationMarkdown, revocationText } from "./revocation.ts";
import { keysMarkdown, rotationSection } from "./rotation.ts";

/** What differs, or is about to be done. */
export const planForms = {
  text: planText,
  json: (outcome, run) => jsonObjectPieces("plan", run, planObject(outcome)),
  markdown: planMarkdown,
  sarif: planSarif,
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<PlanOutcome>;

/** A plan for a person: changes by place, before → after, what is left alone, findings, and the sum on the last line. */
function planText(outcome: PlanOutcome, style: Style): string {
  const { plan, locate, saved, refusal, shown = false, deliveries = [], who } = outcome;
  // Whoever has just said no has seen it.
  if (shown && refusal) return `${refusalText(refusal, style)}\n`;
  const parts = [
    style.bold(escapeTerminal(headline(plan))),
    ...revocationText(plan.revocations, style),
    ...rotationSection(plan.keys ?? [], plan.takenAt, style),
    ...planSections(plan, who).map((section) => sectionText(section, style)),
    ...feedText(who),
    ...deliveryText(deliveries, style),
    ...findingText({ plan, locate }, style),
    ...guardrailText(plan, style),
    style.bold(summaryWords(plan)),
  ];
  if (saved) parts.push(escapeTerminal(savedWords(saved)));
  if (refusal) parts.push(refusalText(refusal, style));
  return `${parts.join("\n\n")}\n`;
}

/** What of the differences the feed could not tell, and why. */
function feedText(who: WhoReport | undefined): readonly string[] {
  const words = who && feedWords(who);
  return words === undefined ? [] : [escapeTerminal(words)];
}

function refusalText({ message, fix }: Refusal, style: Style): string {
  return `${style.error("refused")}: ${escapeTerminal(message)}\n  ${escapeTerminal(fix)}`;
}

/** The commands that are about to get a secret: they are part of what is agreed to. */
function deliveryText(deliveries: readonly PlannedDelivery[], style: Style): readonly string[] {
  if (deliveries.length === 0) return [];
  const rows = deliveries.map(({ target, command }) => [target, commandWords(command)]);
  return [[style.bold(DELIVERY_TITLE), ...renderRows(rows, "  ")].join("\n")];
}

const DELIVERY_TITLE = "Commands that will run, with the new secret on stdin";

function deliveryTables(deliveries: readonly PlannedDelivery[]): readonly MarkdownTable[] {
  if (deliveries.length === 0) return [];
  const rows = deliveries.map(({ target, command }) => [target, commandWords(command)]);
  return [{ title: DELIVERY_TITLE, head: ["key", "command"], rows }];
}

/** A command as a shell would show it; a secret in it by mistake is masked. */
function commandWords(command: readonly string[]): string {
  return command.map((word) => shellWord(maskSecrets(word))).join(" ");
}

function savedWords({ path, isKept }: WrittenFile): string {
  if (!isKept) return `plan written to ${path}`;
  return `plan saved to ${path}; to carry out exactly this plan: anth-rbac apply --plan ${shellWord(path)}`;
}

/** A plan and where its findings stand. */
type Located = Pick<PlanOutcome, "plan" | "locate">;

/** The findings as text, where there are any. */
export function findingText({ plan, locate }: Located, style: Style): readonly string[] {
  const { shown, lines } = groupFindings(plan.findings, locate);
  const all = [
    ...shown.map((finding) => findingLine(finding, plan.config.path, style)),
    ...lines.map(({ message, code }) => `${escapeTerminal(message)} ${style.dim(`[${code}]`)}`),
  ];
  return all.length === 0 ? [] : [[style.bold("Findings"), ...all.map((line) => `  ${line}`)].join("\n")];
}

/** The findings as a table, where there are any. */
export function findingTables({ plan, locate }: Located): readonly MarkdownTable[] {
  const { shown, lines } = groupFindings(plan.findings, locate);
  const rows = [
    ...shown.map((one) => [one.severity, placeOf(one, plan.config.path), one.message, one.code]),
    ...lines.map(({ message, code }) => ["", "", message, code]),
  ];
  return rows.length === 0 ? [] : [{ title: "Findings", head: ["", "where", "what", "code"], rows }];
}

/** Each guardrail: ok, refused or not judged; how to go on where one refuses. Without changes there is nothing to judge. */
function guardrailText({ guardrails, changes }: Plan, style: Style): readonly string[] {
  if (changes.length === 0) return [];
  const ok = guardrails.filter((result) => guardrailState(result) === "ok");
  const lines = guardrails.flatMap((result) => {
    const state = guardrailState(result);
    if (state === "ok") return [];
    const sign = { refused: style.error("x"), overridden: style.warning("!"), "not judged": style.warning("?") }[state];
    return `  ${sign} ${result.rule}  ${escapeTerminal(guardrailWords(result))}`;
  });
  if (ok.length > 0) lines.push(`  ${style.dim(`ok  ${ok.map(({ rule }) => rule).join(", ")}`)}`);
  return [[style.bold(guardrailTitle(guardrails)), ...lines].join("\n")];
}

function guardrailTitle(guardrails: Plan["guardrails"]): string {
  const refuses = guardrails.some((result) => guardrailState(result) === "refused");
  return refuses ? "Guardrails: this plan is refused" : "Guardrails";
}

/** A plan for a pull request or a job summary: what counts most comes first, since the end may have to be cut. */
function planMarkdown({ plan, locate, refusal, deliveries = [], who }: PlanOutcome): string {
  const unsaid = who && feedWords(who);
  return markdownDocument([
    `## ${markdownText(headline(plan))}`,
    `**${summaryWords(plan)}**`,
    ...(refusal ? [`**Refused:** ${markdownText(refusal.message)}; ${markdownText(refusal.fix)}`] : []),
    ...guardrailTables(plan),
    ...revocationMarkdown(plan.revocations),
    ...keysMarkdown(plan.keys ?? [], plan.takenAt),
    ...deliveryTables(deliveries),
    ...(unsaid === undefined ? [] : [markdownText(unsaid)]),
    ...planSections(plan, who).map(sectionTable),
    ...findingTables({ plan, locate }),
  ]);
}

/** The guardrails as a table. Without changes there is nothing to judge. */
function guardrailTables({ guardrails, changes }: Plan): readonly MarkdownTable[] {
  if (changes.length === 0 || guardrails.length === 0) return [];
  const rows = guardrails.map((result) => [guardrailState(result), result.rule, guardrailWords(result)]);
  return [{ title: guardrailTitle(guardrails), head: ["", "rule", "what"], rows }];
}

/** A plan for programs (design section 5). */
function planObject(outcome: PlanOutcome) {
  const { refusal, who, plan } = outcome;
  const fields = planFields(outcome);
  if (!who) return { ...fields, ...(refusal && { refusal }) };
  const madeBy = (item: Differing | undefined) => whoJson(who.known && item ? who.of(item) : undefined);
  return {
    ...fields,
    changes: plan.changes.map((change) => ({ ...change, who: madeBy(change) })),
    unmanaged: fields.unmanaged.map((item, index) => ({ ...item, who: madeBy(plan.unmanaged[index]) })),
    who: feedJson(who),
    ...(refusal && { refusal }),
  };
}

/** The fields of a plan, which a result has as well: findings with their lines and sentences, guardrails with theirs. */
export function planFields({ plan, locate }: Located) {
  // With their sentences they are made below; there may be one for each key.
  const { findings: _codes, guardrails, ...rest } = planJson({ ...plan, findings: [] });
  return {
    ...rest,
    ...(plan.revocations && { revocations: plan.revocations.map(revocationJson) }),
    ...(plan.keys && { keys: plan.keys.map(rotationKeyJson) }),
    findings: findingMakers(plan.findings, locate),
    guardrails: guardrails.map((result) => ({
      rule: result.rule,
      ok: guardrailOk(result),
      message: guardrailWords(result),
      ...(result.overridden !== undefined && { overridden: result.overridden }),
    })),
  };
}

/** A plan for a code scanner: each change and each unmanaged object is a result about its live object. */
function planSarif({ plan, locate }: PlanOutcome, run: Run): string {
  const file = plan.config.path;
  const changes = plan.changes.map((change): SarifResult => {
    const { what, why } = changeWords(change, plan);
    const message = `${change.target}: ${what}${why && ` (${why})`}`;
    const place = { file, logicalLocation: change.target, ...declarationOf(change.target, locate) };
    return { ruleId: `drift-${change.action}`, level: "error", message, ...place };
  });
  const unmanaged = plan.unmanaged.map((item): SarifResult => {
    const message = `${item.target}: nothing declares it (${looseWords(item, plan)})`;
    return { ruleId: "drift-unmanaged", level: "warning", message, file, logicalLocation: item.target };
  });
  const findings = locatedFindings(plan.findings, locate).map((found) =>
    findingResult(found, file, found.target ?? found.path),
  );
  return sarif([...changes, ...unmanaged, ...findings], run);
}
