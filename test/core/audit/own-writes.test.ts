import { describe, expect, test } from "vitest";
import type { AuditEntry } from "../../../src/core/audit/audit.ts";
import { writeHistory } from "../../../src/core/audit/own-writes.ts";
import { isoTime } from "../../../src/core/model/time.ts";
import { NOW } from "../../support/org.ts";

const MINUTE = 60_000;
const ORGANIZATION = "org-1";

type Line = Partial<AuditEntry> & { readonly minute: number; readonly seq?: number };

/** The history of a log with these lines, in their order. */
function historyOf(lines: readonly Line[]) {
  const history = writeHistory({ organizationId: ORGANIZATION });
  lines.forEach(({ minute, ...line }, index) => {
    const record = {
      seq: index + 1,
      at: isoTime(NOW + minute * MINUTE),
      prev: "",
      hash: "",
      command: "apply",
      event: "write",
      outcome: "done",
      target: "members.ada@acme.example",
      organization: { id: ORGANIZATION },
      ...line,
    };
    history.visit(JSON.stringify(record));
  });
  return history;
}

const whole = (lines: readonly Line[]) => {
  const at = historyOf(lines).lastWholeRun();
  return at === undefined ? undefined : (at - NOW) / MINUTE;
};

describe("the last run that carried out everything", () => {
  test("begins with its first record", () => {
    expect(whole([])).toBeUndefined();
    expect(whole([{ minute: 0 }, { minute: 1 }, { minute: 9 }])).toBe(0);
    expect(whole([{ minute: 0 }, { minute: 30 }, { minute: 31 }])).toBe(30);
  });

  test("is not one with a failure, nor one whose write has no end", () => {
    expect(whole([{ minute: 0 }, { minute: 30 }, { minute: 31, outcome: "failed" }, { minute: 32 }])).toBe(0);
    const begun: Line = { minute: 30, outcome: "started", phase: "started" };
    expect(whole([{ minute: 0 }, begun])).toBe(0);
    expect(whole([{ minute: 0 }, begun, { minute: 31, phase: "ended", begun: 2 }])).toBe(30);
  });

  test("is of apply, of this organization, and of this API alone", () => {
    expect(whole([{ minute: 0, command: "rotate" }])).toBeUndefined();
    expect(whole([{ minute: 0, organization: { id: "org-2" } }])).toBeUndefined();
    expect(whole([{ minute: 0, api: { host: "127.0.0.1:1" } }])).toBeUndefined();
  });
});

test("what may have been written is known by target and time: of any command, but for what was skipped", () => {
  const history = historyOf([
    { minute: 0, command: "revoke", target: "members.bob@acme.example" },
    { minute: 1, outcome: "failed", target: "members.cleo@acme.example" },
    { minute: 2, outcome: "skipped", target: "members.dora@acme.example" },
    { minute: 3, event: "refusal", target: "members.eve@acme.example" },
  ]);
  expect(
    history.writes().map(({ target, command, at }) => [target.split(/[.@]/)[1], command, (at - NOW) / MINUTE]),
  ).toEqual([
    ["bob", "revoke", 0],
    ["cleo", "apply", 1],
  ]);
});
