import { describe, expect, onTestFinished, test } from "vitest";
import { connectAdmin } from "../../../src/adapters/api/admin-client.ts";
import { startDeadline } from "../../../src/adapters/api/deadline.ts";
import { createOrgWriter } from "../../../src/adapters/api/writer.ts";
import type { ApiCall } from "../../../src/core/model/call.ts";
import { Failure } from "../../../src/core/model/failure.ts";
import { type SandboxOptions, startSandbox } from "../../../src/sandbox/sandbox.ts";

const PROD = "wrkspc_01sandboxProduction";
const ADA = "user_01sandboxAda";

interface How extends SandboxOptions {
  readonly interrupt?: AbortSignal;
  readonly perMinute?: number;
}

async function connect({ interrupt, perMinute = 0, ...options }: How = {}) {
  const sandbox = await startSandbox({ clock: "2026-11-23T12:00:00Z", ...options });
  onTestFinished(() => sandbox.close());
  const deadline = startDeadline({ milliseconds: 60_000, ...(interrupt && { interrupt }) });
  const { client, requestCount } = connectAdmin({
    credential: { kind: "api-key", secret: sandbox.adminKey, source: "a test" },
    baseUrl: sandbox.url,
    env: {},
    deadline,
    perMinute,
    debug: false,
    log: () => {},
  });
  const pauses: number[] = [];
  const { write } = createOrgWriter({
    client,
    deadline,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  const failing = async (call: ApiCall): Promise<Failure> => {
    const failure = await write(call).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(failure instanceof Failure)) throw new Error(`expected a Failure, got ${String(failure)}`);
    return failure;
  };
  const writes = () => sandbox.requests.filter(({ method }) => method !== "GET").length;
  return { sandbox, write, failing, writes, requestCount, pauses };
}

const invite = (email: string, role = "developer"): ApiCall => ({ name: "create-invite", email, role });
const lab: ApiCall = { name: "create-workspace", fields: { name: "Lab" } };

describe("already there, already gone", () => {
  test("is a success, told from a refusal by reading back", async () => {
    const { write, failing, sandbox } = await connect();
    expect(await write(invite("erin@acme.example"))).toMatchObject({ requestId: null, id: expect.any(String) });
    expect(await write(invite("ADA@acme.example"))).toEqual({ requestId: null });
    expect((await failing(invite("erin@acme.example", "user"))).details.errorCode).toBe("invite_already_exists");

    const member = { workspaceId: PROD, userId: ADA };
    expect(await write({ name: "add-workspace-member", ...member, role: "developer" })).toEqual({ requestId: null });
    expect((await failing({ name: "add-workspace-member", ...member, role: "admin" })).details.status).toBe(400);

    const remove = { name: "remove-workspace-member", ...member } as const;
    expect((await write(remove)).requestId).toMatch(/^req_/);
    expect(await write(remove)).toEqual({ requestId: null });

    const archive = { name: "archive-workspace", workspaceId: "wrkspc_01sandboxStaging" } as const;
    await write(archive);
    expect(await write(archive)).toEqual({ requestId: null });
    // With a workspace its keys and roles are gone: archived is more than disabled, and less than another name.
    const key = { name: "update-key", keyId: "apikey_01sandboxStgAuthService" } as const;
    expect(await write({ ...key, fields: { status: "inactive" } })).toEqual({ requestId: null });
    const renamed = await failing({
      ...key,
      fields: { status: "inactive", name: "stg-auth-service@disabled-20261123" },
    });
    expect(renamed.details.status).toBe(400);
    const there = { workspaceId: archive.workspaceId, userId: ADA };
    expect(await write({ name: "remove-workspace-member", ...there })).toEqual({ requestId: null });
    expect((await failing({ name: "update-workspace-member", ...there, role: "user" })).details.status).toBe(400);
    for (const call of [
      { name: "remove-user", userId: "user_gone" },
      { name: "delete-invite", inviteId: "invite_gone" },
      { name: "delete-spend-limit", spendLimitId: "spl_gone" },
    ] as const) {
      expect(await write(call)).toEqual({ requestId: null });
    }
    const accepted = sandbox.state.invites.find(({ email }) => email === "erin@acme.example")?.id ?? "";
    sandbox.control.console.acceptInvite("erin@acme.example");
    expect((await failing({ name: "delete-invite", inviteId: accepted })).details.status).toBe(400);
  });

  test("a real refusal is not tried again", async () => {
    const { failing, writes } = await connect();
    expect((await failing({ name: "remove-user", userId: "user_01sandboxGrace" })).details.status).toBe(400);
    expect((await failing({ name: "update-user", userId: "user_gone", role: "user" })).code).toBe("not-found");
    expect(writes()).toBe(2);
  });
});

describe("a lost answer", () => {
  test("of a creation that lists do not show yet is looked for again before anything is made twice", async () => {
    const { write, sandbox, writes } = await connect({ settings: { staleReads: { reads: 2 } } });
    sandbox.control.fault({ kind: "cut_after", match: { method: "POST" } });
    expect(await write(lab)).toMatchObject({ requestId: null, id: expect.stringMatching(/^wrkspc_/) });
    expect(writes()).toBe(1);
  });

  test("that cannot be looked into is not certain, and nothing is tried again", async () => {
    const { failing, sandbox, writes } = await connect();
    sandbox.control.fault({ kind: "cut_after", match: { method: "POST" } });
    sandbox.control.fault({ kind: "forbidden", match: { method: "GET" }, times: null });
    expect((await failing(lab)).code).toBe("not-certain");
    expect(writes()).toBe(1);
  });

  test("is looked into even when looking goes wrong at first", async () => {
    const { write, sandbox, writes } = await connect();
    sandbox.control.fault({ kind: "cut_after", match: { method: "POST" } });
    for (const kind of ["cut_before", "5xx", "429"] as const) sandbox.control.fault({ kind, match: { method: "GET" } });
    expect(await write({ name: "update-user", userId: ADA, role: "user" })).toEqual({ requestId: null });
    expect(writes()).toBe(1);
  });
});

describe("trying again", () => {
  test("is bounded, with growing pauses, and counts every request", async () => {
    const { failing, sandbox, writes, pauses, requestCount } = await connect();
    sandbox.control.fault({ kind: "409", match: { method: "POST" }, times: null });
    expect((await failing({ name: "update-user", userId: ADA, role: "user" })).details.status).toBe(409);
    expect(writes()).toBe(8);
    expect(pauses).toHaveLength(7);
    expect(pauses.every((pause, at) => pause >= 125 * 2 ** Math.min(at, 5) && pause <= 8_000)).toBe(true);
    expect(requestCount()).toBe(sandbox.requests.length);
  });

  test.each([
    { kind: "429", retry_after: 0 },
    { kind: "authorization_check_unavailable" },
    { kind: "5xx", status: 529 },
  ] as const)("of a creation looks first, whatever was answered: nothing is made twice (%j)", async (fault) => {
    const { write, sandbox, writes } = await connect();
    const before = sandbox.state.workspaces.length;
    sandbox.control.fault({ ...fault, after_effect: true, match: { method: "POST" } });
    expect(await write(lab)).toMatchObject({ requestId: null, id: expect.any(String) });
    expect([writes(), sandbox.state.workspaces.length]).toEqual([1, before + 1]);
  });

  test("waits as long as the API asks, and not at all for a cap that stays", async () => {
    const { write, failing, sandbox, writes, pauses } = await connect();
    sandbox.control.fault({ kind: "429", retry_after: 1, match: { method: "POST" } });
    await write({ name: "update-user", userId: ADA, role: "user" });
    expect(pauses).toEqual([1_000]);
    sandbox.control.fault({ kind: "429", error_code: "enforced_spend_limit_reached", match: { method: "POST" } });
    await failing({ name: "update-user", userId: ADA, role: "developer" });
    expect(writes()).toBe(3);
  });

  test("ends with an interrupt; what has not been sent is not sent any more", async () => {
    const controller = new AbortController();
    const { write, failing, sandbox, writes } = await connect({ interrupt: controller.signal, perMinute: 1 });
    sandbox.control.fault({ kind: "slow", ms: 200, match: { method: "POST" } });
    const first = write({ name: "update-user", userId: ADA, role: "user" });
    const second = failing({ name: "update-user", userId: "user_01sandboxDora", role: "user" });
    setTimeout(() => controller.abort(), 60);
    expect(await second).toMatchObject({ code: "interrupted", details: { isUnsent: true } });
    expect((await first).requestId).toMatch(/^req_/);
    expect(writes()).toBe(1);
  });
});

describe("what the API says of a write that it carried out, but for something", () => {
  test("a workspace that was created incomplete is taken by its id, and never sent again", async () => {
    const { write, sandbox, writes } = await connect();
    sandbox.control.fault({ kind: "workspace_created_incomplete" });
    const { id, remark, requestId } = await write(lab);
    expect(sandbox.state.workspaces.find(({ name }) => name === "Lab")?.id).toBe(id);
    expect(remark).toMatchObject({ code: "workspace-incomplete", message: expect.stringContaining("Lab") });
    expect(requestId).toMatch(/^req_/);
    expect(writes()).toBe(1);
  });

  test("an archive with storage attached is done, and not sent again", async () => {
    const { write, sandbox, writes } = await connect();
    sandbox.control.fault({ kind: "storage_attached_during_archive" });
    const written = await write({ name: "archive-workspace", workspaceId: PROD });
    expect(written.remark?.code).toBe("storage-attached");
    expect(sandbox.state.workspaces.find(({ id }) => id === PROD)?.archived_at).not.toBeNull();
    expect(writes()).toBe(1);
  });

  test("a change of which only a part was saved is finished by the same request", async () => {
    const { write, sandbox } = await connect();
    sandbox.control.fault({ kind: "change_outcome_unknown" });
    const fields = { name: "Production 2", tags: { team: "x" } };
    await write({ name: "update-workspace", workspaceId: PROD, fields });
    expect(sandbox.state.workspaces.find(({ id }) => id === PROD)).toMatchObject({ name: "Production 2" });
    const sent = sandbox.requests.filter(({ method }) => method === "POST");
    expect(sent.length).toBeGreaterThan(1);
  });

  test.each(["storage_in_use", "storage_already_registered"])("409 %s is for good: it is sent once", async (code) => {
    const { failing, sandbox, writes, pauses } = await connect();
    sandbox.control.fault({ kind: "status", status: 409, error_code: code, match: { method: "POST" }, times: null });
    expect((await failing(lab)).details.errorCode).toBe(code);
    expect([writes(), pauses]).toEqual([1, []]);
  });

  test("what somebody else changed meanwhile is read, and not overwritten", async () => {
    const { failing, sandbox, writes } = await connect();
    sandbox.control.fault({ kind: "status", status: 409, error_code: "workspace_changed_concurrently" });
    const call = { name: "update-workspace", workspaceId: PROD, fields: { name: "Production 2" } } as const;
    expect((await failing(call)).details.errorCode).toBe("workspace_changed_concurrently");
    expect(writes()).toBe(1);
    expect(sandbox.requests.filter(({ method }) => method === "GET")).toHaveLength(1);
  });
});
