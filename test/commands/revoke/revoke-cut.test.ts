import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../../src/sandbox/state/faults.ts";
import { stateOf } from "../../support/every-write.ts";
import { openStage, stage } from "../../support/stage.ts";

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

describe("a write that is in no line of the log, as a killed run leaves it", () => {
  test("is found done, by what the keys and the file say", async () => {
    const one = await stage();
    one.declare({ workspaces: { dev: { name: "Development", members: { "bob@acme.example": "user" } } } });
    const { state, control } = one.sandbox;
    const shared = state.api_keys.find(({ name }) => name === "dev-shared");
    control.console.edit("api_keys", shared?.id ?? "", { status: "inactive" });
    expect((await one.run([...BOB, "--evidence", "bob.json"])).exitCode).toBe(0);
    const evidence = JSON.parse(readFileSync(join(one.folder, "bob.json"), "utf8"));
    expect(evidence.found_done).toEqual([
      { kind: "key", target: "workspaces.dev.keys.dev-shared", id: shared?.id, state: "inactive" },
    ]);
    expect(evidence.actions.map(({ id }: { id: string }) => id)).not.toContain(shared?.id);
  });

  test("may be the removal of the person: they are known by the roles that were taken before", async () => {
    const one = await stage();
    expect((await one.run([...BOB, "--only", "workspace_members"])).exitCode).toBe(0);
    one.sandbox.control.console.removeUser("bob@acme.example");
    const ran = await one.run([...BOB, "--evidence", "bob.json"]);
    expect([ran.exitCode, ran.json()]).toMatchObject([
      0,
      { verified: true, revocations: [{ subject: { standing: "gone" } }] },
    ]);
    // The keys that he made are found by the id that the log has.
    expect(ran.json().results).toMatchObject([
      { target: expect.stringMatching(/\.keys\.dev-shared$/), status: "done" },
    ]);
  });
});
