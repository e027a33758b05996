import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fault } from "../../src/sandbox/faults.ts";
import { stateOf } from "../support/every-write.ts";
import { openStage } from "../support/stage.ts";

const BOB = ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes", "--json", "--api-rpm", "0"];

/** The end of a run that these faults disturb, and of the next one, which nothing disturbs. */
async function twice(faults: readonly Fault[]) {
  const { sandbox, run, folder, close } = await openStage();
  try {
    for (const fault of faults) sandbox.control.fault(fault);
    const first = await run(BOB);
    const calls = [...sandbox.requests];
    sandbox.control.clearFaults();
    const second = await run(BOB);
    const files = readdirSync(join(folder, "state", "evidence"));
    const evidence = files.map((name) => JSON.parse(readFileSync(join(folder, "state", "evidence", name), "utf8")));
    return { first, second, calls, state: stateOf(sandbox.state), evidence };
  } finally {
    await close();
  }
}

test.each(["cut_before", "cut_after"] as const)(
  "%s at each write: the same run, or the next one, ends it, and the evidence tells all of it",
  async (kind) => {
    const { calls, state: wanted } = await twice([]);
    const writes = calls.flatMap(({ method }, index) => (method === "GET" ? [] : index + 1));
    expect(writes).toHaveLength(5);
    for (const nth of writes) {
      const healed = await twice([{ kind, match: { path: "/v1/", nth } }]);
      expect([nth, healed.first.exitCode, healed.second.exitCode]).toEqual([nth, 0, 0]);
      expect(healed.state).toEqual(wanted);
      const dead = { kind: "status", status: 401, match: { path: "/v1/", after: nth }, times: null } as const;
      const broken = await twice([{ kind, match: { path: "/v1/", nth } }, dead]);
      expect([nth, broken.first.exitCode === 0, broken.second.exitCode]).toEqual([nth, false, 0]);
      expect(broken.state).toEqual(wanted);
      const finished = broken.evidence.filter(({ after }) => after.verified);
      expect([nth, finished.length]).toEqual([nth, 1]);
      expect(new Set(finished[0].actions.map(({ target }: { target: string }) => target)).size).toBe(5);
    }
  },
);
