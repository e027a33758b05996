import { expect, test } from "vitest";
import { parseRecord } from "../../../src/core/audit/record.ts";
import { chained, WRITE } from "../../support/audit.ts";

const [record] = chained([WRITE]);

test("a line that holds something else is no record", () => {
  for (const wrong of [
    { ...record, target: 1 },
    { ...record, organization: [] },
    { ...record, organization: { id: {} } },
    { ...record, after: "x" },
    { ...record, seq: "1" },
    { ...record, outcome: undefined },
    { ...record, api: "127.0.0.1" },
    { ...record, begun: 1.5 },
    { ...record, input_tokens: "3" },
    [record],
    null,
  ]) {
    expect(parseRecord(JSON.stringify(wrong))).toBeUndefined();
  }
  expect(parseRecord("{")).toBeUndefined();
  expect(parseRecord(JSON.stringify(record))).toEqual(record);
});

test("records of earlier and of later versions are read", () => {
  const { by: _, ...old } = { ...record, by: undefined };
  expect(parseRecord(JSON.stringify(old))).toEqual(old);
  const ahead = { ...record, phase: "started", api: { host: "127.0.0.1:8787" }, begun: 4 };
  expect(parseRecord(JSON.stringify(ahead))).toEqual(ahead);
  const later = { ...record, event: "signature", outcome: "postponed", weather: { sky: "blue" } };
  expect(parseRecord(JSON.stringify(later))).toEqual(later);
});
