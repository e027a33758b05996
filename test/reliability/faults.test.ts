/**
 * Each write of apply, rotate and revoke, hit by each fault: the connection cut before and after it took effect, 409, 429, 500, 503. The
 * run ends as it may, the next one ends the job. Then a soak: people click, every run meets random faults, and once these stop the
 * organization is as declared. `npm run reliability` tries all of the matrix, and 2,000 clicks.
 */
import { describe, expect, test } from "vitest";
import type { Fault } from "../../src/sandbox/state/faults.ts";
import { openStage } from "../support/stage.ts";
import { expectFinished, randomNumbers, TRIALS, undisturbed } from "../support/trials.ts";

/** How many of the matrix for each kind of run; all where it is 0. */
const SAMPLE = Number(process.env.ANTH_RBAC_RELIABILITY_FAULTS ?? 2);
const CLICKS = Number(process.env.ANTH_RBAC_RELIABILITY_CLICKS ?? 8);
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);

const FAULTS: Readonly<Record<string, Fault>> = {
  "cut before": { kind: "cut_before" },
  "cut after": { kind: "cut_after" },
  "409": { kind: "409" },
  "429": { kind: "429", retry_after: 0 },
  "500": { kind: "5xx", status: 500 },
  "503": { kind: "5xx", status: 503 },
};
/** Done, failed, in part, something left: whatever else, a run may not say after a fault of the API. */
const HONEST = [0, 1, 5, 7];

describe.each(TRIALS)("$name", (trial) => {
  test(`each write × each fault (${SAMPLE === 0 ? "all" : SAMPLE} of them, seed ${SEED}): the next run ends the job`, {
    timeout: 3_600_000,
  }, async () => {
    const clean = await undisturbed(trial);
    const random = randomNumbers(SEED);
    const matrix = clean.writes.flatMap((write, at) =>
      Object.entries(FAULTS).map(([name, fault]) => ({ write, at, name, fault })),
    );
    const chosen = matrix.map((cell) => ({ cell, order: random() })).sort((one, other) => one.order - other.order);
    const cells = SAMPLE === 0 ? matrix : chosen.slice(0, SAMPLE).map(({ cell }) => cell);
    for (const { write, at, name, fault } of cells) {
      const [method = ""] = write.split(" ");
      const nth = clean.writes.slice(0, at + 1).filter((other) => other.startsWith(`${method} `)).length;
      const one = await trial.open();
      try {
        one.sandbox.control.fault({ ...fault, match: { method, path: "/v1/organizations", nth } });
        const first = await one.run(trial.words, { env: trial.env(one) });
        const label = `${name} at write ${at + 1}, ${write}`;
        expect(HONEST, `${label}: ${first.stdout}${first.stderr}`).toContain(first.exitCode);
        expect(
          one.sandbox.control.faults().filter(({ seen }) => seen === 0),
          label,
        ).toEqual([]);
        await expectFinished(one, trial, clean, label);
      } finally {
        await one.close();
      }
    }
    console.log(`${trial.name}: ${cells.length} of ${matrix.length} faults at ${clean.writes.length} writes`);
  });
});

const PEOPLE = ["ada", "dora", "bob", "bill"].map((name) => `${name}@acme.example`);
const DECLARED = {
  manage: { members: "full" },
  guardrails: { min_admins: 1, max_removals: { percent: 100, always_allow: 99, never_exceed: 99 } },
  members: {
    ...Object.fromEntries(["grace", "alan"].map((name) => [`${name}@acme.example`, { role: "admin" }])),
    ...Object.fromEntries(PEOPLE.map((email) => [email, { role: "developer" }])),
    "cleo@acme.example": { role: "claude_code_user" },
  },
  workspaces: {
    prod: { name: "Production", tags: { env: "prod" }, rate_limits: { batch: { requests_per_minute: 200 } } },
  },
};

test(`${CLICKS} random clicks, every run under 20 % faults, seed ${SEED}: in the end all is as declared`, {
  timeout: 60_000 + CLICKS * 60_000,
}, async () => {
  const one = await openStage();
  const random = randomNumbers(SEED);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const { console: person, configure } = one.sandbox.control;
  const clicks = [
    () => person.setRole(pick(PEOPLE), pick(["user", "billing", "developer"] as const)),
    () => person.addUser(`stranger-${Math.floor(random() * 1e9)}@acme.example`, "developer"),
    () => person.edit("workspaces", "wrkspc_01sandboxProduction", { tags: { env: pick(["dev", "x"]), more: "1" } }),
  ];
  try {
    one.declare(DECLARED);
    const exits = new Map<number, number>();
    for (let nth = 0; nth < CLICKS; nth += 1) {
      pick(clicks)();
      configure({ chaos: { rate: 0.2, seed: SEED + nth, retry_after: 0 } });
      const { exitCode, stderr } = await one.run(["apply", "--yes", "--api-rpm", "0", "--quiet"]);
      expect(HONEST, stderr).toContain(exitCode);
      exits.set(exitCode, (exits.get(exitCode) ?? 0) + 1);
    }
    configure({ chaos: null });
    expect((await one.run(["apply", "--yes", "--api-rpm", "0"])).exitCode).toBe(0);
    expect((await one.run(["drift", "--ignore-unmanaged", "--api-rpm", "0"])).exitCode).toBe(0);
    expect((await one.run(["audit", "verify"])).exitCode).toBe(0);
    console.log(`${CLICKS} clicks; exits ${[...exits].map(([exit, count]) => `${exit}: ${count}`).join(", ")}`);
  } finally {
    await one.close();
  }
});
