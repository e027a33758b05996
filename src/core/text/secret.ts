/**
 * What a credential of this API looks like. The body is long; a redacted hint (`sk-ant-api03-R2D...igAA`) is not, so hints
 * stay readable. The sandbox's own credentials say so and open nothing.
 */
const SECRET = /sk-ant-([a-z]{2,10}\d{2})-[A-Za-z0-9_-]{12,}/g;

/** `text` with every secret masked down to its kind. Everything the program writes goes through here. */
export function maskSecrets(text: string): string {
  return text.replace(SECRET, (secret, kind: string) =>
    secret.includes("-sandbox-") ? secret : `sk-ant-${kind}-[masked]`,
  );
}

/** The end of a text that comes in pieces, as far as it could still become a secret. */
export interface HeldBack {
  readonly text: string;
  /** It has the beginning of a secret: more of the same run of characters is part of it, however long. */
  readonly begun: boolean;
}

export const NOTHING_HELD: HeldBack = { text: "", begun: false };

// The grammar of secret.ts, in the steps in which it arrives. All of it is made of the characters of a body.
const BODY = /[A-Za-z0-9_-]*/y;
const BEGINNING = /sk-ant-[a-z]{2,10}\d{2}-/;
const PART_OF_BEGINNING = /(?:s|sk|sk-|sk-a|sk-an|sk-ant|sk-ant-(?:[a-z]{0,10}|[a-z]{2,10}\d{1,2}))$/;
/** `sk-ant-`, ten letters, two digits: the longest that is not a whole beginning. */
const LONGEST_PART = 19;

/**
 * Masks the secrets of a text that comes in pieces: what may be shown now, and what is held back for the next call. All that was
 * shown, with `maskSecrets` of what is held at the end, is `maskSecrets` of the whole text, however it was cut.
 */
export function maskPiece(held: HeldBack, piece: string): { readonly shown: string; readonly held: HeldBack } {
  if (piece === "") return { shown: "", held };
  if (!held.begun) return split(held.text + piece);
  BODY.lastIndex = 0;
  const more = BODY.exec(piece)?.[0].length ?? 0;
  const text = held.text + piece.slice(0, more);
  // It may still turn out to be one of the sandbox's, which is told by any part of it.
  if (more === piece.length) return { shown: "", held: { text, begun: true } };
  const rest = split(piece.slice(more));
  return { shown: maskSecrets(text) + rest.shown, held: rest.held };
}

function split(text: string): { readonly shown: string; readonly held: HeldBack } {
  const run = lastRun(text);
  const begun = BEGINNING.exec(text.slice(run));
  const from = begun ? run + begun.index : startOfPart(text, run);
  return { shown: maskSecrets(text.slice(0, from)), held: { text: text.slice(from), begun: begun !== null } };
}

/** Where the characters of a body begin that `text` ends with. */
function lastRun(text: string): number {
  let start = text.length;
  while (start > 0 && /[A-Za-z0-9_-]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function startOfPart(text: string, run: number): number {
  const near = Math.max(run, text.length - LONGEST_PART);
  const part = PART_OF_BEGINNING.exec(text.slice(near));
  return part ? near + part.index : text.length;
}
