import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createClock } from "../../../src/adapters/clock/clock.ts";
import { keepLastDate, readLastDate } from "../../../src/adapters/state/last-date.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { type Handler, json, serve } from "../../support/http-server.ts";
import { NOW } from "../../support/org.ts";
import { runMain, stage } from "../../support/stage.ts";

const HOUR = DAY / 24;
const at = (time: number) => new Date(time).toUTCString();

function clock(machine: { time: number }, env = {}) {
  const host = { now: () => machine.time, signal: new AbortController().signal, env };
  return createClock(host, { timeout: 1000 });
}

describe("the clock of a run", () => {
  test("is this machine's until the API has answered, and the API's from then on", () => {
    const machine = { time: NOW };
    const { now, hear, machine: own } = clock(machine);
    expect(now()).toBe(NOW);
    expect(hear(at(NOW - 3 * HOUR))).toBe(-3 * HOUR);
    expect([now(), own()]).toEqual([NOW - 3 * HOUR, NOW]);
    machine.time += 1000;
    expect(now()).toBe(NOW - 3 * HOUR + 1000);
    // Somebody corrects this machine's clock in the middle.
    machine.time -= 3 * HOUR;
    hear(at(NOW - 3 * HOUR + 5000));
    expect(now()).toBe(NOW - 3 * HOUR + 5000);
  });

  test("goes on by the clock that nobody sets, whatever this machine's does until the next answer", () => {
    const machine = { time: NOW, up: 0 };
    const host = { now: () => machine.time, uptime: () => machine.up, signal: new AbortController().signal, env: {} };
    const { now, hear, hearAtLeast } = createClock(host, { timeout: 1000 });
    hear(at(NOW - HOUR));
    for (const jump of [365 * DAY, -730 * DAY, HOUR]) {
      machine.time += jump;
      machine.up += 500;
      expect(now()).toBe(NOW - HOUR + machine.up);
    }
    // Not so in a prompt, where a machine may sleep between two turns.
    machine.time = NOW;
    hearAtLeast(at(NOW));
    machine.time += 8 * HOUR;
    expect(now()).toBe(NOW + 8 * HOUR);
  });

  test("an answer that was stored somewhere puts nothing back", () => {
    const { now, hear } = clock({ time: NOW });
    hear(at(NOW + HOUR));
    hear(at(NOW - DAY));
    expect(now()).toBe(NOW + HOUR);
  });

  test("two seconds are the same time", () => {
    const { now, hear } = clock({ time: NOW + 1999 });
    expect(hear(at(NOW))).toBe(0);
    expect(now()).toBe(NOW + 1999);
  });

  test.each([null, "", "yesterday"])("a Date of %j says nothing", (date) => {
    const { now, hear } = clock({ time: NOW });
    expect(hear(date)).toBeUndefined();
    expect(now()).toBe(NOW);
  });

  test("of a prompt, the later of the two", () => {
    const behind = clock({ time: NOW });
    behind.hearAtLeast(at(NOW + DAY));
    expect(behind.now()).toBe(NOW + DAY);
    const ahead = clock({ time: NOW });
    ahead.hearAtLeast(at(NOW - DAY));
    expect(ahead.now()).toBe(NOW);
  });
});

describe("a time that the API said before", () => {
  function remembering() {
    const folder = mkdtempSync(join(tmpdir(), "anth-rbac-date-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return { ANTH_RBAC_STATE_DIR: folder, HOME: folder };
  }

  test("is later than a clock that was put back, until the API is asked again", async () => {
    const env = remembering();
    await keepLastDate(env, NOW);
    await keepLastDate(env, NOW - DAY);
    expect(readLastDate(env)).toBe(NOW);
    const { now, machine, hear } = clock({ time: NOW - 3 * DAY }, env);
    expect([now(), machine()]).toEqual([NOW, NOW - 3 * DAY]);
    hear(at(NOW - 2 * DAY));
    expect(now()).toBe(NOW - 2 * DAY);
    expect(clock({ time: NOW + DAY }, env).now()).toBe(NOW + DAY);
  });

  test("is not kept where there is no state directory, nor believed where others can write to it", async () => {
    const env = remembering();
    rmSync(env.ANTH_RBAC_STATE_DIR, { recursive: true });
    await keepLastDate(env, NOW);
    expect(existsSync(env.ANTH_RBAC_STATE_DIR)).toBe(false);
    const other = remembering();
    await keepLastDate(other, NOW);
    chmodSync(join(other.ANTH_RBAC_STATE_DIR, "last-date"), 0o666);
    expect(readLastDate(other)).toBe(process.platform === "win32" ? NOW : 0);
    writeFileSync(join(other.ANTH_RBAC_STATE_DIR, "last-date"), "tomorrow", { mode: 0o600 });
    expect(readLastDate(other)).toBe(0);
  });
});

describe("a clock that is wrong", () => {
  test("82 years ahead: nobody is removed whose `until` has not passed", async () => {
    const { declare, run, writes } = await stage();
    declare({ members: { "bob@acme.example": { role: "user", until: "2099-12-31" } } });
    const { exitCode, stdout, stderr } = await run(["apply", "--yes"], { now: () => NOW + 2_600_000_000_000 });
    expect(`${stdout}${stderr}`).not.toContain("its until has passed");
    expect(`${stdout}${stderr}`).not.toContain("clock-apart");
    expect(writes().filter((call) => call.startsWith("DELETE"))).toEqual([]);
    expect(exitCode).not.toBe(1);
  });

  test("three hours behind: a key that was used since is in use", async () => {
    const { sandbox, run } = await stage();
    const fresh = { name: "fresh", workspace: "Development", created_by: "bob@acme.example" };
    sandbox.control.console.createKey(fresh);
    const [from, until] = [NOW - HOUR, NOW].map((time) => new Date(time).toISOString());
    const use = { key: "fresh", requests: 300, every_hours: 1, from, until };
    await fetch(`${sandbox.url}/_sandbox/console/usage`, {
      method: "POST",
      body: JSON.stringify(use),
      headers: JSON_TYPE,
    });
    const right = await run(["revoke", "--user", "bob@acme.example", "--dry-run"]);
    const behind = await run(["revoke", "--user", "bob@acme.example", "--dry-run"], { now: () => NOW - 3 * HOUR });
    expect(right.stdout).toContain("fresh");
    expect(behind.stdout).toBe(right.stdout);
  });
});

const JSON_TYPE = { "content-type": "application/json" };

describe("more than five minutes apart", () => {
  async function said(handle: Handler): Promise<string> {
    const server = await serve(handle);
    onTestFinished(() => server.close());
    const env = { ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-fake-0123456789", ANTHROPIC_BASE_URL: server.url };
    return (await runMain(["status"], { env })).stderr;
  }
  const empty = { id: "org", name: "Acme", type: "organization", data: [], has_more: false, next_page: null };

  test("is said, once, with both times", async () => {
    const stderr = await said((_, response) => json(response, empty, 200, { date: at(NOW + DAY) }));
    expect(stderr.match(/clock-apart/g)).toHaveLength(1);
    expect(stderr).toContain("this machine's clock says 2026-11-23T12:00:00.000Z, the API's 2026-11-24T12:00:00.000Z");
  });

  test("is a finding of what has findings: drift, and validate --live", async () => {
    const server = await serve((_, response) => json(response, empty, 200, { date: at(NOW + DAY) }));
    onTestFinished(() => server.close());
    const env = { ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-fake-0123456789", ANTHROPIC_BASE_URL: server.url };
    const folder = mkdtempSync(join(tmpdir(), "anth-rbac-apart-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "rbac.yaml"), "version: 1\norganization: { id: org }\n");
    for (const words of [["drift"], ["validate", "--live"]]) {
      const ran = await runMain([...words, "--json"], { env, cwd: folder });
      expect(ran.json().findings).toEqual([
        expect.objectContaining({ code: "clock-apart", severity: "warning", message: expect.stringContaining("API") }),
      ]);
    }
  });

  test("the days of the file are those of the API's clock", async () => {
    const { declare, run } = await stage();
    const until = { "bob@acme.example": { role: "user", until: "2026-11-30" } };
    const entry = { target: "members.x@acme.example", owner: "grace@acme.example", reason: "r", until: "2026-11-30" };
    declare({ members: until, accept: [entry] });
    const codes = async (now: number) => {
      const ran = await run(["drift", "--json"], { now: () => now });
      return ran.json().findings.flatMap(({ code }) => (/^(accept-)?expire/.test(code) ? code : []));
    };
    const right = await codes(NOW);
    expect(right).toEqual(["expires-soon", "expires-soon"]);
    expect(await codes(NOW + 400 * DAY)).toEqual(right);
    expect(await codes(NOW - 400 * DAY)).toEqual(right);
  });

  test("less is not", async () => {
    expect(await said((_, response) => json(response, empty, 200, { date: at(NOW + 290_000) }))).not.toContain("clock");
  });

  test("no Date is said too", async () => {
    const stderr = await said((_, response) => {
      response.sendDate = false;
      json(response, empty);
    });
    expect(stderr.match(/have no Date/g)).toHaveLength(1);
  });
});
