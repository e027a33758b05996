import { escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";

/** What is said of a file in which nothing was found. */
export function validText(file: string, style: Style): string {
  return style.add(`${escapeTerminal(file)} is valid`);
}
