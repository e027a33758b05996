/** So many lines are shown around a change: what `patch` and `git apply` find its place by. */
const CONTEXT = 3;

/** Lines of the one text in whose place there are lines of the other: where they begin in each (from 0), and how many they are. */
interface Change {
  readonly one: number;
  readonly removed: number;
  readonly other: number;
  readonly added: number;
}

/**
 * What differs between two versions of a text, as the hunks of a unified diff. Made for edits that take lines out, or write a line anew in
 * its place: what comes after is found again by the text of the lines themselves.
 */
export function changedLines(before: string, after: string): readonly string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const hunks: Change[][] = [];
  let [one, other] = [0, 0];
  while (one < old.length || other < fresh.length) {
    if (old[one] === fresh[other]) {
      one += 1;
      other += 1;
      continue;
    }
    const [removed, added] = nextMatch(old, fresh, one, other);
    const hunk = hunks.at(-1);
    const last = hunk?.at(-1);
    const change = { one, removed, other, added };
    if (hunk && last && one - (last.one + last.removed) <= 2 * CONTEXT) hunk.push(change);
    else hunks.push([change]);
    one += removed;
    other += added;
  }
  return hunks.flatMap((hunk) => hunkLines(hunk, old, fresh));
}

/** The lines of a text, each with what ends it. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function hunkLines(hunk: readonly Change[], old: readonly string[], fresh: readonly string[]): readonly string[] {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (!first || !last) return [];
  const lead = Math.min(CONTEXT, first.one);
  const trail = Math.min(CONTEXT, old.length - last.one - last.removed);
  const range = (from: number, to: number) => `${to === from ? from : from + 1},${to - from}`;
  const lines = hunk.flatMap(({ one, removed, other, added }, at) => {
    const next = hunk[at + 1]?.one ?? one + removed + trail;
    return [
      ...old.slice(one, one + removed).map((line) => `-${line}`),
      ...fresh.slice(other, other + added).map((line) => `+${line}`),
      ...old.slice(one + removed, next).map((line) => ` ${line}`),
    ];
  });
  const ranges = [
    range(first.one - lead, last.one + last.removed + trail),
    range(first.other - lead, last.other + last.added + trail),
  ];
  return [
    `@@ -${ranges[0]} +${ranges[1]} @@`,
    ...[...old.slice(first.one - lead, first.one).map((line) => ` ${line}`), ...lines].flatMap((line) =>
      line.endsWith("\n") ? line.slice(0, -1) : [line, "\\ No newline at end of file"],
    ),
  ];
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
