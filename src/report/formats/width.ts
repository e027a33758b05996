import stringWidth from "fast-string-width";

/** Columns that a text takes on a terminal, in any script. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}
