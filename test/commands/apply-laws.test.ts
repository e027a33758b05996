import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrgSnapshot } from "../../src/core/model/org.ts";
import { user } from "../support/org.ts";
import { enterprises, neighbours, written, writtenEnterprise } from "../support/random-org.ts";
import { seedOf } from "../support/seed.ts";
import { type JsonChange, openStage, type Stage } from "../support/stage.ts";

/**
 * As a Console organization can be: without the Enterprise role, and with an admin who is in each, since nobody can remove the
 * last member.
 */
const inhabited = neighbours.map((live): OrgSnapshot => {
  const root = { ...user("root@acme.example", "admin"), id: "user_root" };
  const ordinary = <Person extends { readonly role: string }>(person: Person): Person =>
    person.role === "managed" ? { ...person, role: "user" } : person;
  return {
    ...live,
    users: { known: true, items: [...(live.users.known ? live.users.items : []).map(ordinary), root] },
    invites: {
      known: true,
      items: (live.invites.known ? live.invites.items : []).map(ordinary).map(({ groupIds: _, ...one }) => one),
    },
    groups: { known: true, items: [] },
  };
});

/** Two organizations of different making: one that is declared, one that is live. */
const pairs = fc.tuple(inhabited, inhabited);

const ALLOWED = ["min_admins", "min_workspace_admins", "max_removals"].flatMap((rule) => ["--allow", `${rule}=a test`]);

const MACHINES = [
  "ci",
  "deploy",
  "ingest",
  "nightly",
  "github",
  "gitlab",
  "cluster",
  "main",
  "release",
  "preview",
].flatMap((name) => ["--confirm", name]);

/** The command line that lets everything through which may be let through. */
function applyAll(live: OrgSnapshot): readonly string[] {
  const names = live.workspaces.known ? live.workspaces.items.map(({ name }) => name) : [];
  return [
    "apply",
    "--yes",
    "--api-rpm",
    "0",
    "--json",
    ...ALLOWED,
    ...names.flatMap((name) => ["--confirm", name]),
    ...MACHINES,
  ];
}

async function on<Value>(live: OrgSnapshot, act: (one: Stage) => Promise<Value>): Promise<Value> {
  const one = await openStage({ seed: seedOf(live) });
  try {
    return await act(one);
  } finally {
    await one.close();
  }
}

const GROUPS = ["Engineering", "Finance", "Sales"].flatMap((name) => ["--confirm", name]);

const automatic = ({ action }: { readonly action: string }) => action !== "manual";

/** How many workspaces a rule of federation is brought into or taken out of. */
function placesMoved(before: JsonChange["before"], after: JsonChange["after"]): number {
  const of = (fields: JsonChange["before"]) => (Array.isArray(fields?.workspaces) ? fields.workspaces : []);
  const [had, wanted] = [of(before), of(after)];
  return had.filter((one) => !wanted.includes(one)).length + wanted.filter((one) => !had.includes(one)).length;
}

describe("apply, on organizations and files made at random", () => {
  test("afterwards drift is empty, but for what a person must do; a second apply changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([one, live]) => {
        await on(live, async ({ declare, run, writes }) => {
          declare(written(one));
          const first = await run(applyAll(live));
          const { results, remaining } = first.json();
          expect(results.filter(({ status }) => status !== "done" && status !== "manual")).toEqual([]);
          expect(remaining.filter(automatic)).toEqual([]);
          expect(first.exitCode).toBe(results.some(({ status }) => status === "manual") ? 7 : 0);

          const drift = await run(["drift", "--json", "--api-rpm", "0"]);
          expect(drift.json().changes.filter(automatic)).toEqual([]);
          expect(drift.json().changes).toEqual(remaining);

          const before = writes().length;
          const second = await run(applyAll(live));
          expect(second.exitCode).toBe(first.exitCode);
          expect(writes().length).toBe(before);
        });
      }),
      { numRuns: 25 },
    );
  });

  test("every change is one call, an update of an invitation two, and a rule of federation one more for each workspace", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([one, live]) => {
        await on(live, async ({ declare, run, writes }) => {
          declare(written(one));
          const { changes } = (await run(applyAll(live))).json();
          const ofRules = (path: string) => path.includes("/federation_rules");
          const calls = changes
            .filter((change) => automatic(change) && change.kind !== "federation_rule")
            .map(({ action, kind }) => (kind === "invite" && action === "update" ? 2 : 1));
          expect(writes().filter((path) => !ofRules(path))).toHaveLength(
            calls.reduce((sum: number, count) => sum + count, 0),
          );
          const rules = changes.filter((change) => automatic(change) && change.kind === "federation_rule");
          const most = rules.reduce((sum, { before, after }) => sum + 1 + placesMoved(before, after), 0);
          const sent = writes().filter(ofRules).length;
          expect([sent >= rules.length, sent <= most]).toEqual([true, true]);
        });
      }),
      { numRuns: 15 },
    );
  });

  test("the guardrails of the file hold: a plan that breaks one changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([one, live]) => {
        await on(live, async ({ declare, run, writes }) => {
          declare({
            ...written(one),
            guardrails: { min_admins: 2, max_removals: { percent: 10, always_allow: 1, never_exceed: 2 } },
          });
          const names = live.workspaces.known ? live.workspaces.items.map(({ name }) => name) : [];
          const confirm = [...names.flatMap((name) => ["--confirm", name]), ...MACHINES];
          const ran = await run(["apply", "--yes", "--json", "--api-rpm", "0", ...confirm]);
          const broken = ran.json().guardrails.filter(({ ok }) => ok === false);
          if (broken.length === 0) {
            expect(ran.json().kind).toBe("result");
          } else {
            expect([ran.exitCode, ran.json().kind, ran.json().refusal?.code]).toEqual([3, "plan", "guardrail"]);
            expect(writes()).toEqual([]);
          }
        });
      }),
      { numRuns: 25 },
    );
  });

  test("in a Claude Enterprise organization too: groups and who is in them, and not one request of the Console's", async () => {
    await fc.assert(
      fc.asyncProperty(enterprises, enterprises, async (one, live) => {
        await on(live, async ({ declare, run, writes, sandbox }) => {
          declare(writtenEnterprise(one));
          const first = await run([...applyAll(live), ...GROUPS]);
          const { results, remaining } = first.json();
          expect(results.filter(({ status }) => status !== "done" && status !== "manual")).toEqual([]);
          expect(remaining.filter(automatic)).toEqual([]);
          const drift = await run(["drift", "--json", "--api-rpm", "0"]);
          expect(drift.json().changes).toEqual(remaining);
          const before = writes().length;
          expect((await run([...applyAll(live), ...GROUPS])).exitCode).toBe(first.exitCode);
          expect(writes().length).toBe(before);
          expect(
            sandbox.requests.filter(({ path }) => /workspaces|api_keys|service_accounts|rate_limits/.test(path)),
          ).toEqual([]);
        });
      }),
      { numRuns: 20 },
    );
  });
});
