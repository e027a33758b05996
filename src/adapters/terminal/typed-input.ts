/** What was typed at once, or pasted at once. Source of the marks: xterm's bracketed paste, ESC[?2004h. */
export type Typed =
  | { readonly kind: "keys"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string };

const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";
const CTRL_C = "\u0003";

/**
 * Takes apart what comes from a terminal in raw mode. A paste is one piece, however many reads it took, with `\n` for its line
 * breaks and without controls that would steer the terminal that shows it. Keys end at each Return, so that who reads can stop there.
 */
export function createTypedInput(): (chunk: string) => readonly Typed[] {
  // The parts of a paste that has not ended; an array, for a long one comes in a thousand reads.
  let pasted: string[] | undefined;
  let tail = "";
  const take = (chunk: string): Typed[] => {
    const text = tail + chunk;
    const mark = pasted ? PASTE_END : PASTE_START;
    const at = text.indexOf(mark);
    const end = at === -1 ? text.length - partOf(mark, text) : at;
    const before = text.slice(0, end);
    tail = at === -1 ? text.slice(end) : "";
    if (at === -1) {
      if (!pasted) return typedKeys(before);
      pasted.push(before);
      return [];
    }
    const rest = text.slice(at + mark.length);
    if (!pasted) {
      pasted = [];
      return [...typedKeys(before), ...take(rest)];
    }
    const paste = plain([...pasted, before].join(""));
    pasted = undefined;
    return [...(paste === "" ? [] : [{ kind: "paste", text: paste } as const]), ...take(rest)];
  };
  return (read) => {
    if (!pasted || read !== CTRL_C) return take(read);
    // A paste whose end was lost must not swallow the way out: a read of nothing else, not what is left of one with a paste in it.
    [pasted, tail] = [undefined, ""];
    return [{ kind: "keys", text: CTRL_C }];
  };
}

/** How many characters at the end of `text` may be the beginning of `mark`. */
function partOf(mark: string, text: string): number {
  let length = Math.min(mark.length - 1, text.length);
  while (length > 0 && !mark.startsWith(text.slice(-length))) length -= 1;
  return length;
}

/** Keys as they are, in pieces that end at each Return. */
export function typedKeys(text: string): Typed[] {
  return (text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+/g) ?? []).map((line) => ({ kind: "keys", text: line }));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are left out.
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

function plain(pasted: string): string {
  return pasted.replaceAll(/\r\n?/g, "\n").replaceAll(CONTROLS, "");
}
