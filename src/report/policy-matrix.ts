import { coverageOf, LISTED_PAIRS, matrixCells } from "../core/policy-test/matrix.ts";
import type { Matrix, MatrixCell } from "../core/policy-test/report.ts";
import { addTo } from "../core/text/text.ts";
import type { Style } from "./formats/style.ts";
import { type Cell, renderRows } from "./formats/tree.ts";

/** Columns of a terminal that a table may take; the models that do not fit go into a table of their own below. */
const WIDTH = 110;
const GAP = 2;

/** Roles down, models across: `allow 512`, `deny`, each with a `*` where no test asks for it. */
export function matrixLines(matrix: Matrix, style: Style): readonly string[] {
  const { covered, total } = coverageOf(matrix);
  if (total > LISTED_PAIRS) {
    return [style.dim(`${total} pairs are too many for a table; --format json lists the first ${LISTED_PAIRS}`), ""];
  }
  const rows = new Map<string, MatrixCell[]>();
  for (const cell of matrixCells(matrix)) addTo(rows, cell.role, cell);
  const { models } = matrix;
  if (rows.size === 0) return [style.dim("no role and no model to make a matrix of")];
  const roleWidth = Math.max(...[...rows.keys()].map((role) => role.length));
  const blocks = blocksOf(models, WIDTH - roleWidth);
  const lines = blocks.flatMap(([from, to]) => {
    const head: readonly Cell[] = models.slice(from, to).map((text) => ({ text, paint: style.bold }));
    const body = [...rows].map(([role, cells]) => [
      role,
      ...cells.slice(from, to).map((cell) => matrixCell(cell, style)),
    ]);
    return [...renderRows([["", ...head], ...body]), ""];
  });
  const untested = covered < total;
  return [
    ...lines,
    ...(untested ? [style.dim("allow: the max_tokens sent where a request names none; *: no test asks"), ""] : []),
  ];
}

function matrixCell({ decision, covered }: MatrixCell, style: Style): Cell {
  const mark = covered ? "" : " *";
  if (decision.decision === "deny") return { text: `deny${mark}`, paint: style.remove };
  return { text: `allow ${decision.request.max_tokens}${mark}`, paint: style.add };
}

/** Cuts the models into runs that fit: indexes from and to. A run has at least one. */
function blocksOf(models: readonly string[], width: number): readonly (readonly [number, number])[] {
  const blocks: (readonly [number, number])[] = [];
  let from = 0;
  let used = 0;
  for (const [index, model] of models.entries()) {
    const needs = model.length + GAP;
    if (index > from && used + needs > width) {
      blocks.push([from, index]);
      from = index;
      used = 0;
    }
    used += needs;
  }
  return [...blocks, [from, models.length]];
}
