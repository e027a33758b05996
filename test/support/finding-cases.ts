import type { FindingCode } from "../../src/core/model/finding.ts";
import type { TEST_SENTENCES } from "../../src/report/findings/sentences.ts";

/** The codes that only a live organization can give rise to. */
export type LiveCode =
  | "accept-unused"
  | "ambiguous-name"
  | "declared-key-revoked"
  | "default-workspace-fixed"
  | "external-key-elsewhere"
  | "external-key-not-valid"
  | "federation-polling-stopped"
  | "immutable-field"
  | "invite-needs-role"
  | "issuer-in-use"
  | "leak-replaced"
  | "inherited-role"
  | "key-creator-left"
  | "key-ends-with-person"
  | "key-ends-with-account"
  | "key-stops-with-role"
  | "key-creator-leaves"
  | "left-by-only"
  | "look-alike-there"
  | "perhaps-renamed"
  | "same-name-replaced"
  | "key-unsettled"
  | "key-expires-soon"
  | "key-in-other-workspace"
  | "key-not-declared"
  | "key-ownerless"
  | "key-overdue"
  | "key-owner-leaves"
  | "limit-above-organization"
  | "live-unchecked"
  | "max-tokens-above-model"
  | "not-a-member"
  | "not-offered"
  | "workspace-perhaps-renamed"
  | "pinned-id-not-found"
  | "pinned-id-superseded"
  | "preview-not-enabled"
  | "rate-store-evicts"
  | "service-account-in-use"
  | "several-files"
  | "clock-apart"
  | "moved-since-plan"
  | "still-declared"
  | "still-named"
  | "storage-attached"
  | "unknown-external-key"
  | "usage-not-known"
  | "workspace-incomplete"
  | "unknown-word";

/** The codes of a file of policy tests; `policy-test-findings.test.ts` has a case for each. */
type TestCode = keyof typeof TEST_SENTENCES;

const ADMINS = "  grace@acme.example: { role: admin }\n  alan@acme.example: { role: admin }\n";
/** Managed whole: what the file says of people is then all that there is. */
const WHOLE = "manage: { members: full, workspace_members: full }\n";
const PEOPLE = `version: 1\nmembers:\n${ADMINS}`;
const role = (models: string) => `version: 1\nroles:\n  user: { allowed: true, models: [${models}] }\n`;
/** A file with one issuer and one rule, all of it tight but for `fields`. */
const federated = (fields: string, issuer = "", account = "") =>
  `version: 1
workspaces: { prod: { name: Production, service_accounts: { ci: developer } } }
service_accounts: { ci: { ${account} }, etl: {} }
federation:
  issuers: { github: { url: "https://token.actions.githubusercontent.com", ${issuer} } }
  rules: { main: { issuer: github, service_account: ci, oauth_scope: "workspace:developer", workspaces: [prod], ${fields} } }
`;
const TIGHT =
  'subject: "repo:acme/app:ref:refs/heads/main", claims: { repository_owner_id: "1" }, audience: "https://api.anthropic.com"';
const prod = (fields: string) => `version: 1\nworkspaces:\n  prod: { name: Production, ${fields} }\n`;
const encode = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
for (let index = 1; index < 9; index++) {
  const [before, name] = ["abcdefghi"[index - 1], "abcdefghi"[index]];
  bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`);
}

/** For each code of the file: the smallest text that shows it, and how `brief` writes it down. */
export const CASES: Readonly<
  Record<Exclude<FindingCode, LiveCode | TestCode>, readonly [string | Uint8Array, string]>
> = {
  "empty-file": ["# nothing\n", "- error empty-file"],
  "file-too-large": ["#".repeat(4 * 1024 * 1024 + 1), "- error file-too-large"],
  "not-text": [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 1]), "- error not-text"],
  "wrong-encoding": [encode("version: 1\n# caf\u00e9\n", "latin1"), "2:6 error wrong-encoding"],
  "tab-indentation": ["version: 1\nroles:\n\ta: { allowed: false }\n", "3:1 error tab-indentation"],
  "yaml-syntax": ["version: 1\nroles: [\n", "3:1 error yaml-syntax"],
  "duplicate-key": ["version: 1\nversion: 1\n", "2:1 error duplicate-key"],
  "alias-bomb": [`version: 1\nx-bomb:\n${bomb.map((line) => `  ${line}\n`).join("")}`, "8:10 error alias-bomb"],
  "alias-cycle": ["version: 1\nx-a: &a [*a]\n", "2:10 error alias-cycle"],
  "unknown-alias": ["version: 1\nx-a: *b\n", "2:6 error unknown-alias"],
  "merge-key": ["version: 1\nx-a: &a { b: 1 }\nx-c: { <<: *a }\n", "3:8 error merge-key"],
  "key-not-text": ["version: 1\n2: x\n", "2:1 error key-not-text"],
  "forbidden-key": ["version: 1\n__proto__: { a: 1 }\n", "2:1 error forbidden-key"],
  "hidden-character": ["version: 1\nx-a: \u202eabc\n", "2:6 error hidden-character"],
  "secret-in-file": [`version: 1\nx-a: ${"sk-ant-"}api03-${"R".repeat(20)}\n`, "2:6 error secret-in-file"],
  "too-deep": [`version: 1\nx-a: ${"[".repeat(10_000)}`, "2:69 error too-deep"],
  "too-many-parts": [`version: 1\nx-a: [${"1,".repeat(600_000)}]`, "2:666665 error too-many-parts"],
  "too-many-errors": ["}\n".repeat(300), "201:1 error too-many-errors"],
  "several-documents": ["version: 1\n---\nversion: 1\n", "2:1 error several-documents"],
  "unknown-tag": ["version: !one 1\n", "1:10 error unknown-tag"],
  "not-a-mapping": ["- version\n", "1:1 error not-a-mapping"],
  "unknown-field": ["version: 1\norganisation: { name: x }\n", "2:1 error unknown-field organisation"],
  "missing-field": ["version: 1\nworkspaces:\n  prod: { id: x }\n", "3:3 error missing-field workspaces.prod.name"],
  "wrong-type": ["version: 1\naudit: { prompts: 3 }\n", "2:19 error wrong-type audit.prompts"],
  "invalid-value": [
    `${PEOPLE}  ada@acme.example: { role: developr }\n`,
    "5:29 error invalid-value members.ada@acme.example.role",
  ],
  "invalid-format": [
    `${PEOPLE}  ada@acme.example: { role: user, until: 2026-02-30 }\n`,
    "5:42 error invalid-format members.ada@acme.example.until",
  ],
  "too-long": [`version: 1\norganization: { name: ${"n".repeat(256)} }\n`, "2:23 error too-long organization.name"],
  "out-of-range": ["version: 1\nguardrails: { min_admins: 0 }\n", "2:27 error out-of-range guardrails.min_admins"],
  "unknown-person": [
    `${PEOPLE}workspaces:\n  prod: { name: P, keys: { prod-a: { owner: gracy@acme.example } } }\n${WHOLE}`,
    "6:45 error unknown-person workspaces.prod.keys.prod-a.owner",
  ],
  "unknown-role": [
    `${PEOPLE}  ada@acme.example: { role: user, app_role: usr }\nroles: { user: { allowed: false } }\n`,
    "5:45 error unknown-role members.ada@acme.example.app_role",
  ],
  "unknown-workspace": [
    `${prod("")}accept:\n  - { target: workspaces.prd.keys.a, until: 2027-12-31, owner: a@acme.example, reason: r }\n`,
    "5:15 error unknown-workspace accept[0].target",
  ],
  "unknown-service-account": [
    "version: 1\nworkspaces:\n  prod: { name: P, service_accounts: { ci-deplyer: developer } }\nservice_accounts: { ci-deployer: {} }\nmanage: { service_accounts: full }\n",
    "3:40 error unknown-service-account workspaces.prod.service_accounts.ci-deplyer",
  ],
  "unknown-issuer": [
    federated(TIGHT).replace("issuer: github", "issuer: gitub"),
    "6:28 error unknown-issuer federation.rules.main.issuer",
  ],
  "federation-subject-wildcard": [
    federated(TIGHT.replace("heads/main", "tags/*")),
    "6:122 warning federation-subject-wildcard federation.rules.main.subject",
  ],
  "federation-tenant-unpinned": [
    federated('subject: "repo*", claims: { event_name: push }, audience: a'),
    "6:139 warning federation-tenant-unpinned federation.rules.main.claims",
  ],
  "federation-pull-request": [
    federated(TIGHT.replace("ref:refs/heads/main", "pull_request")),
    "6:122 warning federation-pull-request federation.rules.main.subject",
  ],
  "federation-every-workspace": [
    federated(TIGHT).replace("workspaces: [prod]", "workspaces: all"),
    "6:105 warning federation-every-workspace federation.rules.main.workspaces",
  ],
  "federation-wide-scope": [
    federated(TIGHT).replace("workspace:developer", "org:admin"),
    "6:70 warning federation-wide-scope federation.rules.main.oauth_scope",
  ],
  "federation-long-lifetime": [
    federated(`${TIGHT}, token_lifetime: 2h`),
    "6:252 warning federation-long-lifetime federation.rules.main.token_lifetime",
  ],
  "federation-token-reuse": [
    federated(TIGHT, "check_jti: false"),
    "5:87 warning federation-token-reuse federation.issuers.github.check_jti",
  ],
  "federation-no-audience": [
    federated(TIGHT.replace(/, audience.*/, "")),
    "6:18 warning federation-no-audience federation.rules.main",
  ],
  "federation-admin-target": [
    federated(TIGHT, "", "role: admin"),
    "6:53 warning federation-admin-target federation.rules.main.service_account",
  ],
  "federation-target-unusable": [
    federated(TIGHT)
      .replace("service_account: ci", "service_account: etl")
      .replace("\nworkspaces", "\nmanage: { service_accounts: full }\nworkspaces"),
    "7:106 warning federation-target-unusable federation.rules.main.workspaces",
  ],
  "federation-name-only": [
    federated(TIGHT.replace(/claims: \{.*?\}, /, "")),
    "6:18 info federation-name-only federation.rules.main",
  ],
  "unknown-target": [
    "version: 1\naccept:\n  - { target: workspace.prod, until: 2027-12-31, owner: a@acme.example, reason: r }\n",
    "3:15 error unknown-target accept[0].target",
  ],
  "same-person-twice": [
    `${PEOPLE}  Alan@acme.example: { role: user }\n`,
    "4:3 error same-person-twice members.alan@acme.example",
  ],
  "ambiguous-handle": [
    "version: 1\nworkspaces:\n  Staging: { name: Production }\n  prod: { name: Staging }\n",
    "3:3 warning ambiguous-handle workspaces.Staging",
  ],
  confusable: [
    `${PEOPLE}  gr\u0430ce@acme.example: { role: user }\n`,
    "5:3 error confusable members.gr\u0430ce@acme.example",
  ],
  "foreign-variable": [
    prod("prompt_key_env: GITHUB_TOKEN"),
    "3:45 warning foreign-variable workspaces.prod.prompt_key_env",
  ],
  "same-live-name": [
    "version: 1\nworkspaces:\n  prod: { name: P }\n  live: { name: P }\n",
    "3:17 error same-live-name workspaces.prod.name",
  ],
  "long-workspace-name": [
    `version: 1\nworkspaces:\n  prod: { name: ${"n".repeat(41)} }\n`,
    "3:17 warning long-workspace-name workspaces.prod.name",
  ],
  "workspace-without-admin": [
    `version: 1\nmembers:\n  ada@acme.example: { role: user }\nworkspaces:\n  prod: { name: P, members: { ada@acme.example: user } }\n${WHOLE}`,
    "5:20 warning workspace-without-admin workspaces.prod.members",
  ],
  "empty-collection": [
    "version: 1\nmanage: { keys: full }\nworkspaces:\n  prod:\n    name: Prod\n    keys:\n      # web: {}\n",
    "6:5 error empty-collection workspaces.prod.keys",
  ],
  "too-few-admins": [
    `version: 1\nmembers:\n  ada@acme.example: { role: admin }\n${WHOLE}`,
    "2:1 warning too-few-admins members",
  ],
  "protected-missing": [
    `${PEOPLE}guardrails: { protected: [grac@acme.example] }\n${WHOLE}`,
    "5:27 error protected-missing guardrails.protected[0]",
  ],
  "key-name-off-pattern": [
    `${prod("keys: { auth: }")}key_policy: { naming: "{workspace}-{service}" }\n`,
    "3:37 error key-name-off-pattern workspaces.prod.keys.auth",
  ],
  "key-prefix-of-other-workspace": [
    'version: 1\nkey_policy: { naming: "{workspace}-{service}" }\nworkspaces:\n  dev: { name: D }\n  prod: { name: P, keys: { dev-a: } }\n',
    "5:28 error key-prefix-of-other-workspace workspaces.prod.keys.dev-a",
  ],
  "reserved-key-name": [
    prod('keys: { "prod-a@next": }'),
    "3:37 error reserved-key-name workspaces.prod.keys.prod-a@next",
  ],
  "key-name-twice": [
    "version: 1\nworkspaces:\n  a: { name: A, keys: { shared: } }\n  b: { name: B, keys: { shared: } }\n",
    "4:25 error key-name-twice workspaces.b.keys.shared",
  ],
  "id-pinned-twice": [
    "version: 1\nworkspaces:\n  a: { name: A, id: wrkspc_1 }\n  b: { name: B, id: wrkspc_1 }\n",
    "4:21 error id-pinned-twice workspaces.b.id",
  ],
  "overlap-exceeds-rotation": [
    "version: 1\nkey_policy: { rotate_every: 14d }\n",
    "2:1 error overlap-exceeds-rotation key_policy",
  ],
  expired: [
    `${PEOPLE}  ada@acme.example: { role: user, until: 2026-11-22 }\n`,
    "5:42 warning expired members.ada@acme.example.until",
  ],
  "expires-soon": [
    `${PEOPLE}  ada@acme.example: { role: user, until: 2026-12-07 }\n`,
    "5:42 warning expires-soon members.ada@acme.example.until",
  ],
  "unassignable-workspace-role": [
    `${PEOPLE}workspaces:\n  prod: { name: P, members: { alan@acme.example: billing } }\n`,
    "6:50 error unassignable-workspace-role workspaces.prod.members.alan@acme.example",
  ],
  "reserved-tag": [prod('tags: { anthropic-x: "1" }'), "3:37 error reserved-tag workspaces.prod.tags.anthropic-x"],
  "same-tag-twice": [
    prod('tags: { "caf\\u00e9": a, "cafe\\u0301": b }'),
    "3:53 error same-tag-twice workspaces.prod.tags.cafe\u0301",
  ],
  "default-geo-not-allowed": [
    prod("data_residency: { allowed_inference_geos: [us], default_inference_geo: global }"),
    "3:100 error default-geo-not-allowed workspaces.prod.data_residency.default_inference_geo",
  ],
  "default-workspace-restricted": [
    "version: 1\nworkspaces:\n  d: { name: Default, members: {} }\n",
    "3:23 error default-workspace-restricted workspaces.d.members",
  ],
  "rate-limit-collision": [
    prod("rate_limits: { claude-haiku-4-5: {}, claude-haiku-4-5-20251001: {} }"),
    "3:66 error rate-limit-collision workspaces.prod.rate_limits.claude-haiku-4-5-20251001",
  ],
  "unknown-rate-limit": [
    prod("rate_limits: { bach: {} }"),
    "3:44 error unknown-rate-limit workspaces.prod.rate_limits.bach",
  ],
  "role-allows-nothing": [
    "version: 1\nroles:\n  user: { allowed: true }\n",
    "3:3 error role-allows-nothing roles.user",
  ],
  "denied-role-with-limits": [
    "version: 1\nroles:\n  user: { allowed: false, rpm_limit: 1 }\n",
    "3:27 warning denied-role-with-limits roles.user.rpm_limit",
  ],
  "model-listed-twice": [
    role("claude-haiku-4-5, claude-haiku-4-5-20251001"),
    "3:53 error model-listed-twice roles.user.models[1]",
  ],
  "model-unknown": [role("claude-haiku-5-6"), "3:35 warning model-unknown roles.user.models[0]"],
  "model-never-existed": [role("claude-haiku-4-20250514"), "3:35 error model-never-existed roles.user.models[0]"],
  "model-retired": [role("claude-opus-4-20250514"), "3:35 error model-retired roles.user.models[0]"],
  "model-retires-soon": [role("claude-sonnet-4-5"), "3:35 warning model-retires-soon roles.user.models[0]"],
  "accept-expired": [
    "version: 1\naccept:\n  - { target: members.a@acme.example, until: 2026-11-22, owner: a@acme.example, reason: r }\n",
    "3:46 warning accept-expired accept[0].until",
  ],
};
