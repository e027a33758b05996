import type {
  AuditOutcome,
  DecisionOutcome,
  EvidenceShown,
  MessageOutcome,
  PlanOutcome,
  PolicyTestOutcome,
  ResultOutcome,
  RotationOutcome,
  ServiceOutcome,
  Shown,
  StatusOutcome,
  ValidationOutcome,
} from "../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../core/plan/plan-json.ts";
import { PLAIN } from "./formats/plain-style.ts";
import type { Style } from "./formats/style.ts";

/** How a result is to be shown. */
export interface View {
  readonly format: "text" | "json" | "markdown" | "sarif" | "junit" | "github" | "csv";
  /** The run's exit code, which every JSON object repeats. */
  readonly exitCode: number;
  readonly colour: boolean;
}

/** A result as the text to print. Each form loads only when it is asked for. */
export async function render(outcome: Shown, view: View): Promise<string> {
  switch (outcome.kind) {
    case "validation":
      return renderValidation(outcome, view);
    case "plan":
      return renderPlan(outcome, view);
    case "result":
      return renderResult(outcome, view);
    case "status":
      return renderStatus(outcome, view);
    case "rotation":
      return renderRotation(outcome, view);
    case "audit":
      return renderAudit(outcome, view);
    case "decision":
      return renderDecision(outcome, view);
    case "message":
      return renderMessage(outcome, view);
    case "test":
      return renderPolicyTests(outcome, view);
    case "service":
      return renderService(outcome, view);
    case "document":
      return outcome.text;
    case "evidence":
      return renderEvidence(outcome, view);
    case "failure":
      return (await import("./failure.ts")).renderFailure(outcome.failure, view.colour);
    case "calendar":
      return (await import("./calendar.ts")).rotationCalendar(outcome.organization, outcome.keys, outcome.now);
  }
}

/** Commands without a form of their own for findings (`drift --format markdown` of a broken file) show them as text. */
async function renderValidation(outcome: ValidationOutcome, { format, exitCode, colour }: View): Promise<string> {
  switch (format) {
    case "json":
      return (await import("./validation.ts")).validationJson(outcome, exitCode);
    case "sarif":
      return (await import("./validation.ts")).validationSarif(outcome);
    case "junit":
      return (await import("./validation.ts")).validationJunit(outcome);
    case "github":
      return (await import("./validation.ts")).validationGithub(outcome);
    default:
      return (await import("./validation.ts")).validationText(outcome, await styleOf(colour));
  }
}

async function renderPlan(outcome: PlanOutcome, { format, exitCode, colour }: View): Promise<string> {
  switch (format) {
    case "json":
      return (await import("./plan-data.ts")).renderPlanJson(outcome, exitCode);
    case "sarif":
      return (await import("./plan-data.ts")).planSarif(outcome);
    case "markdown":
      return (await import("./plan-markdown.ts")).planMarkdown(outcome);
    default:
      return (await import("./plan.ts")).planText(outcome, await styleOf(colour));
  }
}

async function renderResult(outcome: ResultOutcome, { format, exitCode, colour }: View): Promise<string> {
  switch (format) {
    case "json":
      return (await import("./plan-data.ts")).resultJson(outcome, exitCode);
    case "markdown":
      return (await import("./plan-markdown.ts")).resultMarkdown(outcome);
    default:
      return (await import("./result.ts")).resultText(outcome, await styleOf(colour));
  }
}

async function renderStatus({ status }: StatusOutcome, { format, exitCode, colour }: View): Promise<string> {
  if (format === "json") {
    const { statusJson } = await import("./status/status-json.ts");
    return `${JSON.stringify(statusJson(status, exitCode), null, 2)}\n`;
  }
  return (await import("./status/status.ts")).renderStatusText(status, await styleOf(colour));
}

async function renderRotation(outcome: RotationOutcome, { format, exitCode, colour }: View): Promise<string> {
  if (format === "json") return (await import("./rotation.ts")).rotationJson(outcome, exitCode);
  const { rotationMarkdown, rotationText } = await import("./rotation.ts");
  return format === "markdown" ? rotationMarkdown(outcome) : rotationText(outcome, await styleOf(colour));
}

async function renderAudit(outcome: AuditOutcome, { format, exitCode, colour }: View): Promise<string> {
  switch (format) {
    case "json":
      return (await import("./audit.ts")).auditJson(outcome, exitCode);
    case "csv":
      return (await import("./audit.ts")).auditCsv(outcome);
    default:
      return (await import("./audit.ts")).auditText(outcome, await styleOf(colour));
  }
}

async function renderDecision(outcome: DecisionOutcome, { format, exitCode, colour }: View): Promise<string> {
  if (format === "json") return (await import("./decision.ts")).renderDecisionJson(outcome, exitCode);
  return (await import("./decision.ts")).decisionText(outcome, await styleOf(colour));
}

async function renderMessage(outcome: MessageOutcome, { format, exitCode }: View): Promise<string> {
  if (format === "json") return (await import("./decision.ts")).messageJson(outcome, exitCode);
  const { answer, shown } = outcome;
  return shown || answer.text === "" ? "" : `${answer.text}\n`;
}

async function renderPolicyTests(outcome: PolicyTestOutcome, { format, exitCode, colour }: View): Promise<string> {
  switch (format) {
    case "json":
      return (await import("./policy-test.ts")).policyTestJson(outcome, exitCode);
    case "junit":
      return (await import("./policy-test.ts")).policyTestJunit(outcome);
    case "github":
      return (await import("./policy-test.ts")).policyTestGithub(outcome);
    default:
      return (await import("./policy-test.ts")).policyTestText(outcome, await styleOf(colour));
  }
}

async function renderEvidence({ evidence }: EvidenceShown, { format }: View): Promise<string> {
  if (format === "markdown") return (await import("./evidence.ts")).evidenceMarkdown(evidence);
  const { evidenceJson } = await import("../core/offboarding/evidence.ts");
  return `${JSON.stringify(evidenceJson(evidence), null, 2)}\n`;
}

async function renderService(outcome: ServiceOutcome, { format }: View): Promise<string> {
  return format === "json" ? serviceJson(outcome) : serviceText(outcome);
}

async function styleOf(colour: boolean): Promise<Style> {
  if (!colour) return PLAIN;
  const { createStyle } = await import("./formats/style.ts");
  return createStyle(colour);
}

/** What to type in another shell to use what is up here. */
function serviceText({ url, variables }: ServiceOutcome): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  return [
    `# a simulated organization is up at ${url}; Ctrl-C ends it and forgets everything`,
    "# in another shell:",
    ...exports,
    "",
  ].join("\n");
}

/** The same for a program. */
function serviceJson({ url, variables }: ServiceOutcome): string {
  return `${JSON.stringify({ format_version: FORMAT_VERSION, kind: "sandbox", url, variables, exit_code: 0 }, null, 2)}\n`;
}
