/** Items of lists that are worked on at most: what is made of them is kept until it is asked for, and takes about as much room as they do. */
const MOST = 50_000;

/**
 * Does work on the lists of a read as they come: a little at a time, between the answers that come meanwhile, as often as `work` says that
 * there is more of it.
 */
export function meanwhile(work: (items: readonly object[]) => boolean): (items: readonly object[]) => void {
  let taken = 0;
  const begin = (items: readonly object[]) => {
    if (work(items)) setImmediate(() => begin(items));
  };
  return (items) => {
    taken += items.length;
    if (taken <= MOST) begin(items);
  };
}
