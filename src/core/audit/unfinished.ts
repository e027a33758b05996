import { type AuditRecord, startedOnly } from "./audit.ts";
import { parseRecord } from "./record.ts";

/** Whose writes are looked for: of one organization, as one API knows it. */
export interface WrittenTo {
  readonly organizationId: string;
  /** Absent: the official one. */
  readonly host?: string | undefined;
}

/** Whether a record is of what was done to this organization by this API: another host's has the same ids by chance, or by design. */
export function isOf({ organization, api }: AuditRecord, { organizationId, host }: WrittenTo): boolean {
  return organization?.id === organizationId && api?.host === host;
}

/** The writes of a log that were about to be sent and have no end, as its lines are gone through, oldest first. */
export interface UnfinishedWrites {
  readonly visit: (text: string) => void;
  readonly found: () => readonly AuditRecord[];
}

/** Begins to look for them. */
export function unfinishedWrites(to: WrittenTo): UnfinishedWrites {
  const open = new Map<number, AuditRecord>();
  return {
    visit: (text) => {
      // Reading a line as a record takes longer than finding it; most are of no such write.
      if (!text.includes('"phase":')) return;
      const record = parseRecord(text);
      if (record?.event !== "write") return;
      if (record.begun !== undefined) open.delete(record.begun);
      else if (startedOnly(record) && isOf(record, to)) open.set(record.seq, record);
    },
    found: () => [...open.values()],
  };
}
