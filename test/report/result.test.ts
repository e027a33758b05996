import { describe, expect, test } from "vitest";
import { Failure } from "../../src/core/model/failure.ts";
import type { ChangeResult, ResultError } from "../../src/core/model/plan.ts";
import { exitReasonsOf } from "../../src/core/outcome/exit-reason.ts";
import type { ResultOutcome } from "../../src/core/outcome/outcome.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { render } from "../../src/report/render.ts";
import { declared } from "../support/config.ts";
import { NOW, org, user, workspace } from "../support/org.ts";

const CONFIG = declared({
  manage: { members: "full", workspaces: "full" },
  guardrails: { min_admins: 1, max_removals: { percent: 100 } },
  members: {
    "root@acme.example": { role: "admin" },
    "ada@acme.example": { role: "admin" },
    "new@acme.example": { role: "user" },
  },
  workspaces: { prod: { name: "Prod", tags: { env: "prod" } } },
});
const LIVE = org({
  users: [user("root@acme.example", "admin"), user("ada@acme.example"), user("bob@acme.example")],
  workspaces: [workspace("Prod"), workspace("Old\u001b[31m")],
});
const plan = reconcile({
  config: CONFIG,
  live: { ...LIVE, organization: { id: "org_1", name: "Acme" } },
  now: NOW,
  file: { path: "rbac.yaml", digest: "d1" },
  digest: () => "d2",
});

function outcome(
  how: Readonly<Record<string, Partial<ChangeResult>>>,
  rest: Partial<ResultOutcome> = {},
): ResultOutcome {
  const results = plan.changes.map((change, index): ChangeResult => {
    const status = change.action === "manual" ? "manual" : "done";
    const requestId = status === "done" ? `req_${index}` : null;
    return {
      change,
      status,
      id: change.id,
      requestId,
      at: requestId === null ? null : NOW + index,
      error: null,
      ...how[change.target],
    };
  });
  return { kind: "result", plan, locate: () => undefined, results, verified: true, remaining: [], ...rest };
}

const error = (code: ResultError["code"], message: string): ResultError => ({ code, message });
const INVITE = "invites.new@acme.example";
const OLD = "workspaces.wrkspc_old\u001b[31m";
const BROKEN = outcome(
  {
    [INVITE]: { status: "failed", error: error("api-error", "no seats are left (400)") },
    [OLD]: { status: "skipped", requestId: null, at: null, error: error("blocked", `${INVITE} was to be added first`) },
  },
  { verified: false, remaining: plan.changes.filter(({ target }) => [INVITE, OLD].includes(target)) },
);

const text = (one: ResultOutcome) => render(one, { format: "text", exitCode: 5, colour: false });

describe("what was carried out", () => {
  test("as text: what is done, then what went wrong, with the sum on the last line", async () => {
    expect(await text(BROKEN)).toMatchInlineSnapshot(`
      "Acme (org_1) against rbac.yaml

      Organization: done
        - members.bob@acme.example  remove (was developer)  (nothing declares it)

      Workspace prod: done
        ~ workspaces.prod  tags.env: none → prod

      Failed
        + invites.new@acme.example  invite as user: no seats are left (400) (request req_1)

      Not carried out
        - workspaces.wrkspc_old\\u{1b}[31m  archive "Old\\u{1b}[31m", with every key in it: this cannot be undone: invites.new@acme.example was to be added first

      Left for a person at the Console
        ! members.ada@acme.example  role: developer → admin  (no API does this: only a person)

      2 done, 1 failed, 1 not carried out, 1 for a person at the Console; not verified: 2 still different
      "
    `);
  });

  test("as text, all well", async () => {
    expect((await text(outcome({}))).trimEnd().split("\n").at(-1)).toMatchInlineSnapshot(
      `"4 done, 1 for a person at the Console; verified"`,
    );
    const nothing = { ...outcome({}), plan: { ...plan, changes: [] }, results: [] };
    expect((await text(nothing)).trimEnd().split("\n").at(-1)).toMatchInlineSnapshot(`"nothing to change"`);
  });

  test("what the API left to a person says why", async () => {
    const refused = { status: "manual", error: error("api-error", "no admin is signed out (400)") } as const;
    const lines = (await text(outcome({ "members.bob@acme.example": refused }))).split("\n");
    expect(lines.filter((line) => line.includes("members.bob"))).toEqual([
      "  ! members.bob@acme.example  remove (was developer): no admin is signed out (400)  (nothing declares it)",
    ]);
  });

  test("what has become a matter for a person meanwhile has a line of its own, and is what is not verified", async () => {
    const [changed] = plan.changes.filter(({ target }) => target === "members.bob@acme.example");
    if (changed?.kind !== "member") throw new Error("no change of bob");
    const remaining = [{ ...changed, action: "manual", before: { role: "admin" }, reason: "console-only" }] as const;
    const failed = { [changed.target]: { status: "failed", error: error("moved-since-plan", "moved") } } as const;
    const lines = (await text(outcome(failed, { verified: false, remaining }))).trimEnd().split("\n");
    expect(lines.find((line) => line.startsWith("  ! members.bob"))).toContain("(no API does this: only a person)");
    expect(lines.at(-1)).toContain("not verified: 1 for a person at the Console now");
  });

  test("what a person has to do because of what was done is theirs, and no difference", async () => {
    const [done] = plan.changes.filter(({ target }) => target === "members.bob@acme.example");
    if (done?.kind !== "member") throw new Error("no change of bob");
    const next = { ...done, action: "manual", target: "members.next@acme.example", before: { role: "admin" } } as const;
    const after = outcome({}, { remaining: [{ ...next, reason: "console-only" }] });
    const shown = await text(after);
    expect(shown).not.toContain("Still different");
    expect(shown).toMatch(/Left for a person at the Console\n(?: .*\n)* {2}! members\.next@acme\.example/);
    expect(shown.trimEnd().split("\n").at(-1)).toBe("4 done, 2 for a person at the Console; verified");
    const markdown = await render(after, { format: "markdown", exitCode: 7, colour: false });
    expect(markdown).toMatch(/members\.next.*\| manual \|/);
  });

  test("as JSON: all of the plan, and what became of it", async () => {
    const json = JSON.parse(await render(BROKEN, { format: "json", exitCode: 5, colour: false }));
    expect(Object.keys(json)).toMatchInlineSnapshot(`
      [
        "format_version",
        "kind",
        "exit_code",
        "organization",
        "config",
        "live_digest",
        "taken_at",
        "changes",
        "unmanaged",
        "accepted",
        "pending",
        "unknown",
        "summary",
        "findings",
        "guardrails",
        "results",
        "verified",
        "remaining",
      ]
    `);
    expect(json.results).toMatchInlineSnapshot(`
      [
        {
          "at": "2026-11-23T12:00:00.000Z",
          "error": null,
          "id": "wrkspc_prod",
          "request_id": "req_0",
          "status": "done",
          "target": "workspaces.prod",
        },
        {
          "at": "2026-11-23T12:00:00.001Z",
          "error": {
            "code": "api-error",
            "message": "no seats are left (400)",
          },
          "id": null,
          "request_id": "req_1",
          "status": "failed",
          "target": "invites.new@acme.example",
        },
        {
          "at": "2026-11-23T12:00:00.002Z",
          "error": null,
          "id": "user_bob",
          "request_id": "req_2",
          "status": "done",
          "target": "members.bob@acme.example",
        },
        {
          "at": null,
          "error": {
            "code": "blocked",
            "message": "invites.new@acme.example was to be added first",
          },
          "id": "wrkspc_old[31m",
          "request_id": null,
          "status": "skipped",
          "target": "workspaces.wrkspc_old[31m",
        },
        {
          "at": null,
          "error": null,
          "id": "user_ada",
          "request_id": null,
          "status": "manual",
          "target": "members.ada@acme.example",
        },
      ]
    `);
  });

  test("as Markdown, with names as data", async () => {
    const markdown = await render(BROKEN, { format: "markdown", exitCode: 5, colour: false });
    expect(markdown).toContain("| `-` | workspaces.wrkspc\\_old\\\\u\\{1b\\}\\[31m |");
    expect(markdown).toContain("| failed | no seats are left \\(400\\) | req\\_");
  });

  test.each<[string, ResultOutcome, readonly string[]]>([
    ["well, with a step for a person", outcome({}), ["manual"]],
    ["a failure", BROKEN, ["partial", "manual"]],
    ["done but not verified", outcome({}, { verified: false }), ["partial", "manual"]],
    [
      "without the preview",
      outcome({ [INVITE]: { status: "skipped", error: error("preview-not-enabled", "") } }),
      ["manual"],
    ],
    [
      "interrupted",
      outcome({}, { verified: false, stopped: new Failure("interrupted", { message: "interrupted" }) }),
      ["interrupted", "partial", "manual"],
    ],
    [
      "a credential that ran out on the way",
      outcome({ [INVITE]: { status: "failed", error: error("credential-rejected", "expired") } }, { verified: false }),
      ["credentials", "partial", "manual"],
    ],
    [
      "a log that could not be written",
      outcome({}, { stopped: new Failure("audit-unwritable", { message: "disk full" }) }),
      ["failed", "manual"],
    ],
  ])("amounts to its verdicts: %s", (_, one, verdicts) => {
    expect(exitReasonsOf(one)).toEqual(verdicts);
  });
});
