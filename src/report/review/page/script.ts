/**
 * What the page does by itself: it makes the table of grants out of the data, a piece at a time, and sorts and filters it; and before it is
 * printed, a section for each reviewer. Texts are only ever set as text. The columns of the data are those of `PAGE_COLUMNS`.
 */
export const PAGE_SCRIPT = `
"use strict";
(() => {
  const { words, columns, rows } = JSON.parse(document.getElementById("data").textContent);
  const at = Object.fromEntries(columns.map((name, index) => [name, index]));
  const word = (row, name) => words[row[at[name]]];
  const CHUNK = 200;
  const body = document.querySelector("#grants tbody");
  const count = document.getElementById("count");
  const more = document.getElementById("more");
  const controls = ["search", "advice", "flag", "kind", "reviewer"].map((id) => document.getElementById(id));
  const [search, ...filters] = controls;
  const texts = rows.map((row) => columns.map((name) => word(row, name)).join(" ").toLowerCase());
  let found = rows.map((_, index) => index);
  let shown = 0;
  let sorted = { column: "", down: false };
  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const line = (row) => {
    const tr = make("tr");
    const who = make("th", word(row, "who"));
    who.scope = "row";
    who.append(make("span", word(row, "kind"), "kind"));
    tr.append(who);
    const [role, through] = [word(row, "role"), word(row, "through")];
    const had = make("td", role || through);
    if (role) had.append(make("span", through, "kind"));
    tr.append(make("td", word(row, "on")), had);
    const since = make("td", word(row, "since"), "day");
    if (word(row, "by")) since.append(make("span", word(row, "by"), "kind"));
    tr.append(since);
    for (const name of ["used", "declared"]) tr.append(make("td", word(row, name), "day"));
    const flags = make("td");
    for (const flag of word(row, "flags").split(" ")) if (flag) flags.append(make("span", flag, "flag"), " ");
    const advice = word(row, "advice");
    tr.append(flags, make("td", advice, "advice " + advice), make("td", word(row, "why"), "why"));
    return tr;
  };
  const show = () => {
    const piece = document.createDocumentFragment();
    for (const index of found.slice(shown, shown + CHUNK)) piece.append(line(rows[index]));
    shown = Math.min(shown + CHUNK, found.length);
    body.append(piece);
    more.hidden = shown >= found.length;
    more.textContent = "Show " + Math.min(CHUNK, found.length - shown) + " more";
    count.textContent = found.length + " of " + rows.length + " grants" + (shown < found.length ? ", " + shown + " shown" : "");
  };
  const apply = () => {
    const asked = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const wanted = filters.map((one) => one.value);
    found = [];
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index];
      if (asked.some((text) => !texts[index].includes(text))) continue;
      const [advice, flag, kind, reviewer] = wanted;
      if (advice && word(row, "advice") !== advice) continue;
      if (flag && !word(row, "flags").split(" ").includes(flag)) continue;
      if (kind && word(row, "kind") !== kind) continue;
      if (reviewer && word(row, "reviewer") !== reviewer) continue;
      found.push(index);
    }
    if (sorted.column) {
      const column = at[sorted.column];
      const sign = sorted.down ? -1 : 1;
      found.sort((one, other) => {
        const [a, b] = [words[rows[one][column]], words[rows[other][column]]];
        return a < b ? -sign : a > b ? sign : one - other;
      });
    }
    shown = 0;
    body.replaceChildren();
    show();
  };
  for (const button of document.querySelectorAll("#grants thead button")) {
    button.addEventListener("click", () => {
      const column = button.dataset.column;
      sorted = { column, down: sorted.column === column && !sorted.down };
      for (const th of document.querySelectorAll("#grants thead th")) th.removeAttribute("aria-sort");
      button.closest("th").setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      apply();
    });
  }
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  for (const one of filters) one.addEventListener("change", apply);
  more.addEventListener("click", () => {
    const next = body.rows.length;
    show();
    const row = body.rows[next];
    if (row) {
      row.tabIndex = -1;
      row.focus();
    }
  });
  const paper = document.getElementById("paper");
  const print = () => {
    if (paper.childElementCount > 0) return;
    const byReviewer = new Map();
    for (const row of rows) {
      const name = word(row, "reviewer");
      if (!byReviewer.has(name)) byReviewer.set(name, []);
      byReviewer.get(name).push(row);
    }
    const head = document.querySelector("#grants thead tr");
    for (const [name, own] of byReviewer) {
      const section = make("section");
      section.append(make("h2", "To be reviewed by " + (name || "nobody: no reviewer is known")));
      section.append(make("p", own.length + (own.length === 1 ? " grant" : " grants"), "dim"));
      const table = make("table");
      const top = make("thead");
      const titles = make("tr");
      for (const th of head.cells) {
        const title = make("th", th.textContent);
        title.scope = "col";
        titles.append(title);
      }
      top.append(titles);
      const inner = make("tbody");
      for (const row of own) inner.append(line(row));
      table.append(top, inner);
      section.append(table, make("p", "Decided by, and on which day:"), make("div", undefined, "sign"));
      paper.append(section);
    }
  };
  window.addEventListener("beforeprint", print);
  window.addEventListener("afterprint", () => paper.replaceChildren());
  apply();
})();
`;
