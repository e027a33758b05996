import { cutAt } from "../../core/text/text.ts";
import { escapeMarkdown } from "./escape.ts";

/**
 * So many bytes a document may have. GitHub takes 1 MiB of job summary from a step, and fails the step that writes more; some room is
 * left for what else the step says. Source: GitHub's "Workflow commands", "Step isolation and limits".
 */
const MOST_BYTES = 900_000;
/** So long a text of somebody else's may be in a cell or a line. */
const LONGEST_TEXT = 500;

/** A cell: text of anybody's, or a sign that is shown as code. */
export type MarkdownCell = string | { readonly code: string };

/** A table that may be cut where the document would grow too large: it says then how many rows are missing. */
export interface MarkdownTable {
  readonly title?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly MarkdownCell[])[];
}

/** A paragraph, ready to stand in a document, or a table. */
export type MarkdownBlock = string | MarkdownTable;

/** Text of anybody's for Markdown, cut where it is no name any more; it says then how much is missing. */
export function markdownText(text: string): string {
  return escapeMarkdown(cutAt(text, LONGEST_TEXT));
}

/**
 * A document of GitHub's Markdown that never grows larger than its readers take. What comes first counts most: a table gives up its
 * last rows, a block that finds no room is left out, and how many there are is said.
 */
export function markdownDocument(blocks: readonly MarkdownBlock[], most = MOST_BYTES): string {
  if (most === NOTHING_CUT) return wholeDocument(blocks);
  const parts: string[] = [];
  // Every block later on keeps its beginning, as far as a quarter of the document goes.
  let later = blocks.reduce((sum, block) => sum + beginningBytes(block), 0);
  let room = most - bytes(leftOut(blocks.length));
  let missing = 0;
  for (const block of blocks) {
    later -= beginningBytes(block);
    const reserved = Math.min(later, most / 4);
    const text = typeof block === "string" ? `${block}\n\n` : tableText(block, room - reserved);
    const size = bytes(text);
    if (size > room) missing += 1;
    else {
      parts.push(text);
      room -= size;
    }
  }
  const text = `${parts.join("")}${missing > 0 ? leftOut(missing) : ""}`;
  return `${text.trimEnd()}\n`;
}

/** As `most`: the document is kept, and read years later; nothing of it is cut, a text of somebody else's neither. */
export const NOTHING_CUT = Number.MAX_SAFE_INTEGER;

function wholeDocument(blocks: readonly MarkdownBlock[]): string {
  const texts = blocks.map((block) => {
    if (typeof block === "string") return block;
    const rows = block.rows.map((row) => line(row, escapeMarkdown));
    return [...headLines(block), ...rows].join("\n");
  });
  return `${texts.join("\n\n").trimEnd()}\n`;
}

function headLines({ title, head }: MarkdownTable): readonly string[] {
  const named = title === undefined ? [] : [`### ${markdownText(title)}`, ""];
  return [...named, line(head), `|${"---|".repeat(head.length)}`];
}

function leftOut(blocks: number): string {
  return `**${blocks} more parts did not fit: --format json has everything.**`;
}

/** A table that takes no more than `room` bytes, but for its frame. */
function tableText(table: MarkdownTable, room: number): string {
  const { rows } = table;
  const lines = [...headLines(table)];
  let left = room - frameBytes(table);
  let shown = 0;
  for (const row of rows) {
    const text = line(row);
    left -= bytes(text) + 1;
    if (left < 0) break;
    lines.push(text);
    shown += 1;
  }
  if (shown < rows.length) lines.push("", more(rows.length - shown));
  return `${lines.join("\n")}\n\n`;
}

/** So many rows of a table are kept for it, however long those before it are. */
const KEPT_ROWS = 20;

/** What the beginning of a block takes. */
function beginningBytes(block: MarkdownBlock): number {
  if (typeof block === "string") return bytes(block) + 2;
  return block.rows.slice(0, KEPT_ROWS).reduce((sum, row) => sum + bytes(line(row)) + 1, frameBytes(block));
}

/** What a table takes without any row, and with the line about those that are missing. */
function frameBytes({ title = "", head, rows }: MarkdownTable): number {
  return bytes(
    `### ${markdownText(title)}\n\n${line(head)}\n|${"---|".repeat(head.length)}\n\n${more(rows.length)}\n\n`,
  );
}

function more(rows: number): string {
  return `${rows} more: --format json lists them all`;
}

function line(cells: readonly MarkdownCell[], textOf = markdownText): string {
  const texts = cells.map((cell) => (typeof cell === "string" ? textOf(cell) : `\`${cell.code}\``));
  return `| ${texts.join(" | ")} |`;
}

const utf8 = new TextEncoder();

function bytes(text: string): number {
  return utf8.encode(text).length;
}
