/** What a killed run leaves in the log: a write that was about to be sent, and no end. The next run finds out, and closes it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createAuditLog } from "../../../src/adapters/state/audit-log.ts";
import type { AuditEntry, AuditRecord } from "../../../src/core/audit/audit.ts";
import { NOW } from "../../support/org.ts";
import { type Stage, stage } from "../../support/stage.ts";

const TAGGED = { workspaces: { dev: { name: "Development", tags: { env: "dev2" } } } };
const APPLY = ["apply", "--yes", "--json", "--api-rpm", "0"] as const;

const host = ({ sandbox }: Stage) => new URL(sandbox.url).host;

function logOf(one: Stage, other = host(one)) {
  return createAuditLog({
    env: { ANTH_RBAC_STATE_DIR: join(one.folder, "state") },
    now: () => NOW,
    notice: () => {},
    mask: (text) => text,
    spokenTo: () => ({ host: other, simulated: true }),
  });
}

/** Leaves the first record of a write, as a run does that is killed while the request is on its way. */
async function killedRun(one: Stage, more: Partial<AuditEntry> = {}, other = host(one)): Promise<void> {
  const workspaceId = one.sandbox.state.workspaces.find(({ name }) => name === "Development")?.id ?? "";
  await logOf(one, other).append({
    command: "apply",
    event: "write",
    outcome: "started",
    phase: "started",
    organization: one.sandbox.state.organization,
    action: "update",
    kind: "workspace",
    target: "workspaces.dev",
    id: workspaceId,
    before: { tags: { env: "dev" } },
    after: { tags: { env: "dev2" } },
    calls: [{ name: "update-workspace", workspaceId, fields: { tags: { env: "dev2" } } }],
    ...more,
  });
}

async function shown(one: Stage): Promise<readonly AuditRecord[]> {
  return JSON.parse((await one.run(["audit", "show", "--json"])).stdout).entries;
}

const short = (entries: readonly AuditRecord[]) =>
  entries.map(({ target, outcome, reason = "" }) => [target, outcome, reason]);

describe("a write without an end", () => {
  test("that had taken effect is closed as done, by one request more, and is not sent again", async () => {
    const clean = await stage();
    clean.declare(TAGGED);
    clean.sandbox.control.console.edit("workspaces", "Development", { tags: { env: "dev2" } });
    expect((await clean.run(APPLY)).exitCode).toBe(0);

    const one = await stage();
    one.declare(TAGGED);
    one.sandbox.control.console.edit("workspaces", "Development", { tags: { env: "dev2" } });
    await killedRun(one);
    expect(short(await shown(one))).toEqual([["workspaces.dev", "started", ""]]);
    expect((await one.run(["audit", "show"])).stdout).toContain("how it ended is not in the log");
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(one.writes()).toEqual([]);
    expect(one.sandbox.requests.length).toBe(clean.sandbox.requests.length + 1);
    expect(short(await shown(one))).toEqual([["workspaces.dev", "done", "done, by a run that was killed"]]);
    expect((await one.run(["audit", "verify"])).exitCode).toBe(0);
  });

  test("that never arrived is closed as not done, and done by the run that finds it", async () => {
    const one = await stage();
    one.declare(TAGGED);
    await killedRun(one);
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(one.writes()).toHaveLength(1);
    expect(short(await shown(one))).toEqual([
      ["workspaces.dev", "failed", "not done: the run was killed"],
      ["workspaces.dev", "done", ""],
    ]);
  });

  test("is found by a run with questions, too, and closed once", async () => {
    const one = await stage();
    one.declare(TAGGED);
    await killedRun(one);
    const typed = [{ after: "Apply this change?", send: "y\n" }];
    expect((await one.run(["apply", "--api-rpm", "0"], { typed })).exitCode).toBe(0);
    expect((await shown(one)).map(({ outcome }) => outcome)).toEqual(["failed", "done"]);
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(await shown(one)).toHaveLength(2);
  });

  test("of another API, or another organization, is left to a run there", async () => {
    const one = await stage();
    one.declare(TAGGED);
    await killedRun(one, {}, "127.0.0.1:1");
    await killedRun(one, { organization: { id: "another", name: "Acme" } });
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect((await shown(one)).map(({ outcome }) => outcome)).toEqual(["started", "started", "done"]);
  });

  test("that had cancelled an invitation, and not sent it anew, is done with the groups that it had", async () => {
    const one = await stage({ seed: "enterprise" });
    one.declare({ members: { "erin@acme.example": { role: "managed" } } });
    const groupIds = ["rbac_group_01sandboxFinance"];
    const [erin] = one.sandbox.state.invites.filter(({ email }) => email === "erin@acme.example");
    const inviteId = String(erin?.id);
    one.sandbox.control.console.edit("invites", inviteId, { status: "deleted" });
    await killedRun(one, {
      kind: "invite",
      target: "invites.erin@acme.example",
      id: inviteId,
      before: { role: "user" },
      after: { role: "managed" },
      calls: [
        { name: "delete-invite", inviteId },
        { name: "create-invite", email: "erin@acme.example", role: "managed", groupIds },
      ],
    });
    const drift = JSON.parse((await one.run(["drift", "--json"])).stdout);
    expect(drift.changes).toMatchObject([{ after: { role: "managed", groups: groupIds }, reason: "cancelled-before" }]);
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect(one.sandbox.state.invites.at(-1)).toMatchObject({ status: "pending", rbac_group_ids: groupIds });
    const entries = await shown(one);
    expect(short(entries)).toEqual([
      ["invites.erin@acme.example", "failed", "done in part: the run was killed"],
      ["invites.erin@acme.example", "done", ""],
    ]);
    expect(entries[0]?.calls).toMatchObject([{ name: "create-invite", groupIds }]);
  });

  test("whose calls cannot be read is not said to be done", async () => {
    const one = await stage();
    one.declare(TAGGED);
    await killedRun(one, { calls: [] });
    expect((await one.run(APPLY)).exitCode).toBe(0);
    expect((await shown(one))[0]).toMatchObject({ outcome: "failed", reason: expect.stringContaining("nobody knows") });
  });

  test("stays open where it cannot be read back, and does not stop the run", async () => {
    const one = await stage();
    one.declare({ workspaces: { stg: { name: "Staging", tags: { team: "x" } } } });
    await killedRun(one);
    one.sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/workspaces/*" }, times: 1 });
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.stderr]).toEqual([0, expect.stringContaining("cannot be read back")]);
    expect((await shown(one)).map(({ outcome }) => outcome)).toEqual(["started", "done"]);
  });

  test("is not looked for by what only shows", async () => {
    const one = await stage();
    one.declare(TAGGED);
    await killedRun(one);
    await one.run([...APPLY, "--dry-run"]);
    expect((await shown(one)).map(({ outcome }) => outcome)).toEqual(["started"]);
  });
});

test("a leaver's evidence takes in what a killed revoke had done", async () => {
  const one = await stage();
  const bob = one.sandbox.state.users.find(({ email }) => email === "bob@acme.example");
  const key = one.sandbox.state.api_keys.find(({ name }) => name === "dev-bob");
  one.sandbox.control.console.edit("api_keys", key?.id ?? "", { status: "inactive" });
  await killedRun(one, {
    command: "revoke",
    action: "remove",
    kind: "key",
    target: "workspaces.wrkspc_01Development.keys.dev-bob",
    id: key?.id ?? "",
    before: { status: "active" },
    calls: [{ name: "update-key", keyId: key?.id ?? "", fields: { status: "inactive" } }],
  });
  const ran = await one.run([
    ...["revoke", "--user", bob?.email ?? "", "--keys", "disable", "--yes", "--json", "--evidence", "bob.json"],
    ...["--api-rpm", "0"],
  ]);
  expect(ran.exitCode).toBe(0);

  const evidence = JSON.parse(readFileSync(join(one.folder, "bob.json"), "utf8"));
  expect(evidence.actions[0]).toMatchObject({ id: key?.id, status: "done", error: "done, by a run that was killed" });
  expect(evidence.found_done).toEqual([]);
});

test("nothing is sent that is not in the log before", async () => {
  const one = await stage();
  one.declare(TAGGED);
  expect((await one.run(APPLY)).exitCode).toBe(0);

  const lines = readFileSync(join(one.folder, "state", "audit.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const records = lines.map((line): AuditRecord => JSON.parse(line));
  expect(records).toMatchObject([
    { phase: "started", outcome: "started", api: { host: host(one) }, before: { tags: { env: "dev" } } },
    { phase: "ended", begun: 1, outcome: "done", request_id: expect.stringMatching(/^req_/) },
  ]);
});
