import { beforeAll, describe, expect, test } from "vitest";
import type { LoggedRequest } from "../../src/sandbox/server/answer.ts";
import type { Fault } from "../../src/sandbox/state/faults.ts";
import {
  APPLY_EVERY_ENTERPRISE_WRITE,
  EVERY_ENTERPRISE_WRITE,
  everyEnterpriseWriteSeed,
} from "../support/every-enterprise-write.ts";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed, stateOf } from "../support/every-write.ts";
import { openStage } from "../support/stage.ts";

/** A run that needs every write of one sort of organization, and how many those are. */
const SORTS = [
  {
    sort: "the Console",
    seedOf: everyWriteSeed,
    declared: EVERY_WRITE,
    words: APPLY_EVERY_WRITE,
    writes: 16,
    twice: "/workspaces",
  },
  {
    sort: "Claude Enterprise",
    seedOf: everyEnterpriseWriteSeed,
    declared: EVERY_ENTERPRISE_WRITE,
    words: APPLY_EVERY_ENTERPRISE_WRITE,
    writes: 12,
    twice: "/rbac_groups",
  },
] as const;

const isAny = () => true;
const isWrite = ({ method }: LoggedRequest) => method !== "GET";
/** What a call about an organization that a reader cannot tell from another does not say: ids that were given out anew. */
const named = ({ method, path }: LoggedRequest) => `${method} ${path.replace(/01sandbox\w+/g, "*")}`;

describe.each(SORTS)("a run in an organization of $sort that is cut off", (each) => {
  const { seedOf, declared, words, writes, twice: created } = each;
  /** The calls of a run that nothing disturbs, and the organization after it. */
  let calls: readonly LoggedRequest[] = [];
  let wanted: unknown;

  beforeAll(async () => {
    const { sandbox, declare, run, close } = await openStage({ seed: seedOf() });
    declare(declared);
    const ran = await run(words);
    expect([ran.exitCode, ran.json().results.filter(({ status }) => status !== "done")]).toEqual([0, []]);
    calls = [...sandbox.requests];
    wanted = stateOf(sandbox.state);
    await close();
  });

  /** The end of the run that these faults disturb, and of the next one, which nothing disturbs. */
  async function twice(faults: readonly Fault[]) {
    const { sandbox, declare, run, close } = await openStage({ seed: seedOf() });
    declare(declared);
    for (const fault of faults) sandbox.control.fault(fault);
    const first = await run(words);
    sandbox.control.clearFaults();
    const second = await run(words);
    const state = stateOf(sandbox.state);
    await close();
    return { first, second, state };
  }

  /** Tries it at each call in turn, each on an organization of its own, eight at a time. `nth` counts from 1. */
  async function atEach(
    which: (call: LoggedRequest) => boolean,
    attempt: (call: LoggedRequest, nth: number) => Promise<void>,
  ): Promise<void> {
    const waiting = calls.map((call, index) => [call, index + 1] as const).filter(([call]) => which(call));
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await attempt(...next);
    };
    await Promise.all(Array.from({ length: 8 }, work));
  }

  test("every write of the API is part of it", () => {
    expect(new Set(calls.filter(isWrite).map(named)).size).toBeGreaterThanOrEqual(writes);
  });

  test.each(["cut_before", "cut_after"] as const)(
    "%s: whichever write is hit, the same run puts it right",
    async (kind) => {
      await atEach(isWrite, async (call, nth) => {
        const { first, second, state } = await twice([{ kind, match: { path: "/v1/", nth } }]);
        expect.soft([named(call), first.exitCode, second.exitCode]).toEqual([named(call), 0, 0]);
        expect.soft(state, named(call)).toEqual(wanted);
      });
    },
  );

  test.each([
    ["429", { kind: "429", retry_after: 1 }],
    ["429 after the change took effect", { kind: "429", retry_after: 0, after_effect: true }],
    ["409", { kind: "409" }],
    ["500", { kind: "5xx" }],
    ["500 after the change took effect", { kind: "5xx", after_effect: true }],
    ["a broken answer after the change took effect", { kind: "body", after_effect: true }],
  ] as const)("%s: whichever write is hit, the same run puts it right", async (_, fault) => {
    // One write is enough for what does not depend on which: the creation of what the API would make twice.
    const index = calls.findIndex(({ method, path }) => method === "POST" && path.endsWith(created));
    const { first, second, state } = await twice([{ ...fault, match: { path: "/v1/", nth: index + 1 } }]);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(state).toEqual(wanted);
  });

  // A read that is cut has done nothing, before its answer or after: once is enough for it.
  test.each([
    ["cut_before", isAny],
    ["cut_after", isWrite],
  ] as const)("%s, and dead from then on: the next run finishes it", async (kind, which) => {
    await atEach(which, async (call, nth) => {
      const dead = { kind: "status", status: 401, match: { path: "/v1/", after: nth }, times: null } as const;
      const { first, second, state } = await twice([{ kind, match: { path: "/v1/", nth } }, dead]);
      expect.soft([named(call), first.exitCode]).not.toEqual([named(call), 0]);
      expect.soft([named(call), second.exitCode]).toEqual([named(call), 0]);
      expect.soft(state, named(call)).toEqual(wanted);
    });
  });
});
