import { expect, test } from "vitest";
import { DAY } from "../../../src/core/model/time.ts";
import type { Fault } from "../../../src/sandbox/state/faults.ts";
import { NOW } from "../../support/org.ts";
import { openStage } from "../../support/stage.ts";

const NAME = "prod-auth-service";
const ROTATE = ["rotate", "--key", NAME, "--yes", "--json", "--api-rpm", "0"] as const;

/** The runs of one rotation, each with what it changes and the day on which it is made. */
const STEPS = [
  { day: 0, words: [...ROTATE, "--delivered"], writes: 2 },
  { day: 9, words: ROTATE, writes: 1 },
  { day: 30, words: [...ROTATE, "--archive", "--confirm", NAME], writes: 1 },
] as const;

/** A whole rotation, in which one step is disturbed and then run again. */
async function rotateWith(step: number, faults: readonly Fault[]) {
  const { sandbox, declare, run, close } = await openStage();
  const key = { rotate_every: "90d", overlap: "7d", soak: "14d" };
  declare({ workspaces: { prod: { name: "Production", keys: { [NAME]: key } } } });
  sandbox.control.console.createKey({ name: `${NAME}@next`, workspace: "Production" });
  const exits: number[] = [];
  const clean: number[] = [];
  for (const [index, { day, words }] of STEPS.entries()) {
    const now = NOW + day * DAY;
    sandbox.control.clock.set(now);
    if (index === step) {
      for (const fault of faults) sandbox.control.fault(fault);
      exits.push((await run(words, { now })).exitCode);
      sandbox.control.clearFaults();
    }
    clean.push((await run(words, { now })).exitCode);
  }
  const own = sandbox.state.api_keys.filter(({ name }) => name.startsWith(NAME));
  const keys = own.map(({ name, status }) => `${name} ${status}`).sort();
  const writes = sandbox.requests.filter(({ method }) => method !== "GET");
  await close();
  return { exits, clean, keys, writes };
}

const wanted = [`${NAME} active`, `${NAME}@disabled-20261202 archived`];
const cuts = STEPS.flatMap(({ writes }, step) => Array.from({ length: writes }, (_, nth) => [step, nth + 1] as const));

test("undisturbed, a rotation is four kinds of write", async () => {
  const { clean, keys, writes } = await rotateWith(-1, []);
  expect([clean, keys, writes.length]).toEqual([[0, 0, 0], wanted, 4]);
});

test.each(cuts.flatMap((cut) => (["cut_before", "cut_after"] as const).map((kind) => [...cut, kind] as const)))(
  "step %i, write %i, %s: the same run, or the next one, puts it right",
  async (step, nth, kind) => {
    const { exits, clean, keys } = await rotateWith(step, [{ kind, match: { method: "POST", path: "/v1/", nth } }]);
    expect([exits, clean, keys]).toEqual([[0], [0, 0, 0], wanted]);
  },
);

test.each(cuts.flatMap((cut) => (["cut_before", "cut_after"] as const).map((kind) => [...cut, kind] as const)))(
  "step %i, write %i, %s and dead from then on: the next run finishes it",
  async (step, nth, kind) => {
    const match = { method: "POST", path: "/v1/" } as const;
    const dead = { kind: "status", status: 401, match: { ...match, after: nth }, times: null } as const;
    const { clean, keys } = await rotateWith(step, [{ kind, match: { ...match, nth } }, dead]);
    expect([clean, keys]).toEqual([[0, 0, 0], wanted]);
  },
);
