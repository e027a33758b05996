import { formatLifetime } from "../../core/model/time.ts";
import type { SubjectAnswer, SubjectPlace, SubjectRule, SubjectStatus } from "../../core/status/subject.ts";
import { quoted } from "../../core/text/text.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { type Node, renderTree, unknownCell } from "../formats/tree.ts";
import { limitCells } from "./status-organization-text.ts";
import { count, label } from "./status-words.ts";

/** What each answer is called; the words are a part of the JSON too. */
export const ANSWERS = {
  yes: "yes",
  condition: "depends on the condition",
  claims: "depends on claims that were not named",
  no: "no",
} as const satisfies Record<SubjectAnswer, string>;

/** What a workload with a token may do: each rule that may let it in, as whom, and where. */
export function subjectView({ query, rules }: SubjectStatus, style: Style): readonly string[] {
  const from = query.issuer === undefined ? "" : ` of ${query.issuer}`;
  const title = style.bold(escapeTerminal(`a workload with the subject ${quoted(query.subject)}${from}`));
  const open = rules.filter((rule) => rule.answer !== "no" || isArchived(rule));
  const closed = rules.length - open.length;
  const rest =
    closed === 0 ? [] : [style.dim(`${count(closed, "other rule")} ${closed === 1 ? "does" : "do"} not match`)];
  const none = rules.every(({ answer }) => answer === "no") ? ["no rule lets it in"] : [];
  return [title, ...none, ...renderTree(open.map((rule) => ruleNode(rule, style))), ...rest];
}

/** A rule that the token matches, and whose account is archived. */
function isArchived({ answer, open }: SubjectRule): boolean {
  return answer === "no" && open.length === 0;
}

function ruleNode(matched: SubjectRule, style: Style): Node {
  const { rule, issuer, answer, open, account, workspaces } = matched;
  const name = `${issuer?.name ?? rule.issuerId} → ${rule.name}`;
  if (isArchived(matched))
    return { cells: [name, { text: "no: its service account is archived", paint: style.error }] };
  const paint = answer === "yes" ? style.add : style.warning;
  const { condition, audience } = rule.match;
  const asks = [
    ...open.map(({ claim, value }) => `if ${claim} is ${quoted(value)}`),
    ...(condition === undefined ? [] : [`if ${condition}`]),
  ];
  const as = account
    ? {
        cells: [
          `as ${account.name}`,
          account.role,
          `${rule.oauthScope}, for ${formatLifetime(rule.tokenLifetime)}`,
          { text: account.id, paint: style.dim },
        ],
      }
    : { cells: [{ text: "as whom is not known", paint: style.warning }] };
  return {
    cells: [name, { text: ANSWERS[answer], paint }, { text: rule.id, paint: style.dim }],
    children: [
      ...asks.map((text): Node => ({ cells: [{ text, paint: style.warning }] })),
      // The job itself asks its issuer for that.
      ...(audience === undefined ? [] : [{ cells: [`with the audience ${quoted(audience)}`] }]),
      as,
      ...workspaces.map((place) => placeNode(place, style)),
    ],
  };
}

function placeNode({ workspace, role, state, limits }: SubjectPlace, style: Style): Node {
  if (state === "absent")
    return { cells: [label(workspace), { text: "no: the account has no role there", paint: style.dim }] };
  if (state === "unknown") return { cells: [label(workspace), { text: "not known", paint: style.warning }] };
  const cells = [label(workspace), role ?? ""];
  if (!limits.known) return { cells: [...cells, unknownCell("limits", limits, style)] };
  const own = limits.items.filter((limit) => limit.limits.some(({ override }) => override !== undefined));
  const children = own.map((limit) => ({ cells: limitCells(limit, style) }));
  return {
    cells: [...cells, { text: own.length === 0 ? "limits: the organization's" : "", paint: style.dim }],
    children,
  };
}
