/**
 * `npm run reliability -- [--runs N] [--kills N] [--clicks N] [--seed N]`: many wrong answers of the API (2,000 mutations of each list
 * unless given), none of which may take anything away; many runs that are killed in the middle (100), each finished by the next one, with
 * nothing done twice and every write in the audit log; every command that writes files killed at each of its steps; clocks that jump; a crowd of runs at once; as many deeds of a second administrator between two requests of a run; each write
 * of apply, rotate and revoke with each fault of the API; the three on a disk that is full, fills up or is read-only (as root); and 2,000 clicks of people, each met by a run under 20 % faults. Without a seed
 * it takes one of its own; the seed is said, so that what fell can be tried again. docs/reliability.md says what came of it.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    kills: { type: "string" },
    clicks: { type: "string" },
    seed: { type: "string" },
  },
});
const runs = Number(values.runs ?? 2_000);
const kills = Number(values.kills ?? 100);
const clicks = Number(values.clicks ?? 2_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (![runs, kills, clicks, seed].every(Number.isSafeInteger))
  throw new Error("--runs, --kills, --clicks and --seed take whole numbers");
console.log(
  `${runs} mutations of each list, ${kills} kills, every fault at every write, ${clicks} clicks, seed ${seed}`,
);
const env = {
  ...process.env,
  ANTH_RBAC_RELIABILITY_RUNS: String(runs),
  ANTH_RBAC_RELIABILITY_KILLS: String(kills),
  ANTH_RBAC_RELIABILITY_FAULTS: "0",
  ANTH_RBAC_RELIABILITY_CLICKS: String(clicks),
  ANTH_RBAC_RELIABILITY_SEED: String(seed),
};
const ADMINISTRATOR = "test/commands/second-administrator.test.ts";
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "source", "test/reliability", ADMINISTRATOR];
process.exitCode = spawnSync(process.execPath, vitest, { stdio: "inherit", env }).status ?? 1;
