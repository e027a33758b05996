import type { OwnWrite } from "../model/activity.ts";
import { parseTime } from "../model/time.ts";
import { type AuditRecord, startedOnly } from "./audit.ts";
import { parseRecord } from "./record.ts";
import { isOf, type WrittenTo } from "./unfinished.ts";

/** What the log says of the writes to one organization, as its lines are gone through, oldest first. */
export interface WriteHistory {
  readonly visit: (text: string) => void;
  /** All that may have taken effect. */
  readonly writes: () => readonly OwnWrite[];
  /**
   * When the last run of `apply` began that carried out everything it tried: epoch ms, by the clock of this machine; undefined where
   * the log knows none.
   */
  readonly lastWholeRun: () => number | undefined;
}

/** Two records of `apply` that lie closer are of one run: no longer does a run take, unless it is told to (`--timeout`). */
const SAME_RUN = 10 * 60_000;

interface Run {
  readonly from: number;
  until: number;
  /** Writes that were begun and have no end. */
  readonly open: Set<number>;
  isWhole: boolean;
}

/** Begins to read them. */
export function writeHistory(to: WrittenTo): WriteHistory {
  const writes = new Map<string, OwnWrite>();
  let run: Run | undefined;
  let whole: number | undefined;
  const settle = () => {
    if (run?.isWhole && run.open.size === 0) whole = run.from;
  };
  const join = (record: AuditRecord, at: number) => {
    if (!run || at - run.until > SAME_RUN) {
      settle();
      run = { from: at, until: at, open: new Set(), isWhole: true };
    }
    run.until = at;
    if (record.begun !== undefined) run.open.delete(record.begun);
    if (startedOnly(record)) run.open.add(record.seq);
    else if (record.outcome !== "done") run.isWhole = false;
  };
  return {
    visit: (text) => {
      // Reading a line as a record takes longer than finding it.
      if (!text.includes('"event":"write"')) return;
      const record = parseRecord(text);
      const at = record && parseTime(record.at);
      if (record?.event !== "write" || at === undefined || !isOf(record, to)) return;
      const { target, command, outcome } = record;
      if (target !== undefined && outcome !== "skipped" && outcome !== "manual") {
        writes.set(`${at} ${target}`, { at, target, command });
      }
      if (command === "apply") join(record, at);
    },
    writes: () => [...writes.values()],
    lastWholeRun: () => {
      settle();
      return whole;
    },
  };
}
