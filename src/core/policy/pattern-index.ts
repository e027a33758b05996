import { matchesModel } from "../config/models.ts";
import { addTo } from "../text/text.ts";

/** A pattern of a role, and the path of its entry in rbac.yaml. */
export interface PatternRule {
  readonly pattern: string;
  readonly rule: string;
}

/** The first rule that matches one of these names of a model, or undefined. */
export type PatternIndex = (names: readonly string[]) => string | undefined;

/** Literal text is looked up in pieces of so many characters. */
const PIECE = 8;

/** Of so few patterns each is simply tried. */
const FEW = 4;

/**
 * Finds the first pattern that matches without trying them all: a pattern can match only where its literal text occurs, so each is filed
 * under one piece of it, the one that the fewest others have. The work of a look-up grows with the name and with the patterns that have a
 * piece in common with it; `matches` says whether one pattern stands for one name.
 */
export function indexPatterns(patterns: readonly PatternRule[], matches = matchesModel): PatternIndex {
  const matchesOne = ({ pattern }: PatternRule, names: readonly string[]) =>
    names.some((name) => matches(pattern, name));
  const distinct = firstOfEach(patterns);
  if (distinct.length <= FEW) return (names) => distinct.find((each) => matchesOne(each, names))?.rule;
  const uses = new Map<string, number>();
  const pieces = distinct.map(({ pattern }) => piecesOf(pattern));
  for (const piece of pieces.flat()) uses.set(piece, (uses.get(piece) ?? 0) + 1);
  /** Places in `distinct`, under a piece of each; without literal text (`*`) under "". */
  const filed = new Map<string, number[]>();
  for (const [place, own] of pieces.entries()) {
    const rarest = own.reduce((best, piece) => (rarer(piece, best, uses) ? piece : best), own[0] ?? "");
    addTo(filed, rarest, place);
  }
  const lengths = [...new Set([...filed.keys()].map(({ length }) => length))];
  return (names) => {
    const places = new Set<number>();
    for (const name of names) {
      for (const length of lengths) {
        const last = length === 0 ? 0 : name.length - length;
        for (let at = 0; at <= last; at += 1) {
          for (const place of filed.get(name.slice(at, at + length)) ?? []) places.add(place);
        }
      }
    }
    for (const place of [...places].sort((one, other) => one - other)) {
      const each = distinct[place];
      if (each && matchesOne(each, names)) return each.rule;
    }
    return undefined;
  };
}

/** The first entry of each pattern: what comes again never decides. */
function firstOfEach(patterns: readonly PatternRule[]): readonly PatternRule[] {
  const first = new Map<string, PatternRule>();
  for (const { pattern, rule } of patterns) {
    const plain = pattern.replace(/\*+/g, "*");
    if (!first.has(plain)) first.set(plain, { pattern: plain, rule });
  }
  return [...first.values()];
}

/** The literal text of a pattern in pieces, each once. */
function piecesOf(pattern: string): readonly string[] {
  const pieces = new Set<string>();
  for (const part of pattern.split("*")) {
    for (let at = 0; at + PIECE < part.length; at += PIECE) pieces.add(part.slice(at, at + PIECE));
    if (part !== "") pieces.add(part.slice(-PIECE));
  }
  return [...pieces];
}

function rarer(piece: string, than: string, uses: ReadonlyMap<string, number>): boolean {
  const [mine = 0, theirs = 0] = [uses.get(piece), uses.get(than)];
  return mine < theirs || (mine === theirs && piece.length > than.length);
}
