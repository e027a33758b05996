/**
 * Whether the whole of a text matches a pattern in which `*` stands for any characters, none included, and `?` for one, unless `one`
 * says that it stands for itself. The work is at most the product of both lengths.
 */
export function matchesGlob(pattern: string, text: string, { one = true }: { readonly one?: boolean } = {}): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  let from = 0;
  while (from < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      retry = from;
    } else if (at < pattern.length && ((one && pattern[at] === "?") || pattern[at] === text[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      // The last star takes one more; going back to an earlier one could not help.
      at = star + 1;
      from = ++retry;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
