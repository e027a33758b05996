import { isoTime } from "../core/model/time.ts";
import type { DecisionOutcome, RoleFrom } from "../core/outcome/outcome.ts";
import { type Decision, rulePath } from "../core/policy/policy.ts";
import { plural } from "./findings/sentence.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import type { Style } from "./formats/style.ts";

/** What the role policy says of a prompt. */
export const decisionForms = {
  text: decisionText,
  json: (outcome, run) => jsonObject("decision", run, decisionFields(outcome)),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<DecisionOutcome>;

/** What the role policy says, for a person: the decision, what to do about a denial, and what it rests on. */
export function decisionText(outcome: DecisionOutcome, style: Style): string {
  const lines = [headline(outcome.decision, style), ...fixOf(outcome.decision), ...facts(outcome, style)];
  return `${lines.join("\n")}\n`;
}

function headline(decision: Decision, style: Style): string {
  if (decision.decision === "allow") {
    return `${style.add("allowed")}: ${escapeTerminal(`the role ${decision.role} may use ${decision.model}`)}`;
  }
  return `${style.error("denied")}: ${escapeTerminal(decision.message)} ${style.dim(`[${decision.code}]`)}`;
}

function fixOf(decision: Decision): readonly string[] {
  return decision.decision === "deny" && decision.fix !== undefined ? [`  ${escapeTerminal(decision.fix)}`] : [];
}

function facts({ decision, user, rpmLimit, roleFrom, source }: DecisionOutcome, style: Style): readonly string[] {
  const { role, model, rule } = decision;
  const rows: (readonly [string, string])[] = [];
  if (user !== undefined) rows.push(["who", user]);
  if (role !== null) rows.push(["role", roleFrom ? `${role} (${WHY[roleFrom]})` : role]);
  if (model) rows.push(["model", model]);
  if (rule !== undefined) rows.push(["rule", `${rule}${placeOf(rule, source)}`]);
  if (decision.decision === "allow") rows.push(["max_tokens", tokens(decision)]);
  if (rpmLimit !== undefined) rows.push(["rate limit", `${plural(rpmLimit, "call")} a minute`]);
  if (decision.decision === "deny" && decision.retryAt !== undefined) {
    rows.push(["next call from", `${isoTime(decision.retryAt).slice(0, 19).replace("T", " ")} UTC`]);
  }
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => name.length));
  return ["", ...rows.map(([name, text]) => `  ${style.dim(name.padEnd(width))}  ${escapeTerminal(text)}`)];
}

const WHY: Readonly<Record<RoleFrom, string>> = {
  identity: "the app_role of this person",
  assumed: "from --role; the person's own may assume it",
  unmapped: "what unmapped says of whoever has none",
};

function tokens({ role, request, lowered }: Decision & { readonly decision: "allow" }): string {
  if (!lowered) return String(request.max_tokens);
  return `${lowered.asked} asked, ${lowered.sent} sent (roles.${role}.max_tokens)`;
}

/** ` (rbac.yaml:12)`, where the file has such a line. */
function placeOf(rule: string, source: DecisionOutcome["source"]): string {
  const path = rulePath(rule);
  if (!path || !source) return "";
  const position = source.locate(path, false);
  return position ? ` (${source.file}:${position.line})` : "";
}

/** A decision without the envelope. Never the prompt: only what of it was decided on. */
export function decisionFields({ decision, user, rpmLimit }: Pick<DecisionOutcome, "decision" | "user" | "rpmLimit">) {
  const allowed = decision.decision === "allow" ? decision : undefined;
  const denied = decision.decision === "deny" ? decision : undefined;
  return {
    decision: decision.decision,
    code: decision.code,
    role: decision.role,
    user: user ?? null,
    model: decision.model,
    rule: decision.rule ?? null,
    request: allowed ? { model: allowed.request.model, max_tokens: allowed.request.max_tokens } : null,
    ...(allowed?.lowered && { lowered: allowed.lowered }),
    rpm_limit: rpmLimit ?? null,
    ...(denied && { message: denied.message }),
    ...(denied?.fix !== undefined && { fix: denied.fix }),
    ...(denied?.retryAt !== undefined && { retry_at: isoTime(denied.retryAt) }),
  };
}
