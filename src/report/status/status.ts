import type { StatusOutcome } from "../../core/outcome/outcome.ts";
import type { Status } from "../../core/status/status.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Forms } from "../formats/forms.ts";
import { jsonObject } from "../formats/json.ts";
import type { Style } from "../formats/style.ts";
import { statusFields } from "./status-json.ts";
import { keyView } from "./status-key-text.ts";
import { organizationView, workspaceView } from "./status-organization-text.ts";
import { serviceAccountView } from "./status-service-account-text.ts";
import { subjectView } from "./status-subject-text.ts";
import { usageView } from "./status-usage-text.ts";
import { userView } from "./status-user-text.ts";

/** The organization, or a part of it, as it is. */
export const statusForms = {
  text: ({ status }, style) => statusText(status, style),
  json: ({ status }, run) => jsonObject("status", run, statusFields(status)),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<StatusOutcome>;

/** A status for people: the answer in the first lines, then everything behind it as a tree. */
function statusText(status: Status, style: Style): string {
  const lines = [...viewOf(status, style), ...notRead(status, style)];
  return `${lines.join("\n")}\n`;
}

function viewOf(status: Status, style: Style): readonly string[] {
  switch (status.view) {
    case "organization":
      return organizationView(status, style);
    case "workspace":
      return workspaceView(status, style);
    case "user":
      return status.user ? userView(status, status.user, style) : [];
    case "key":
      return keyView(status, style);
    case "service-account":
      return status.serviceAccount ? serviceAccountView(status, status.serviceAccount, style) : [];
    case "subject":
      return status.subject ? subjectView(status.subject, style) : [];
    case "usage":
      return status.usage ? usageView(status.usage, style) : [];
  }
}

/** Most of what could not be read shows where it is missing too; here it is with the API's own words. */
function notRead({ unknown }: Status, style: Style): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { kind, reason, message } of unknown) {
    const why = message === undefined ? reason : `${reason}: ${message}`;
    byReason.set(why, [...(byReason.get(why) ?? []), kind]);
  }
  return [...byReason].map(([why, kinds]) => {
    const named = kinds.slice(0, 3).join(", ");
    const rest = kinds.length > 3 ? ` and ${kinds.length - 3} more` : "";
    return style.warning(escapeTerminal(`could not read ${named}${rest} (${why})`));
  });
}
