import type { Review, ReviewGrant, ReviewUse } from "../../../core/model/review.ts";
import { DAY } from "../../../core/model/time.ts";
import { compareText, groupBy } from "../../../core/text/text.ts";
import { placeWords, subjectWords } from "../words.ts";
import { element, html, type Markup, raw, table } from "./markup.ts";

/** So many people, workspaces and panels are drawn; the tables of the report have everybody. */
const MOST_PEOPLE = 40;
const MOST_WORKSPACES = 24;
const MOST_PANELS = 24;
const MOST_LANES = 20;
const MOST_KEYS_IN_LANE = 100;
const MOST_KEYS_IN_TABLE = 500;

/** The pictures of a review, each with the table that it is drawn from. */
export function charts(review: Review): Markup {
  const drawn = [matrix(review), keyAges(review), ...(review.daily ? [requests(review.daily)] : [])];
  return element(
    "div",
    { class: "charts" },
    drawn.filter((one) => one !== undefined),
  );
}

const LEVELS: Readonly<Record<string, readonly [letter: string, level: number]>> = {
  admin: ["A", 3],
  developer: ["D", 2],
  restricted_developer: ["R", 2],
  billing: ["B", 1],
  user: ["U", 1],
};

/** People by workspaces: who holds which role where. */
function matrix({ grants }: Review): Markup | undefined {
  const roles = grants.filter(({ subject, on }) => subject.type === "person" && on.target.startsWith("workspaces."));
  const places = [
    ...groupBy(
      roles.filter(({ on }) => on.target !== "workspaces.*"),
      ({ on }) => on.target,
    ),
  ];
  const people = [...groupBy(roles, subjectWords)];
  if (people.length === 0 || places.length === 0) return undefined;
  const columns = most(places, MOST_WORKSPACES).map(([target, [first]]) => ({
    target,
    name: first ? placeWords(first) : target,
  }));
  const lines = most(people, MOST_PEOPLE).toSorted(([one], [other]) => compareText(one, other));
  const left = roomFor(
    lines.map(([name]) => name),
    32,
  );
  const [top, size] = [96, 26];
  const roleIn = (own: readonly ReviewGrant[], target: string) =>
    (own.find(({ on }) => on.target === target) ?? own.find(({ on }) => on.target === "workspaces.*"))?.role ?? "";
  const width = left + columns.length * size + 90;
  const height = top + lines.length * size + 4;
  const cells = lines.flatMap(([, own], row) =>
    columns.flatMap(({ target }, column) => {
      const role = roleIn(own, target);
      const [letter, level] = LEVELS[role] ?? [role === "" ? "" : "?", role === "" ? 0 : 1];
      const [x, y] = [left + column * size, top + row * size];
      return [
        element("rect", { x, y, width: size - 2, height: size - 2, rx: 3, class: level === 0 ? "none" : `l${level}` }),
        ...(letter === ""
          ? []
          : [
              element("text", { x: x + size / 2 - 1, y: y + 16, class: level === 3 ? "middle on3" : "middle" }, letter),
            ]),
      ];
    }),
  );
  const names = lines.map(([name], row) =>
    element("text", { x: left - 8, y: top + row * size + 16, class: "end" }, short(name, 32)),
  );
  const heads = columns.map(({ name }, column) => {
    const [x, y] = [left + column * size + 14, top - 8];
    return element("text", { x, y, transform: `rotate(-40 ${x} ${y})` }, short(name, 16));
  });
  const rest = leftOut([
    [people.length - lines.length, "more people"],
    [places.length - columns.length, "more workspaces"],
  ]);
  return figure({
    id: "matrix",
    title: "People and workspaces",
    caption: `A admin, D developer, R restricted developer, U user, B billing, ? another role; an empty cell is no role.${rest}`,
    drawing: svg(width, height, "People and their roles in each workspace", [...heads, ...names, ...cells]),
    data: table(
      "Roles of people in workspaces",
      ["person", ...columns.map(({ name }) => name)],
      lines.map(([name, own]) => [name, ...columns.map(({ target }) => roleIn(own, target) || "none")]),
    ),
  });
}

/** Keys on a line of days, by workspace: which are older than their rotation. */
function keyAges({ grants, takenAt }: Review): Markup | undefined {
  const all = grants.flatMap((grant) => {
    if (grant.through.type !== "key" || grant.since === null) return [];
    return [{ grant, days: Math.max(0, Math.floor((takenAt - grant.since) / DAY)) }];
  });
  if (all.length === 0) return undefined;
  const oldest = all.toSorted((one, other) => other.days - one.days);
  const isLate = ({ grant, days }: (typeof all)[number]) => dotOf(grant, days) === "late";
  // The workspaces with the most overdue keys, whole: the oldest keys of many would say nothing of any of them.
  const lanes = most(
    [...groupBy(oldest, ({ grant }) => placeWords(grant))],
    MOST_LANES,
    (own) => own.filter(isLate).length * all.length + own.length,
  ).map(([name, own]) => [name, own.slice(0, MOST_KEYS_IN_LANE)] as const);
  const keys = oldest.slice(0, MOST_KEYS_IN_TABLE);
  const shown = lanes.flatMap(([, own]) => own);
  const longest = Math.max(30, ...shown.map(({ days, grant }) => Math.max(days, grant.rotateEvery ?? 0)));
  // In parts of the width that there is: what is overdue is at its end, and has to be seen on a telephone too.
  const at = (days: number) => `${round((days / longest) * 100)}%`;
  const step = [7, 30, 90, 180, 365].find((one) => longest / one <= 8) ?? 730;
  const ticks = Array.from({ length: Math.floor(longest / step) + 1 }, (_, index) => index * step);
  const axis = ticks.map((days) => element("line", { x1: at(days), x2: at(days), y1: 0, y2: 30, class: "axis" }));
  const scale = ticks.map((days, index) =>
    element("text", { x: at(days), y: 12, class: index % 2 === 1 ? "middle dim odd" : "middle dim" }, `${days} d`),
  );
  const marks = lanes.flatMap(([name, own]) => {
    const limits = new Set(own.flatMap(({ grant }) => grant.rotateEvery ?? []));
    const bars = [...limits].map((days) =>
      element("line", { x1: at(days), x2: at(days), y1: 5, y2: 25, class: "limit" }),
    );
    const dots = own.map(({ grant, days }, place) =>
      element("circle", { cx: at(days), cy: 15 + ((place % 3) - 1) * 5, r: 4, class: dotOf(grant, days) }),
    );
    return [element("div", { title: name }, name), element("svg", {}, [...axis, ...bars, ...dots])];
  });
  const rest = leftOut([[all.length - shown.length, "more keys"]]);
  return figure({
    id: "ages",
    title: "Ages of keys against their rotation",
    caption: `A filled dot is within its rotation, a ring is older, a grey dot has none declared; a bar is where a rotation of that workspace ends.${rest}`,
    drawing: element("div", { class: "lanes", role: "img", "aria-label": "Ages of keys in days, by workspace" }, [
      element("div", {}),
      element("svg", { class: "scale" }, scale),
      ...marks,
    ]),
    data: table(
      "Keys by age",
      ["key", "on", "age in days", "to be rotated every"],
      keys.map(({ grant, days }) => [
        subjectWords(grant),
        placeWords(grant),
        String(days),
        grant.rotateEvery === undefined ? "not declared" : `${grant.rotateEvery} days`,
      ]),
    ),
  });
}

function dotOf({ rotateEvery }: ReviewGrant, days: number): string {
  if (rotateEvery === undefined) return "free";
  return days > rotateEvery ? "late" : "dot";
}

/** A small picture of each workspace's use, all on one scale of days. */
function requests({ counts, from, workspaces }: ReviewUse): Markup | undefined {
  if (workspaces.length === 0) return undefined;
  const panels = workspaces.slice(0, MOST_PANELS).map(({ name, values }) => {
    const highest = Math.max(1, ...values);
    const total = values.reduce((sum, value) => sum + value, 0);
    const wide = 200 / Math.max(1, values.length);
    const bars = values.flatMap((value, day) => {
      const tall = (value / highest) * 44;
      return value === 0
        ? []
        : element("rect", {
            x: round(day * wide),
            y: round(48 - tall),
            width: round(Math.max(0.8, wide - 0.6)),
            height: round(tall),
            class: "bar",
          });
    });
    const base = element("line", { x1: 0, x2: 200, y1: 48.5, y2: 48.5, class: "axis" });
    return element("div", {}, [
      element("h3", {}, name),
      svg(200, 50, `${counts} of ${name} by day, ${total} in all, at most ${highest} a day`, [base, ...bars]),
      element("div", { class: "dim" }, `${total} ${counts}, at most ${highest} a day`),
    ]);
  });
  const rest = leftOut([[workspaces.length - panels.length, "more workspaces"]]);
  return figure({
    id: "requests",
    title: `${counts === "requests" ? "Requests" : "Tokens"} by day and workspace`,
    caption: `Each picture begins on ${from}, and has its own height.${rest}`,
    drawing: element("div", { class: "multiples" }, panels),
    data: table(
      `${counts} by workspace`,
      ["workspace", "in all", "most in a day", "days with use"],
      workspaces.map(({ name, values }) => [
        name,
        String(values.reduce((sum, value) => sum + value, 0)),
        String(Math.max(0, ...values)),
        String(values.filter((value) => value > 0).length),
      ]),
    ),
  });
}

interface Figure {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly drawing: Markup;
  readonly data: Markup;
}

function figure({ id, title, caption, drawing, data }: Figure): Markup {
  return element("section", {}, [
    element("h2", { id }, title),
    element("figure", {}, [element("figcaption", {}, caption), scrolled(title, drawing)]),
    element("details", {}, [element("summary", {}, "The same as a table"), scrolled(`${title}, as a table`, data)]),
  ]);
}

/** What may be wider than the screen: it can be reached, and moved, by keyboard. */
function scrolled(label: string, content: Markup): Markup {
  return element("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": label }, content);
}

function svg(width: number, height: number, label: string, content: readonly Markup[]): Markup {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return element("svg", { ...size, role: "img", "aria-label": label }, content);
}

/** The largest groups, or those that weigh most, in the order in which they came. */
function most<Group extends readonly [unknown, readonly unknown[]]>(
  groups: readonly Group[],
  limit: number,
  weigh: (members: Group[1]) => number = ({ length }) => length,
): readonly Group[] {
  if (groups.length <= limit) return groups;
  const kept = new Set(groups.toSorted(([, one], [, other]) => weigh(other) - weigh(one)).slice(0, limit));
  return groups.filter((group) => kept.has(group));
}

function leftOut(parts: readonly (readonly [count: number, words: string])[]): string {
  const said = parts.flatMap(([count, words]) => (count > 0 ? `${count} ${words}` : []));
  return said.length === 0 ? "" : ` Not drawn: ${said.join(", ")}.`;
}

function short(text: string, length: number): Markup {
  if (text.length <= length) return html(text);
  return raw(`${html(`${text.slice(0, length - 1)}…`).markup}${element("title", {}, text).markup}`);
}

/** The width that names need at the left of a drawing, shortened as they are; in its units. */
function roomFor(names: readonly string[], longest: number): number {
  return 18 + 7.4 * Math.min(longest, Math.max(...names.map(({ length }) => length)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
