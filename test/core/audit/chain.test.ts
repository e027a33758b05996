import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/files/sha256.ts";
import { type AuditRecord, canonicalJson, chain, GENESIS, recordLine } from "../../../src/core/audit/audit.ts";
import { type AuditBreak, type AuditLine, type KeptHead, verifyChain } from "../../../src/core/audit/chain.ts";
import { parseRecord } from "../../../src/core/audit/record.ts";
import { chained, entries, WRITE } from "../../support/audit.ts";
import { NOW } from "../../support/org.ts";

const logs = fc.array(entries, { minLength: 1, maxLength: 8 }).map(chained);
const text = (record: AuditRecord) => recordLine(record).slice(0, -1);
const lines = (records: readonly AuditRecord[]) => records.map(text);

function verify(texts: readonly string[], head: KeptHead | undefined, kept?: KeptHead) {
  const given = texts.map((line): AuditLine => ({ text: line, ended: true }));
  return verifyChain(given, head, sha256, kept);
}

/** Where and how a log is broken; fails where it is whole. */
function broken(
  texts: readonly string[],
  head: KeptHead | undefined,
  kept?: KeptHead,
): Pick<AuditBreak, "line" | "code"> {
  const verification = verify(texts, head, kept);
  if (verification.ok) throw new Error("the log was taken for whole");
  const { line, code } = verification.broken;
  return { line, code };
}

/** A log, and a line of it. */
const logAndLine = logs.chain((log) => fc.tuple(fc.constant(log), fc.nat(log.length - 1)));
const logAndTwoLines = fc
  .array(entries, { minLength: 2, maxLength: 8 })
  .map(chained)
  .chain((log) => fc.tuple(fc.constant(log), fc.uniqueArray(fc.nat(log.length - 1), { minLength: 2, maxLength: 2 })));

describe("a log as it was written", () => {
  test("verifies, and every entry is read as it was given", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 8 }), (list) => {
        const log = chained(list);
        const { seq, hash } = log.at(-1) ?? GENESIS;
        expect(verify(lines(log), { seq, hash })).toEqual({
          ok: true,
          records: list.length,
          head: { seq, hash },
          recoveries: [],
        });
        log.forEach((record, index) => {
          const { seq: _seq, at: _at, prev: _prev, hash: _hash, ...entry } = parseRecord(text(record)) ?? {};
          expect(entry).toEqual(JSON.parse(JSON.stringify(list[index])));
        });
      }),
    );
  });

  test("has a field of any name, that of an object's prototype too", () => {
    const [record] = chained([{ ...WRITE, after: JSON.parse('{"tags":1,"__proto__":2}') }]);
    const after = record && parseRecord(text(record))?.after;
    expect(JSON.stringify(after)).toContain('"__proto__":2');
  });

  test("verifies too where the head is behind, as after a crash", () => {
    fc.assert(
      fc.property(logAndLine, ([log, line]) => {
        expect(verify(lines(log), log[line]).ok).toBe(true);
      }),
    );
  });

  test("holds no secret", () => {
    const reason = "401 for sk-ant-api03-abcdefghijklmnopqrstuvwxyz";
    const [record] = chained([{ ...WRITE, reason, after: { key: `${reason}.` } }]);
    expect(record?.reason).toBe("401 for sk-ant-api03-[masked]");
    expect(JSON.stringify(record)).not.toContain("abcdefghijkl");
    expect(verify(lines(record ? [record] : []), record).ok).toBe(true);
  });

  test("has the hash that jq and sha256sum give", () => {
    // jq -cjS 'del(.hash)' | sha256sum
    const [record] = chained([{ ...WRITE, after: { role: "user", tags: ["b", "a"] } }]);
    const { hash, ...rest } = record ?? chain(GENESIS, WRITE, NOW, sha256);
    expect(canonicalJson(rest)).toBe(
      `{"action":"update","after":{"role":"user","tags":["b","a"]},"at":"${rest.at}","command":"apply","event":"write","kind":"member","outcome":"done","prev":"${"0".repeat(64)}","seq":1,"target":"members.ada@acme.example"}`,
    );
    expect(hash).toBe(sha256(canonicalJson(rest)));
  });
});

describe("what is done to a log shows, with the line", () => {
  test("a line edited in any character", () => {
    fc.assert(
      fc.property(
        logAndLine,
        fc.nat(),
        fc.constantFrom("", "x", " ", '"', "0"),
        fc.nat(2),
        ([log, line], at, put, cut) => {
          const texts = lines(log);
          const was = texts[line] ?? "";
          const place = at % was.length;
          const now = was.slice(0, place) + put + was.slice(place + cut);
          fc.pre(now !== was);
          texts[line] = now;
          const found = broken(texts, log.at(-1));
          expect(found.line).toBe(line + 1);
          expect(["edited", "not-json"]).toContain(found.code);
        },
      ),
      { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
    );
  });

  test("the same value spelt otherwise: spaces, a doubled field, an escaped character", () => {
    const [record] = chained([WRITE]);
    const line = record ? text(record) : "";
    for (const other of [
      line.replace(":", ": "),
      line.replace("{", '{"target":"members.bob@acme.example",'),
      line.replace("ada", "\\u0061da"),
      `${line}\r`,
    ]) {
      expect(JSON.parse(other)).toEqual(record);
      expect(broken([other], record)).toEqual({ line: 1, code: "edited" });
    }
  });

  test("a list in another order", () => {
    const [record] = chained([{ ...WRITE, after: { geos: ["us", "global"] } }]);
    const line = record ? text(record) : "";
    expect(broken([line.replace('"us","global"', '"global","us"')], record)).toEqual({ line: 1, code: "edited" });
  });

  test("a line edited, and its own hash made to fit", () => {
    fc.assert(
      fc.property(logAndLine, ([log, line]) => {
        const texts = lines(log);
        const previous = log[line - 1] ?? GENESIS;
        texts[line] = text(chain(previous, { ...WRITE, target: "somebody else" }, NOW, sha256));
        const last = line === log.length - 1;
        const expected = last ? { line: line + 1, code: "head-differs" } : { line: line + 2, code: "replaced" };
        expect(broken(texts, log.at(-1))).toEqual(expected);
      }),
    );
  });

  test("a line removed", () => {
    fc.assert(
      fc.property(logAndLine, ([log, line]) => {
        const code = line === log.length - 1 ? "cut-off" : "removed";
        expect(broken(lines(log.toSpliced(line, 1)), log.at(-1))).toEqual({ line: line + 1, code });
      }),
    );
  });

  test("a line inserted twice", () => {
    fc.assert(
      fc.property(logAndLine, fc.nat(), ([log, from], to) => {
        const copy = lines(log)[from] ?? "";
        const place = to % (log.length + 1);
        // Before itself, the copy stands where the record should, and the record is the one too many.
        const line = place === from ? place + 2 : place + 1;
        expect(broken(lines(log).toSpliced(place, 0, copy), log.at(-1))).toEqual({ line, code: "inserted" });
      }),
    );
  });

  test("two lines swapped", () => {
    fc.assert(
      fc.property(logAndTwoLines, ([log, [one = 0, other = 0]]) => {
        const texts = lines(log);
        [texts[one], texts[other]] = [texts[other] ?? "", texts[one] ?? ""];
        expect(broken(texts, log.at(-1))).toEqual({ line: Math.min(one, other) + 1, code: "reordered" });
      }),
    );
  });

  test("the end cut off, at any byte", () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, at) => {
        const whole = log.map(recordLine).join("");
        const left = whole.slice(0, at % whole.length);
        const pieces = left.split("\n");
        const given = pieces.map((piece, index) => ({ text: piece, ended: index < pieces.length - 1 }));
        const rest = given.filter(({ text: piece, ended }) => ended || piece !== "");
        const verification = verifyChain(rest, log.at(-1), sha256);
        expect(verification).toMatchObject({ ok: false, broken: { line: pieces.length, code: "cut-off" } });
      }),
    );
  });

  test("the head gone, and a log that was written anew", () => {
    const log = chained([WRITE, WRITE, WRITE]);
    const anew = chained([WRITE, { ...WRITE, target: "other" }, WRITE]);
    expect(broken(lines(log), undefined)).toEqual({ line: 3, code: "head-missing" });
    // Whoever can write both files can do this; a head kept elsewhere shows it.
    expect(verify(lines(anew), anew.at(-1)).ok).toBe(true);
    expect(broken(lines(anew), anew.at(-1), log.at(-1))).toEqual({ line: 3, code: "kept-head" });
    expect(broken(lines(anew.slice(0, 2)), anew.at(1), log.at(-1))).toEqual({ line: 3, code: "kept-head" });
    expect(verify(lines(log), log.at(-1), log[0]).ok).toBe(true);
  });

  test("half a line behind the head is a crash, and says so", () => {
    const log = chained([WRITE, WRITE]);
    const [first, second] = lines(log);
    const given = [
      { text: first ?? "", ended: true },
      { text: second?.slice(0, 40) ?? "", ended: false },
    ];
    expect(verifyChain(given, log[0], sha256)).toMatchObject({
      ok: false,
      records: 1,
      broken: { line: 2, code: "half-written" },
    });
  });

  test("half a line and no head at all is the same", () => {
    const given = [{ text: lines(chained([WRITE]))[0]?.slice(0, 40) ?? "", ended: false }];
    expect(verifyChain(given, undefined, sha256)).toEqual({
      ok: false,
      records: 0,
      broken: { line: 1, code: "half-written", expected: 1 },
    });
  });

  test("how many records are missing, and which should have been there", () => {
    const log = chained([WRITE, WRITE, WRITE, WRITE, WRITE]);
    const head = log.at(-1);
    expect(verify(lines(log.slice(0, 2)), head)).toEqual({
      ok: false,
      records: 2,
      broken: { line: 3, code: "cut-off", expected: 3, missing: 3 },
    });
    expect(verify(lines(log.toSpliced(1, 2)), head)).toEqual({
      ok: false,
      records: 1,
      broken: { line: 2, code: "removed", expected: 2, missing: 2 },
    });
    const [first, second, third] = lines(log);
    expect(verify([first ?? "", third ?? "", second ?? ""], head)).toEqual({
      ok: false,
      records: 1,
      broken: { line: 2, code: "reordered", expected: 2 },
    });
    expect(verify(lines(log), undefined)).toEqual({
      ok: false,
      records: 5,
      broken: { line: 5, code: "head-missing", expected: 6 },
    });
    expect(verify(lines(log.slice(0, 2)), log[1], head)).toEqual({
      ok: false,
      records: 2,
      broken: { line: 3, code: "kept-head", expected: 3 },
    });
    expect(verify(lines(log), head, head).ok).toBe(true);
  });

  test("a field that links, and is none: even where the hash fits", () => {
    const [record] = chained([WRITE]);
    for (const odd of [{ seq: "1" }, { prev: 0 }, { seq: null }, { prev: undefined }]) {
      const rest = Object.fromEntries(
        Object.entries({ ...record, hash: undefined, ...odd }).filter(([, value]) => value !== undefined),
      );
      const line = JSON.stringify({ ...rest, hash: sha256(canonicalJson(rest)) });
      expect(broken([line], record)).toEqual({ line: 1, code: "edited" });
    }
    const { hash: _, ...unhashed } = record ?? chain(GENESIS, WRITE, NOW, sha256);
    expect(broken([JSON.stringify(unhashed)], record)).toEqual({ line: 1, code: "edited" });
    expect(broken([JSON.stringify({ ...unhashed, hash: 1 })], record)).toEqual({ line: 1, code: "edited" });
  });

  test("a log of nothing is whole, and one that should not be empty is not", () => {
    expect(verify([], undefined)).toMatchObject({ ok: true, records: 0 });
    expect(verify([], GENESIS)).toMatchObject({ ok: true, records: 0 });
    expect(broken([], { seq: 3, hash: "a".repeat(64) })).toEqual({ line: 1, code: "cut-off" });
  });
});

describe("a log that was continued after an accident", () => {
  const recovery = { command: "apply", event: "recovery", reason: "half a line was left" } as const;

  test("verifies, and says where, when and why", () => {
    const log = chained([
      WRITE,
      { ...recovery, outcome: "done" },
      WRITE,
      { ...recovery, outcome: "done", reason: "again" },
    ]);
    const { seq = 0, hash = "" } = log.at(-1) ?? {};
    expect(verify(lines(log), { seq, hash })).toEqual({
      ok: true,
      records: 4,
      head: { seq, hash },
      recoveries: [
        { line: 2, at: log[1]?.at, reason: "half a line was left" },
        { line: 4, at: log[3]?.at, reason: "again" },
      ],
    });
  });

  test("without its head is not known to be whole", () => {
    const log = chained([WRITE, { ...recovery, outcome: "failed" }, WRITE]);
    expect(verify(lines(log), log.at(-1))).toEqual({
      ok: false,
      records: 1,
      broken: { line: 2, code: "head-lost", expected: 2 },
    });
  });

  test("is not one where a write failed", () => {
    const log = chained([{ ...WRITE, outcome: "failed" }]);
    expect(verify(lines(log), log.at(-1))).toMatchObject({ ok: true, recoveries: [] });
  });
});
