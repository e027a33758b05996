import { wrapText } from "../core/text/wrap.ts";

/** The width of help where no terminal has another. */
export const HELP_COLUMNS = 80;

/** An example, and what is said of it two or more spaces behind. */
const EXAMPLE = /^( {2}\S.*?)(?: {2,}(\S.*))?$/;
/** What an example is said to do where there is no room beside it. */
const BELOW = " ".repeat(6);

/**
 * Help for so many columns. Lists go on below their last column and sentences at the margin; an example stays in one piece, so that it
 * can be copied, with what is said of it below where both are too long for a line.
 */
export function helpText(text: string, columns: number): string {
  const [said = "", examples] = text.split(/^(?=Examples:$)/m);
  const lines = said.split("\n").map((line) => {
    const wrapped = wrapText(line, columns);
    return isSentence(line) ? wrapped.replace(/\n +/g, "\n") : wrapped;
  });
  return lines.join("\n") + (examples === undefined ? "" : examplesText(examples, columns));
}

function isSentence(line: string): boolean {
  return /^\S(?!.* {2})/.test(line);
}

function examplesText(text: string, columns: number): string {
  const lines = text.split("\n").map((line) => {
    const [, example, remark] = line.length <= columns ? [] : (EXAMPLE.exec(line) ?? []);
    return remark === undefined ? line : `${example}\n${wrapText(BELOW + remark, columns)}`;
  });
  return lines.join("\n");
}
