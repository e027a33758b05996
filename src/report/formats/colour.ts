import { Chalk } from "chalk";
import { PLAIN, type Style } from "./style.ts";

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
