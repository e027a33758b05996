import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAuditLog } from "../../../src/adapters/state/audit-log.ts";
import type { AuditRecord } from "../../../src/core/audit/audit.ts";
import { parseRecord } from "../../../src/core/audit/record.ts";
import { maskSecrets } from "../../../src/core/text/secret.ts";
import { WRITE } from "../../support/audit.ts";
import { NOW } from "../../support/org.ts";

/** A log in a folder of its own. */
function open() {
  const root = mkdtempSync(join(tmpdir(), "anth-rbac-audit-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, "state");
  const notices: string[] = [];
  const log = createAuditLog({
    env: { ANTH_RBAC_STATE_DIR: directory },
    now: () => NOW,
    notice: (text) => notices.push(text),
    mask: maskSecrets,
    spokenTo: () => undefined,
  });
  return { directory, log, notices, file: join(directory, "audit.jsonl"), head: join(directory, "audit.head") };
}

const write = (target: string) => ({ ...WRITE, target });
const records = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => parseRecord(line) ?? []);
const targets = (file: string) => records(file).map(({ target }) => target);
const mode = (path: string) => statSync(path).mode & 0o777;

describe("the audit log", () => {
  test("is a line for each entry, in order, with who and when", async () => {
    const { log, file, notices } = open();
    const returned = await Promise.all(["a", "b", "c"].map((target) => log.append(write(target))));
    expect(records(file)).toEqual(returned);
    expect(returned.map(({ seq, target }) => [seq, target])).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    expect(returned[0]?.by).toMatch(/.+@.+/);
    const lines: string[] = [];
    const { exists, path, verification } = await log.read(({ text }) => lines.push(text));
    const { seq, hash } = returned[2] as AuditRecord;
    expect({ exists, path, verification }).toEqual({
      exists: true,
      path: file,
      verification: { ok: true, records: 3, head: { seq, hash }, recoveries: [] },
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual(returned);
    expect(notices).toEqual([]);
  });

  test.skipIf(process.platform === "win32")("is for its user alone, also where it was not", async () => {
    const { log, file, head, directory } = open();
    await log.append(WRITE);
    expect([mode(directory), mode(file), mode(head)]).toEqual([0o700, 0o600, 0o600]);
    const { chmodSync } = await import("node:fs");
    chmodSync(file, 0o644);
    await log.append(WRITE);
    expect(mode(file)).toBe(0o600);
    expect(readdirSync(directory).sort()).toEqual(["audit.head", "audit.jsonl"]);
  });

  test("is not made by reading", async () => {
    const { log, directory } = open();
    expect(await log.read()).toMatchObject({ exists: false, verification: { ok: true, records: 0 } });
    expect(() => statSync(directory)).toThrow();
  });

  test("does not read what is behind it: an append to a long log with a hole is as any other", async () => {
    const { log, file, head } = open();
    for (const target of ["a", "b", "c"]) await log.append(write(target));
    const text = readFileSync(file, "utf8");
    writeFileSync(file, "x".repeat(10) + text.slice(10));
    await log.append(write("d"));
    expect(records(file).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(JSON.parse(readFileSync(head, "utf8")).seq).toBe(4);
    expect((await log.read()).verification).toMatchObject({ ok: false, broken: { line: 1, code: "not-json" } });
  });

  test("reads bytes that are no text as an edit", async () => {
    const { log, file } = open();
    await log.append(write("a\ufffdb"));
    expect((await log.read()).verification.ok).toBe(true);
    const bytes = readFileSync(file);
    const at = bytes.indexOf("\ufffd");
    writeFileSync(file, Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]));
    expect((await log.read()).verification).toMatchObject({ ok: false, broken: { line: 1, code: "edited" } });
  });

  test("holds lines longer than any buffer, with characters that fall between two", async () => {
    const { log } = open();
    const prompt = `${"ä€😀".repeat(100_000)}`;
    await log.append({ ...WRITE, prompt });
    await log.append({ ...WRITE, prompt: `x${prompt}` });
    const prompts: unknown[] = [];
    const { verification } = await log.read(({ text }) => prompts.push(parseRecord(text)?.prompt));
    expect(verification.ok).toBe(true);
    expect(prompts).toEqual([prompt, `x${prompt}`]);
  });
});

describe("what is no log", () => {
  test("a line longer than any record is held by nobody, and is no record", async () => {
    const { log, file } = open();
    await log.append(write("a"));
    truncateSync(file, statSync(file).size + (1 << 26) + 2);
    appendFileSync(file, "\n");
    const lines: number[] = [];
    const { verification } = await log.read(({ text }) => lines.push(text.length));
    expect(lines.at(-1)).toBe(0);
    expect(verification).toMatchObject({ ok: false, broken: { line: 2, code: "not-json" } });
  });

  test.skipIf(process.platform === "win32")(
    "a pipe in its place, or in that of the head, is refused at once",
    async () => {
      for (const name of ["audit.jsonl", "audit.head"]) {
        const { directory, log } = open();
        await log.append(write("a"));
        rmSync(join(directory, name));
        execFileSync("mkfifo", [join(directory, name)]);
        await expect(log.read()).rejects.toMatchObject({ code: "file-unreadable" });
        await expect(log.append(write("b"))).rejects.toMatchObject({ code: "audit-unwritable" });
      }
    },
  );
});

describe("after a crash", () => {
  test("in the middle of a line, at any byte, nothing whole is lost, and the log says what was taken out", async () => {
    const { log, file, head, notices } = open();
    await log.append(write("a"));
    const [before, headBefore] = [readFileSync(file), readFileSync(head)];
    await log.append(write("b"));
    const after = readFileSync(file);
    for (let cut = before.length + 1; cut < after.length - 1; cut += 7) {
      writeFileSync(file, after.subarray(0, cut));
      writeFileSync(head, headBefore);
      expect((await log.read()).verification).toMatchObject({ ok: false, broken: { line: 2, code: "half-written" } });
      await log.append(write("c"));
      expect(targets(file)).toEqual(["a", "audit.jsonl", "c"]);
      const { verification } = await log.read();
      expect(verification).toMatchObject({ ok: true, records: 3, recoveries: [{ line: 2 }] });
      expect(records(file)[1]?.reason).toContain(`a last line of ${cut - before.length} bytes was half written`);
      expect(notices.pop()).toContain("the audit log was repaired, see its record 2");
    }
  });

  test("between the line and its line break, and between the line and the head, the line stays", async () => {
    const { log, file, head, notices } = open();
    await log.append(write("a"));
    const headBefore = readFileSync(head);
    await log.append(write("b"));
    for (const less of [0, 1]) {
      const whole = readFileSync(file);
      truncateSync(file, whole.length - less);
      writeFileSync(head, headBefore);
      await log.append(write("c"));
      expect((await log.read()).verification.ok).toBe(true);
    }
    expect(targets(file)).toEqual(["a", "b", "c", "c"]);
    expect(notices).toEqual([]);
  });

  test("before the first line, there is an empty log", async () => {
    const { log, file, head, directory } = open();
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(head, `{"seq":0,"hash":"${"0".repeat(64)}","size":0}\n`);
    writeFileSync(file, '{"seq":1,');
    await log.append(write("a"));
    expect(targets(file)).toEqual(["audit.jsonl", "a"]);
    expect((await log.read()).verification.ok).toBe(true);
  });

  test("what was left of a head that was being written is no hindrance", async () => {
    const { log, directory, file } = open();
    await log.append(write("a"));
    writeFileSync(join(directory, "audit.head.new"), "{");
    await log.append(write("b"));
    expect(targets(file)).toEqual(["a", "b"]);
    expect((await log.read()).verification.ok).toBe(true);
  });
});

describe("a damaged log is continued, and keeps showing the damage", () => {
  const damages: Readonly<Record<string, (paths: { readonly file: string; readonly head: string }) => void>> = {
    "its end cut off": ({ file }) => truncateSync(file, readFileSync(file, "utf8").lastIndexOf('{"seq":3')),
    "cut off in a line": ({ file }) => truncateSync(file, statSync(file).size - 20),
    "all of it gone": ({ file }) => rmSync(file),
    "its head gone": ({ head }) => rmSync(head),
    "its head no head": ({ head }) => writeFileSync(head, '{"seq":"3"}'),
    "its end and its head gone": ({ file, head }) => {
      truncateSync(file, readFileSync(file, "utf8").lastIndexOf('{"seq":3'));
      rmSync(head);
    },
    "a stranger's line at its end": ({ file }) => appendFileSync(file, "hello\n"),
    "a line of it put at its end": ({ file }) => appendFileSync(file, `${readFileSync(file, "utf8").split("\n")[0]}\n`),
    "grown in the middle": ({ file }) => writeFileSync(file, readFileSync(file, "utf8").replace("members", "memberss")),
  };

  test.each(Object.entries(damages))("%s", async (_, damage) => {
    const paths = open();
    const { log, file, notices } = paths;
    for (const target of ["a", "members.b", "c"]) await log.append(write(target));
    damage(paths);
    const left = existing(file);
    await log.append(write("d"));
    const text = readFileSync(file, "utf8");
    expect(text.startsWith(left)).toBe(true);
    expect(notices).toHaveLength(1);
    for (const target of ["e", "f"]) await log.append(write(target));
    expect(notices).toHaveLength(1);
    expect(targets(file).slice(-4)).toEqual(["audit.jsonl", "d", "e", "f"]);
    expect((await log.read()).verification.ok).toBe(false);
  });

  function existing(file: string): string {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  }
});

describe("a log that cannot be written", () => {
  const unwritable = { code: "audit-unwritable", details: { fix: expect.stringContaining("nothing is changed") } };

  test("is told before anything is changed", async () => {
    const { log, file } = open();
    mkdirSync(file, { recursive: true, mode: 0o700 });
    await expect(log.ready()).rejects.toMatchObject({ code: "audit-unwritable" });
    await expect(log.append(WRITE)).rejects.toMatchObject(unwritable);
  });

  test.skipIf(process.platform === "win32")("does not write through a link that was laid in its place", async () => {
    const { log, file, directory } = open();
    mkdirSync(directory, { mode: 0o700 });
    const elsewhere = join(directory, "elsewhere");
    writeFileSync(elsewhere, "");
    symlinkSync(elsewhere, file);
    await expect(log.append(WRITE)).rejects.toMatchObject(unwritable);
    expect(readFileSync(elsewhere, "utf8")).toBe("");
  });

  test("is well after being asked, and leaves nothing behind", async () => {
    const { log, directory } = open();
    await log.ready();
    await log.ready();
    expect(readdirSync(directory)).toEqual(["audit.jsonl"]);
    expect(await log.read()).toMatchObject({ exists: false, verification: { ok: true } });
    await log.append(WRITE);
    expect((await log.read()).verification.ok).toBe(true);
  });

  test("goes on after a failed append", async () => {
    const { log, file } = open();
    mkdirSync(file, { recursive: true, mode: 0o700 });
    await expect(log.append(WRITE)).rejects.toMatchObject(unwritable);
    rmSync(file, { recursive: true });
    await log.append(write("b"));
    expect(targets(file)).toEqual(["b"]);
  });
});
