import { describe, expect, test } from "vitest";
import type { GuardrailResult } from "../../src/core/model/guardrail.ts";
import type { PlanOutcome } from "../../src/core/outcome/outcome.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { unmanagedWords } from "../../src/report/kinds/kinds.ts";
import { render } from "../../src/report/render.ts";
import { declared } from "../support/config.ts";
import { key, NOW, org, user, workspace } from "../support/org.ts";

const OLD = workspace("Old");
const PROD = workspace("Prod");
const plan = reconcile({
  config: declared({
    manage: { workspaces: "full", keys: "additive" },
    guardrails: { min_admins: 1 },
    workspaces: { prod: { name: "Prod", keys: {} } },
  }),
  live: {
    ...org({
      users: [user("root@acme.example", "admin")],
      workspaces: [PROD, OLD],
      keys: [key("old-batch", OLD.id), key("prod-stray", PROD.id)],
    }),
    organization: { id: "org_1", name: "Acme" },
  },
  now: NOW,
  file: { path: "rbac.yaml", digest: "d1" },
  digest: () => "d2",
});
const outcome = (more: Partial<PlanOutcome> = {}): PlanOutcome => ({
  kind: "plan",
  plan,
  locate: () => undefined,
  ignoreUnmanaged: true,
  ...more,
});
const shown = (one: PlanOutcome, format: "text" | "markdown" | "json" | "sarif") =>
  render(one, { format, exitCode: 2, colour: false });

describe("a plan that archives a workspace", () => {
  test("lists each key that ends with it as ending, not among what nothing touches", async () => {
    for (const format of ["text", "markdown"] as const) {
      const text = await shown(outcome(), format);
      const [, ending = "", alone = ""] = text.split(
        /Ends with an archived workspace|Unmanaged: nothing declares them|Findings/,
      );
      expect(ending).toContain("old-batch");
      expect(ending).not.toContain("prod-stray");
      expect(alone).toContain("prod-stray");
      expect(alone).not.toContain("old-batch");
      expect(text).toMatch(/1 to archive; 1 ending with an archived workspace; 1 unmanaged/);
    }
  });
});

test("a rule whose only workspace was archived is said to be good in none", () => {
  const details = { issuer: "github", service_account: "ci", oauth_scope: "workspace:developer", subject: null };
  const words = (workspaces: readonly string[]) =>
    unmanagedWords({
      kind: "federation_rule",
      target: "federation.rules.ci",
      id: "fdrl_1",
      name: "ci",
      details: { ...details, workspaces },
    });
  expect(words([])).toBe("github → ci, workspace:developer in no workspace");
  expect(words(["prod", "stg"])).toBe("github → ci, workspace:developer in prod, stg");
});

describe("guardrails", () => {
  const guardrails: readonly GuardrailResult[] = [
    { rule: "min_admins", minimum: 2, before: 2, after: 1, ok: false, refuses: true },
    { rule: "protected", targets: [], ok: true, refuses: false },
    { rule: "self", targets: [], known: false, ok: null, refuses: false },
    {
      rule: "max_removals",
      over: [{ kind: "member", removals: 3, of: 4 }],
      ok: false,
      refuses: true,
      overridden: "agreed",
    },
  ];
  const judged = outcome({ plan: { ...plan, guardrails } });

  test("are refused, ok, not judged or overridden, in text", async () => {
    const text = await shown(judged, "text");
    expect(text).toContain("Guardrails: this plan is refused\n  x min_admins");
    expect(text).toContain("  ? self  could not be judged: whose credential this is");
    expect(text).toContain(
      "  ! max_removals  too much would be taken away at once: 3 of 4 members (overridden: agreed)",
    );
    expect(text).toContain("  ok  protected\n");
  });

  test("in Markdown, with the refusal", async () => {
    const refusal = { code: "guardrail", message: "refused by min_admins", fix: "correct the file" } as const;
    const text = await shown({ ...judged, refusal }, "markdown");
    for (const row of ["| refused | min\\_admins |", "| ok | protected |", "| not judged | self |"]) {
      expect(text).toContain(row);
    }
    expect(text).toContain("| overridden | max\\_removals |");
    expect(text).toContain("**Refused:** refused by min\\_admins; correct the file");
  });

  test("in JSON: true, false or null", async () => {
    const { guardrails: json } = JSON.parse(await shown(judged, "json"));
    expect(json.map(({ rule, ok }: { rule: string; ok: unknown }) => [rule, ok])).toEqual([
      ["min_admins", false],
      ["protected", true],
      ["self", null],
      ["max_removals", false],
    ]);
  });
});

test("a saved plan is named with the command that carries it out", async () => {
  const text = await shown(outcome({ saved: { path: "my plan.json", isKept: true } }), "text");
  expect(text).toContain(
    "plan saved to my plan.json; to carry out exactly this plan: anth-rbac apply --plan 'my plan.json'",
  );
  // A pipe keeps nothing: a run that reads it would wait for somebody to write.
  const piped = await shown(outcome({ saved: { path: "pipe", isKept: false } }), "text");
  expect(piped).toMatch(/^plan written to pipe$/m);
  expect(piped).not.toContain("--plan");
});

test("SARIF has each change at its declaration", async () => {
  const at = outcome({ locate: (path) => (path[0] === "workspaces" ? { line: 7, column: 3 } : undefined) });
  const { results } = JSON.parse(await shown(at, "sarif")).runs[0];
  expect(results[0]).toMatchObject({
    ruleId: "drift-remove",
    locations: [{ physicalLocation: { artifactLocation: { uri: "rbac.yaml" }, region: { startLine: 7 } } }],
    partialFingerprints: { "anthRbac/v1": `drift-remove workspaces.${OLD.id}` },
  });
});
