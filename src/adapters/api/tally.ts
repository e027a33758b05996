import type { Progress } from "../../core/model/org.ts";

/** Counts the pages of one read, for the person who waits. */
export interface Tally {
  /** So many more requests are known to be needed. */
  readonly planned: (requests: number) => void;
  /** A page has come; `more`: another one follows. */
  readonly answered: (more: boolean) => void;
}

export function createTally(onProgress: Progress | undefined): Tally {
  let done = 0;
  let planned = 0;
  return {
    planned: (requests) => {
      planned += requests;
    },
    answered: (more) => {
      done += 1;
      if (more) planned += 1;
      onProgress?.(done, planned);
    },
  };
}
