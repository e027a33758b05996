import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditEntry, AuditRecord } from "../../src/core/audit/audit.ts";
import type { AuditBreakCode } from "../../src/core/audit/chain.ts";
import type { AuditOutcome } from "../../src/core/outcome/outcome.ts";
import { render } from "../../src/report/render.ts";
import { chained, entries } from "../support/audit.ts";

const PATH = "/state/audit.jsonl";
const ORGANIZATION = { id: "0b4e", name: "Acme" };
const BY = "grace@laptop";
const WRITTEN: readonly AuditEntry[] = [
  {
    ...{ command: "apply", event: "write", outcome: "done", by: BY, organization: ORGANIZATION },
    ...{ action: "update", kind: "workspace_member", target: "workspaces.prod.members.ada@acme.example" },
    ...{ before: { role: "user" }, after: { role: "developer" }, request_id: "req_011" },
  },
  {
    ...{ command: "apply", event: "write", outcome: "failed", by: BY, organization: ORGANIZATION },
    ...{ action: "create", kind: "rate_limit", target: "workspaces.prod.rate_limits.batch" },
    ...{ after: { requests_per_minute: 200 }, reason: "rate-limited: 429 after 5 attempts", request_id: "req_012" },
  },
  {
    ...{ command: "apply", event: "override", outcome: "overridden", by: BY, organization: ORGANIZATION },
    ...{ target: "max_removals", reason: "team moved to another organization" },
  },
  { command: "apply", event: "refusal", outcome: "refused", by: BY, target: "min_admins", reason: "2 → 1, minimum 2" },
  {
    ...{ command: "prompt", event: "prompt", outcome: "done", by: BY, user: "ada@acme.example", role: "power" },
    ...{ model: "claude-haiku-5-5", input_tokens: 12, output_tokens: 340, request_id: "req_013" },
  },
  {
    ...{ command: "prompt", event: "denial", outcome: "denied", by: BY, user: "bob@acme.example", role: "viewer" },
    ...{ model: "claude-opus-5-5", reason: "role-not-allowed" },
  },
];

const WHOLE = { ok: true, records: 6, head: { seq: 6, hash: "ab".repeat(32) }, recoveries: [] } as const;

function outcome(changes: Partial<AuditOutcome> = {}): AuditOutcome {
  return { kind: "audit", path: PATH, exists: true, verification: WHOLE, ...changes };
}

function listed(records: readonly AuditRecord[], changes: Partial<AuditOutcome> = {}): AuditOutcome {
  return outcome({ list: { entries: records, matching: records.length, unreadable: 0 }, ...changes });
}

const text = (shown: AuditOutcome) => render(shown, { format: "text", exitCode: 0, colour: false });
const csv = (shown: AuditOutcome) => render(shown, { format: "csv", exitCode: 0, colour: false });
const broken = (code: AuditBreakCode, line = 4) =>
  ({ ok: false, records: line - 1, broken: { line, code, expected: line } }) as const;

describe("audit show", () => {
  test("says of a key that it was disabled, which is all that removing one is; of a kind of another version what the log says", async () => {
    const removal = { command: "revoke", event: "write", outcome: "done", by: BY, action: "remove" } as const;
    const shown = await text(
      listed(
        chained([
          { ...removal, kind: "key", target: "k", before: { status: "active" } },
          { ...removal, kind: "orbit" as "key", target: "o" },
        ]),
      ),
    );
    expect(shown).toContain("revoke disable key");
    expect(shown).toContain("status: active → inactive");
    expect(shown).toContain("revoke remove orbit");
  });

  test("is a table", async () => {
    expect(await text(listed(chained(WRITTEN)))).toMatchInlineSnapshot(`
      "when (UTC)           who                        what                           target                                    outcome     request
      2026-11-23 12:00:00  grace@laptop               apply update workspace member  workspaces.prod.members.ada@acme.example  done        req_011
          role: user → developer
      2026-11-23 12:00:01  grace@laptop               apply create rate limit        workspaces.prod.rate_limits.batch         failed      req_012
          requests_per_minute: none → 200
          rate-limited: 429 after 5 attempts
      2026-11-23 12:00:02  grace@laptop               apply override                 max_removals                              overridden
          team moved to another organization
      2026-11-23 12:00:03  grace@laptop               apply refusal                  min_admins                                refused
          2 → 1, minimum 2
      2026-11-23 12:00:04  ada@acme.example (power)   prompt claude-haiku-5-5                                                  done        req_013
          12 tokens in, 340 out
      2026-11-23 12:00:05  bob@acme.example (viewer)  prompt denial claude-opus-5-5                                            denied
          role-not-allowed

      6 events of /state/audit.jsonl
      "
    `);
  });

  test("says what is not shown, and what is wrong", async () => {
    const list = { entries: chained(WRITTEN).slice(3, 4), matching: 3, unreadable: 1 };
    expect(await text(outcome({ list, verification: broken("not-json") }))).toMatchInlineSnapshot(`
      "when (UTC)           who           what           target      outcome  request
      2026-11-23 12:00:03  grace@laptop  apply refusal  min_admins  refused
          2 → 1, minimum 2

      the newest 1 of 3 events of /state/audit.jsonl
      1 line of it cannot be read
      /state/audit.jsonl:4: error: the line is no record: it was overwritten, or another program wrote to the file [not-json]
        3 records before it are whole
      "
    `);
    expect(await text(listed([]))).toBe(`0 events of ${PATH}\n`);
    expect(await text(listed([], { exists: false }))).toContain("there is no audit log yet");
  });

  test("shows hostile texts as text, on the lines they belong to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { minLength: 1, maxLength: 4 }), async (list) => {
        const shown = await text(listed(chained(list)));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not come through.
        expect(shown.replaceAll("\n", "")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
        const rows = shown.split("\n").filter((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/.test(line));
        expect(rows).toHaveLength(list.length);
      }),
    );
  });
});

describe("audit verify", () => {
  test("says that all is well, and how to say so later", async () => {
    const recoveries = [{ line: 3, at: "2026-11-23T00:00:00.000Z", reason: "a last line was half written" }];
    expect(await text(outcome({ verification: { ...WHOLE, recoveries } }))).toMatchInlineSnapshot(`
      "/state/audit.jsonl: 6 records, and the chain is whole
        line 3 (2026-11-23T00:00:00.000Z): a last line was half written
      kept elsewhere, its head shows later whether anything up to here was changed:
        anth-rbac audit verify --head 6:abababababababababababababababababababababababababababababababab
      "
    `);
  });

  test("has a sentence for every break, with the line", async () => {
    const codes = {
      "not-json": 4,
      edited: 4,
      replaced: 4,
      removed: 4,
      inserted: 4,
      reordered: 4,
      "half-written": 4,
      "cut-off": 4,
      "head-missing": 4,
      "head-differs": 4,
      "head-lost": 4,
      "kept-head": 4,
    } as const satisfies Record<AuditBreakCode, number>;
    const all = await Promise.all(
      Object.entries(codes).map(([code, line]) =>
        text(outcome({ verification: broken(code as AuditBreakCode, line) })),
      ),
    );
    expect(all.map((shown) => shown.split("\n")[0]).join("\n")).toMatchInlineSnapshot(`
      "/state/audit.jsonl:4: error: the line is no record: it was overwritten, or another program wrote to the file [not-json]
      /state/audit.jsonl:4: error: the record was edited after it was written [edited]
      /state/audit.jsonl:4: error: the record does not follow the one before it: line 3 or this one was replaced [replaced]
      /state/audit.jsonl:4: error: record 4 was removed before this line [removed]
      /state/audit.jsonl:4: error: the line was inserted: record 4 should stand here [inserted]
      /state/audit.jsonl:4: error: the lines were reordered: record 4 should stand here, and stands further down [reordered]
      /state/audit.jsonl:4: error: the last line is half written, by a process that was killed or a disk that was full; the next write takes it out, and says so in the log [half-written]
      /state/audit.jsonl:4: error: the end of the log was cut off in the middle of record 4 [cut-off]
      /state/audit.jsonl:4: error: audit.head, which says where the log ends, is missing or not readable: whether the end was cut off cannot be told [head-missing]
      /state/audit.jsonl:4: error: the record is not the one that was written here: audit.head has another hash for it [head-differs]
      /state/audit.jsonl:4: error: the log was continued here although its end did not fit audit.head, or there was none: records before this line may be missing [head-lost]
      /state/audit.jsonl:4: error: the log does not hold the record that --head names: it was written anew since, or it is another log [kept-head]"
    `);
    const missing = { line: 4, code: "removed", expected: 4, missing: 3 } as const;
    expect(await text(outcome({ verification: { ok: false, records: 3, broken: missing } }))).toContain(
      "records 4 to 6 were removed before this line",
    );
  });
});

describe("CSV", () => {
  test("has a line for each record and a column for each field", async () => {
    expect(await csv(listed(chained(WRITTEN.slice(0, 1))))).toMatchInlineSnapshot(`
      "seq,at,by,command,event,action,kind,target,id,before,after,outcome,reason,because,organization_id,organization_name,api_host,user,role,model,input_tokens,output_tokens,key_hint,prompt,request_id,hash,about
      1,2026-11-23T12:00:00.000Z,grace@laptop,apply,write,update,workspace_member,workspaces.prod.members.ada@acme.example,,"{""role"":""user""}","{""role"":""developer""}",done,,,0b4e,Acme,,,,,,,,,req_011,e405cba4ec8929265ea16574a397df7faeffa9ee35f0e255f17129bcd888f813,
      "
    `);
  });

  test("is read back as it was shown, and no cell starts a formula", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { maxLength: 4 }), async (list) => {
        const [header = [], ...rows] = parseCsv(await csv(listed(chained(list))));
        expect(rows).toHaveLength(list.length);
        const target = header.indexOf("target");
        rows.forEach((cells, index) => {
          expect(cells).toHaveLength(header.length);
          for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/);
          const given = list[index]?.target ?? "";
          // biome-ignore lint/suspicious/noControlCharactersInRegex: plain text, and not these.
          if (/^[^=+\-@\x00-\x1f\x7f-\uffff ]*$/.test(given)) expect(cells[target]).toBe(given);
        });
      }),
    );
  });

  test.each([
    ["=1+1", "'=1+1"],
    [' =cmd|"/c calc"!A1', '"\' =cmd|""/c calc""!A1"'],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["-2", "'-2"],
    ["\t=1", "'\\u{9}=1"],
    ["\r\n=1", "'\\u{d}\\u{a}=1"],
    ["＝1", "'＝1"],
    ["a,b", '"a,b"'],
    ["members.ada@acme.example", "members.ada@acme.example"],
  ])("writes %j as %s", async (target, cell) => {
    const [, row] = (await csv(listed(chained([{ command: "apply", event: "write", outcome: "done", target }])))).split(
      "\r\n",
    );
    expect(row).toContain(`,${cell},`);
  });
});

describe("JSON", () => {
  test("has the records as they stand in the log", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { maxLength: 4 }), async (list) => {
        const records = chained(list);
        const shown = await render(listed(records), { format: "json", exitCode: 0, colour: false });
        expect(JSON.parse(shown).entries).toEqual(JSON.parse(JSON.stringify(records)));
      }),
    );
  });

  test("has the shape that programs rely on", async () => {
    const json = async (shown: AuditOutcome, exitCode: number) =>
      JSON.parse(await render(shown, { format: "json", exitCode, colour: false }));
    expect(await json(outcome({ verification: broken("edited") }), 2)).toMatchInlineSnapshot(`
      {
        "exists": true,
        "exit_code": 2,
        "format_version": "1",
        "kind": "audit",
        "log": "/state/audit.jsonl",
        "verification": {
          "code": "edited",
          "head": null,
          "line": 4,
          "message": "the record was edited after it was written",
          "ok": false,
          "records": 3,
          "recoveries": [],
        },
      }
    `);
    expect(await json(outcome(), 0)).toMatchInlineSnapshot(`
      {
        "exists": true,
        "exit_code": 0,
        "format_version": "1",
        "kind": "audit",
        "log": "/state/audit.jsonl",
        "verification": {
          "code": null,
          "head": {
            "hash": "abababababababababababababababababababababababababababababababab",
            "seq": 6,
          },
          "line": null,
          "message": null,
          "ok": true,
          "records": 6,
          "recoveries": [],
        },
      }
    `);
    expect(Object.keys(await json(listed([]), 0))).toMatchInlineSnapshot(`
      [
        "format_version",
        "kind",
        "exit_code",
        "log",
        "exists",
        "verification",
        "matching",
        "unreadable",
        "entries",
      ]
    `);
  });
});

/** A reader of RFC 4180, written from its grammar. */
function parseCsv(content: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let read = 0;
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [all, quoted, plain = "", end] of content.matchAll(cell)) {
    read += all.length;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") {
      rows.push(row);
      row = [];
    }
  }
  // Nothing in it that the grammar does not know.
  expect(read).toBe(content.length);
  return rows;
}
