import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { environmentOf, startFromSeed, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { createClock, durationOf } from "../../../src/sandbox/state/clock.ts";
import { all, NOW, open, refusal } from "../../support/open-sandbox.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** Calls the control interface over HTTP. */
async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${url}/_sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { headers: JSON_TYPE, body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

test("the examples of docs/sandbox.md all work, in their order", async () => {
  const docs = await readFile(new URL("../../../docs/sandbox.md", import.meta.url), "utf8");
  const { sandbox } = await open();
  const { sandbox: machines } = await open({ seed: "machines" });
  const examples = [
    ...docs.matchAll(/^curl -s (?:-X (\w+) )?\$ANTHROPIC_BASE_URL(\S+)((?: -H "[^"]+")*)(?: --json '([^']+)')?$/gm),
  ];
  expect(examples.length).toBe([...docs.matchAll(/^curl /gm)].length);
  expect(examples.length).toBeGreaterThan(15);
  for (const [line, method, path, headers, body] of examples) {
    const sent = [...(headers ?? "").matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name = "", value = ""]) => [
      name,
      value
        .replace("$ANTHROPIC_ADMIN_KEY", sandbox.adminKey)
        .replace("$ANTH_RBAC_ACTIVITY_KEY", sandbox.activityKey ?? ""),
    ]);
    const { url } = /console\/(?:token|add_federation_rule)$/.test(path ?? "") ? machines : sandbox;
    const answer = await fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: { ...JSON_TYPE, ...(Object.fromEntries(sent) as Record<string, string>) },
      ...(body === undefined ? {} : { body }),
    });
    expect(`${line} ${answer.status}`).toBe(`${line} 200`);
  }
});

test("the state that is dumped is a seed, and starts the same organization again", async () => {
  const { sandbox, admin, control } = await open();
  await admin.organization.workspaces.create({ name: "Extra" });
  control.clock.advance("2d");
  const dump = (await call(sandbox.url, "GET", "/state")).body;
  expect(dump).toEqual(JSON.parse(JSON.stringify(sandbox.state)));
  const again = await open();
  expect((await call(again.sandbox.url, "POST", "/reset", dump)).status).toBe(200);
  expect(again.control.clock.now()).toBe(Date.parse("2026-11-25T12:00:00Z"));
  expect(again.sandbox.state.workspaces.map((workspace) => workspace.name)).toContain("Extra");
  const made = await again.admin.organization.workspaces.create({ name: "Next" });
  expect(made.id).toBe("wrkspc_01sandbox00002");
  const wrong = await call(again.sandbox.url, "POST", "/reset", { ...(dump as object), users: [{}] });
  expect(wrong).toMatchObject({ status: 400, body: { error: expect.stringContaining("users[0].id") } });
});

test("a sandbox started from a dump begins at its clock and goes on from there", async () => {
  const { sandbox } = await open();
  const later = await startSandbox({ seed: sandbox.state });
  const now = later.control.clock.now();
  await later.close();
  expect(now - Date.parse(NOW)).toBeLessThan(5000);
  expect(now).toBeGreaterThanOrEqual(Date.parse(NOW));
});

test("reset brings back the seed and clears faults and log, in process and over HTTP", async () => {
  const { sandbox, admin, control } = await open();
  await admin.organization.users.remove("user_01sandboxBob");
  control.fault({ kind: "429" });
  control.configure({ latencyMs: 1 });
  control.clock.advance("9d");
  expect((await call(sandbox.url, "POST", "/reset")).status).toBe(200);
  expect(control.clock.now()).toBe(Date.parse(NOW));
  expect(sandbox.requests).toEqual([]);
  expect(control.settings().latencyMs).toBe(0);
  expect((await admin.organization.users.retrieve("user_01sandboxBob")).role).toBe("user");
});

test("every answer says what time it is by the sandbox's own clock", async () => {
  const { sandbox, control } = await open();
  const dates = () =>
    Promise.all(
      ["/_sandbox/clock", "/v1/organizations/me"].map(async (path) =>
        (await fetch(`${sandbox.url}${path}`)).headers.get("date"),
      ),
    );
  expect(await dates()).toEqual(Array(2).fill("Mon, 23 Nov 2026 12:00:00 GMT"));
  control.clock.advance("7d");
  expect(await dates()).toEqual(Array(2).fill("Mon, 30 Nov 2026 12:00:00 GMT"));
  control.configure({ sendDate: false });
  expect(await dates()).toEqual([null, null]);
});

test("the clock stands, moves, and runs", async () => {
  const { sandbox, control } = await open();
  expect((await call(sandbox.url, "POST", "/clock", { advance: "36h" })).body).toEqual({
    now: "2026-11-25T00:00:00.000Z",
  });
  expect((await call(sandbox.url, "POST", "/clock", { set: "2027-01-01T00:00:00Z" })).body).toEqual({
    now: "2027-01-01T00:00:00.000Z",
  });
  expect((await call(sandbox.url, "POST", "/clock", { advance: "soon" })).status).toBe(400);
  control.clock.freeze(false);
  const before = control.clock.now();
  await new Promise((resolve) => setTimeout(resolve, 15));
  expect(control.clock.now()).toBeGreaterThan(before);
  let source = 1000;
  const clock = createClock(() => source);
  source = 2000;
  expect(clock.advance("1s")).toBe(3000);
  source = 2500;
  expect([clock.now(), clock.set(10), clock.now(), clock.restore()]).toEqual([3500, 10, 10, 2500]);
  expect(["1ms", "1s", "1m", "1h", "1d", "-1.5h", 7].map(durationOf)).toEqual([
    1, 1000, 60_000, 3_600_000, 86_400_000, -5_400_000, 7,
  ]);
});

test("settings, faults and the request log over HTTP", async () => {
  const { sandbox, admin } = await open();
  const { url } = sandbox;
  expect((await call(url, "POST", "/settings", { workspaceCap: 4 })).body).toMatchObject({ workspaceCap: 4 });
  expect((await call(url, "GET", "/settings")).body).toMatchObject({ workspaceCap: 4, listInheritedMembers: true });
  const unknown = await call(url, "POST", "/settings", { speed: 1 });
  expect(unknown).toEqual({ status: 400, body: { error: "speed: Extra inputs are not permitted" } });
  const fault = { kind: "5xx", match: { path: "/v1/organizations/me" }, times: 2 };
  expect((await call(url, "POST", "/faults", fault)).body).toEqual({ id: 1 });
  await refusal(admin.organization.retrieve());
  expect((await call(url, "GET", "/faults")).body).toEqual([{ id: 1, fault, seen: 1, left: 1 }]);
  expect((await call(url, "DELETE", "/faults")).status).toBe(200);
  await admin.organization.retrieve();
  expect((await call(url, "GET", "/requests")).body).toMatchObject([
    { method: "GET", path: "/v1/organizations/me", query: "", status: 500, fault: "5xx" },
    { status: 200, fault: null },
  ]);
  expect((await call(url, "DELETE", "/requests")).status).toBe(200);
  expect(sandbox.requests).toEqual([]);
  expect((await call(url, "POST", "/faults", { kind: "boom" })).status).toBe(400);
  expect((await call(url, "POST", "/faults", "{")).status).toBe(400);
  expect((await call(url, "GET", "/nothing")).status).toBe(404);
});

test("drift can be made by editing any row", async () => {
  const { admin, control } = await open();
  control.console.edit("workspaces", "Staging", { name: "Stage 2", tags: { env: "other" } });
  expect((await admin.organization.workspaces.retrieve("wrkspc_01sandboxStaging")).name).toBe("Stage 2");
  control.console.edit("api_keys", "prod-batch", { created_at: "2020-01-01T00:00:00Z" });
  control.console.edit("users", "ada@acme.example", { name: "A." });
  control.console.edit("workspace_members", "Production/bob@acme.example", { workspace_role: "workspace_admin" });
  const members = await all(admin.organization.workspaces.members.list("wrkspc_01sandboxProduction"));
  expect(members.at(-1)).toMatchObject({ user_id: "user_01sandboxBob", workspace_role: "workspace_admin" });
  control.console.edit("workspace_rate_limits", "Stage 2/rl_01sandboxbatch", {
    limits: [{ type: "requests_per_minute", value: 1 }],
  });
  control.console.remove("workspace_members", "Production/ada@acme.example");
  control.console.remove("spend_limits", "spl_01sandboxTier");
  expect(() => control.console.edit("workspaces", "Nowhere", {})).toThrow("Nowhere");
  expect(() => control.console.edit("invites", "invite_no", {})).toThrow("invite_no");
  expect(() => control.console.edit("workspaces", "Production", { colour: 1 })).toThrow("colour");
  expect(() => control.console.edit("workspaces", "Production", { id: "wrkspc_other" })).toThrow("id of a row");
  expect(() => control.console.remove("invites", "invite_no")).toThrow("invite_no");
});

test("the variables to export point the SDK at the sandbox", async () => {
  const { sandbox, as } = await open();
  const environment = environmentOf(sandbox);
  expect(environment).toEqual({
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_ADMIN_KEY: expect.stringMatching(/^sk-ant-admin01-sandbox-/),
    ANTHROPIC_AUTH_TOKEN: sandbox.oauthToken,
    ANTH_RBAC_ACTIVITY_KEY: sandbox.activityKey,
    ANTHROPIC_API_KEY: sandbox.secretOf("prod-auth-service"),
  });
  await as(environment.ANTHROPIC_API_KEY).models.list();
  expect((await call(sandbox.url, "GET", "")).body).toMatchObject({ environment });
  const started = await startFromSeed({ seed: "small", latency: 1 });
  expect(started.variables).toMatchObject({ ANTHROPIC_BASE_URL: started.url });
  await started.close();
});

test("closing is prompt, with calls in flight and connections open", async () => {
  const sandbox = await startSandbox({ latencyMs: 60_000 });
  const waiting = fetch(`${sandbox.url}/v1/organizations/me`).then(
    () => "answered",
    () => "dropped",
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  // The answer is a minute away: that this returns at all before the test is given up is the point.
  await sandbox.close();
  expect(await waiting).toBe("dropped");
});

test("a port that is taken is an error", async () => {
  const { sandbox } = await open();
  const port = Number(new URL(sandbox.url).port);
  await expect(startSandbox({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
