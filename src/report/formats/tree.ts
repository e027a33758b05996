import type { ReadResult } from "../../core/model/org.ts";
import { escapeTerminal } from "./escape.ts";
import type { Style } from "./style.ts";
import { displayWidth } from "./width.ts";

/** A piece of a line: what it says, and how it looks. Texts may come from anywhere: they are escaped here, once. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
  readonly align?: "right";
}

/** One line of a tree and what hangs below it. Cells line up with those of the siblings. */
export interface Node {
  readonly cells: readonly (Cell | string)[];
  readonly children?: readonly Node[];
}

/** A cell that is longer makes its own line longer, not the column of its siblings wider: in a tree, and in a plain list. */
const WIDEST = 44;
const WIDEST_IN_LIST = 60;
/** Spaces between two columns. */
const GAP = 2;
const PLAIN = /^[\x20-\x7e]*$/;

/** The lines of some siblings and all below them. `indent` is what stands before each of their lines. */
export function renderTree(nodes: readonly Node[], indent = ""): readonly string[] {
  const lines: string[] = [];
  drawInto(lines, nodes, indent);
  return lines;
}

/** Lines of cells that line up, without a tree. `indent` is what stands before each of them. */
export function renderRows(rows: readonly Node["cells"][], indent = ""): readonly string[] {
  const measured = rows.map(measure);
  const columns = columnsOf(measured, WIDEST_IN_LIST);
  return measured.map((row) => indent + line(row, columns));
}

/** A kind with its items below it; what could not be read says so, and what is empty says that. */
export function branch<Item>(
  title: string,
  reading: ReadResult<Item>,
  nodes: (items: readonly Item[]) => readonly Node[],
  style: Style,
): Node {
  if (!reading.known) return { cells: [unknownCell(title, reading, style)] };
  if (reading.items.length === 0) return { cells: [{ text: `no ${title}`, paint: style.dim }] };
  return { cells: [`${title} (${reading.items.length})`], children: nodes(reading.items) };
}

/** The line of a kind that could not be read. */
export function unknownCell(
  title: string,
  reading: ReadResult<unknown> & { readonly known: false },
  style: Style,
): Cell {
  return { text: `${title}: not known (${reading.reason})`, paint: style.warning };
}

/** A node's cells ready to be drawn. Two flat lists, because there may be a hundred thousand cells. */
interface Row {
  readonly cells: Node["cells"];
  readonly texts: readonly string[];
  readonly widths: readonly number[];
}

function drawInto(lines: string[], nodes: readonly Node[], indent: string): void {
  const rows = nodes.map(({ cells }) => measure(cells));
  const columns = columnsOf(rows, WIDEST);
  rows.forEach((row, index) => {
    const last = index === rows.length - 1;
    const children = nodes[index]?.children;
    lines.push(indent + (last ? "└── " : "├── ") + line(row, columns));
    if (children) drawInto(lines, children, indent + (last ? "    " : "│   "));
  });
}

function measure(cells: Node["cells"]): Row {
  const texts: string[] = [];
  const widths: number[] = [];
  for (const cell of cells) {
    const text = typeof cell === "string" ? cell : cell.text;
    // Most names are plain: escaping and measuring them the long way would take most of the time.
    const plain = PLAIN.test(text);
    const shown = plain ? text : escapeTerminal(text);
    texts.push(shown);
    widths.push(plain ? text.length : displayWidth(shown));
  }
  return { cells, texts, widths };
}

function columnsOf(rows: readonly Row[], widest: number): readonly number[] {
  const columns: number[] = [];
  for (const { widths } of rows) {
    widths.forEach((width, index) => {
      columns[index] = Math.max(columns[index] ?? 0, width > widest ? 0 : width);
    });
  }
  return columns;
}

function line({ cells, texts, widths }: Row, columns: readonly number[]): string {
  let drawn = "";
  // Spaces wait until something follows them, so that no line ends in any.
  let waiting = 0;
  cells.forEach((cell, index) => {
    const column = columns[index] ?? 0;
    const width = widths[index] ?? 0;
    if (column === 0 && width === 0) return;
    const text = texts[index] ?? "";
    const space = Math.max(0, column - width);
    const right = typeof cell !== "string" && cell.align === "right";
    if (right) waiting += space;
    if (text !== "") {
      const paint = typeof cell === "string" ? undefined : cell.paint;
      drawn += " ".repeat(waiting) + (paint ? paint(text) : text);
      waiting = 0;
    }
    waiting += (right ? 0 : space) + GAP;
  });
  return drawn;
}
