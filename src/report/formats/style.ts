import { Chalk } from "chalk";
import { PLAIN } from "./plain-style.ts";

/** What colours mean. Nothing is said by colour alone. */
export interface Style {
  readonly error: Paint;
  readonly warning: Paint;
  readonly info: Paint;
  readonly add: Paint;
  readonly change: Paint;
  readonly remove: Paint;
  readonly manual: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

/** Text in, the same text in colour out. */
export type Paint = (text: string) => string;

/** The styles, or, without colour, nothing but the text. */
export function createStyle(colour: boolean): Style {
  if (!colour) return PLAIN;
  // Sixteen colours follow the terminal's own theme, light or dark.
  const chalk = new Chalk({ level: 1 });
  return {
    error: chalk.red.bold,
    warning: chalk.yellow,
    info: chalk.cyan,
    add: chalk.green,
    change: chalk.yellow,
    remove: chalk.red,
    manual: chalk.magenta,
    dim: chalk.dim,
    bold: chalk.bold,
  };
}
