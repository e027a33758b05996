import { describe, expect, test } from "vitest";
import { MANAGED_KINDS } from "../../../src/core/config/config.ts";
import { formatPath } from "../../../src/core/model/finding.ts";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { TODAY } from "../../support/findings.ts";

const written = (value: object) => parseConfig({ version: 1, ...value }, TODAY);

describe("rules with two answers", () => {
  const severities = (value: object) => written(value).findings.map(({ code, severity }) => `${severity} ${code}`);

  test("two models of one family are a warning, two names of one model an error", () => {
    const limits = (...names: string[]) => ({
      workspaces: { prod: { name: "P", rate_limits: Object.fromEntries(names.map((name) => [name, {}])) } },
    });
    expect(severities(limits("claude-sonnet-5", "claude-sonnet-5-5"))).toEqual(["warning rate-limit-collision"]);
    expect(severities(limits("claude-haiku-4-5", "claude-haiku-4-5-20251001"))).toEqual(["error rate-limit-collision"]);
    expect(severities(limits("claude-sonnet-5-5", "claude-opus-5-5", "batch"))).toEqual([]);
    expect(severities(limits("claude-sonnet-9"))).toEqual(["warning unknown-rate-limit"]);
  });

  test("an accepted person is one: a pattern stands for nobody, and drift would say that nothing about it differs", () => {
    const accepting = (target?: string) => ({
      members: { "ada@acme.example": {} },
      workspaces: { prod: { name: "P" } },
      accept: [{ ...(target && { target }), until: "2099-01-31", owner: "ada@acme.example", reason: "r" }],
    });
    for (const target of ["members.*", "members.*@acme.example", "workspaces.prod.members.*", "invites.*"])
      expect([target, severities(accepting(target))]).toEqual([target, ["error unknown-target"]]);
    const people = [
      "members.bob@acme.example",
      "workspaces.prod.members.user_01a",
      "members.JOS\u00c9@acme.example",
      "invites.no address",
    ];
    // A name may be any text, and so may hold an asterisk.
    for (const target of [...people, "workspaces.prod.keys.nightly*", "groups.A*.members.bob@acme.example"])
      expect([target, severities(accepting(target))]).toEqual([target, []]);
    expect(severities(accepting())).toEqual(["error missing-field"]);
  });

  test("what is there with nothing behind it takes nothing away: where a kind is managed whole it has to be written out", () => {
    const place = { members: null, keys: null, rate_limits: null, service_accounts: null, tags: null };
    const file = (nothing: null | object, mode: string) => ({
      manage: Object.fromEntries(MANAGED_KINDS.flatMap((kind) => (kind === "compliance" ? [] : [[kind, mode]]))),
      members: nothing,
      service_accounts: nothing,
      groups: nothing ?? { Ops: { members: null } },
      federation: { issuers: nothing, rules: nothing },
      organization: { keys: nothing },
      workspaces: nothing ?? { prod: { name: "P", ...place } },
    });
    const errors = (value: object) =>
      written(value).findings.flatMap(({ code, severity, path = [] }) =>
        severity === "error" ? `${code} ${formatPath(path)}` : [],
      );
    const places = [
      "federation.issuers",
      "federation.rules",
      "groups.Ops.members",
      "members",
      "organization.keys",
      "service_accounts",
      "workspaces.prod.keys",
      "workspaces.prod.members",
      "workspaces.prod.rate_limits",
      "workspaces.prod.service_accounts",
      "workspaces.prod.tags",
    ];
    expect(errors(file(null, "full")).toSorted()).toEqual(places.map((path) => `empty-collection ${path}`));
    const managed = { groups: "full", keys: "full", workspaces: "full" };
    const whole = { manage: managed, groups: null, organization: null, workspaces: null };
    const empty = ["groups", "organization", "workspaces"].map((path) => `empty-collection ${path}`);
    expect(errors(whole).toSorted()).toEqual(empty);
    expect(errors(file(null, "additive"))).toEqual([]);
    expect(errors(file({}, "full"))).toEqual([]);
  });

  test("what is there with nothing behind it lets nobody in: it has to be written out", () => {
    const empties = (value: object) =>
      written(value).findings.flatMap(({ code, severity, path = [] }) =>
        code === "empty-collection" || code === "wrong-type" ? `${severity} ${formatPath(path)}` : [],
      );
    const issuer = (jwks: unknown) => ({
      federation: { issuers: { github: { url: "https://github.example", jwks } } },
    });
    expect(empties({ guardrails: null })).toEqual(["warning guardrails"]);
    expect(empties({ guardrails: { domains: null } })).toEqual(["error guardrails.domains"]);
    expect(empties(issuer({ keys: null }))).toEqual(["error federation.issuers.github.jwks.keys"]);
    expect(empties(issuer({}))).toEqual(["error federation.issuers.github.jwks"]);
    const main = { issuer: "github", service_account: "ci", oauth_scope: "workspace:developer", workspaces: "all" };
    const rule = (claims: unknown) => ({ federation: { rules: { main: { ...main, claims } } } });
    expect(empties(rule(null))).toEqual(["warning federation.rules.main.claims"]);
    const limits = { workspaces: { prod: { name: "P", rate_limits: { batch: null } } } };
    expect(empties({ ...limits, manage: { rate_limits: "full" } })).toEqual([
      "error workspaces.prod.rate_limits.batch",
    ]);
    const fine = [
      {},
      { guardrails: {} },
      { guardrails: { domains: [] } },
      issuer("discovery"),
      issuer({ keys: [{ kty: "EC" }] }),
      issuer({ ca_cert_pem: "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----" }),
      rule({}),
      limits,
    ];
    for (const value of fine) expect(empties(value)).toEqual([]);
  });

  test("a key named for another workspace is an error where names are declared, and a warning where it may be meant", () => {
    const keys = (key: string, policy = {}) => ({
      ...policy,
      workspaces: { prod: { name: "P", keys: { [key]: null } }, "prod-eu": { name: "E" }, dev: { name: "D" } },
    });
    const naming = { key_policy: { naming: "{workspace}-{service}" } };
    expect(severities(keys("dev-a"))).toEqual(["warning key-prefix-of-other-workspace"]);
    expect(severities(keys("dev-a", naming))).toEqual(["error key-prefix-of-other-workspace"]);
    expect(severities(keys("prod-eu-a", naming))).toEqual(["warning key-prefix-of-other-workspace"]);
    expect(severities(keys("prod-a", naming))).toEqual([]);
    expect(severities(keys("device"))).toEqual([]);
  });

  test("a name in previously must be nobody's live name", () => {
    const workspaces = (previously: string | string[]) => ({
      workspaces: { prod: { name: "P", previously }, dev: { name: "D", previously: "Old" } },
    });
    expect(severities(workspaces("D"))).toEqual(["error same-live-name"]);
    expect(severities(workspaces(["Older", "Old"]))).toEqual(["error same-live-name"]);
    expect(severities(workspaces("P"))).toEqual([]);
  });

  test("overlap and soak are judged with the values that hold for the key", () => {
    const key = (fields: object, policy: object = {}) => ({
      key_policy: policy,
      workspaces: { prod: { name: "P", keys: { a: fields } } },
    });
    expect(severities(key({ rotate_every: "14d" }))).toEqual(["error overlap-exceeds-rotation"]);
    expect(severities(key({ rotate_every: "14d", overlap: "6d" }))).toEqual([]);
    expect(severities(key({}, { rotate_every: "10d" }))).toEqual(["error overlap-exceeds-rotation"]);
    expect(severities(key({ rotate_every: "30d" }, { rotate_every: "10d" }))).toEqual([
      "error overlap-exceeds-rotation",
    ]);
  });

  test("admins of the organization are admins of every workspace; whoever has left is none", () => {
    const people = (until?: string) => ({
      manage: { members: "full", workspace_members: "full" },
      members: {
        "grace@acme.example": { role: "admin", ...(until && { until }) },
        "alan@acme.example": { role: "Owner" },
        "ada@acme.example": { role: "user" },
      },
      guardrails: { min_workspace_admins: 2 },
      workspaces: { prod: { name: "P", members: { "ada@acme.example": "user" } } },
    });
    expect(severities(people())).toEqual([]);
    expect(severities(people("2026-11-22"))).toEqual([
      "warning too-few-admins",
      "warning expired",
      "warning workspace-without-admin",
    ]);
    expect(severities({ workspaces: people().workspaces })).toEqual([]);
  });

  const ofModel = (model: string, now: number) =>
    parseConfig({ version: 1, roles: { user: { allowed: true, models: [model] } } }, now).findings;

  test("a model with no announced end is never called retired", () => {
    const warning = [{ code: "model-retires-soon", severity: "warning", args: { earliest: true } }];
    for (const year of [2026, 2030]) {
      expect(ofModel("claude-mythos-preview", Date.UTC(year, 10, 23))).toMatchObject(warning);
    }
  });

  test("a day that had not come when the table was made is a plan, and its passing no proof", () => {
    const at = (day: string) => ofModel("claude-opus-4-5", Date.parse(day));
    expect(at("2026-11-22")).toEqual([]);
    expect(at("2026-11-23")).toMatchObject([{ code: "model-retires-soon", args: { day: "2027-01-22", days: 60 } }]);
    expect(at("2027-01-23")).toMatchObject([{ code: "model-retires-soon", args: { earliest: true } }]);
  });
});
