import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { assembleStatus, type StatusInput } from "../../../src/core/status/status.ts";
import { createStyle } from "../../../src/report/formats/colour.ts";
import { renderTree } from "../../../src/report/formats/tree.ts";
import { statusForms } from "../../../src/report/status/status.ts";
import { noteSentence } from "../../../src/report/status/status-words.ts";
import { issuer, key, NOW, org, rule, user } from "../../support/org.ts";

import { assemble, config, live, production } from "../../support/report-status.ts";

function text(input: Partial<StatusInput> = {}, colour = false) {
  return statusForms.text({ kind: "status", status: assemble(input) }, createStyle(colour));
}

describe("the text", () => {
  test("of the whole organization", () => {
    expect(text()).toMatchInlineSnapshot(`
      "Acme  0b4e7f52
      3 workspaces, 3 members, 6 keys, at 2026-11-23 12:00 UTC
      1 expired key, 1 key due for rotation, 1 key in another workspace than rbac.yaml says, 1 key of somebody who has left
      ├── Production                    prod  wrkspc_production
      │   ├── members (2)
      │   │   ├── bill@acme.example   billing  inherited from the organization role billing
      │   │   └── grace@acme.example  admin    inherited from the organization role admin
      │   ├── keys (2, and 1 archived one)
      │   │   ├── prod-auth       due since 2026-10-24  120 d  no expiry  sk-ant-api03-abc...wxyz  no owner, ada@acme.example answers  apikey_prod-auth
      │   │   └── prod-auth@next  replacement-ready       1 d  no expiry  no hint                  acts as ada@acme.example            apikey_prod-auth@next
      │   ├── limits  (elsewhere the organization's)
      │   │   └── Claude Sonnet 5.x  1,000 requests/min (of 4,000)  400,000 output tokens/min
      │   └── spend limit 5,000.05 USD monthly
      ├── Development                         wrkspc_development  not in rbac.yaml
      │   ├── members (3)
      │   │   ├── ada@acme.example    developer
      │   │   ├── bill@acme.example   billing    inherited from the organization role billing
      │   │   └── grace@acme.example  admin      inherited from the organization role admin
      │   ├── keys (2)
      │   │   ├── dev-trial    expired  10 d  expired 2026-11-22  no hint  no owner                            apikey_dev-trial    not in rbac.yaml
      │   │   └── prod-search  active   10 d  no expiry           no hint  no owner, made by ada@acme.example  apikey_prod-search  declared as workspaces.prod.keys.prod-search
      │   ├── limits: the organization's
      │   └── spend limit 5,000 JPY monthly
      ├── Default                             wrkspc_default      the default workspace
      │   ├── members: everybody, as their organization role allows
      │   ├── no keys
      │   └── limits: the organization's
      ├── wrkspc_gone                                             not listed (archived?)
      │   └── keys (1)
      │       └── ghost  active  10 d  no expiry  no hint  user_gone (has left)  apikey_ghost  not in rbac.yaml
      ├── keys of the organization (1)
      │   └── robot  active  10 d  no expiry  no hint  acts as service account svac_1  apikey_robot  not in rbac.yaml
      ├── people (3)
      │   ├── grace@acme.example  admin      grace  user_grace
      │   ├── bill@acme.example   billing    bill   user_bill
      │   └── ada@acme.example    developer  ada    user_ada
      ├── invitations (1)
      │   └── erin@acme.example  developer  pending until 2026-12-13
      └── activity feed: on
      "
    `);
  });

  test("of one workspace has every limit", () => {
    expect(text({ selection: { view: "workspace", workspace: "prod" } })).toMatchInlineSnapshot(`
      "Production  prod  wrkspc_production
      1 key due for rotation
      ├── members (2)
      │   ├── bill@acme.example   billing  inherited from the organization role billing
      │   └── grace@acme.example  admin    inherited from the organization role admin
      ├── keys (2, and 1 archived one)
      │   ├── prod-auth       due since 2026-10-24  120 d  no expiry  sk-ant-api03-abc...wxyz  no owner, ada@acme.example answers  apikey_prod-auth
      │   └── prod-auth@next  replacement-ready       1 d  no expiry  no hint                  acts as ada@acme.example            apikey_prod-auth@next
      ├── limits
      │   ├── Claude Sonnet 5.x  1,000 requests/min (of 4,000)  400,000 output tokens/min
      │   └── batch              4,000 requests/min
      └── spend limit 5,000.05 USD monthly
      "
    `);
  });

  test("of a person who cannot get in answers in the first lines", () => {
    expect(text({ selection: { view: "user", email: "ada@acme.example" } })).toMatchInlineSnapshot(`
      "ada@acme.example  ada  developer of Acme
      reaches 2 of 3 workspaces: Development as developer, Default as developer, 1 active key
      ! not a member of prod, though rbac.yaml declares them as developer there: run anth-rbac apply
      - created 1 key that acts as no person: has seen its secret, which does not end when they leave
      ├── workspaces (3)
      │   ├── Production (prod)  not a member
      │   ├── Development        developer     direct member
      │   └── Default            developer     the organization role: it has no members of its own
      ├── keys that act as them (1)
      │   └── prod-auth@next  replacement-ready  1 d  no expiry  no hint  acts as ada@acme.example  apikey_prod-auth@next
      ├── keys they created that act as no person, or as somebody else (1)
      │   └── prod-search  active  10 d  no expiry  no hint  no owner, made by ada@acme.example  apikey_prod-search  declared as workspaces.prod.keys.prod-search
      └── declared in rbac.yaml
          ├── role                     developer
          ├── app_role                 power
          ├── workspaces.prod.members  developer
          └── owns                     workspaces.prod.keys.prod-auth
      "
    `);
  });

  test("of somebody who is not there sends to what helps: apply, the Console, or an entry with a role", () => {
    const first = (input: Partial<StatusInput>) =>
      text({ selection: { view: "user", email: "erin@acme.example" }, ...input }).split("\n")[1];
    const nobody = { ...live, invites: { known: true, items: [] } } as const;
    expect(first({ live: nobody })).toBe(
      "! not in the organization and not invited, though rbac.yaml declares them as developer: anth-rbac apply invites them; whoever has left is taken out of the file with revoke --user and --update-config",
    );
    const off = { ...config, manage: { ...config.manage, members: "off" } } as const;
    expect(first({ live: nobody, config: off })).toBe(
      "! not in the organization and not invited, though rbac.yaml declares them as developer: it does not manage members, so invite them in the Console",
    );
  });

  test("of somebody who was only invited", () => {
    expect(text({ selection: { view: "user", email: "erin@acme.example" } })).toMatchInlineSnapshot(`
      "erin@acme.example  not a member of Acme
      ! invited as developer and has not accepted yet, good until 2026-12-13: access follows after that
      ├── invited as developer: pending, good until 2026-12-13
      └── declared in rbac.yaml
          ├── role      developer
          └── app_role  none: prompt refuses them
      "
    `);
  });

  test("of a key in the wrong workspace", () => {
    expect(text({ selection: { view: "key", key: { by: "name", text: "prod-search" } } })).toMatchInlineSnapshot(`
      "prod-search  active  in workspace Development
      ! wrong workspace: rbac.yaml declares it under prod, it is a key of Development; a key cannot be moved: create one there
      - has no owner: a workspace key, which acts as no person; it goes on working when its creator, ada@acme.example, leaves
      ├── acts as       no person: a workspace key
      ├── created by    ada@acme.example
      ├── created       2026-11-13, 10 days ago
      ├── expires       never
      ├── hint          none
      ├── id            apikey_prod-search
      ├── workspace id  wrkspc_development
      └── declared as   workspaces.prod.keys.prod-search
      "
    `);
  });

  test("of a key that does not work says of its maker nothing that it goes on doing", () => {
    for (const status of ["inactive", "expired", "archived"]) {
      const found = text({
        live: { ...live, keys: { known: true, items: [key("prod-old", production.id, { status })] } },
        selection: { view: "key", key: { by: "name", text: "prod-old" } },
      });
      expect(found).toContain("- has no owner: a workspace key, which acts as no person\n");
    }
  });

  test("of a disabled key offers nowhere to enable it again", () => {
    const found = text({
      live: { ...live, keys: { known: true, items: [key("prod-old", production.id, { status: "inactive" })] } },
      selection: { view: "key", key: { by: "name", text: "prod-old" } },
    });
    expect(found).toContain("calls with it get 401; it may have been revoked, so do not enable it again");
    expect(found).not.toContain("Console");
  });

  test("of a key that is in order but for its age, and its replacement", () => {
    expect(text({ selection: { view: "key", key: { by: "name", text: "prod-auth" } } })).toMatchInlineSnapshot(`
      "2 keys fit:
      prod-auth  active, due since 2026-10-24  in workspace Production (prod)
      ! 120 days old: due for rotation since 2026-10-24
      - acts as no person: a workspace key, for which ada@acme.example answers by rbac.yaml; it goes on working when its creator leaves
      ├── acts as       no person: a workspace key
      ├── created by    not recorded
      ├── created       2026-07-26, 120 days ago
      ├── expires       never
      ├── hint          sk-ant-api03-abc...wxyz
      ├── id            apikey_prod-auth
      ├── workspace id  wrkspc_production
      └── declared as   workspaces.prod.keys.prod-auth

      prod-auth@next  active, replacement-ready  in workspace Production (prod)
      in force: nothing that the API shows keeps it from working
      ├── acts as       ada@acme.example
      ├── created by    not recorded
      ├── created       2026-11-22, 1 day ago
      ├── expires       never
      ├── hint          none
      ├── id            apikey_prod-auth@next
      ├── workspace id  wrkspc_production
      └── declared as   workspaces.prod.keys.prod-auth
      "
    `);
  });

  test("of usage", () => {
    const row = (inputTokens: number, rest: object) => ({
      inputTokens,
      outputTokens: inputTokens / 10,
      requests: 7,
      ...rest,
    });
    const usage = {
      from: NOW - 7 * DAY,
      to: NOW,
      asOf: NOW,
      since: [],
      source: "analytics" as const,
      rows: [
        row(1_234_560, { workspaceId: production.id, keyId: "apikey_prod-auth" }),
        row(40, { workspaceId: production.id, keyId: "apikey_unheard-of" }),
        row(5000, { workspaceId: "wrkspc_default" }),
      ],
    };
    expect(text({ selection: { view: "usage" }, usage })).toMatchInlineSnapshot(`
      "1,363,560 tokens, 21 requests in 7 days, 2026-11-16 12:00 to 2026-11-23 12:00 UTC
      most in Production (prod) >99%, Default (the default workspace) <1%
      none in Development
      ├── Production (prod)                14 requests  1,234,600 in  123,460 out  >99%
      │   ├── prod-auth                       7 requests  1,234,560 in  123,456 out  >99%
      │   └── apikey_unheard-of (not listed)  7 requests         40 in        4 out   <1%
      └── Default (the default workspace)   7 requests      5,000 in      500 out   <1%
          └── no key (Workbench, federation)  7 requests  5,000 in  500 out  <1%
      "
    `);
  });

  test("says what could not be read where it would be, and at the end why", () => {
    const unread = { known: false, reason: "permission-denied", message: "no scope" } as const;
    const shown = text({
      live: { ...live, keys: unread, users: unread, spendLimits: { known: false, reason: "preview-not-enabled" } },
    });
    expect(shown).toMatchInlineSnapshot(`
      "Acme  0b4e7f52
      3 workspaces, members not known, keys not known, at 2026-11-23 12:00 UTC
      spend limits not offered to this organization, 2 parts could not be read
      ├── Production                             prod  wrkspc_production
      │   ├── members: not known (permission-denied)
      │   ├── keys: not known (permission-denied)
      │   └── limits  (elsewhere the organization's)
      │       └── Claude Sonnet 5.x  1,000 requests/min (of 4,000)  400,000 output tokens/min
      ├── Development                                  wrkspc_development  not in rbac.yaml
      │   ├── members: not known (permission-denied)
      │   ├── keys: not known (permission-denied)
      │   └── limits: the organization's
      ├── Default                                      wrkspc_default      the default workspace
      │   ├── members: everybody, as their organization role allows
      │   ├── keys: not known (permission-denied)
      │   └── limits: the organization's
      ├── keys of the organization: not known (permission-denied)
      ├── people: not known (permission-denied)
      ├── invitations (1)
      │   └── erin@acme.example  developer  pending until 2026-12-13
      └── activity feed: on
      could not read members, keys (permission-denied: no scope)
      "
    `);
  });

  test("never shows what is unknown as empty, whichever kinds are", () => {
    const kinds = ["users", "invites", "workspaces", "keys", "rateLimits", "spendLimits"] as const;
    const titles = {
      users: "people",
      invites: "invitations",
      workspaces: "workspaces",
      keys: "keys of the organization",
      rateLimits: "limits",
      spendLimits: "spend limit",
    };
    fc.assert(
      fc.property(fc.subarray([...kinds]), (missing) => {
        const unread: ReadResult<never> = { known: false, reason: "api-error" };
        const shown = text({ live: { ...live, ...Object.fromEntries(missing.map((kind) => [kind, unread])) } });
        for (const kind of missing) {
          if ((kind === "rateLimits" || kind === "spendLimits") && missing.includes("workspaces")) continue;
          expect(shown).toContain(`${titles[kind]}: not known (api-error)`);
          expect(shown).not.toContain(`no ${titles[kind]}\n`);
        }
      }),
    );
  });

  test("names no key twice and leaves none out but the archived", () => {
    const shown = text();
    for (const { id, status } of live.keys.known ? live.keys.items : []) {
      expect(shown.split(new RegExp(`${id}(?![\\w@-])`)).length - 1).toBe(status === "archived" ? 0 : 1);
    }
  });

  test("shows control characters of foreign names escaped, in every view", () => {
    const evil = "a\u001b[2J\u0007\n\u202eb";
    const hostile: OrgSnapshot = {
      ...org({
        users: [{ ...user("a@b.example"), name: evil }],
        workspaces: [{ ...production, name: evil }],
        keys: [key(evil, production.id, { hint: evil }), key(evil, "wrkspc_x")],
      }),
      organization: { id: evil, name: evil },
      invites: { known: false, reason: "api-error", message: evil },
    };
    const views = [
      { view: "organization" },
      { view: "workspace", workspace: production.id },
      { view: "user", email: "a@b.example" },
      { view: "key", key: { by: "hint", text: evil } },
    ] as const;
    for (const selection of views) {
      const shown = statusForms.text(
        { kind: "status", status: assembleStatus({ live: hostile, now: NOW, selection }) },
        createStyle(false),
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
  });

  test("has no trailing spaces, and columns that line up under wide characters", () => {
    expect(text()).not.toMatch(/ $/m);
    expect(renderTree([{ cells: ["日本", "x"] }, { cells: ["abcd", "y"] }, { cells: ["", "z"] }])).toEqual([
      "├── 日本  x",
      "├── abcd  y",
      "└──       z",
    ]);
  });
});

test("rules say whom they let in, and where nobody can tell", () => {
  const shown = text({
    live: org({
      issuers: [issuer("github", { checkJti: false, pollingStoppedAt: NOW })],
      rules: [
        rule("gone", { match: { condition: "claims.ns == 'x'", others: ["claims_any"] } }),
        rule("new", { target: { type: "unknown", word: "robot" }, match: {}, issuerId: "fdis_gone", workspaces: [] }),
      ],
    }),
  });
  expect(shown.slice(shown.indexOf("├── federation issuers"))).toMatchInlineSnapshot(`
    "├── federation issuers (1)
    │   └── github  https://token.actions.githubusercontent.com  tokens of up to 1h  a token can be used again  its keys are not fetched since 2026-11-23  fdis_github  not in rbac.yaml
    ├── federation rules (2)
    │   ├── gone  github → svac_ci (archived: it lets nobody in)  workspace:developer, for 15m  in wrkspc_production  loose: tenant unpinned, no audience  fdrl_gone  not in rbac.yaml
    │   │   ├── if claims.ns == 'x'
    │   │   └── if claims_any is what this version does not know
    │   └── new   fdis_gone → a target of a type that is not known  workspace:developer, for 15m  in no workspace       loose: no audience                   fdrl_new   not in rbac.yaml
    └── activity feed: on
    "
  `);
});

test.each([
  [0, "rbac.yaml ends their access after 2026-11-23, today"],
  [1, "rbac.yaml ends their access after 2026-11-23, in 1 day"],
])("an end in %i days is said as such", (days, said) => {
  expect(noteSentence({ code: "until-soon", args: { day: "2026-11-23", days } })).toBe(said);
});
