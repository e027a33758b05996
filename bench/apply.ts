import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { largeSeed } from "../src/sandbox/seed/large.ts";
import { tenth } from "./large-organization.ts";
import { PROGRAM, time } from "./measure.ts";
import { atMost, type Row } from "./rows.ts";
import { startSandbox } from "./sandbox-process.ts";

const WORKSPACES = 10;
const PEOPLE = 99;
const CHANGES = WORKSPACES + WORKSPACES * PEOPLE;

/** What a change costs of the limit that the organization shares: its own request, and its part of reading before and after. */
export async function applyRows(scratch: string): Promise<readonly Row[]> {
  const folder = join(scratch, "apply");
  mkdirSync(folder, { recursive: true });
  const seed = tenth(largeSeed(Date.now()));
  const people = seed.users.filter(({ role }) => role === "developer" || role === "user").slice(0, PEOPLE);
  const workspaces = Array.from({ length: WORKSPACES }, (_, index) => [
    `new-${index}`,
    { name: `New ${index}`, members: Object.fromEntries(people.map(({ email }) => [email, "developer"])) },
  ]);
  writeFileSync(join(folder, "seed.json"), JSON.stringify(seed));
  writeFileSync(join(folder, "rbac.json"), JSON.stringify({ version: 1, workspaces: Object.fromEntries(workspaces) }));
  const sandbox = await startSandbox(PROGRAM, join(folder, "seed.json"), 0);
  try {
    const words = [PROGRAM, "apply", "--yes", "--quiet", "--json", "--api-rpm", "0"];
    await sandbox.forget();
    const env = { ...sandbox.environment, ANTH_RBAC_STATE_DIR: join(folder, "state") };
    const { wall } = time({ words, cwd: folder, env });
    const { length: requests } = await sandbox.requests();
    const value = requests / CHANGES;
    return [
      {
        what: `\`apply\` of ${CHANGES} changes`,
        measured: `${requests} requests, ${wall.toFixed(0)} ms`,
        against: `${CHANGES} changes`,
        value: `${value.toFixed(2)} requests a change`,
        ...atMost(value, 1.1, (most) => `${most}`),
      },
    ];
  } finally {
    await sandbox.stop();
  }
}
