/** The fewest letters of a word in which one more, one less, or another one is a slip of the pen: `eu` and `us` are two names. */
const SHORTEST_WORD = 4;

/** The text itself, and with each of its letters left out: what is one slip apart has one of these in common. */
export function slipForms(text: string): ReadonlySet<string> {
  const forms = new Set([text]);
  for (let index = 1; index < text.length; index++) forms.add(text.slice(0, index) + text.slice(index + 1));
  return forms;
}

/**
 * Whether one name is the other with a letter too many, a letter missing, another letter, or two that changed places, in a word that
 * is long enough. The first letter is seldom mistyped, and digits tell names apart on purpose.
 */
export function isSlip(one: string, other: string): boolean {
  if (one[0] !== other[0] || Math.abs(one.length - other.length) > 1) return false;
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [here, there] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  const isSwap = here.length === 2 && here[0] === there[1] && here[1] === there[0];
  const isOne = here.length + there.length > 0 && here.length < 2 && there.length < 2;
  if (!(isSwap || isOne) || !/^\p{L}+$/u.test(here + there)) return false;
  return Math.min(wordAround(one, start, end), wordAround(other, start, end)) >= SHORTEST_WORD;
}

/** How many letters the word has that reaches from `start` to `end` characters before the end of a text. */
function wordAround(text: string, start: number, end: number): number {
  const before = /\p{L}*$/u.exec(text.slice(0, start))?.[0] ?? "";
  const after = /^\p{L}*/u.exec(text.slice(text.length - end))?.[0] ?? "";
  return before.length + (text.length - end - start) + after.length;
}
