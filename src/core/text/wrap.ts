/** Columns that a text looks like in: at fewer, nothing is wrapped any more. */
const NARROWEST = 30;
/** So much of a line has to be left for a column to go on below its own beginning. */
const ROOMY = 28;
/** What is one step deeper. */
const STEP = 4;
/** A colour of a terminal, or its end. */
const COLOUR = String.raw`\u001b\[[\d;]*m`;
const COLOURS = new RegExp(COLOUR, "g");
/** What a line begins with: spaces, and the branches of a tree. */
const LEAD = new RegExp(`^(?:[\\s│├└─]|${COLOUR})*`);
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Text for so many columns: lines that are longer go on below, at a column or a word, under the beginning of their last column where that has
 * room and else a step in. A command to copy stays in one piece, and so does a word that is longer than the line: the terminal breaks it as
 * it likes, and puts it together again where it is copied. `widthOf` measures what is not plain ASCII.
 */
export function wrapText(text: string, columns: number, widthOf: (text: string) => number = pointsIn): string {
  if (columns < NARROWEST) return text;
  return text
    .split("\n")
    .map((line) => (line.length <= columns ? line : wrapLine(line, columns, widthOf)))
    .join("\n");
}

function pointsIn(text: string): number {
  return [...text].length;
}

/** A command of ours with its flags and their values; else a word. Each with the spaces before it. */
const PIECE =
  /(\s*)(anth-rbac [a-z]+(?: (?:show|verify|start|check|finish)\b)?(?: -\S*[^\s;,.)](?: (?:'[^']*'|"[^"]*"|[^\s-]\S*))?)*\S*|\S+)/g;

function wrapLine(line: string, columns: number, measure: (text: string) => number): string {
  const widthOf = (text: string) => {
    const bare = text.replaceAll(COLOURS, "");
    return PLAIN.test(bare) ? bare.length : measure(bare);
  };
  if (widthOf(line) <= columns) return line;
  const lead = LEAD.exec(line)?.[0] ?? "";
  // Below a branch of a tree its trunk goes on.
  const below = lead.replaceAll(COLOURS, "").replaceAll("├── ", "│   ").replaceAll("└── ", "    ");
  const lines: string[] = [];
  let current = lead;
  let used = widthOf(lead);
  let column = 0;
  for (const { 1: space = "", 2: piece = "", index } of line.slice(lead.length).matchAll(PIECE)) {
    const width = widthOf(piece);
    const isFirst = current === lead || current.trim() === "";
    // Two spaces begin a column.
    if (lines.length === 0 && space.length > 1) column = used + space.length;
    // A column begins below where it is too long for the room that is left, which is too little to go on in, or belongs to a line that has
    // gone on already.
    const room = columns - used - space.length;
    const isMoved =
      space.length > 1 && widthOf(columnAt(line, lead.length + index)) > room && (lines.length > 0 || room < ROOMY);
    if (isFirst || (!isMoved && width <= room)) {
      current += isFirst ? piece : space + piece;
      used += (isFirst ? 0 : space.length) + width;
      continue;
    }
    lines.push(current);
    const hasRoom = columns - column >= ROOMY && column + width <= columns;
    const hang = column > 0 && hasRoom ? column : below.length + STEP;
    current = below.padEnd(hang) + piece;
    used = hang + width;
  }
  return [...lines, current].join("\n");
}

/** What stands in the column that begins at a place of a line, behind its spaces. */
function columnAt(line: string, at: number): string {
  return /^\s*(.*?)(?: {2}|$)/.exec(line.slice(at))?.[1] ?? "";
}
