import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAuditLog } from "../../src/adapters/state/audit-log.ts";
import { auditShow } from "../../src/commands/audit.ts";
import type { AuditLine, AuditLog, AuditVerification } from "../../src/core/audit/chain.ts";
import { DAY } from "../../src/core/model/time.ts";
import { maskSecrets } from "../../src/core/text/secret.ts";
import { WRITE } from "../support/audit.ts";
import { contextOf } from "../support/context.ts";
import { NOW } from "../support/org.ts";
import { runMain as run } from "../support/stage.ts";

/** A log of four days, and `audit …` over it. */
async function logged() {
  const directory = mkdtempSync(join(tmpdir(), "anth-rbac-audit-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const env = { ANTH_RBAC_STATE_DIR: directory };
  for (const age of [3, 2, 1, 0]) {
    const log = createAuditLog({
      env,
      now: () => NOW - age * DAY,
      notice: () => {},
      mask: maskSecrets,
      spokenTo: () => undefined,
    });
    const prompt = { command: "prompt", event: "denial", outcome: "denied", user: "bob@acme.example" } as const;
    await log.append(age === 1 ? prompt : { ...WRITE, target: `members.p${age}@acme.example` });
  }
  const file = join(directory, "audit.jsonl");
  return { file, env, audit: (...words: readonly string[]) => run(["audit", ...words], { env }) };
}

const seqs = (stdout: string) => JSON.parse(stdout).entries.map(({ seq }: { readonly seq: number }) => seq);

describe("audit show", () => {
  test.each([
    [[], [1, 2, 3, 4]],
    [
      ["--since", "36h"],
      [3, 4],
    ],
    [["--since", "2d", "--until", "1d"], [2]],
    [["--limit", "1"], [4]],
    [
      ["--limit", "3", "--command", "apply"],
      [1, 2, 4],
    ],
    [
      ["--target", "members.p?@*"],
      [1, 2, 4],
    ],
    [["--denied"], [3]],
    [["--user", "BOB@acme.example"], [3]],
    [["--outcome", "failed"], []],
  ])("%j shows the records %j", async (words, found) => {
    const { audit } = await logged();
    const { exitCode, stdout, stderr } = await audit("show", "--json", ...words);
    expect([exitCode, seqs(stdout), stderr]).toEqual([0, found, ""]);
  });

  test("holds no log of any length: the newest 50000 unless more are asked for, and says so", async () => {
    const said: string[] = [];
    const record = { ...WRITE, at: new Date(NOW).toISOString(), by: "a@b", prev: "", hash: "" };
    const context = contextOf({
      clock: { now: () => NOW },
      terminal: { warning: (text) => said.push(text) },
      state: {
        audit: async () => {
          const read: AuditLog["read"] = async (visit) => {
            for (let seq = 1; seq <= 50_003; seq += 1)
              visit?.({ text: JSON.stringify({ ...record, v: "1", seq }), ended: true, line: seq } as AuditLine);
            return { path: "audit.jsonl", exists: true, verification: { ok: true } as AuditVerification };
          };
          return { read } as AuditLog;
        },
      },
    });
    const shown = await auditShow(context, {});
    if (shown.kind !== "audit") throw new Error("no log");
    expect([shown.list?.entries.length, shown.list?.entries[0]?.seq, shown.list?.matching]).toEqual([
      50_000, 4, 50_003,
    ]);
    expect(said).toEqual([expect.stringContaining("only the newest 50000 of 50003 events")]);
    const all = await auditShow(context, { limit: 60_000 });
    expect([all.kind === "audit" && all.list?.entries.length, said.length]).toEqual([50_003, 1]);
  }, 120_000);

  test("speaks text and CSV", async () => {
    const { audit } = await logged();
    expect((await audit("show")).stdout).toMatch(/^when \(UTC\) +who +what +target +outcome +request\n2/);
    const { stdout } = await audit("show", "--format", "csv", "--denied");
    expect(stdout.split("\r\n")).toHaveLength(3);
  });

  test("shows what a broken log holds, says that it is broken, and ends well", async () => {
    const { audit, file } = await logged();
    writeFileSync(file, readFileSync(file, "utf8").replace("p2@", "p9@"));
    const { exitCode, stdout } = await audit("show");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("members.p9@acme.example");
    expect(stdout).toContain(`${file}:2: error: the record was edited after it was written [edited]`);
  });

  test("masks a secret that was put into the file by hand", async () => {
    const { audit, file } = await logged();
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("p2@", "sk-ant-api03-abcdefghijklmnopqrstuvwxyz@"));
    for (const format of ["text", "json", "csv"]) {
      const { stdout } = await audit("show", "--format", format);
      expect(stdout).toContain("sk-ant-api03-[masked]");
      expect(stdout).not.toContain("abcdefghijkl");
    }
  });

  test.each([
    [["--since", "yesterday"], /--since is "yesterday"/],
    [["--limit", "0"], /--limit 0 would show nothing/],
    [["--outcome", "good"], /Allowed choices are done/],
  ])("%j is wrong usage", async (words, message) => {
    const { audit } = await logged();
    const { exitCode, stdout, stderr } = await audit("show", ...words);
    expect([exitCode, stdout]).toEqual([64, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("audit verify", () => {
  test("is content with a whole log, and with a head that it printed before", async () => {
    const { audit, env } = await logged();
    const { exitCode, stdout } = await audit("verify");
    expect([exitCode, stdout.split("\n")[0]]).toEqual([
      0,
      expect.stringContaining("4 records, and the chain is whole"),
    ]);
    const head = /--head (\S+)/.exec(stdout)?.[1] ?? "";
    await createAuditLog({
      env,
      now: () => NOW,
      notice: () => {},
      mask: maskSecrets,
      spokenTo: () => undefined,
    }).append(WRITE);
    expect((await audit("verify", "--head", head)).exitCode).toBe(0);
    const other = head.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    expect(await audit("verify", "--head", other)).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining(":4: "),
    });
    expect((await audit("verify", "--head", "4")).exitCode).toBe(64);
  });

  test("names the first broken line, exit 2", async () => {
    const { audit, file } = await logged();
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.toSpliced(1, 1).join("\n"));
    const text = await audit("verify");
    expect([text.exitCode, text.stdout]).toEqual([
      2,
      expect.stringContaining(`${file}:2: error: record 2 was removed`),
    ]);
    const json = await audit("verify", "--json");
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      kind: "audit",
      exit_code: 2,
      verification: { ok: false, line: 2, code: "removed", records: 1 },
    });
  });

  test("says that there is no log, exit 0", async () => {
    const env = { ANTH_RBAC_STATE_DIR: join(tmpdir(), "anth-rbac-nowhere", "state") };
    const { exitCode, stdout } = await run(["audit", "verify"], { env });
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("there is no audit log yet")]);
    expect(JSON.parse((await run(["audit", "verify", "--json"], { env })).stdout)).toMatchObject({
      exists: false,
      verification: { ok: true, records: 0, head: null },
    });
  });
});
