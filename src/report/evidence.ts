import type { Change } from "../core/model/change.ts";
import { isoTime } from "../core/model/time.ts";
import { type Evidence, type EvidenceAction, evidenceJson, type LastActivities } from "../core/offboarding/evidence.ts";
import type { EvidenceShown } from "../core/outcome/outcome.ts";
import { activityWords, wayIn } from "./activity.ts";
import { escapeMarkdown } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonText } from "./formats/json.ts";
import { type MarkdownBlock, markdownDocument, markdownText, NOTHING_CUT } from "./formats/markdown.ts";
import { changeWords } from "./kinds/changes.ts";
import { actionWord } from "./kinds/kinds.ts";
import { revocationMarkdown } from "./revocation.ts";

/** The evidence of a revocation: JSON, or Markdown for a ticket. */
export const evidenceForms = {
  text: evidenceText,
  json: "text",
  markdown: ({ evidence }: EvidenceShown) => evidenceMarkdown(evidence),
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<EvidenceShown>;

function evidenceText({ evidence }: EvidenceShown): string {
  return jsonText(evidenceJson(evidence));
}

/** The evidence of a revocation, for a ticket. Nothing of it is cut, however long it is. */
function evidenceMarkdown(evidence: Evidence): string {
  const { organization, takenAt, before, actions, alreadyRevoked, after, byHand, api, because } = evidence;
  const { activities = [] } = evidence;
  const about = [organization.name, organization.id && `(${organization.id})`].filter(Boolean).join(" ");
  const having = (...statuses: readonly string[]) => actions.filter(({ status }) => statuses.includes(status));
  const done = having("done");
  const manual = having("manual");
  const rest = actions.filter((action) => !done.includes(action) && !manual.includes(action));
  const found = alreadyRevoked.map(({ kind, target, id, state }) => [kind, target, id ?? "", state]);
  const toDo = new Map([
    // What a second look has nothing to say of any more, for the person is gone, is still for somebody to do.
    ...byHand.map((change) => [keyOf(change), words(change)] as const),
    ...after.remaining.map((change) => [keyOf(change), words(change)] as const),
  ]);
  const left = after.remaining.map((change) => [actionWord(change.action, change.kind), change.target, words(change)]);
  const blocks: readonly MarkdownBlock[] = [
    `# Evidence of a ${api?.simulated ? "simulated revocation: nothing of this happened" : "revocation"}${about === "" ? "" : `: ${markdownText(about)}`}`,
    `Taken ${isoTime(takenAt)}${api ? ` from ${markdownText(api.host)}, which is not the official API` : ""}.`,
    ...(because === undefined ? [] : [`Reason given: ${escapeMarkdown(because)}`]),
    ...unfinished(evidence),
    "## Before",
    ...revocationMarkdown(before),
    "## Done",
    ...(done.length === 0 ? ["Nothing."] : [actionTable(done)]),
    "These rows are what the audit log of this machine holds, and this run.",
    ...(rest.length > 0 ? ["## Not done", actionTable(rest)] : []),
    ...(manual.length > 0
      ? [
          "## Left for a person at the Console",
          {
            head: ["target", "what to do"],
            rows: manual.map((step) => [step.target, [toDo.get(keyOf(step)), step.error].filter(Boolean).join(": ")]),
          },
        ]
      : []),
    ...(found.length > 0
      ? [
          "## Found already done",
          "These had ended, or were not there, when this run began: another machine, or somebody in the Console may have ended them.",
          { head: ["kind", "target", "id", "found"], rows: found },
        ]
      : []),
    ...activityBlocks(activities),
    "## After",
    ...(evidence.tokensUntil === null
      ? []
      : [`Signed out everywhere; a token that was out already may work until ${evidence.tokensUntil}.`]),
    after.verified ? "Verified: the organization was read again, and everything planned is so." : "**Not verified.**",
    ...(left.length > 0 ? [{ head: ["still to do", "target", "what"], rows: left }] : []),
  ];
  return markdownDocument(blocks, NOTHING_CUT);
}

/** What they did last, person by person. */
function activityBlocks(activities: readonly LastActivities[]): readonly MarkdownBlock[] {
  if (activities.length === 0) return [];
  const blocks = activities.flatMap((last): readonly MarkdownBlock[] => {
    const name = markdownText(last.email);
    if (!last.known) return [`${name}: not known: ${markdownText(last.message)}`];
    if (last.items.length === 0) return [`${name}: nothing is in the activity feed.`];
    const rows = last.items.map((one) => [isoTime(one.at), activityWords(one), wayIn(one.actor), one.id]);
    const more = last.more ? [`These are the newest ${last.items.length} of ${name}; there are more.`] : [];
    return [{ title: last.email, head: ["at", "what", "way in", "activity"], rows }, ...more];
  });
  return ["## Last activities", ...blocks];
}

function words(change: Change): string {
  const { what, why } = changeWords(change, {});
  return why === "" ? what : `${what} (${why})`;
}

/** One target may have two steps: a person, and the keys that they made. */
function keyOf({ kind, target }: Pick<EvidenceAction, "kind" | "target">): string {
  return `${kind} ${target}`;
}

/** Said first, for whoever reads no further: that it is not finished, and who is still in. */
function unfinished({ after: { verified }, stillIn }: Evidence): readonly string[] {
  if (verified && stillIn.length === 0) return [];
  const still = stillIn.length === 0 ? "" : ` Still in the organization: ${escapeMarkdown(stillIn.join(", "))}.`;
  return [`**This revocation is not finished.**${still} What is left stands at the end.`];
}

function actionTable(actions: readonly EvidenceAction[]): MarkdownBlock {
  const rows = actions.map(({ at, action, kind, target, status, requestId, error }) => [
    at ?? "",
    actionWord(action, kind),
    target,
    status,
    requestId ?? "",
    error ?? "",
  ]);
  return { head: ["at", "action", "target", "result", "request", "error"], rows };
}
