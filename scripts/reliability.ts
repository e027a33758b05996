/**
 * `npm run reliability -- [--runs N] [--seed N]`: many wrong answers of the API (2,000 mutations of each list unless given), none of
 * which may take anything away. Without a seed it takes one of its own; the seed is said, so that what fell can be tried again.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { runs: { type: "string" }, seed: { type: "string" } } });
const runs = Number(values.runs ?? 2_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(seed)) throw new Error("--runs and --seed take whole numbers");
console.log(`${runs} mutations of each list, seed ${seed}`);
const env = {
  ...process.env,
  ANTH_RBAC_RELIABILITY_RUNS: String(runs),
  ANTH_RBAC_RELIABILITY_SEED: String(seed),
};
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "source", "test/reliability"];
process.exitCode = spawnSync(process.execPath, vitest, { stdio: "inherit", env }).status ?? 1;
