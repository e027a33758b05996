import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { all, open, refusal } from "../../support/open-sandbox.ts";

const names = async (admin: Anthropic): Promise<string[]> =>
  (await all(admin.organization.workspaces.list())).map((workspace) => workspace.name);

test("an error answer hits the next call, once", async () => {
  const { admin, control } = await open();
  control.fault({ kind: "429" });
  const error = await refusal(admin.organization.retrieve());
  expect(error).toBeInstanceOf(Anthropic.RateLimitError);
  expect(error.headers?.get("retry-after")).toBe("1");
  await admin.organization.retrieve();
});

test("each kind of error answer", async () => {
  const { admin, control } = await open();
  control.fault({ kind: "409" });
  const conflict = await refusal(admin.organization.users.remove("user_01sandboxBob"));
  expect(conflict).toBeInstanceOf(Anthropic.Organization.ConcurrentMembershipChangeError);
  control.fault({ kind: "409" });
  expect((await refusal(admin.organization.retrieve())).errorCode).toBeNull();
  control.fault({ kind: "5xx" });
  expect(await refusal(admin.organization.retrieve())).toMatchObject({ status: 500, type: "api_error" });
  control.fault({ kind: "5xx", status: 503, message: "down" });
  expect(await refusal(admin.organization.retrieve())).toMatchObject({ status: 503, apiMessage: "down" });
  control.fault({ kind: "forbidden" });
  expect(await refusal(admin.organization.retrieve())).toMatchObject({ status: 403, type: "permission_error" });
  control.fault({ kind: "status", status: 529, retry_after: 86_400 });
  const overloaded = await refusal(admin.organization.retrieve());
  expect([overloaded.type, overloaded.headers?.get("retry-after")]).toEqual(["overloaded_error", "86400"]);
  control.fault({ kind: "status", status: 403, error_code: "sandbox_egress_restricted" });
  expect((await refusal(admin.organization.retrieve())).errorCode).toBe("sandbox_egress_restricted");
  control.fault({ kind: "429", retry_after: null });
  expect((await refusal(admin.organization.retrieve())).headers?.get("retry-after")).toBeNull();
});

test("match by method, prefix, glob, nth and after; a queue is taken in order", async () => {
  const { admin, control } = await open();
  const fails = async (call: () => Promise<unknown>): Promise<boolean> =>
    call().then(
      () => false,
      () => true,
    );
  const me = () => admin.organization.retrieve();
  const users = () => admin.organization.users.list();
  control.fault({ kind: "5xx", match: { path: "/v1/organizations/users" }, times: null });
  expect([await fails(me), await fails(users), await fails(users)]).toEqual([false, true, true]);
  control.clearFaults();
  control.fault({ kind: "5xx", match: { path: "/v1/organizations/*", nth: 2 } });
  expect([await fails(me), await fails(me), await fails(me)]).toEqual([false, true, false]);
  control.fault({ kind: "5xx", match: { path: "/v1/**/members", method: "post", after: 1 }, times: 2 });
  const members = admin.organization.workspaces.members;
  const list = () => members.list("wrkspc_01sandboxStaging");
  const add = () =>
    members.add("wrkspc_01sandboxStaging", { user_id: "user_01sandboxCleo", workspace_role: "workspace_user" });
  expect([await fails(list), await fails(add), await fails(add), await fails(add)]).toEqual([false, false, true, true]);
  expect(control.faults()).toEqual([]);
  control.fault({ kind: "429" });
  control.fault({ kind: "forbidden" });
  expect([(await refusal(me())).status, (await refusal(me())).status]).toEqual([429, 403]);
});

test("cut_before loses the call, cut_after only its answer", async () => {
  const { sandbox, admin, control } = await open();
  const create = (name: string) => admin.organization.workspaces.create({ name });
  control.fault({ kind: "cut_before", match: { method: "POST" } });
  expect(await refusal(create("Lost"))).toBeInstanceOf(Anthropic.APIConnectionError);
  expect(await names(admin)).not.toContain("Lost");
  control.fault({ kind: "cut_after", match: { method: "POST" } });
  expect(await refusal(create("Made"))).toBeInstanceOf(Anthropic.APIConnectionError);
  expect(await names(admin)).toContain("Made");
  const posts = sandbox.requests.filter((request) => request.method === "POST");
  expect(posts.map(({ status, fault }) => [status, fault])).toEqual([
    [null, "cut_before"],
    [null, "cut_after"],
  ]);
});

test("an error answer can come after the change took effect", async () => {
  const { admin, control } = await open();
  control.fault({ kind: "5xx", after_effect: true });
  expect((await refusal(admin.organization.workspaces.create({ name: "Made" }))).status).toBe(500);
  expect(await names(admin)).toContain("Made");
});

test("a slow answer, a redirect, and an answer that is no JSON", async () => {
  const { sandbox, admin, control } = await open();
  control.fault({ kind: "slow", ms: 60 });
  const started = performance.now();
  await admin.organization.retrieve();
  expect(performance.now() - started).toBeGreaterThan(50);
  control.fault({ kind: "slow", ms: 60_000 });
  const hurried = admin.organization.retrieve({ timeout: 500 });
  expect(await refusal(hurried)).toBeInstanceOf(Anthropic.APIConnectionTimeoutError);
  control.fault({ kind: "redirect", location: "http://127.0.0.1:9/elsewhere" });
  const answer = await fetch(`${sandbox.url}/v1/organizations/me`, { redirect: "manual" });
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "http://127.0.0.1:9/elsewhere"]);
  control.fault({ kind: "body", status: 502 });
  expect((await refusal(admin.organization.retrieve())).status).toBe(502);
  control.fault({ kind: "body", body: "not json" });
  expect(await admin.get("/v1/organizations/me")).toBe("not json");
});

test("random faults come at their rate and repeat with their seed", async () => {
  const run = async (seed: number): Promise<(string | null)[]> => {
    const { sandbox, admin, control } = await open();
    control.configure({ chaos: { rate: 0.2, seed, retry_after: 0 } });
    for (let n = 0; n < 120; n++) await admin.organization.retrieve().catch(() => undefined);
    return sandbox.requests.map((request) => request.fault);
  };
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  const hits = first.filter((fault) => fault !== null);
  expect(hits.length).toBeGreaterThan(10);
  expect(hits.length).toBeLessThan(45);
  expect(new Set(hits)).toEqual(new Set(["429", "409", "5xx", "cut_before", "cut_after"]));
});

test("lists can lag behind writes, reads by id do not", async () => {
  const { admin, control } = await open({ settings: { staleReads: { reads: 2 } } });
  const made = await admin.organization.workspaces.create({ name: "New" });
  await admin.organization.workspaces.update("wrkspc_01sandboxStaging", { name: "Stage" });
  expect((await admin.organization.workspaces.retrieve(made.id)).name).toBe("New");
  const before = ["Production", "Staging", "Development", "Claude Code"];
  const after = ["Production", "Stage", "Development", "Claude Code", "New"];
  expect(await names(admin)).toEqual(before);
  expect(await names(admin)).toEqual(before);
  expect(await names(admin)).toEqual(after);
  control.configure({ staleReads: { ms: 80 } });
  await admin.organization.users.remove("user_01sandboxBob");
  const bobs = async () => (await all(admin.organization.users.list({ email: "bob@acme.example" }))).length;
  expect(await bobs()).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await bobs()).toBe(0);
});

test("lists of members and limits lag too", async () => {
  const { admin } = await open({ settings: { staleReads: { reads: 1 } } });
  const workspace_id = "wrkspc_01sandboxDevelopment";
  const { members, rateLimits } = admin.organization.workspaces;
  await members.remove("user_01sandboxBob", { workspace_id });
  const people = async () => (await all(members.list(workspace_id))).map((row) => row.user_id);
  expect(await people()).toContain("user_01sandboxBob");
  expect(await people()).not.toContain("user_01sandboxBob");
  await rateLimits.update("rl_01sandboxbatch", {
    workspace_id,
    limits: [{ type: "requests_per_minute", value: null }],
  });
  expect((await all(rateLimits.list(workspace_id))).length).toBe(2);
  expect((await all(rateLimits.list(workspace_id))).length).toBe(1);
});

test("an error answer carries what details it is given", async () => {
  const { admin, control } = await open();
  control.fault({ kind: "409", error_code: "workspace_changed_concurrently", details: { workspace_id: "wrkspc_1" } });
  const error = await refusal(admin.organization.retrieve());
  expect([error.status, error.details]).toEqual([
    409,
    { error_code: "workspace_changed_concurrently", workspace_id: "wrkspc_1" },
  ]);
  control.fault({ kind: "authorization_check_unavailable" });
  const unavailable = await refusal(admin.organization.workspaces.create({ name: "Never" }));
  expect([unavailable.status, unavailable.errorCode]).toEqual([503, "authorization_check_unavailable"]);
  expect(unavailable.headers?.get("retry-after")).toBe("1");
  expect(await names(admin)).not.toContain("Never");
});

test("a workspace that is created incomplete exists, under the id that the error names", async () => {
  const { admin, control } = await open();
  control.fault({ kind: "workspace_created_incomplete" });
  await admin.organization.workspaces.update("wrkspc_01sandboxStaging", { tags: { a: "b" } });
  const error = await refusal(admin.organization.workspaces.create({ name: "Half", tags: { env: "x" } }));
  expect(error).toMatchObject({ status: 503, type: "api_error", errorCode: "workspace_created_incomplete" });
  const id = String((error.details as { workspace_id?: unknown } | null)?.workspace_id);
  expect(await admin.organization.workspaces.retrieve(id)).toMatchObject({ name: "Half", tags: {} });
});

test("a change whose outcome is not known is finished by the same request", async () => {
  const { admin, control } = await open();
  const update = () =>
    admin.organization.workspaces.update("wrkspc_01sandboxStaging", { name: "Stage", tags: { env: "other" } });
  control.fault({ kind: "change_outcome_unknown" });
  expect((await refusal(update())).errorCode).toBe("change_outcome_unknown");
  expect(await admin.organization.workspaces.retrieve("wrkspc_01sandboxStaging")).toMatchObject({
    name: "Stage",
    tags: { env: "stg" },
  });
  expect((await update()).tags).toEqual({ env: "other" });
});

test("a workspace whose storage stays attached is archived all the same", async () => {
  const { admin, control } = await open();
  control.fault({ kind: "storage_attached_during_archive" });
  const error = await refusal(admin.organization.workspaces.archive("wrkspc_01sandboxStaging"));
  expect([error.status, error.errorCode]).toEqual([409, "storage_attached_during_archive"]);
  expect((await admin.organization.workspaces.retrieve("wrkspc_01sandboxStaging")).archived_at).not.toBeNull();
});
