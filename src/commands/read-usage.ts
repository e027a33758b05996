import { Failure } from "../core/model/failure.ts";
import type { OrgReader, Reading, UsageRow } from "../core/model/org.ts";

/** Who used what in the time before `to` (milliseconds, epoch ms), or why that is not known: no run fails for want of a report. */
export async function readUsage(org: OrgReader, span: number, to: number): Promise<Reading<UsageRow>> {
  try {
    return { known: true, items: (await org.usage({ from: to - span, to })).rows };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "interrupted") throw error;
    return { known: false, reason: error.code, message: error.details.message };
  }
}
