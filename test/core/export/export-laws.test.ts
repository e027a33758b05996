import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfigText } from "../../../src/adapters/config/config-text.ts";
import { jsonText, yamlText } from "../../../src/adapters/config/yaml-text.ts";
import { MANAGED_KINDS, type ManagedKind } from "../../../src/core/config/config.ts";
import { plainValue } from "../../../src/core/document/document.ts";
import { exportOrganization, type OrganizationExport } from "../../../src/core/export/export.ts";
import { type Finding, isError } from "../../../src/core/model/finding.ts";
import type { OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import { readScopeOf } from "../../../src/core/plan/read-scope.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { maskSecrets } from "../../../src/core/text/secret.ts";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { hostileOrganizations } from "../../support/hostile-org.ts";
import { key as anyKey, NOW, org, workspace } from "../../support/org.ts";
import { organizations } from "../../support/random-org.ts";

const any = fc.oneof(hostileOrganizations, organizations);

function exported(live: OrgSnapshot, kinds: readonly ManagedKind[] = MANAGED_KINDS): OrganizationExport {
  return exportOrganization({ live, now: NOW, kinds, version: "0.0.0" });
}

/** The text as it leaves the program: through the one place that masks secrets. */
function textOf({ document }: OrganizationExport): string {
  return maskSecrets(yamlText(document));
}

/** What `validate` and `drift` say of the text of a file: nothing of weight, if all is well. */
function complaints(text: string, live: OrgSnapshot) {
  const { value, findings: ofText } = parseConfigText(new TextEncoder().encode(text));
  const { config, findings } = parseConfig(value, NOW);
  if (!config) return { ofText, errors: findings.filter(isError) };
  const file = { path: "rbac.yaml", digest: "" };
  const plan = reconcile({ config, live, now: NOW, file, digest: () => "" });
  return {
    ofText,
    changes: plan.changes,
    unmanaged: plan.unmanaged.filter(({ name }) => isSayable(name)),
    unknown: plan.unknown,
    errors: plan.findings.filter(
      (found) => (isError(found) && !isOfLiveKeys(found, live)) || found.code === "accept-unused",
    ),
  };
}

/**
 * A contradiction between the name and the status of a live key (design 7: a `@next` that is not active, a name that says disabled on an
 * active key …) is the organization's own: no file can settle it, so drift says it of any file, the export too.
 */
function isOfLiveKeys(found: Finding, { keys }: OrgSnapshot): boolean {
  // Of two keys that wait to replace one, neither can be declared: only the key whose rotation it is has an entry.
  if (found.code === "ambiguous-name") return found.args.kind === "key" && found.args.name.endsWith("@next");
  if (found.code !== "key-unsettled") return false;
  const { key, problem } = found.args;
  const bearers = keys.known ? keys.items.filter(({ name }) => name === key) : [];
  return bearers.some(({ status, principal }) => {
    if (problem === "replacement-acts-as-person") return key.endsWith("@next") && principal?.type === "user";
    if (problem === "replacement-not-active") return key.endsWith("@next") && status !== "active";
    if (problem === "disabled-but-active") return /@disabled-\d{8}$/.test(key) && status === "active";
    return /@(?:previous|disabled)-\d{8}$/.test(key);
  });
}

test("an inactive @next beside its active key is said of the export too, and nothing is planned", () => {
  const key = (id: string, name: string, status: string) => ({ ...anyKey("k", "wrkspc_a"), id, name, status });
  const live = org({
    workspaces: [workspace("A")],
    keys: [key("apikey_1", "auth", "active"), key("apikey_2", "auth@next", "inactive")],
  });
  const text = textOf(exported(live));
  expect(complaints(text, live)).toEqual(NONE);
  const { value } = parseConfigText(new TextEncoder().encode(text));
  const { config } = parseConfig(value, NOW);
  if (!config) throw new Error("no config");
  const plan = reconcile({ config, live, now: NOW, file: { path: "rbac.yaml", digest: "" }, digest: () => "" });
  expect(plan.findings.filter(isError).map(({ code, args }) => [code, args])).toEqual([
    ["key-unsettled", { key: "auth@next", problem: "replacement-not-active" }],
  ]);
});

/** Neither a declaration nor an acceptance can hold a secret or a control character: then drift goes on reporting the key. */
function isSayable(name: string): boolean {
  return maskSecrets(name) === name && !/\p{Cc}/u.test(name);
}

const NONE = { ofText: [], changes: [], unmanaged: [], unknown: [], errors: [] };

describe("laws of the export", () => {
  test("its own drift is empty, whatever the organization holds, and as JSON too", () => {
    fc.assert(
      fc.property(any, (live) => {
        const made = exported(live);
        expect(complaints(textOf(made), live)).toEqual(NONE);
        expect(complaints(maskSecrets(jsonText(plainValue(made.document.root))), live)).toEqual(NONE);
      }),
      { numRuns: 500 },
    );
  });

  test("comments are comments: the YAML says what the JSON says", () => {
    fc.assert(
      fc.property(any, (live) => {
        const { document } = exported(live);
        const { value } = parseConfigText(new TextEncoder().encode(yamlText(document)));
        expect(value).toEqual(plainValue(document.root));
      }),
    );
  });

  test("the order of the lists changes nothing", () => {
    fc.assert(
      fc.property(any, (live) => {
        const turned: OrgSnapshot = {
          ...live,
          users: backwards(live.users),
          invites: backwards(live.invites),
          workspaces: backwards(live.workspaces),
          keys: backwards(live.keys),
          rateLimits: backwards(live.rateLimits),
          spendLimits: backwards(live.spendLimits),
          workspaceMembers: new Map([...live.workspaceMembers].map(([id, reading]) => [id, backwards(reading)])),
          serviceAccounts: backwards(live.serviceAccounts),
          groups: backwards(live.groups),
          workspaceServiceAccounts: new Map(
            [...live.workspaceServiceAccounts].map(([id, reading]) => [id, backwards(reading)]),
          ),
          workspaceRateLimits: new Map([...live.workspaceRateLimits].map(([id, reading]) => [id, backwards(reading)])),
        };
        expect(yamlText(exported(turned).document)).toBe(yamlText(exported(live).document));
      }),
    );
  });

  test("of some kinds only manages those: nothing else is read, and nothing of them differs", () => {
    fc.assert(
      fc.property(any, fc.subarray([...MANAGED_KINDS], { minLength: 1 }), (live, kinds) => {
        const text = textOf(exported(live, kinds));
        const { config } = parseConfig(parseConfigText(new TextEncoder().encode(text)).value, NOW);
        expect(MANAGED_KINDS.filter((kind) => config?.manage[kind] !== "off")).toEqual(
          MANAGED_KINDS.filter((kind) => kinds.includes(kind)),
        );
        expect(config && readScopeOf(config).keys).toBe(kinds.includes("keys"));
        // Without the members, or anybody among them, nobody can answer for what cannot be declared.
        const { unmanaged, ...rest } = complaints(text, live);
        const anybody = live.users.known && live.users.items.length > 0;
        const people = anybody && (kinds.includes("members") || kinds.includes("workspace_members"));
        expect(rest).toEqual({ ofText: [], changes: [], unknown: [], errors: [] });
        if (people) expect(unmanaged).toEqual([]);
      }),
    );
  });

  test("what could not be read is left out, never taken for empty", () => {
    const lists = fc.constantFrom(
      "users",
      "workspaces",
      "keys",
      "rateLimits",
      "spendLimits",
      "serviceAccounts",
      "groups",
    );
    const gone: ReadResult<never> = { known: false, reason: "permission-denied", message: "no:\nway #" };
    const of = {
      users: ["members", "workspace_members", "groups"],
      workspaces: ["workspaces", "workspace_members", "rate_limits", "spend_limits", "keys", "service_accounts"],
      keys: ["keys"],
      rateLimits: ["rate_limits"],
      spendLimits: ["spend_limits"],
      serviceAccounts: ["service_accounts"],
      groups: ["groups"],
    };
    fc.assert(
      fc.property(any, lists, (live, list) => {
        const { notices, unknown, ...made } = exported({ ...live, [list]: gone });
        const text = textOf({ ...made, notices, unknown });
        const { config } = parseConfig(parseConfigText(new TextEncoder().encode(text)).value, NOW);
        expect(unknown).toHaveLength(1);
        expect(of[list].map((kind) => config?.manage[kind as ManagedKind])).toEqual(of[list].map(() => "off"));
        for (const kind of of[list]) {
          expect(text).toContain(`${kind}: off # could not be read: no:\\u{a}way #\n`);
          expect(notices).toContain(`not exported: ${kind} (no:\\u{a}way #)`);
        }
        expect(complaints(text, live).changes).toEqual([]);
      }),
    );
  });

  test("a notice and a comment for whatever is left out", () => {
    fc.assert(
      fc.property(any, (live) => {
        const made = exported(live);
        const text = textOf(made);
        const { notices } = made;
        const reasons = new Set([...text.matchAll(/ # ?left out: .* \(([^()]*)\)$/gm)].map(([, reason]) => reason));
        reasons.delete("Claude Code keeps it for itself");
        expect(notices.join("\n")).not.toMatch(/[^\P{Cc}\n]/u);
        for (const reason of reasons) expect(notices.some((notice) => notice.includes(`(${reason})`))).toBe(true);
      }),
    );
  });
});

function backwards<Item>(reading: ReadResult<Item>): ReadResult<Item> {
  return reading.known ? { known: true, items: reading.items.toReversed() } : reading;
}
