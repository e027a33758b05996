/** Edits between two words, or `limit + 1` as soon as they are known to be more: insert, delete, replace, swap neighbours. */
function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let edits = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        edits = Math.min(edits, (before[column - 2] ?? 0) + 1);
      }
      current.push(edits);
      if (edits < smallest) smallest = edits;
    }
    if (smallest > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[right.length] ?? limit + 1;
}

/** Beyond this many comparisons the rest of a run goes without suggestions: a file of nothing but typos must not take minutes. */
const BUDGET = 400_000;

/**
 * Proposes, for a word, the nearest of `candidates` (at most a third of its letters differ, case apart), or undefined. Of an
 * e-mail address only the letters before its @ count, without a plus tag: whoever shares a domain is not alike for it.
 */
export function suggester(candidates: Iterable<string>): (word: string) => string | undefined {
  // Sorted, so that of two words equally near the same one is proposed whatever their order in the file.
  const words = [...candidates].sort().map((candidate) => ({ candidate, folded: candidate.toLowerCase() }));
  let budget = BUDGET;
  return (word) => {
    const folded = word.toLowerCase().replace(/(?<=.)\+[^@]*(?=@)/, "");
    let best: string | undefined;
    const letters = folded.includes("@") ? folded.indexOf("@") : folded.length;
    let limit = folded.length > 200 ? -1 : Math.max(1, Math.floor(letters / 3));
    for (const { candidate, folded: other } of words) {
      if (limit < 0 || --budget < 0) break;
      if (candidate === word) continue;
      const edits = distance(folded, other, limit);
      if (edits > limit) continue;
      best = candidate;
      limit = edits - 1;
    }
    return best;
  };
}

/** The nearest of `candidates` to `word`, if any is near. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  return suggester(candidates)(word);
}
