import { expect, test } from "vitest";
import { readUsage } from "../../../src/commands/write/plan.ts";
import { Failure } from "../../../src/core/model/failure.ts";
import type { OrgReader } from "../../../src/core/model/org.ts";
import type { UsageReport } from "../../../src/core/model/usage.ts";

const reader = (usage: OrgReader["usage"]) => ({ usage }) as OrgReader;
const refusing = (error: unknown) => reader(() => Promise.reject(error));

test("the rows of the time before an instant", async () => {
  const rows = [{ keyId: "apikey_a", inputTokens: 1, outputTokens: 2 }];
  const asked: unknown[] = [];
  const org = reader(async (span): Promise<UsageReport> => {
    asked.push(span);
    return { ...span, rows, since: [], asOf: span.to, source: "analytics" };
  });
  expect(await readUsage(org, 100, 1000)).toMatchObject({ known: true, report: { rows } });
  expect(asked).toEqual([{ from: 900, to: 1000 }]);
});

test("a report that cannot be had stops no run; whoever interrupts it, another organization and a bug do", async () => {
  expect(await readUsage(refusing(new Failure("permission-denied", { message: "no" })), 1, 2)).toEqual({
    known: false,
    reason: "permission-denied",
    message: "no",
  });
  for (const code of ["interrupted", "wrong-organization"] as const) {
    const ended = new Failure(code, { message: "stopped" });
    await expect(readUsage(refusing(ended), 1, 2)).rejects.toBe(ended);
  }
  await expect(readUsage(refusing(new TypeError("bug")), 1, 2)).rejects.toThrow(TypeError);
});
