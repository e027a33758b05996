import { isoTime } from "../core/model/time.ts";
import type { Evidence } from "../core/offboarding/evidence.ts";
import { escapeMarkdown } from "./formats/escape.ts";
import { revocationMarkdown, tableMarkdown } from "./revocation.ts";

/** The evidence of a revocation, for a ticket. */
export function evidenceMarkdown({ organization, takenAt, before, actions, alreadyRevoked, after }: Evidence): string {
  const about = [organization.name, organization.id && `(${organization.id})`].filter(Boolean).join(" ");
  const rows = actions.map(({ at, action, target, status, requestId, error }) => [
    at ?? isoTime(takenAt),
    action ?? "",
    target,
    status,
    requestId ?? "",
    error ?? "",
  ]);
  const found = alreadyRevoked.map(({ kind, target, id, state }) => [kind, target, id ?? "", state]);
  const left = after.remaining.map(({ action, target }) => [action, target]);
  const parts = [
    `# Evidence of a revocation${about === "" ? "" : `: ${escapeMarkdown(about)}`}`,
    `Taken ${isoTime(takenAt)}.`,
    "## Before",
    ...revocationMarkdown(before),
    "## Done",
    rows.length === 0 ? "Nothing." : tableMarkdown(["at", "action", "target", "result", "request", "error"], rows),
    "Listed is what the audit log of this machine holds: a write in which an earlier run was killed is not in it.",
    ...(found.length > 0
      ? [
          "## Found already done",
          "Over, or not there, when this run began: a killed run, another machine, or somebody in the Console may have ended it.",
          tableMarkdown(["kind", "target", "id", "found"], found),
        ]
      : []),
    "## After",
    after.verified ? "Verified: a second look found it done." : "**Not verified.**",
    ...(left.length > 0 ? [tableMarkdown(["left", "target"], left)] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
