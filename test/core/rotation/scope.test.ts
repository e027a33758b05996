import { describe, expect, test } from "vitest";
import type { RotationInput } from "../../../src/core/rotation/rotation.ts";
import { declared } from "../../support/config.ts";
import { failure } from "../../support/failure.ts";
import { key } from "../../support/org.ts";
import { holding, planOf, rotated, web } from "../../support/rotation.ts";

const UNREAD = { known: false, reason: "permission-denied" } as const;
/** Two keys in Prod and one in Other. */
const config = declared({
  workspaces: {
    prod: { name: "Prod", keys: { web: {}, api: {} } },
    other: { name: "Other", keys: { job: {} } },
  },
});
const live = holding(
  web(),
  key("api", "wrkspc_prod"),
  key("api@next", "wrkspc_prod"),
  key("job", "wrkspc_other"),
  key("stray", "wrkspc_other"),
);
const scope = (keys: readonly string[], workspaces: readonly string[] = []) => ({ scope: { keys, workspaces } });
const names = (asked: ReturnType<typeof scope>, from = live, rest: Partial<RotationInput> = {}) =>
  planOf(from, { config, ...asked, ...rest }).keys.map(({ name }) => name);

describe("the keys that words mean", () => {
  test.each([
    [[], [], ["web", "api", "job"]],
    [[], ["prod"], ["web", "api"]],
    [[], ["Other"], ["job"]],
    [[], ["prod", "wrkspc_other"], ["web", "api", "job"]],
    [["web"], [], ["web"]],
    [["job", "web"], [], ["web", "job"]],
    [["web"], ["prod"], ["web"]],
    [["apikey_api"], [], ["api"]],
    [["apikey_job"], [], ["job"]],
    [["api@next"], [], ["api"]],
    [["apikey_api@next"], ["prod"], ["api"]],
  ])("%j in %j", (words, workspaces, expected) => {
    expect(names(scope(words, workspaces))).toEqual(expected);
  });

  test("a live key is one of its own workspace, where two declare the name", () => {
    const [prod, other] = [config.workspaces.get("prod"), config.workspaces.get("other")];
    if (!prod || !other?.keys) throw new Error("the test's config declares both");
    const twice = { ...config, workspaces: new Map([...config.workspaces, ["prod", { ...prod, keys: other.keys }]]) };
    const both = holding(key("job", "wrkspc_other", { id: "a" }), key("job", "wrkspc_prod", { id: "b" }));
    const workspaces = (word: string) =>
      planOf(both, { config: twice, ...scope([word]) }).keys.map(({ workspace }) => workspace);
    expect([workspaces("a"), workspaces("b")]).toEqual([["other"], ["prod"]]);
    expect(failure(() => workspaces("job")).details).toEqual({
      message: '--key: "job" fits 2 keys: workspaces.prod.keys.job; workspaces.other.keys.job',
      fix: "add --workspace, or name the one that is meant by its live id",
    });
  });

  test("no key of another workspace is in the way of one whose workspace is said", () => {
    const twice = declared({
      workspaces: {
        prod: { name: "Prod", keys: { job: { id: "b" } } },
        other: { name: "Other", keys: { job: { id: "a" } } },
      },
    });
    const both = holding(key("job", "wrkspc_other", { id: "a" }), key("job", "wrkspc_prod", { id: "b" }));
    expect(names(scope(["job"], ["prod"]), both, { config: twice })).toEqual(["job"]);
  });

  test("the organization itself is a place as any other", () => {
    const ofBoth = declared({
      organization: { keys: { ci: { id: "apikey_1" } } },
      workspaces: { prod: { name: "Prod", keys: { ci: { id: "apikey_2" } } } },
    });
    expect(failure(() => names(scope(["ci"]), live, { config: ofBoth })).message).toBe(
      '--key: "ci" fits 2 keys: organization.keys.ci; workspaces.prod.keys.ci',
    );
  });

  test("several live keys of one name are nobody's to guess, in any order", () => {
    const twins = holding(key("api@next", "wrkspc_prod", { id: "b" }), key("api@next", "wrkspc_prod", { id: "a" }));
    const { code, message } = failure(() => names(scope(["api@next"]), twins));
    expect([code, message]).toEqual([
      "ambiguous",
      '--key: "api@next" fits 2 keys: workspaces.prod.keys.api@next (a); workspaces.prod.keys.api@next (b)',
    ]);
  });

  test("a declared name that a live key of another entry bears is nobody's to guess", () => {
    const workspaces = { prod: { name: "Prod", keys: { web: { id: "apikey_api" }, api: { id: "apikey_web" } } } };
    const swapped = { config: declared({ workspaces }) };
    const crossed = holding(key("api", "wrkspc_prod"), web());
    const { code, details } = failure(() => names(scope(["web"]), crossed, swapped));
    expect([code, details]).toEqual([
      "ambiguous",
      {
        message:
          '--key: "web" fits 2 keys: workspaces.prod.keys.api (apikey_api); workspaces.prod.keys.web (apikey_web)',
        fix: "name the one that is meant by its id",
      },
    ]);
    expect(names(scope(["apikey_api"]), crossed, swapped)).toEqual(["web"]);
    // What is archived says nothing by its name any more; what no entry has is another matter.
    const archived = holding(key("api", "wrkspc_prod"), web("", { status: "archived" }));
    expect(names(scope(["web"]), archived, swapped)).toEqual(["web"]);
    const strange = holding(key("api", "wrkspc_prod"), key("web", "wrkspc_other", { id: "apikey_strange" }));
    expect(names(scope(["web"]), strange, swapped)).toEqual(["web"]);
  });

  test("an archived key is named by its id only", () => {
    const archived = holding(key("api@next", "wrkspc_prod", { status: "archived" }), web());
    expect(names(scope(["apikey_api@next"]), archived)).toEqual(["api"]);
    expect(failure(() => names(scope(["api@next"]), archived)).code).toBe("not-found");
  });

  test("nothing is said of a word where the keys, or the workspaces, are not known", () => {
    for (const unread of [
      { ...live, keys: UNREAD },
      { ...live, workspaces: UNREAD },
    ]) {
      expect(names(scope(["apikey_nobody"]), unread)).toEqual([]);
    }
  });
});

describe("a word that means no key", () => {
  const details = (word: string, workspaces: readonly string[] = []) =>
    failure(() => names(scope([word], workspaces))).details;

  test("is told with the one that may have been meant", () => {
    expect(details("wbe")).toEqual({ message: '--key: no key "wbe" is declared here', fix: 'did you mean "web"?' });
    expect(details("wbe@next").fix).toBe('did you mean "web"?');
    expect(details("something else").fix).toBe("anth-rbac rotate --status lists them");
  });

  test("is told as a live key that the file does not declare, or not in that workspace", () => {
    const message = (word: string) => `--key: the live key "${word}" belongs to no key that rbac.yaml declares here`;
    expect(failure(() => names(scope(["stray"]))).code).toBe("not-found");
    expect(details("stray")).toEqual({
      message: message("stray"),
      fix: "declare it, or disable it: anth-rbac revoke --key stray",
    });
    expect(details("apikey_job", ["prod"]).message).toBe(message("apikey_job"));
    expect(details("job", ["prod"]).message).toBe(message("job"));
  });

  test("is told with the id of each of several live keys, since their name would stop revoke", () => {
    const twins = holding(key("stray", "wrkspc_other", { id: "a" }), key("stray", "wrkspc_prod", { id: "b" }));
    expect(failure(() => names(scope(["stray"]), twins)).details.fix).toBe(
      "declare it, or disable it: anth-rbac revoke --key a, or anth-rbac revoke --key b",
    );
  });

  test("is quoted for a shell where it has to be", () => {
    const odd = holding(key("a b", "wrkspc_prod"));
    expect(failure(() => names(scope(["a b"]), odd)).details.fix).toBe(
      "declare it, or disable it: anth-rbac revoke --key 'a b'",
    );
  });
});

test("findings are those of the workspaces that were asked about", () => {
  const unsettled = {
    ...rotated({}, { workspaces: { prod: { name: "Prod" }, other: { name: "Other", id: "wrkspc_x" } } }),
  };
  const codes = (workspaces: readonly string[]) =>
    planOf(live, { config: unsettled, ...scope([], workspaces) }).findings.map(
      ({ code, target }) => `${code} ${target}`,
    );
  expect(codes([])).toEqual(["pinned-id-not-found workspaces.other"]);
  expect(codes(["other"])).toEqual(["pinned-id-not-found workspaces.other"]);
  expect(codes(["prod"])).toEqual([]);
});
