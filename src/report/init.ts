import type { InitOutcome } from "../core/outcome/outcome.ts";
import { shellPath } from "../core/text/printable.ts";
import { findingLines } from "./findings/finding-lines.ts";
import { findingFields } from "./findings/located.ts";
import { plural } from "./findings/sentence.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import type { Style } from "./formats/style.ts";

/** A first rbac.yaml: where it is, what is in it, and what comes next. */
export const initForms = {
  text: initText,
  json: ({ path, from, summary, findings, locate, unknown }, run) =>
    jsonObject("init", run, {
      path,
      from,
      summary,
      findings: findingFields(findings, locate),
      unknown: unknown.map(({ kind, reason, message }) => ({ kind, reason, message: message ?? null })),
    }),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<InitOutcome>;

const FROM = { live: "from the live organization", answers: "from what was answered" } as const;

/** What one of each kind is called. */
const ONE = {
  members: "member",
  workspaces: "workspace",
  workspace_members: "workspace membership",
  rate_limits: "rate limit",
  spend_limits: "spend limit",
  keys: "key",
  service_accounts: "service account",
  groups: "group",
  federation: "federation object",
  compliance: "compliance setting",
} as const satisfies Record<keyof InitOutcome["summary"], string>;

function initText({ path, isKept, from, summary, findings, locate, unknown }: InitOutcome, style: Style): string {
  const kinds = Object.entries(ONE) as [keyof typeof ONE, string][];
  const counts = kinds.flatMap(([kind, word]) => (summary[kind] > 0 ? plural(summary[kind], word) : []));
  const file = shellPath(path);
  const named = path === "rbac.yaml" ? "" : ` --config ${file}`;
  return [
    ...findingLines(findings, { file: path, locate, style }),
    ...unknown.map(({ kind, reason }) => style.warning(escapeTerminal(`not in it: ${kind} (${reason})`))),
    style.add(`wrote ${escapeTerminal(path)} ${FROM[from]}: ${counts.join(", ") || "nothing is declared yet"}`),
    ...(isKept
      ? [
          "next: review it, then",
          `  anth-rbac validate --strict ${file}`,
          `  anth-rbac drift${named}${from === "live" ? "" : "      (with a credential: anth-rbac help environment)"}`,
        ]
      : []),
    "",
  ].join("\n");
}
