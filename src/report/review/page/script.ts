/** So many grants are put on paper: some seventy sheets; a browser takes minutes for twenty thousand, and then gives up. */
const MOST_PRINTED = 1000;

/**
 * What the page does by itself: it makes the table of grants out of the data, a piece at a time, and sorts and filters it; and before it is
 * printed, a section for each reviewer, of what the table was narrowed to and of the riskiest of it. Texts are only ever set as text. The columns of the data are those of `PAGE_COLUMNS`.
 */
export const PAGE_SCRIPT = `
"use strict";
(() => {
  const { words, columns, rows, risk, all } = JSON.parse(document.getElementById("data").textContent);
  const at = Object.fromEntries(columns.map((name, index) => [name, index]));
  const word = (row, name) => words[row[at[name]]];
  const CHUNK = 200;
  const MOST_PRINTED = ${MOST_PRINTED};
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
    for (const [name, label] of [["since", "since"], ["used", "last used"], ["declared", "declared"]]) {
      const cell = make("td", word(row, name), "day " + name);
      cell.dataset.label = label;
      if (name === "since" && word(row, "by")) cell.append(make("span", word(row, "by"), "kind"));
      tr.append(cell);
    }
    const flags = make("td");
    for (const flag of word(row, "flags").split(" ")) if (flag) flags.append(make("span", flag, "flag"), " ");
    const advice = word(row, "advice");
    const why = make("td", undefined, "why");
    const [said, command] = word(row, "why").split(/(?<=: )(?=anth-rbac )/);
    why.append(said);
    if (command) why.append(make("code", command));
    tr.append(flags, make("td", advice, "advice " + advice), why);
    return tr;
  };
  const show = () => {
    const piece = document.createDocumentFragment();
    for (const index of found.slice(shown, shown + CHUNK)) piece.append(line(rows[index]));
    shown = Math.min(shown + CHUNK, found.length);
    if (found.length === 0) {
      const none = make("td", rows.length === 0 ? "There are no grants." : "No grant fits: clear the search, or set a filter back to any.", "dim");
      none.colSpan = 9;
      piece.append(make("tr"));
      piece.lastChild.append(none);
    }
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
  const grantsOf = (count) => count + (count === 1 ? " grant" : " grants");
  const IN_CSV = "all of them are in CSV: ";
  const CSV = "anth-rbac review --format csv";
  const note = document.getElementById("printed");
  const clear = () => {
    paper.replaceChildren();
    note.replaceChildren();
  };
  const print = () => {
    if (paper.childElementCount > 0) return;
    const isFound = new Set(found);
    const printed = new Set(risk.filter((index) => isFound.has(index)).slice(0, MOST_PRINTED));
    const byReviewer = new Map();
    for (const index of found) {
      const name = word(rows[index], "reviewer");
      if (!byReviewer.has(name)) byReviewer.set(name, []);
      byReviewer.get(name).push(index);
    }
    if (printed.size < all) {
      const what = printed.size < found.length ? "the riskiest " : found.length < rows.length ? "what the table was narrowed to, " : "";
      note.append("Printed: " + what + printed.size + " of " + grantsOf(all) + "; " + IN_CSV, make("code", CSV));
      if (printed.size < found.length) note.append(". To print others, narrow the table to their reviewer first.");
    }
    const titles = [...document.querySelectorAll("#grants thead th")].map((th) => th.textContent);
    for (const [name, own] of byReviewer) {
      const shown = own.filter((index) => printed.has(index));
      if (shown.length === 0) continue;
      const section = make("section");
      section.append(make("h2", "To be reviewed by " + (name || "nobody: no reviewer is known")));
      const left = own.length - shown.length;
      const many = make("p", left === 0 ? grantsOf(own.length) : "The riskiest " + shown.length + " of " + grantsOf(own.length) + "; " + left + " are not printed, " + IN_CSV, "dim");
      if (left > 0) many.append(make("code", CSV));
      // Above the table: below it, it would be alone on a sheet sooner or later.
      section.append(many, make("p", "Decided by, and on which day:", "signed"));
      const table = make("table");
      const top = make("thead");
      const head = make("tr");
      for (const text of [...titles, "decision"]) {
        const title = make("th", text);
        title.scope = "col";
        head.append(title);
      }
      top.append(head);
      const inner = make("tbody");
      for (const index of shown) {
        const tr = line(rows[index]);
        tr.append(make("td", undefined, "decision"));
        inner.append(tr);
      }
      table.append(top, inner);
      section.append(table);
      paper.append(section);
    }
  };
  window.addEventListener("beforeprint", print);
  window.addEventListener("afterprint", clear);
  apply();
})();
`;
