/**
 * A disk that is full, or becomes full in the middle, and one that cannot be written, under the state of apply, rotate and revoke: nothing
 * is sent that could not be logged, and once there is room again the next run ends the job. On a file system of its own (tmpfs, which only
 * root can mount); where none can be had, these tests are skipped.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Stage } from "../support/stage.ts";
import { expectFinished, TRIALS, type Trial, undisturbed } from "../support/trials.ts";

const SIZE = 512 * 1024;
/** `npm run reliability` tries more. */
const isLong = process.env.ANTH_RBAC_RELIABILITY_FAULTS === "0";
const LEFT = isLong ? [0, 4096, 32_768] : [0];
const PARTS = isLong ? [0.4, 0.7, 0.9] : [0.7];
const CHOSEN = isLong ? TRIALS : TRIALS.filter(({ name }) => name === "revoke");

function mount(folder: string, ...options: readonly string[]): boolean {
  return (
    spawnSync("mount", ["-t", "tmpfs", "-o", [`size=${SIZE}`, "mode=700", ...options].join(","), "tmpfs", folder])
      .status === 0
  );
}

/** Whether this user can have a file system of their own. */
function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-mount-"));
  const mounted = mount(folder);
  if (mounted) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

/** A trial whose state is on a small file system. */
async function onSmallDisk(trial: Trial): Promise<{ one: Stage; state: string }> {
  const one = await trial.open();
  const state = join(one.folder, "state");
  mkdirSync(state, { mode: 0o700 });
  expect(mount(state)).toBe(true);
  onTestFinished(async () => {
    spawnSync("umount", [state]);
    await one.close();
  });
  return { one, state };
}

/** Leaves so many bytes. What fills the disk is no file of ours. */
function fill(state: string, left = 0): void {
  const { bavail, bsize } = statfsSync(state);
  writeFileSync(join(state, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

describe.skipIf(!canMount()).each(CHOSEN)("$name", (trial) => {
  const run = (one: Stage) => one.run(trial.words, { env: trial.env(one) });

  test("on a full disk sends nothing, says why, and is done once there is room", { timeout: 600_000 }, async () => {
    const clean = await undisturbed(trial);
    for (const left of LEFT) {
      const { one, state } = await onSmallDisk(trial);
      // With the folder of locks there already, a lock can be made, and not written whose it is: the next run must not wait for that.
      for (const folder of ["", "locks", "locks"]) {
        mkdirSync(join(state, folder), { recursive: true, mode: 0o700 });
        fill(state, left);
        const { exitCode, stderr, stdout } = await run(one);
        expect([left, exitCode, one.writes()], stderr).toEqual([left, 1, []]);
        expect(stdout + stderr).toMatch(/disk is full/);
        expect(stderr).not.toMatch(/another run|E[A-Z]{4,}/);
        rmSync(join(state, "filler"));
      }
      await expectFinished(one, trial, clean, `${left} bytes left`);
    }
  });

  test("on a disk that fills up in the middle loses no write from the log", { timeout: 600_000 }, async () => {
    const clean = await undisturbed(trial);
    for (const part of PARTS) {
      const { one, state } = await onSmallDisk(trial);
      const requests = Math.ceil(clean.requests * part);
      const watch = setInterval(() => {
        if (one.sandbox.requests.length < requests) return;
        clearInterval(watch);
        fill(state);
      }, 1);
      const { exitCode, stderr } = await run(one);
      clearInterval(watch);
      expect([0, 1, 5, 7], stderr).toContain(exitCode);
      rmSync(join(state, "filler"), { force: true });
      await expectFinished(one, trial, clean, `full after ${requests} requests`);
    }
  });

  test("on a disk that cannot be written sends nothing, and is done once it can be", { timeout: 600_000 }, async () => {
    const clean = await undisturbed(trial);
    const { one, state } = await onSmallDisk(trial);
    spawnSync("mount", ["-o", "remount,ro", state]);
    const { exitCode, stdout, stderr } = await run(one);
    expect([exitCode, one.writes()], stdout + stderr).toEqual([1, []]);
    expect(stdout + stderr).toMatch(/read-only|no folder can be made there/);
    spawnSync("mount", ["-o", "remount,rw", state]);
    await expectFinished(one, trial, clean, "read-only");
  });
});
