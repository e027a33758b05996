import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/files/sha256.ts";
import type { Change } from "../../../src/core/model/change.ts";
import type { OtherApi } from "../../../src/core/model/other-api.ts";
import type { Plan } from "../../../src/core/model/plan.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import {
  checkApi,
  checkFresh,
  checkNoConfig,
  loadPlan,
  movedSince,
  savePlan,
} from "../../../src/core/plan/saved-plan.ts";
import { declared } from "../../support/config.ts";
import { NOW, org, user } from "../../support/org.ts";

/** A plan that raises grace. */
const PLAN: Plan = reconcile({
  config: declared({ members: { "grace@acme.example": { role: "developer" } } }),
  live: { ...org({ users: [user("grace@acme.example", "user")] }), organization: { id: "org-1", name: "Acme" } },
  now: NOW,
  file: { path: "rbac.yaml", digest: "d1" },
  digest: sha256,
});
const { organization, config, liveDigest, takenAt, changes } = PLAN;
const OTHER: OtherApi = { host: "127.0.0.1:4010", simulated: true };
const load = (text: string, file = "plan.json") => loadPlan(text, sha256, file);
const failing = (code: string, message: string, fix: string) =>
  expect.objectContaining({ code, details: { message, fix } });

describe("a saved plan", () => {
  test("is read back as what it takes to carry it out", () => {
    const saved = { file: "plan.json", organization, config, liveDigest, takenAt, changes, unknown: [] };
    expect(changes).toHaveLength(1);
    expect(load(savePlan(PLAN, sha256))).toEqual({ ...saved, api: undefined });
    expect(load(savePlan(PLAN, sha256, OTHER))).toEqual({ ...saved, api: { host: OTHER.host } });
    const nobody = { organization: { id: null, name: null } };
    expect(load(savePlan({ ...PLAN, organization: {} }, sha256))).toMatchObject(nobody);
  });

  test("is JSON for people too, which says what it is, and of which API", () => {
    const text = savePlan(PLAN, sha256);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    expect(JSON.parse(text)).toMatchObject({ format_version: "1", kind: "plan", taken_at: "2026-11-23T12:00:00.000Z" });
    expect(JSON.parse(text)).not.toHaveProperty("api");
    expect(JSON.parse(savePlan(PLAN, sha256, OTHER))).toHaveProperty("api", { host: OTHER.host });
  });

  const again = "make a new one: anth-rbac drift --out plan.json --force";
  const saved = () => JSON.parse(savePlan(PLAN, sha256, OTHER));

  test.each([
    ["a field more", { note: "harmless" }],
    ["another taken_at", { taken_at: "2026-11-24T12:00:00.000Z" }],
    ["another digest of the file", { config: { ...config, digest: "d2" } }],
    ["no API", { api: undefined }],
    ["no change", { changes: [] }],
    ["another role", { changes: [{ ...changes[0], after: { role: "billing" } }] }],
    ["a digest of its own", { digest: sha256("") }],
  ])("that was edited is refused: %s", (_, edit) => {
    expect(() => load(JSON.stringify({ ...saved(), ...edit }))).toThrow(
      failing("plan-edited", '"plan.json" was edited since it was saved', again),
    );
  });

  test.each([
    ["another version", { format_version: "2" }],
    ["no organization", { organization: undefined }],
    ["an organization without an id", { organization: { name: "Acme" } }],
    ["an organization without a name", { organization: { id: "org-1" } }],
    ["an organization whose id is a number", { organization: { id: 1, name: null } }],
    ["an organization whose name is a number", { organization: { id: null, name: 1 } }],
    ["an API without a host", { api: {} }],
    ["an API whose host is a number", { api: { host: 1 } }],
    ["no file", { config: undefined }],
    ["a file without its path", { config: { digest: "d1" } }],
    ["a file without its digest", { config: { path: "rbac.yaml" } }],
    ["no digest of the live state", { live_digest: undefined }],
    ["a time that is none", { taken_at: "yesterday" }],
    ["no list of changes", { changes: {} }],
    ["a change of no kind", { changes: [{ ...changes[0], kind: "planet" }] }],
    ["a change with a field that nobody was shown", { changes: [{ ...changes[0], force: true }] }],
    ["no digest", { digest: undefined }],
  ])("in another form is none, whatever its digest says: %s", (_, edit) => {
    const { digest: _digest, ...content } = { ...saved(), ...edit };
    const sealed = { ...content, ...(!("digest" in edit) && { digest: sha256(JSON.stringify(content)) }) };
    expect(() => load(JSON.stringify(sealed))).toThrow(
      failing("plan-edited", '"plan.json" is not a plan that this version saved', again),
    );
  });

  test("of another version is made anew where it came from, in words for a shell", () => {
    const refusing = (file: string, fix: string) =>
      expect(() => load('{"kind":"plan"}', file)).toThrow(
        failing("plan-edited", `"${file}" is not a plan that this version saved`, `make a new one: ${fix}`),
      );
    refusing("plans/monday.json", "anth-rbac drift --out plans/monday.json --force");
    refusing("my plan.json", "anth-rbac drift --out 'my plan.json' --force");
    refusing("-", "anth-rbac drift --out plan.json --force");
  });

  test.each(["{", "", "notes", "[]", "{}", '{"kind":"rotation"}'])("is never made over what is none: %j", (text) => {
    expect(() => load(text, "notes.txt")).toThrow(
      failing(
        "plan-edited",
        '"notes.txt" is not a plan that this version saved',
        "make one: anth-rbac drift --out plan.json",
      ),
    );
  });
});

describe("a configuration that is given as a plan", () => {
  const yes = () => Promise.resolve(true);
  test("is refused, with how it is applied", async () => {
    await expect(checkNoConfig("version: 1\n", "my rbac.yaml", yes)).rejects.toThrow(
      failing(
        "plan-edited",
        '"my rbac.yaml" is a configuration, and no plan',
        "name it with --config: anth-rbac apply --config 'my rbac.yaml'",
      ),
    );
  });

  test("is nothing that says it is a plan, and nothing that is no configuration either", async () => {
    // Asked of what is no plan alone: a plan of another version may be anything.
    await expect(checkNoConfig('{"kind":"plan"}', "plan.json", yes)).resolves.toBeUndefined();
    await expect(checkNoConfig("notes", "notes.txt", () => Promise.resolve(false))).resolves.toBeUndefined();
  });
});

describe("a saved plan is carried out only where it was made for", () => {
  const stale = (message: string) =>
    failing(
      "plan-stale",
      `the plan is stale: ${message}`,
      "make a new one, and look at it: anth-rbac drift --out plan.json --force",
    );
  const official = () => load(savePlan(PLAN, sha256));
  const simulated = () => load(savePlan(PLAN, sha256, OTHER));

  test("of the same API, whatever else is known of it", () => {
    expect(() => checkApi(official(), undefined)).not.toThrow();
    expect(() => checkApi(simulated(), { ...OTHER, simulated: false })).not.toThrow();
    expect(() => checkApi(official(), OTHER)).toThrow(
      stale("it was made from the official API, and this run speaks to 127.0.0.1:4010"),
    );
    expect(() => checkApi(simulated(), undefined)).toThrow(
      stale("it was made from 127.0.0.1:4010, and this run speaks to the official API"),
    );
    expect(() => checkApi(simulated(), { ...OTHER, host: "gateway.example" })).toThrow(
      stale("it was made from 127.0.0.1:4010, and this run speaks to gateway.example"),
    );
  });

  test("of the same file, the same live state, with the same changes", () => {
    expect(() => checkFresh(official(), PLAN)).not.toThrow();
    expect(() => checkFresh(official(), { ...PLAN, takenAt: takenAt + 1 })).not.toThrow();
    expect(() => checkFresh(official(), { ...PLAN, config: { ...config, digest: "d2" } })).toThrow(
      stale(`${config.path} was edited since the plan was saved`),
    );
    expect(() => checkFresh(official(), { ...PLAN, config: { path: "new.yaml", digest: "d2" } })).toThrow(
      `it was made of ${config.path}, and not of new.yaml as it is now`,
    );
    expect(() => checkFresh(official(), { ...PLAN, liveDigest: "other" })).toThrow(
      stale("the live organization has changed since the plan was saved"),
    );
    expect(() => checkFresh(official(), { ...PLAN, changes: [] })).toThrow(
      stale("what is to be done has changed since the plan was saved, with the days or the version of anth-rbac"),
    );
  });
});

type Raise = Extract<Change, { kind: "member"; action: "update" }>;

const change = (target: string, more: Partial<Raise> = {}): Raise => ({
  action: "update",
  kind: "member",
  target,
  id: "user_1",
  before: { role: "user" },
  after: { role: "developer" },
  risk: "widening",
  reason: "differs",
  ...more,
});

describe("what has moved since a plan was agreed to", () => {
  test("a plan that is made anew of the same has not moved, in whatever order", () => {
    const changes = [change("members.a@x.example"), change("members.b@x.example", { id: "user_2" })];
    expect(movedSince({ changes }, { changes: changes.toReversed() })).toEqual([]);
  });

  test("what is not needed any more, what nobody has seen, and what is another change now are named", () => {
    const agreed = [change("members.a@x.example"), change("members.b@x.example", { id: "user_2" })];
    const fresh = [
      change("members.b@x.example", { id: "user_2", before: { role: "billing" } }),
      change("members.c@x.example", { id: "user_3" }),
    ];
    expect(movedSince({ changes: agreed }, { changes: fresh })).toEqual([
      { target: "members.a@x.example", how: "gone" },
      { target: "members.b@x.example", how: "differs" },
      { target: "members.c@x.example", how: "new" },
    ]);
  });

  test("another object behind the same target is another change", () => {
    const fresh = { changes: [change("members.a@x.example", { id: "user_9" })] };
    expect(movedSince({ changes: [change("members.a@x.example")] }, fresh).map(({ how }) => how)).toEqual([
      "gone",
      "new",
    ]);
  });

  test("so is the same target of another kind", () => {
    const removal: Change = { ...change("members.a@x.example"), kind: "invite" };
    const fresh = { changes: [removal] };
    expect(movedSince({ changes: [change("members.a@x.example")] }, fresh).map(({ how }) => how)).toEqual([
      "gone",
      "new",
    ]);
  });

  test("what only a person can do is not looked at", () => {
    const manual: Change = { ...change("members.a@x.example"), action: "manual" };
    expect(movedSince({ changes: [] }, { changes: [manual] })).toEqual([]);
    expect(movedSince({ changes: [manual] }, { changes: [] })).toEqual([]);
  });
});
