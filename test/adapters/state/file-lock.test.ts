/** Locks between real processes: whether the holder lives decides, and no clock. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { acquireLock, lockRun } from "../../../src/adapters/state/file-lock.ts";
import { HOLDER } from "../../support/lock.ts";
import { finished, script, start } from "../../support/script.ts";

function place() {
  const directory = mkdtempSync(join(tmpdir(), "anth-rbac-lock-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return { directory, lock: join(directory, "some.lock") };
}

/** A lock that is there, and whose record says this; without a record where that is undefined. */
function lockedBy(lock: string, owner: Record<string, unknown> | undefined, modified = new Date()) {
  mkdirSync(lock);
  if (owner) writeFileSync(`${lock}.owner`, JSON.stringify({ since: "2026-11-29T00:00:00Z", ...owner }));
  utimesSync(lock, modified, modified);
}

describe("a lock", () => {
  test("is kept while it is used, let go with its record, and not waited for by who is told to stop", async () => {
    const { lock } = place();
    const held = await acquireLock(lock, 0);
    expect(JSON.parse(readFileSync(`${lock}.owner`, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
    expect([held?.isHeld(), await acquireLock(lock, 300)]).toEqual([true, undefined]);
    expect(await acquireLock(lock, 60_000, { signal: AbortSignal.abort() })).toBeUndefined();
    await held?.release();
    expect([existsSync(lock), existsSync(`${lock}.owner`)]).toEqual([false, false]);
    const next = await acquireLock(lock, 0, { signal: AbortSignal.abort() });
    expect(next?.isHeld()).toBe(true);
    await next?.release();
  });

  test("of a killed process is taken at once, whatever the time of its folder", async () => {
    const { lock } = place();
    const holder = await script(HOLDER);
    for (const hours of [-3, 0, 3]) {
      const child = start(holder, {}, lock);
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await once(child, "close");
      const time = new Date(Date.now() + hours * 3_600_000);
      utimesSync(lock, time, time);
      const taken = await acquireLock(lock, 0);
      expect(taken?.isHeld()).toBe(true);
      await taken?.release();
    }
  });

  test.skipIf(process.platform !== "linux")(
    "of a process that has ended, and that nobody has asked about, is nobody's",
    async () => {
      const { lock } = place();
      // Its parent has to be another program by the time that it ends: a shell would ask about it.
      const parent = spawn("sh", ["-c", "exec 3<&0; cat <&3 & echo $!; exec sleep 60"]);
      onTestFinished(() => void parent.kill());
      const [pid] = await once(parent.stdout, "data");
      const patience = { timeout: 20_000 };
      await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, "utf8")).toBe("sleep\n"), patience);
      parent.stdin.end();
      await vi.waitFor(() => expect(readFileSync(`/proc/${Number(pid)}/stat`, "utf8")).toContain(") Z "), patience);
      lockedBy(lock, { pid: Number(pid), start: "", host: hostname() });
      const taken = await acquireLock(lock, 0);
      expect(taken?.isHeld()).toBe(true);
      await taken?.release();
    },
  );

  test("of a process that is stopped stays its own, and it goes on with it", async () => {
    const { lock } = place();
    const child = start(await script(HOLDER), {}, lock);
    await once(child.stdout, "data");
    child.kill("SIGSTOP");
    expect(await acquireLock(lock, 2_500)).toBeUndefined();
    child.stdin.write("go");
    child.kill("SIGCONT");
    expect(await finished(child)).toBe("true");
    expect(existsSync(lock)).toBe(false);
  });

  test("of another host is never broken, and neither is one of a process that lives", async () => {
    const { lock } = place();
    lockedBy(lock, { pid: 1, start: "long ago", host: "another.example" }, new Date(0));
    expect(await acquireLock(lock, 300)).toBeUndefined();
    const { lock: ours } = place();
    lockedBy(ours, { pid: process.pid, start: "", host: hostname() }, new Date(0));
    expect(await acquireLock(ours, 300)).toBeUndefined();
  });

  test.skipIf(process.platform !== "linux")("of a number that another process has now is nobody's", async () => {
    const { lock } = place();
    lockedBy(lock, { pid: process.pid, start: "another boot/1", host: hostname() });
    const taken = await acquireLock(lock, 0);
    expect(taken?.isHeld()).toBe(true);
    await taken?.release();
  });

  test("without a record is nobody's after five seconds, dated in the future or not; twelve that wait get it one by one", async () => {
    const { lock } = place();
    lockedBy(lock, undefined, new Date(Date.now() + 3 * 3_600_000));
    expect(await acquireLock(lock, 1_000)).toBeUndefined();
    let inside = 0;
    let most = 0;
    const turns = Array.from({ length: 12 }, async () => {
      const taken = await acquireLock(lock, 25_000);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
      await taken?.release();
      return taken !== undefined;
    });
    expect([await Promise.all(turns), most]).toEqual([Array(12).fill(true), 1]);
    expect(existsSync(lock)).toBe(false);
  });

  test("of whose record nothing is left but its name is nobody's after five seconds, with its directory or without", async () => {
    const taken = [true, false].map(async (hasDirectory) => {
      const { lock } = place();
      if (hasDirectory) lockedBy(lock, undefined);
      writeFileSync(`${lock}.owner`, "");
      const soon = await acquireLock(lock, 500);
      const later = await acquireLock(lock, 20_000);
      const held = later?.isHeld();
      await later?.release();
      return [soon, held, existsSync(lock), existsSync(`${lock}.owner`)];
    });
    expect(await Promise.all(taken)).toEqual(Array(2).fill([undefined, true, false, false]));
  });

  test("whose record was left behind is taken", async () => {
    const { lock } = place();
    writeFileSync(`${lock}.owner`, JSON.stringify({ pid: 2 ** 22 + 1, start: "", host: hostname(), since: "" }));
    const taken = await acquireLock(lock, 0);
    expect(taken?.isHeld()).toBe(true);
    await taken?.release();
  });
});

test("a run that waits for another one says which, and names the lock when it gives up", async () => {
  const { directory } = place();
  const env = { ANTH_RBAC_STATE_DIR: directory };
  const locking = (patience: number, said: string[]) =>
    lockRun({
      env,
      organization: "acme",
      patience,
      signal: new AbortController().signal,
      onWait: (holder) => said.push(holder),
    });
  const first = await locking(0, []);
  const said: string[] = [];
  const holder = new RegExp(`process ${process.pid} on `);
  await expect(locking(200, said)).rejects.toMatchObject({ code: "busy", message: expect.stringMatching(holder) });
  expect(said).toEqual([expect.stringMatching(holder)]);
  await first.release();
});
