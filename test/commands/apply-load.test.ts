import { expect, test } from "vitest";
import { org, user, workspace } from "../support/org.ts";
import { seedOf } from "../support/seed.ts";
import { openStage } from "../support/stage.ts";

const PEOPLE = 90;
const WORKSPACES = 10;

/** 1,000 changes: 10 workspaces, 90 people in each of them, 90 invitations. */
const people = Array.from({ length: PEOPLE }, (_, index) => `p${index}@acme.example`);
const strangers = people.map((email) => `new-${email}`);
const CONFIG = {
  members: Object.fromEntries([
    ["root@acme.example", { role: "admin" }],
    ["amy@acme.example", { role: "admin" }],
    ...[...people, ...strangers].map((email) => [email, { role: "developer" }]),
  ]),
  workspaces: Object.fromEntries(
    Array.from({ length: WORKSPACES }, (_, index) => [
      `w${index}`,
      { name: `W${index}`, members: Object.fromEntries(people.map((email) => [email, "developer"])) },
    ]),
  ),
};

test("1,000 changes on a server that fails one call in five end complete and correct", async () => {
  const users = [
    user("root@acme.example", "admin"),
    user("amy@acme.example", "admin"),
    ...people.map((one) => user(one)),
  ];
  const { sandbox, declare, run, close } = await openStage({
    seed: seedOf(org({ users, workspaces: [workspace("Other")] })),
    settings: { chaos: { rate: 0.2, seed: 11, retry_after: 0 } },
  });
  try {
    declare(CONFIG);
    const ran = await run(["apply", "--yes", "--api-rpm", "0", "--json"]);
    const { results, verified, remaining } = ran.json();
    expect([ran.exitCode, verified, remaining]).toEqual([0, true, []]);
    expect(results).toHaveLength(WORKSPACES + WORKSPACES * PEOPLE + PEOPLE);
    expect(results.filter(({ status }) => status !== "done")).toEqual([]);

    // Nothing twice, nothing forgotten.
    const { workspaces, workspace_members: members, invites } = sandbox.state;
    expect(workspaces.map(({ name }) => name).sort()).toEqual(
      ["Default", "Other", ...Object.values(CONFIG.workspaces).map(({ name }) => name)].sort(),
    );
    expect(members).toHaveLength(WORKSPACES * PEOPLE);
    expect(invites.map(({ email }) => email).sort()).toEqual([...strangers].sort());

    // Every request accounted for: each write that took effect is one change's, and each change names the one it was.
    const writes = sandbox.requests.filter(({ method }) => method !== "GET");
    const answered = new Map(writes.map(({ requestId, status }) => [requestId, status]));
    const lost = writes.filter(({ fault, status }) => fault === "cut_after" && status === null);
    const named = results.filter(({ request_id: id }) => id !== null);
    expect(named.filter(({ request_id: id }) => answered.get(id ?? "") !== 200)).toEqual([]);
    expect(new Set(named.map(({ request_id: id }) => id)).size).toBe(named.length);
    expect(named.length + lost.length).toBe(results.length);
    const failed = writes.filter(({ status }) => status !== 200);
    expect(writes.length).toBe(named.length + failed.length);
    expect(failed.every(({ fault }) => fault !== null)).toBe(true);
    expect(failed.length / writes.length).toBeGreaterThan(0.15);
  } finally {
    await close();
  }
});
