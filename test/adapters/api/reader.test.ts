import { describe, expect, onTestFinished, test } from "vitest";
import { Failure } from "../../../src/core/model/failure.ts";
import { type SandboxOptions, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { connect, EVERYTHING, scope } from "../../support/http-server.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");

async function open(options: SandboxOptions = {}, connection: Parameters<typeof connect>[1] = {}) {
  const sandbox = await startSandbox({ clock: NOW, ...options });
  onTestFinished(() => sandbox.close());
  const credential = { kind: "api-key", secret: sandbox.adminKey, source: "the sandbox" } as const;
  return { sandbox, ...connect(sandbox.url, { credential, now: () => NOW, ...connection }) };
}

async function failure(run: Promise<unknown>): Promise<Failure> {
  const error = await run.then(
    () => new Error("nothing was thrown"),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
}

describe("a snapshot", () => {
  test("of the small organization", async () => {
    const { sandbox, reader } = await open();
    const snapshot = await reader.read(EVERYTHING);
    const { state } = sandbox;
    expect(snapshot.takenAt).toBe(NOW);
    expect(snapshot.organization).toEqual({ id: state.organization.id, name: state.organization.name });
    for (const kind of ["users", "invites", "workspaces", "keys", "rateLimits", "spendLimits"] as const) {
      expect([kind, snapshot[kind].known]).toEqual([kind, true]);
    }
    const { users, workspaces, keys } = snapshot;
    if (!users.known || !workspaces.known || !keys.known) throw new Error("unknown");
    expect(users.items).toHaveLength(state.users.length);
    expect(keys.items).toHaveLength(state.api_keys.length);
    expect(workspaces.items.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([
      state.default_workspace_id,
    ]);
    const production = workspaces.items.find(({ name }) => name === "Production");
    if (!production) throw new Error("no Production");
    const members = snapshot.workspaceMembers.get(production.id);
    if (!members?.known) throw new Error("unknown");
    expect(members.items.length).toBeGreaterThan(0);
    expect(members.items.every(({ role }) => !role.startsWith("workspace_"))).toBe(true);
    // Nothing of ours holds an undefined or a null: absent is absent.
    expect(JSON.stringify(snapshot)).not.toContain("null");
    expect(Object.values(keys.items[0] ?? {})).not.toContain(undefined);
  });

  test("its lists are prepared as they come, each as often as it asks to be", async () => {
    const { reader } = await open();
    const given: (readonly object[])[] = [];
    const snapshot = await reader.read(EVERYTHING, (items) => {
      given.push(items);
      return given.filter((one) => one === items).length < 2;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const members = [...snapshot.workspaceMembers.values()];
    for (const list of [snapshot.users, snapshot.keys, ...members]) {
      if (!list.known) throw new Error("unknown");
      expect(given.filter((one) => one === list.items)).toHaveLength(2);
    }
  });

  test("reads nothing that is not asked for", async () => {
    const { sandbox, reader } = await open();
    const snapshot = await reader.read(scope({ users: true }));
    expect(sandbox.requests.map(({ path }) => path.split("?")[0])).toEqual(["/v1/organizations/users"]);
    expect(snapshot.keys).toEqual({ known: false, reason: "not-read" });
    expect(snapshot.workspaceMembers.size).toBe(0);
    expect("organization" in snapshot).toBe(false);
  });

  test("e-mails are lower-cased, archived workspaces left out", async () => {
    const { sandbox, reader } = await open();
    const seed = structuredClone(sandbox.state);
    const users = seed.users.map((user) => ({ ...user, email: user.email.toUpperCase() }));
    const [first, ...others] = seed.workspaces.filter(({ name }) => name !== "Default");
    if (!first) throw new Error("no workspace");
    const defaults = seed.workspaces.filter(({ name }) => name === "Default");
    const archived = { ...first, archived_at: "2026-01-01T00:00:00Z" };
    sandbox.control.reset({ ...seed, users, workspaces: [...defaults, archived, ...others] });
    const snapshot = await reader.read(scope({ users: true, workspaces: true }));
    if (!snapshot.users.known || !snapshot.workspaces.known) throw new Error("unknown");
    expect(snapshot.users.items.every(({ email }) => email === email.toLowerCase())).toBe(true);
    expect(snapshot.workspaces.items.map(({ id }) => id)).not.toContain(first.id);
  });

  test("another workspace named Default is not the default one", async () => {
    const { sandbox, reader } = await open();
    const seed = structuredClone(sandbox.state);
    const impostor = seed.workspaces.find(({ name }) => name === "Staging");
    if (!impostor) throw new Error("no Staging");
    const workspaces = seed.workspaces.map((row) => (row === impostor ? { ...row, name: "Default" } : row));
    sandbox.control.reset({ ...seed, workspaces });
    const snapshot = await reader.read(scope({ workspaces: true }));
    if (!snapshot.workspaces.known) throw new Error("unknown");
    expect(snapshot.workspaces.items.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([
      seed.default_workspace_id,
    ]);
    expect(sandbox.requests).toHaveLength(2);
  });

  test("the organization is asked for once", async () => {
    const { sandbox, reader } = await open();
    await Promise.all([reader.organization(), reader.organization()]);
    await reader.read(scope({ organization: true }));
    expect(sandbox.requests).toHaveLength(1);
  });

  test("the organization is asked for first, and alone", async () => {
    const { sandbox, reader } = await open();
    sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/me" }, times: null });
    expect((await failure(reader.read(EVERYTHING))).code).toBe("permission-denied");
    expect(sandbox.requests).toHaveLength(1);
  });

  test("progress ends with as many done as planned", async () => {
    const steps: (readonly [number, number])[] = [];
    const { reader } = await open({}, { onProgress: (done, planned) => steps.push([done, planned]) });
    await reader.read(EVERYTHING);
    const last = steps.at(-1);
    expect(last?.[0]).toBe(last?.[1]);
    expect(steps.every(([done, planned]) => done <= planned)).toBe(true);
  });
});

describe("a read that the pace makes long", () => {
  const big = { seed: "large" } as const;

  test("and that cannot end in time says so at once: how many requests, how long, and with which flags it can", async () => {
    const { sandbox, reader } = await open(big, { perMinute: 100, timeout: 60_000 });
    const { code, details } = await failure(reader.read(EVERYTHING));
    expect(code).toBe("deadline-exceeded");
    expect(details.message).toMatch(/: \d{3,4} requests at 100 a minute take about \d+ minutes, and 5\d s are left/);
    expect(details.fix).toMatch(/--timeout \d+m\), or send more .*--api-rpm/);
    expect(sandbox.requests.length).toBeLessThan(100);
  });

  test("is announced, and has the time that it needs, where nobody set one", async () => {
    const told: number[] = [];
    const interrupt = new AbortController();
    const onLongRead = ({ requests }: { readonly requests: number }) => {
      told.push(requests);
      interrupt.abort();
    };
    const connection = { perMinute: 100, timeout: 60_000, isFixed: false, interrupt: interrupt.signal, onLongRead };
    const { reader } = await open(big, connection);
    expect((await failure(reader.read(EVERYTHING))).code).toBe("interrupted");
    expect(told[0]).toBeGreaterThan(300);
  });
});

describe("requests", () => {
  const pages = (rows: number) => Math.max(1, Math.ceil(rows / 1000));

  test.each(["small", "large"])("are as few as can be for the %s organization", async (seed) => {
    const { sandbox, reader, requestCount } = await open({ seed });
    const snapshot = await reader.read({ ...EVERYTHING, organization: false });
    const { state } = sandbox;
    const workspaces = state.workspaces.filter(({ archived_at }) => archived_at === null);
    const own = workspaces.filter(({ id }) => id !== state.default_workspace_id).length;
    const minimum =
      pages(state.users.length) +
      pages(state.invites.length) +
      pages(workspaces.length) +
      pages(state.api_keys.length) +
      pages(state.rate_limits.length) +
      pages(state.spend_limits.length) +
      2 * own;
    expect(requestCount()).toBe(minimum);
    expect(sandbox.requests).toHaveLength(minimum);
    if (!snapshot.keys.known || !snapshot.users.known) throw new Error("unknown");
    expect(snapshot.keys.items).toHaveLength(state.api_keys.length);
    expect(snapshot.users.items).toHaveLength(state.users.length);
  });
});

describe("a kind that cannot be read is unknown, and the others are known", () => {
  const LISTS = {
    users: "/v1/organizations/users",
    invites: "/v1/organizations/invites",
    workspaces: "/v1/organizations/workspaces",
    keys: "/v1/organizations/api_keys",
    rateLimits: "/v1/organizations/rate_limits",
    spendLimits: "/v1/organizations/spend_limits",
  } as const;
  const kinds = Object.keys(LISTS) as (keyof typeof LISTS)[];

  test.each(kinds)("%s: 403", async (kind) => {
    const { sandbox, reader } = await open();
    sandbox.control.fault({ match: { method: "GET", path: `${LISTS[kind]}` }, kind: "forbidden", times: null });
    const snapshot = await reader.read({ ...EVERYTHING, membersOf: () => [], rateLimitsOf: () => [] });
    for (const other of kinds) {
      expect([other, snapshot[other].known]).toEqual([other, other !== kind]);
    }
    expect(snapshot[kind]).toMatchObject({ known: false, reason: "permission-denied" });
  });

  test("members of one workspace: 403", async () => {
    const { sandbox, reader } = await open();
    const [first] = sandbox.state.workspaces.filter(({ name }) => name === "Production");
    sandbox.control.fault({
      match: { path: `/v1/organizations/workspaces/${first?.id}/members` },
      kind: "forbidden",
      times: null,
    });
    const { workspaceMembers } = await reader.read(EVERYTHING);
    const unknown = [...workspaceMembers].filter(([, reading]) => !reading.known).map(([id]) => id);
    expect(unknown).toEqual([first?.id]);
  });

  test.each([
    ["writes_not_enabled", { status: 403, error_code: "spend_limits_admin_api_writes_not_enabled" }],
    ["unsupported", { status: 400, error_code: "organization_type_not_supported" }],
    ["hidden", { status: 404 }],
  ])("spend limits without the preview (%s) are a reason of their own", async (_, fault) => {
    const { sandbox, reader } = await open();
    sandbox.control.fault({ match: { path: LISTS.spendLimits }, kind: "status", times: null, ...fault });
    const snapshot = await reader.read(scope({ spendLimits: true }));
    expect(snapshot.spendLimits).toMatchObject({ known: false, reason: "preview-not-enabled" });
  });
});

describe("faults", () => {
  test("passing ones are retried", async () => {
    const { sandbox, reader } = await open();
    sandbox.control.fault({ kind: "5xx", match: { path: "/v1/organizations/users" } });
    sandbox.control.fault({ kind: "cut_before", match: { path: "/v1/organizations/api_keys" } });
    sandbox.control.fault({ kind: "429", retry_after: 1, match: { path: "/v1/organizations/invites" } });
    const snapshot = await reader.read(scope({ users: true, keys: true, invites: true }));
    expect([snapshot.users.known, snapshot.keys.known, snapshot.invites.known]).toEqual([true, true, true]);
  });

  test("a rejected credential stops everything at once", async () => {
    const { sandbox, reader } = await open({ latencyMs: 5 });
    sandbox.control.fault({ kind: "status", status: 401, times: null, message: "invalid x-api-key" });
    const { code, details } = await failure(reader.read({ ...EVERYTHING, organization: false }));
    expect(code).toBe("credential-rejected");
    expect(details.requestId).toMatch(/^req_/);
    expect(sandbox.requests.length).toBeLessThanOrEqual(6);
  });

  test("a redirect is never followed, nor retried", async () => {
    const { sandbox, reader } = await open();
    const other = await startSandbox({ clock: NOW });
    onTestFinished(() => other.close());
    sandbox.control.fault({ kind: "redirect", location: `${other.url}/v1/organizations/users`, times: null });
    const { code, message } = await failure(reader.read(scope({ users: true })));
    expect(code).toBe("redirected");
    expect(message).toContain(new URL(other.url).host);
    expect(sandbox.requests).toHaveLength(1);
    expect(other.requests).toHaveLength(0);
  });

  test("a retry-after beyond the deadline fails at once, and nothing more is sent", async () => {
    const { sandbox, reader, requestCount, waits } = await open({ latencyMs: 2 }, { timeout: 5_000 });
    sandbox.control.fault({ kind: "429", retry_after: 86_400, times: null });
    const snapshot = await reader.read({ ...EVERYTHING, organization: false });
    expect(waits).toEqual([]);
    expect(snapshot.users).toMatchObject({ known: false, reason: "rate-limited" });
    expect(requestCount()).toBeLessThanOrEqual(7);
  });

  test("a retry-after within the deadline is waited for, and said", async () => {
    const { sandbox, reader, waits } = await open();
    sandbox.control.fault({ kind: "429", retry_after: 1 });
    const snapshot = await reader.read(scope({ users: true }));
    expect(snapshot.users.known).toBe(true);
    expect(waits).toEqual([{ reason: "asked", milliseconds: 1_000 }]);
  });

  test("the deadline makes what is not finished unknown", async () => {
    const { sandbox, reader } = await open({}, { timeout: 300 });
    sandbox.control.fault({ kind: "slow", ms: 60_000, times: null, match: { path: "/v1/organizations/api_keys" } });
    const snapshot = await reader.read(scope({ users: true, keys: true }));
    expect(snapshot.users.known).toBe(true);
    expect(snapshot.keys).toMatchObject({ known: false, reason: "deadline-exceeded" });
  });

  test("the deadline also ends the waiting for a turn", async () => {
    const { reader, waits } = await open({}, { timeout: 700, perMinute: 2 });
    const started = performance.now();
    for (const list of ["users", "invites"] as const) await reader.read(scope({ [list]: true }));
    const snapshot = await reader.read(scope({ keys: true }));
    // The next turn would come after a minute.
    expect(performance.now() - started).toBeLessThan(50_000);
    expect(snapshot.keys).toMatchObject({ known: false, reason: "deadline-exceeded" });
    expect(waits).toEqual([{ reason: "pace", perMinute: 2 }]);
  });

  test("an interrupt is thrown", async () => {
    const interrupt = new AbortController();
    const { reader } = await open({ latencyMs: 5_000 }, { interrupt: interrupt.signal });
    setTimeout(() => interrupt.abort(), 50);
    expect((await failure(reader.read(EVERYTHING))).code).toBe("interrupted");
  });
});

describe("models", () => {
  test("are listed for a credential that may ask, retired ones too", async () => {
    const { sandbox } = await open();
    const prompting = sandbox.state.api_keys.find(({ id }) => id === sandbox.state.credentials.prompt_key_id);
    const credential = { kind: "api-key", secret: prompting?.secret ?? "", source: "the sandbox" } as const;
    const models = await connect(sandbox.url, { credential }).reader.models();
    expect(models).toHaveLength(sandbox.state.models.length);
    expect(new Set(models.map(({ lifecycle }) => lifecycle))).toContain("active");
  });

  test("may be closed to an admin key", async () => {
    const { reader } = await open();
    expect((await failure(reader.models())).code).toBe("permission-denied");
  });
});
