import * as z from "zod/mini";
import { type AuditEntry, startedOnly } from "./audit.ts";
import { parseRecord } from "./record.ts";
import { isOf, type WrittenTo } from "./unfinished.ts";

/** An edit of rbac.yaml as evidence has it. */
export interface WrittenEdit {
  readonly action: string;
  readonly path: string;
}

const written = z.object({ edits: z.array(z.object({ action: z.string(), path: z.string() })) });

/** What the log is told before the file is edited as the sheet of a digest decides. */
export function editsBegun(sheetDigest: string, edits: readonly WrittenEdit[]) {
  return {
    event: "evidence",
    phase: "started",
    outcome: "started",
    reason: reasonOf(sheetDigest),
    after: { edits },
  } as const satisfies Partial<AuditEntry>;
}

/** The edits that runs with one sheet were about to make, as the lines of a log are gone through: one that was killed may have made them. */
export interface BegunEdits {
  readonly visit: (text: string) => void;
  readonly found: () => readonly WrittenEdit[];
}

/** Begins to look for them. */
export function begunEdits(sheetDigest: string, to: WrittenTo): BegunEdits {
  const found = new Map<string, WrittenEdit>();
  return {
    visit: (text) => {
      // Reading a line as a record takes longer than finding it.
      if (!text.includes(sheetDigest)) return;
      const record = parseRecord(text);
      if (record?.command !== "review" || record.reason !== reasonOf(sheetDigest)) return;
      if (!startedOnly(record) || !isOf(record, to)) return;
      for (const edit of written.safeParse(record.after, { jitless: true }).data?.edits ?? []) {
        found.set(JSON.stringify([edit.action, edit.path]), edit);
      }
    },
    found: () => [...found.values()],
  };
}

function reasonOf(sheetDigest: string): string {
  return `sheet sha256:${sheetDigest}`;
}
