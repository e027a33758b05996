import { type Form, findForm, fold, formsOf } from "./encodings.ts";

/**
 * What a credential of this API looks like, in any case. The body is long; a redacted hint (`sk-ant-api03-R2D...igAA`) is not, so
 * hints stay readable. The sandbox's own credentials say so and open nothing.
 */
const SHAPE = String.raw`sk-ant-(?![a-z]{2,10}\d{2}-sandbox-)[a-z0-9_-]{12,}`;
const BY_SHAPE = new RegExp(SHAPE, "gi");
const KIND = /^sk-ant-[a-z]{2,10}\d{2}-/i;

/** `text` with whatever looks like a secret masked down to its kind. */
export function maskSecrets(text: string): string {
  return text.replace(BY_SHAPE, masked);
}

/** Where in a text something looks like a secret. */
export function secretsIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  return Array.from(text.matchAll(BY_SHAPE), ({ 0: { length }, index }) => ({ start: index, end: index + length }));
}

function masked(secret: string): string {
  return `${fold(KIND.exec(secret)?.[0] ?? (/^sk-ant-/i.test(secret) ? "sk-ant-" : ""))}[masked]`;
}

/** Whether a credential is one that the sandbox made: it says so. */
export function opensNothing(secret: string): boolean {
  return /^sk-ant-[a-z]{2,10}\d{2}-sandbox-/i.test(secret.trim());
}

/** The end of a text that comes in pieces, as far as it could still become a secret. */
export interface HeldBack {
  readonly text: string;
  /** It has the beginning of a credential's shape: more of the same run of characters is part of it, however long. */
  readonly begun: boolean;
}

export const NOTHING_HELD: HeldBack = { text: "", begun: false };

/** Every secret that this run holds. Everything the program writes goes through `mask` or `maskPiece`. */
export interface Secrets {
  /** Takes a secret where it is read. What is shorter than `SHORTEST_SECRET` is none. */
  readonly add: (secret: string) => void;
  /** `text` without these secrets, in any case and encoding, and without whatever looks like one. */
  readonly mask: (text: string) => string;
  /**
   * The same for a text that comes in pieces: what may be shown now, and what is held back for the next call. All that was shown,
   * with `mask` of what is held at the end, is `mask` of the whole text, however it was cut.
   */
  readonly maskPiece: (held: HeldBack, piece: string) => { readonly shown: string; readonly held: HeldBack };
}

/** A text with fewer characters is no credential of anything: masked by its value it would mask words, so nothing takes it for a secret. */
export const SHORTEST_SECRET = 8;

/** A run that holds these secrets, and any that it is told of. */
export function createSecrets(first: Iterable<string> = []): Secrets {
  const known = new Set<string>();
  let made: Finder | undefined;
  const add = (secret: string) => {
    const value = secret.trim();
    if (value.length < SHORTEST_SECRET || known.has(value)) return;
    known.add(value);
    made = undefined;
  };
  for (const secret of first) add(secret);

  /** Made when it is first needed after a secret was added: a run that writes nothing pays nothing. */
  const finder = () => {
    made ??= finderOf([...known].flatMap(formsOf));
    return made;
  };

  const mask = (text: string): string => {
    // Most runs know no secret, and most texts have nothing that looks like one.
    if (known.size === 0 && !/sk-ant-/i.test(text)) return text;
    const { next } = finder();
    const folded = fold(text);
    let shown = "";
    let at = 0;
    for (let found = next(folded, 0); found; found = next(folded, at)) {
      shown += text.slice(at, found.start) + masked(text.slice(found.start, found.end));
      at = found.end;
    }
    return shown + text.slice(at);
  };

  const split = (text: string) => {
    const { next, open } = finder();
    let shown = "";
    let rest = text;
    for (;;) {
      const folded = fold(rest);
      const shape = openShape(folded);
      const until = Math.min(shape.from, open(folded));
      const found = next(folded, 0);
      if (!found || found.start >= until) {
        const held = { text: rest.slice(until), begun: shape.begun && until === shape.from };
        return { shown: shown + rest.slice(0, until), held };
      }
      shown += rest.slice(0, found.start) + masked(rest.slice(found.start, found.end));
      rest = rest.slice(found.end);
    }
  };

  return {
    add,
    mask,
    maskPiece: (held, piece) => {
      if (piece === "") return { shown: "", held };
      const text = held.text + piece;
      return held.begun && /^[a-z0-9_-]*$/i.test(piece) ? { shown: "", held: { text, begun: true } } : split(text);
    },
  };
}

interface Finder {
  /** The first secret from a place on: of those that begin there the longest that is known, else what looks like one. */
  readonly next: (folded: string, from: number) => { readonly start: number; readonly end: number } | undefined;
  /** From where on the end of a text may become a secret that is known. */
  readonly open: (folded: string) => number;
}

/** Characters of a form by which it is looked for. The rest is compared: an expression of all of it could be too large to run. */
const HEAD = 8;

function finderOf(forms: readonly Form[]): Finder {
  // Most secrets of a run begin alike.
  const heads = new RegExp([...new Set(forms.map((form) => sourceOf(form.slice(0, HEAD)))), SHAPE].join("|"), "g");
  const shape = new RegExp(SHAPE, "y");
  const beginnings = new Set(forms.flatMap((form) => form[0]?.map((way) => way.charAt(0)) ?? []));
  const longest = Math.max(0, ...forms.map(lengthOf));
  const endAt = (folded: string, start: number): number | undefined => {
    const ends = forms.flatMap((form) => findForm(folded, start, form).end ?? []);
    if (ends.length > 0) return Math.max(...ends);
    shape.lastIndex = start;
    return shape.test(folded) ? shape.lastIndex : undefined;
  };
  return {
    next: (folded, from) => {
      heads.lastIndex = from;
      for (let match = heads.exec(folded); match; match = heads.exec(folded)) {
        const end = endAt(folded, match.index);
        if (end !== undefined) return { start: match.index, end };
        heads.lastIndex = match.index + 1;
      }
      return undefined;
    },
    open: (folded) => {
      for (let at = Math.max(0, folded.length - longest); at < folded.length; at += 1) {
        if (beginnings.has(folded.charAt(at)) && forms.some((form) => findForm(folded, at, form).isCutOff)) return at;
      }
      return folded.length;
    },
  };
}

function lengthOf(form: Form): number {
  return form.reduce((sum, ways) => sum + Math.max(...ways.map(({ length }) => length)), 0);
}

function sourceOf(form: Form): string {
  return form.map((ways) => `(?:${ways.map(literal).join("|")})`).join("");
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

const BEGUN = /sk-ant-(?![a-z]{2,10}\d{2}-sandbox-)[a-z0-9_-]*$/i;
const PART_OF_BEGINNING = /(?:s|sk|sk-|sk-a|sk-an|sk-ant)$/i;

/** From where on the end of a text may become what looks like a credential. */
function openShape(text: string): { readonly from: number; readonly begun: boolean } {
  const run = lastRun(text);
  const begun = BEGUN.exec(text.slice(run));
  if (begun) return { from: run + begun.index, begun: true };
  const part = PART_OF_BEGINNING.exec(text.slice(Math.max(run, text.length - "sk-ant".length)));
  return { from: text.length - (part?.[0].length ?? 0), begun: false };
}

/** Where the characters of a body begin that `text` ends with. */
function lastRun(text: string): number {
  let start = text.length;
  while (start > 0 && /[A-Za-z0-9_-]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}
