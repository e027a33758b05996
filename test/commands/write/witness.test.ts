import { expect, test } from "vitest";
import { writeWitness } from "../../../src/commands/write/witness.ts";
import type { Context } from "../../../src/context.ts";
import type { AuditEntry } from "../../../src/core/audit/audit.ts";

/** What is done, in its order: lines of the log, and files; those of `full` do not go in. */
function recorder(full = false) {
  const did: string[] = [];
  const context = {
    files: {
      digest: (text: string) => `digest of ${text}`,
      write: async (file: string) => {
        if (full) throw new Error("the disk is full");
        did.push(file);
        return true;
      },
    },
    state: {
      audit: async () => ({ append: async ({ outcome, reason }: AuditEntry) => did.push(`${outcome} ${reason}`) }),
    },
  } as unknown as Context;
  return { did, context };
}

const ENTRY = { command: "revoke", outcome: "done" } as const;
const LINE = "done sha256:digest of text";

test("of a file with one name the log is told first, of others afterwards", async () => {
  for (const isNamed of [true, false]) {
    const { did, context } = recorder();
    await writeWitness(context, { file: "bob.json", text: "text", isNamed, entry: ENTRY });
    expect(did).toEqual(isNamed ? [LINE, "bob.json"] : ["bob.json", LINE]);
  }
});

test("that it could not be written is a line, too, where the log was told of it", async () => {
  for (const isNamed of [true, false]) {
    const { did, context } = recorder(true);
    const writing = writeWitness(context, { file: "bob.json", text: "text", isNamed, entry: ENTRY });
    await expect(writing).rejects.toThrow("full");
    expect(did).toEqual(isNamed ? [LINE, "failed sha256:digest of text"] : []);
  }
});
