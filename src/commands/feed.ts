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
    if (!(error instanceof Failure) || ENDS_THE_RUN.has(error.code)) throw error;
    return { known: false, reason: error.code, message: messageWithFix(error.details) };
  }
}

const ENDS_THE_RUN: ReadonlySet<string> = new Set(["interrupted", "wrong-organization", "internal"]);
