import { Failure, messageWithFix } from "../core/model/failure.ts";

/** A page of the activity feed, and the most pages of one run: its reads are shared by the whole organization, and each of them is in it. */
export const FEED_PAGES = { pageSize: 1000, pages: 10 };

/** Why the activity feed could not be read. */
export interface Unread {
  readonly known: false;
  readonly reason: string;
  readonly message: string;
}

/** What is read of the activity feed, or why it cannot be: that is an answer too. Throws Failure for what ends the run. */
export async function feedOrWhyNot<Reading>(read: () => Promise<Reading>): Promise<Reading | Unread> {
  try {
    return await read();
  } catch (error) {
    if (!saysWhyNot(error)) throw error;
    return { known: false, reason: error.code, message: messageWithFix(error.details) };
  }
}

/**
 * Whether this says why one thing beside the organization (a report of use, the feed) could not be read. All else ends the run, even where
 * the run could do without: after the answer of another organization nothing more is asked, and nothing is called done.
 */
export function saysWhyNot(error: unknown): error is Failure {
  return error instanceof Failure && !ENDS_THE_RUN.has(error.code);
}

const ENDS_THE_RUN: ReadonlySet<string> = new Set(["interrupted", "wrong-organization", "internal"]);
