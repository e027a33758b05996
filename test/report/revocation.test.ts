import { expect, test } from "vitest";
import type { AuditRecord } from "../../src/core/audit/audit.ts";
import type { Change } from "../../src/core/model/change.ts";
import type { ChangeResult, Plan } from "../../src/core/model/plan.ts";
import { evidenceJson, evidenceOf } from "../../src/core/offboarding/evidence.ts";
import type { Revocation } from "../../src/core/offboarding/revocation.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { evidenceForms } from "../../src/report/evidence.ts";
import { markdownText } from "../../src/report/formats/markdown.ts";
import { render } from "../../src/report/render.ts";
import { changeWith } from "../support/change.ts";
import { declared } from "../support/config.ts";
import { NOW, org } from "../support/org.ts";

const EVE = "eve@acme.example";
const key = (name: string) => ({ target: `workspaces.prod.keys.${name}`, id: `apikey_${name}` });
const change = (kind: Change["kind"], target: string, id: string): Change => {
  const before = kind === "key" ? { status: "active" } : { role: "user" };
  return changeWith({ action: "remove", kind, target, id, before, risk: "removal", reason: "offboarded" });
};
const result = (of: Change, rest: Partial<ChangeResult> = {}): ChangeResult => ({
  ...{ change: of, status: "done", id: of.id, requestId: "req_fake", at: NOW + 1000, error: null },
  ...rest,
});
const left = change("member", `members.${EVE}`, "user_eve");
const disabled: AuditRecord = {
  ...{ seq: 1, at: "2026-11-23T11:00:00.000Z", prev: "0", hash: "1" },
  ...{ command: "revoke", event: "write", outcome: "done", action: "remove", kind: "key", ...key("logged") },
  request_id: "req_earlier",
};
const REVOCATION: Revocation = {
  subject: { kind: "person", email: EVE, userId: "user_eve", name: "Eve | <b>", role: "user", standing: "member" },
  workspaces: [
    {
      ...{ target: `workspaces.prod.members.${EVE}`, workspace: "Production", workspaceId: "wrkspc_1" },
      ...{ role: "user", inherited: false },
    },
  ],
  groups: [],
  keys: [
    {
      ...{ ...key("hers"), name: "hers", status: "active", hint: null, workspace: "Production", relation: "created" },
      ...{ declared: true, decision: "keep", inUse: true },
      use: { requests: 3, inputTokens: 1, outputTokens: 2, models: ["m-1"] },
    },
  ],
  invites: [],
  ownerless: [key("hers").target],
  declaredAt: [`members.${EVE}`],
  ended: [
    { kind: "key", ...key("logged"), state: "inactive" },
    { kind: "key", ...key("cut-off"), state: "inactive" },
    { kind: "workspace_member", target: `workspaces.dev.members.${EVE}`, id: null, state: "absent" },
  ],
};
const reconciled = reconcile({
  config: declared({}),
  live: org({}),
  now: NOW,
  file: { path: "", digest: "" },
  digest: () => "",
});
const PLAN = { organization: { id: "o", name: "Acme" }, revocations: [REVOCATION] } as Partial<Plan> as Plan;

function evidence(verified: boolean) {
  const failed = { status: "failed", error: { code: "api-error", message: "no *answer*" } } as const;
  const results = [
    result(change("workspace_member", `workspaces.prod.members.${EVE}`, "user_eve")),
    result(left, verified ? {} : failed),
  ];
  return evidenceOf({ plan: PLAN, results, verified, remaining: verified ? [] : [left] }, [disabled], NOW);
}

test("what was over before and is in no line of the log is found done; what a run ended is not", () => {
  expect(evidence(true).alreadyRevoked.map(({ target }) => target)).toEqual([
    "workspaces.prod.keys.cut-off",
    `workspaces.dev.members.${EVE}`,
  ]);
  const plan = { ...PLAN, revocations: [{ ...REVOCATION, ended: REVOCATION.ended.slice(0, 1) }] };
  const afterFailure = evidenceOf(
    { plan, results: [], verified: true, remaining: [] },
    [{ ...disabled, outcome: "failed" }],
    NOW,
  );
  expect(afterFailure.alreadyRevoked).toHaveLength(1);
});

test("the evidence as JSON keeps its shape", () => {
  expect(evidenceJson(evidence(true))).toMatchSnapshot();
});

test.each([["verified", true] as const, ["unfinished", false] as const])("the evidence as Markdown: %s", (_, done) => {
  expect(evidenceForms.markdown({ kind: "evidence", evidence: evidence(done) })).toMatchSnapshot();
});

test.each([
  ["admin", "reads and changes the whole organization", "1. delete it in the Console"],
  ["oauth", "acts as the account that signed in", "1. sign that account out"],
  ["enterprise", "Claude Enterprise organization", "1. delete it in claude.ai"],
] as const)(
  "a leaked %s credential is never said to give no access: what it can do, and what to do now",
  async (secretKind, can, first) => {
    const nothing = { workspaces: [], groups: [], keys: [], invites: [], ownerless: [], declaredAt: [], ended: [] };
    const subject = { kind: "secret", secretKind, hint: "sk-ant-a...Efgh" } as const;
    const plan = { ...reconciled, revocations: [{ subject, ...nothing }] };
    const outcome = { kind: "plan", plan, locate: () => undefined, ignoreUnmanaged: true } as const;
    const text = await render(outcome, { format: "text", exitCode: 7, colour: false });
    const markdown = await render(outcome, { format: "markdown", exitCode: 7, colour: false });
    for (const shown of [text, markdown]) {
      expect(shown).toContain(can);
      expect(shown).toContain(first);
      expect(shown).not.toContain("no access");
    }
  },
);

test("of a person whom no list could tell nothing is said but that", async () => {
  const nothing = { workspaces: [], groups: [], keys: [], invites: [], ownerless: [], declaredAt: [], ended: [] };
  const subject = { kind: "person", email: EVE, userId: null, name: null, role: null, standing: "unknown" } as const;
  const plan = { ...reconciled, revocations: [{ subject, ...nothing }] };
  const outcome = { kind: "plan", plan, locate: () => undefined, ignoreUnmanaged: true } as const;
  for (const format of ["text", "markdown"] as const) {
    const shown = await render(outcome, { format, exitCode: 1, colour: false });
    expect(shown).toContain("not known whether a member");
    expect(shown).toContain("members or invitations could not be read");
    expect(shown).not.toContain("no access");
  }
});

test.each([
  ["member", false],
  ["gone", true],
] as const)("of a %s without a role, a group or a key it is said to give no access: %s", async (standing, isSaid) => {
  const nothing = { workspaces: [], groups: [], keys: [], invites: [], ownerless: [], declaredAt: [], ended: [] };
  const subject = {
    kind: "person",
    email: EVE,
    userId: "user_eve",
    name: "Eve",
    role: "membership_admin",
    standing,
  } as const;
  const plan = { ...reconciled, revocations: [{ subject, ...nothing }] };
  const outcome = { kind: "plan", plan, locate: () => undefined, ignoreUnmanaged: true } as const;
  const shown = await render(outcome, { format: "text", exitCode: 0, colour: false });
  expect(shown.includes("gives no access")).toBe(isSaid);
});

test("the evidence has each write at its own moment, and what is left for a person apart from what is done", () => {
  const rotate = changeWith({
    ...{ action: "manual", kind: "key", ...key("hers"), reason: "rotate-instead", before: null },
    after: { rotate: "anth-rbac rotate --key hers" },
  });
  const results = [
    result(change("key", key("ours").target, "apikey_ours"), { at: NOW + 1000 }),
    result(left, { at: NOW + 2500 }),
    result(rotate, { status: "manual", at: null, requestId: null }),
  ];
  const made = evidenceOf({ plan: PLAN, results, verified: true, remaining: [rotate] }, [], NOW + 9000);
  const text = evidenceForms.markdown({ kind: "evidence", evidence: made });
  const [, done = "", manual = ""] = text.split(/^## (?:Done|Left for a person at the Console)$/m);
  expect(done).toContain("| 2026-11-23T12:00:01.000Z | disable | workspaces.prod.keys.ours | done |");
  expect(done).toContain("| 2026-11-23T12:00:02.500Z | remove | members.eve&#64;acme.example | done |");
  expect(done).not.toContain("keys.hers");
  expect(manual).toContain("| workspaces.prod.keys.hers | anth-rbac rotate --key hers \\(stays active until then\\) |");
  const undeclared = { ...rotate, reason: "declare-to-rotate" } as const;
  const other = evidenceOf(
    { plan: PLAN, results: [result(undeclared, { status: "manual" })], verified: true, remaining: [undeclared] },
    [],
    NOW,
  );
  expect(evidenceForms.markdown({ kind: "evidence", evidence: other })).toContain(
    "anth-rbac rotate --key hers \\(declare it in rbac.yaml first",
  );
  expect(evidenceJson(made).actions.map(({ at }) => at)).toEqual([
    "2026-11-23T12:00:01.000Z",
    "2026-11-23T12:00:02.500Z",
    null,
  ]);
});

test("nothing of the evidence is cut, and a document that cuts says by how much", () => {
  const long = `why ${"x".repeat(3000)} end`;
  const failed = result(left, { status: "failed", error: { code: "api-error", message: long } });
  const facts = { because: long };
  const made = evidenceOf({ plan: PLAN, results: [failed], verified: false, remaining: [] }, [], NOW, facts);
  const text = evidenceForms.markdown({ kind: "evidence", evidence: made });
  expect(text.split(long)).toHaveLength(3);
  expect(text).not.toContain("more characters");
  expect(markdownText(long)).toContain("2508 more characters");
  expect(text).toContain("|---|---|---|---|---|---|");
});
