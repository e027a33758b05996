/** What is shown of a change around it. */
const CONTEXT = 1;

/**
 * The lines that differ between two versions of a text, as `-` and `+`, each piece under the number of its line. Made for edits that take
 * lines out, or write a line anew in its place: what comes after is found again by the text of the lines themselves.
 */
export function changedLines(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const shown: string[] = [];
  let [one, other] = [0, 0];
  let last = -1;
  while (one < old.length || other < fresh.length) {
    if (old[one] === fresh[other]) {
      one += 1;
      other += 1;
      continue;
    }
    const [removed, added] = nextMatch(old, fresh, one, other);
    if (last < 0 || one - last > 2 * CONTEXT) shown.push(`@@ line ${one + 1}`);
    const above = old[one - 1];
    if (above !== undefined && one - 1 > last) shown.push(` ${above}`);
    shown.push(
      ...old.slice(one, one + removed).map((line) => `-${line}`),
      ...fresh.slice(other, other + added).map((line) => `+${line}`),
    );
    one += removed;
    other += added;
    last = one;
  }
  return shown;
}

/** So far ahead a line is looked for. */
const AHEAD = 2000;

/** How many lines to leave behind on each side until both go on alike. */
function nextMatch(
  old: readonly string[],
  fresh: readonly string[],
  one: number,
  other: number,
): readonly [number, number] {
  const places = new Map<string, number>();
  for (let at = Math.min(fresh.length, other + AHEAD) - 1; at >= other; at -= 1)
    places.set(fresh[at] ?? "", at - other);
  let best: readonly [number, number] = [old.length - one, fresh.length - other];
  for (let removed = 0; removed < Math.min(AHEAD, old.length - one) && removed <= best[0] + best[1]; removed += 1) {
    const added = places.get(old[one + removed] ?? "");
    if (added !== undefined && removed + added < best[0] + best[1]) best = [removed, added];
  }
  return best;
}
