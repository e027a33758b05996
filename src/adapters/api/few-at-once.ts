/** Pieces of work that are under way at once: more than the queue lets out, so that it never waits for one to be begun. */
const AT_ONCE = 16;

/**
 * What `work` makes of each item, in their order. Few are begun at once: a request takes longer to be made than to be waited for in the
 * queue, and a thousand that are made together hold up the answers to the first.
 */
export async function fewAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const oneByOne = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, oneByOne));
  return results;
}
