import {
  ADVICE,
  needsDecision,
  REVIEW_FLAGS,
  type Review,
  type ReviewGrant,
  riskiest,
  summarizeReview,
} from "../../../core/model/review.ts";
import { dayOf } from "../../../core/model/time.ts";
import { plural } from "../../findings/sentence.ts";
import { escapeTerminal } from "../../formats/escape.ts";
import type { Run } from "../../formats/forms.ts";
import {
  byWords,
  feedWords,
  onlyWords,
  placeWords,
  reasonWords,
  sinceWords,
  subjectWords,
  throughWords,
  usageWords,
  useWords,
} from "../words.ts";
import { charts } from "./charts.ts";
import { element, type Markup, raw, table } from "./markup.ts";
import { PAGE_SCRIPT } from "./script.ts";
import { PAGE_STYLE } from "./style.ts";

/** So many grants are in the table of the page; a browser filters them at once. */
const MOST_ROWS = 20_000;
/** So many are shown above the fold. */
const RISKIEST = 10;

/**
 * A review as one HTML file: no network, nothing but its own style and script, which its policy knows by their digests. It holds the
 * riskiest 20,000 grants.
 */
export async function reviewPage(review: Review, run: Pick<Run, "pasteable"> = {}): Promise<string> {
  const grants = review.grants.length > MOST_ROWS ? kept(review.grants) : review.grants;
  const policy = [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `script-src '${await digestOf(PAGE_SCRIPT)}'`,
    `style-src '${await digestOf(PAGE_STYLE)}'`,
  ].join("; ");
  const name = `${review.organization.name ?? review.organization.id ?? "the organization"}${onlyWords(review)}`;
  const head = element("head", {}, [
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "referrer", content: "no-referrer" }),
    element("title", {}, `Access review: ${name}, ${dayOf(review.takenAt)}`),
    raw(`<style>${PAGE_STYLE}</style>`),
  ]);
  const body = element("body", {}, [
    element("a", { class: "skip", href: "#grants" }, "To the table of grants"),
    element("header", {}, [element("h1", {}, `Access review: ${name}`), element("p", { class: "dim" }, about(review))]),
    element("main", {}, [
      element("p", { id: "printed", class: "notice" }),
      ...overview(review),
      ...topTen(review, run),
      charts(review),
      grantsSection(grants, review.grants.length),
      element("div", { id: "paper" }),
    ]),
    element(
      "footer",
      {},
      "Made by anth-rbac review. Everything on this page is in it: nothing is loaded, and nothing is sent.",
    ),
    raw(`<script type="application/json" id="data">${dataOf(grants, review.grants.length, run)}</script>`),
    raw(`<script>${PAGE_SCRIPT}</script>`),
  ]);
  return `<!doctype html>\n${element("html", { lang: "en" }, [head, body]).markup}\n`;
}

/** What a Content-Security-Policy knows a script or a style by. */
async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}

/** The riskiest, in the order of the report. */
function kept(grants: readonly ReviewGrant[]): readonly ReviewGrant[] {
  const chosen = new Set(riskiest(grants).slice(0, MOST_ROWS));
  return grants.filter((grant) => chosen.has(grant));
}

function about({ organization, takenAt, usage, feed }: Review): string {
  const id = organization.id === undefined ? "" : `${organization.id}. `;
  return `${id}Read on ${dayOf(takenAt)}. Use of the last ${plural(usage.days, "day")}: ${usageWords(usage)}. ${sentence(feedWords(feed))}`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

function overview(review: Review): readonly Markup[] {
  const { byFlag, byAdvice } = summarizeReview(review);
  const open = review.grants.filter(needsDecision).length;
  const tile = (count: number, words: string, className?: string) =>
    element("li", {}, [element("strong", { class: className }, String(count)), words]);
  const flags = REVIEW_FLAGS.filter((flag) => byFlag[flag] > 0);
  return [
    element("ul", { class: "tiles" }, [
      tile(review.grants.length, "grants"),
      tile(open, "to be decided"),
      ...ADVICE.map((advice) => tile(byAdvice[advice], `advice: ${advice}`, advice)),
    ]),
    ...(flags.length === 0
      ? []
      : [
          element(
            "ul",
            { class: "chips", "aria-label": "Flags" },
            flags.map((flag) => element("li", {}, `${flag} ${byFlag[flag]}`)),
          ),
        ]),
    ...review.unknown.map(({ kind, reason, message }) =>
      element(
        "p",
        { class: "notice" },
        `Not read: ${kind} (${message ?? reason}). What it would have given is not here.`,
      ),
    ),
  ];
}

function topTen({ grants }: Review, run: Pick<Run, "pasteable">): readonly Markup[] {
  const top = riskiest(grants.filter(needsDecision)).slice(0, RISKIEST);
  if (top.length === 0) return [];
  const rows = top.map((grant) => [
    element("span", {}, [subjectWords(grant), element("span", { class: "kind" }, kindWords(grant))]),
    placeWords(grant),
    element(
      "span",
      {},
      grant.flags.map((flag) => element("span", { class: "flag" }, flag)),
    ),
    element("span", { class: `advice ${grant.advice}` }, grant.advice),
    whyOf(grant, run),
  ]);
  return [
    element("h2", { id: "riskiest" }, top.length === RISKIEST ? `The riskiest ${RISKIEST}` : "To be decided"),
    element("div", { class: "scroll cards", role: "region", tabindex: 0, "aria-labelledby": "riskiest" }, [
      table("The gravest first", ["who", "on", "flags", "advice", "why"], rows),
    ]),
  ];
}

/** The reason, a command in it in one piece where there is room. */
function whyOf(grant: ReviewGrant, run: Pick<Run, "pasteable">): Markup {
  const [said = "", ...commands] = whyParts(grant, run);
  return element("span", {}, [said, ...commands.map((command) => element("code", {}, command))]);
}

/** The sentence, which names the file of this run, and the command behind it, without its flags: a page is read on another machine. */
function whyParts({ reason }: ReviewGrant, { pasteable = (text) => text }: Pick<Run, "pasteable">): readonly string[] {
  const [said = "", ...commands] = reasonWords(reason).split(/(?<=: )(?=anth-rbac )/);
  return [pasteable(said), ...commands];
}

function kindWords({ subject }: ReviewGrant): string {
  return subject.type.replaceAll("_", " ");
}

/** The columns of the data, which the script knows by these names. */
const PAGE_COLUMNS = {
  who: subjectWords,
  kind: kindWords,
  on: placeWords,
  role: ({ role }) => role ?? "",
  through: throughWords,
  since: sinceWords,
  by: ({ by, ...grant }) => (by === null ? "" : `by ${byWords({ by, ...grant })}`),
  used: useWords,
  declared: ({ declared }) =>
    declared === null ? "nowhere" : declared.position === null ? declared.path : `line ${declared.position.line}`,
  flags: ({ flags }) => flags.join(" "),
  advice: ({ advice }) => advice,
  why: (grant, run) => whyParts(grant, run).join(""),
  reviewer: ({ reviewer }) => reviewer ?? "",
} as const satisfies Readonly<Record<string, (grant: ReviewGrant, run: Pick<Run, "pasteable">) => string>>;

/** The grants as JSON that no HTML can end: each text once, rows of their numbers; the rows by risk, and how many there are in `all`. */
function dataOf(grants: readonly ReviewGrant[], all: number, run: Pick<Run, "pasteable">): string {
  const words = new Map<string, number>();
  const numberOf = (text: string) => {
    const shown = escapeTerminal(text);
    const known = words.get(shown) ?? words.size;
    words.set(shown, known);
    return known;
  };
  const cells = Object.values(PAGE_COLUMNS);
  const rows = grants.map((grant) => cells.map((cell) => numberOf(cell(grant, run))));
  const places = new Map(grants.map((grant, index) => [grant, index]));
  const risk = riskiest(grants).map((grant) => places.get(grant));
  const json = JSON.stringify({ words: [...words.keys()], columns: Object.keys(PAGE_COLUMNS), rows, risk, all });
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const HEAD: readonly (readonly [column: keyof typeof PAGE_COLUMNS, title: string])[] = [
  ["who", "who"],
  ["on", "on"],
  ["role", "role"],
  ["since", "since"],
  ["used", "last used"],
  ["declared", "declared"],
  ["flags", "flags"],
  ["advice", "advice"],
  ["why", "why"],
];

function grantsSection(grants: readonly ReviewGrant[], all: number): Markup {
  const choice = (id: string, label: string, any: string, options: readonly string[]) =>
    element("label", {}, [
      label,
      element("select", { id }, [
        element("option", { value: "" }, any),
        ...options.map((option) => element("option", { value: option }, option)),
      ]),
    ]);
  const distinct = (of: (grant: ReviewGrant) => string) =>
    [...new Set(grants.map(of))].filter((text) => text !== "").toSorted();
  const flags = REVIEW_FLAGS.filter((flag) => grants.some((grant) => grant.flags.includes(flag)));
  const heads = HEAD.map(([column, title]) =>
    element("th", { scope: "col" }, element("button", { type: "button", "data-column": column }, title)),
  );
  return element("section", { id: "grants" }, [
    element("h2", {}, "Grants"),
    ...(grants.length < all
      ? [
          element(
            "p",
            { class: "notice" },
            `These are the riskiest ${grants.length}; ${all - grants.length} more are in CSV and JSON: anth-rbac review --format csv`,
          ),
        ]
      : []),
    element(
      "noscript",
      {},
      element("p", { class: "notice" }, "The table needs the script of this page; the same is in CSV and Markdown."),
    ),
    element("div", { class: "controls", role: "search" }, [
      element("label", { class: "wide" }, [
        "Search",
        element("input", { id: "search", type: "search", autocomplete: "off" }),
      ]),
      choice("advice", "Advice", "any", ADVICE),
      choice("flag", "Flag", "any", flags),
      choice("kind", "What", "any", distinct(kindWords)),
      choice("reviewer", "Reviewer", "any", distinct(({ reviewer }) => reviewer ?? "").map(escapeTerminal)),
    ]),
    element("p", { id: "count", role: "status", class: "dim" }),
    element("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Table of grants" }, [
      element("table", {}, [
        element("caption", {}, "Every way to access; the titles sort"),
        element("thead", {}, element("tr", {}, heads)),
        element("tbody", {}),
      ]),
    ]),
    element("button", { id: "more", type: "button", class: "more", hidden: "" }, "Show more"),
  ]);
}
