/** The audit log under real processes: many at once, killed ones, and a disk that is full. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createAuditLog } from "../../../src/adapters/state/audit-log.ts";
import { parseRecord } from "../../../src/core/audit/record.ts";
import { WRITE } from "../../support/audit.ts";
import { HOLDER } from "../../support/lock.ts";
import { finished, script, start } from "../../support/script.ts";

function open() {
  const directory = mkdtempSync(join(tmpdir(), "anth-rbac-audit-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const env = { ANTH_RBAC_STATE_DIR: directory };
  const log = createAuditLog({ env, now: Date.now, notice: () => {}, mask: (text) => text, spokenTo: () => undefined });
  return { env, log, file: join(directory, "audit.jsonl"), lock: join(directory, "audit.lock") };
}

const targets = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => parseRecord(line)?.target ?? []);

/** Appends COUNT lines of SIZE characters, and says of each when it is done. */
const APPENDER = `
  import { createAuditLog } from "./src/adapters/state/audit-log.ts";
  const [name, count, size] = process.argv.slice(2);
  const log = createAuditLog({ env: process.env, now: Date.now, notice: () => {}, mask: (text) => text, spokenTo: () => undefined });
  // With this, a file that may not grow is an error, as a full disk is, and not the end of the process.
  process.on("SIGXFSZ", () => {});
  const reason = "x".repeat(Number(size));
  for (let number = 0; number < Number(count); number++) {
    const target = name + "." + number;
    try {
      await log.append({ command: "apply", event: "write", outcome: "done", target, reason });
      process.stdout.write(target + "\\n");
    } catch (error) {
      process.stdout.write(error.code + ": " + error.message + "\\n");
      process.exit(0);
    }
  }
`;

test("twenty processes that append at once all survive", async () => {
  const { env, log, file } = open();
  const appender = await script(APPENDER);
  const children = Array.from({ length: 20 }, (_, index) => start(appender, env, `p${index}`, "25", "10"));
  const done = (await Promise.all(children.map(finished))).flatMap((output) => output.trim().split("\n"));
  const { verification } = await log.read();
  expect(verification).toMatchObject({ ok: true, records: 500, recoveries: [] });
  expect(new Set(done).size).toBe(500);
  expect(new Set(targets(file))).toEqual(new Set(done));
  // Each process has its own lines in the order in which it wrote them.
  for (const index of children.keys()) {
    const own = targets(file).filter((target) => target.startsWith(`p${index}.`));
    expect(own).toEqual(own.map((_, number) => `p${index}.${number}`));
  }
});

test("a process killed while it writes loses no line that it was told is written, and the next one goes on", async () => {
  const { env, log, file } = open();
  const appender = await script(APPENDER);
  const told: string[] = [];
  let torn = 0;
  for (let round = 0; round < 8 || (torn === 0 && round < 40); round++) {
    const isAtOnce = round % 2 === 1;
    const child = start(appender, env, `r${round}`, "1000", isAtOnce ? "8000000" : "1000000");
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await once(child.stdout, "data");
    // In every other round as soon as the file has begun to grow: a line of that length is written in many pieces.
    if (!isAtOnce) await sleep(Math.random() * 60);
    else for (const { size } = statSync(file); statSync(file).size === size; );
    child.kill("SIGKILL");
    await once(child, "close");
    told.push(...output.split("\n").slice(0, -1));
    const { verification } = await log.read();
    if (!verification.ok) {
      expect(verification.broken.code).toBe("half-written");
      torn++;
    }
    await log.append({ ...WRITE, target: `after.${round}` });
  }
  const { verification } = await log.read();
  expect(verification).toMatchObject({ ok: true });
  expect(verification.ok && verification.recoveries).toHaveLength(torn);
  expect(targets(file)).toEqual(expect.arrayContaining(told));
  expect(torn).toBeGreaterThan(0);
});

test("of the many that find the lock of a killed process one at a time goes on", async () => {
  const { env, log, lock } = open();
  const child = start(await script(HOLDER), env, lock);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  expect(statSync(lock).isDirectory()).toBe(true);
  const appender = await script(APPENDER);
  const children = Array.from({ length: 12 }, (_, index) => start(appender, env, `p${index}`, "4", "10"));
  await Promise.all(children.map(finished));
  expect((await log.read()).verification).toMatchObject({ ok: true, records: 48, recoveries: [] });
});

test.skipIf(process.platform === "win32")("a full disk is said, and leaves no half line", async () => {
  const { env, log, file } = open();
  const appender = await script(APPENDER);
  // No file may grow past 100 blocks of 1024 bytes.
  const command = 'ulimit -f 100; exec "$0" "$@"';
  const words = ["-c", command, process.execPath, appender, "p", "1000", "900"];
  const child = spawn("bash", words, { env: { ...process.env, ...env } });
  const output = (await finished(child)).trim().split("\n");
  expect(output.at(-1)).toBe(`audit-unwritable: the audit log "${file}" cannot be written: the disk is full`);
  expect(targets(file)).toEqual(output.slice(0, -1));
  expect((await log.read()).verification).toMatchObject({ ok: true, recoveries: [] });
  await log.append({ ...WRITE, target: "later" });
  expect(targets(file).at(-1)).toBe("later");
  expect((await log.read()).verification).toMatchObject({ ok: true, recoveries: [] });
});
