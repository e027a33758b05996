import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { deliverSecret } from "../../../src/adapters/delivery/deliver.ts";

const SECRET = "sk-ant-api03-fake-secret-abcdefghijklmnopqrstuvwxyz";
const posix = process.platform !== "win32";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anth-rbac-dotenv-"));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
});

const at = (name: string) => join(folder, name);
const deliver = (words: readonly string[], secret = SECRET) =>
  deliverSecret({ command: ["dotenv", ...words], secret, cwd: folder, env: {}, signal: new AbortController().signal });

async function rewritten(text: string | Buffer, secret = SECRET): Promise<string> {
  writeFileSync(at(".env"), text);
  expect(await deliver([".env", "KEY"], secret)).toMatchObject({ ok: true });
  return readFileSync(at(".env"), "latin1");
}

describe("a dotenv file", () => {
  test.each([
    ["", "KEY=S\n"],
    ["A=1", "A=1\nKEY=S\n"],
    ["A=1\r\n", "A=1\r\nKEY=S\r\n"],
    ["# KEY=x\nKEY=old # why\nMY_KEY=1\nKEY2=2\n", "# KEY=x\nKEY=S # why\nMY_KEY=1\nKEY2=2\n"],
    ["export KEY='old'\r\nB=2\r\n", "export KEY=S\r\nB=2\r\n"],
    ["KEY=one\nB=2\nKEY=two\n", "KEY=S\nB=2\nKEY=S\n"],
    ["KEY=\nB=", "KEY=S\nB="],
    ["  KEY = old#part\n", "  KEY = S\n"],
    ['A="x\nKEY=inside\n"\nKEY="old\nlines"\nB=1\n', 'A="x\nKEY=inside\n"\nKEY=S\nB=1\n'],
    ["\xef\xbb\xbfKEY=old\n# caf\xe9 \xc3\xa0\n", "\xef\xbb\xbfKEY=S\n# caf\xe9 \xc3\xa0\n"],
  ])("%j becomes %j", async (before, after) => {
    const text = await rewritten(Buffer.from(before, "latin1"));
    expect(text).toBe(after.replaceAll("=S", `=${SECRET}`).replaceAll("= S", `= ${SECRET}`));
  });

  test("values are quoted where they need it, and refused where no quotes would do", async () => {
    expect(await rewritten("KEY=1\n", "fake $& secret#1")).toBe("KEY='fake $& secret#1'\n");
    expect(await rewritten("KEY=1\n", "fake's")).toBe('KEY="fake\'s"\n');
    expect(await deliver([".env", "KEY"], "fake\nsecret")).toMatchObject({ ok: false });
    expect(await deliver([".env", "KEY"], "fake'$x")).toMatchObject({ ok: false });
    expect(readFileSync(at(".env"), "utf8")).toBe('KEY="fake\'s"\n');
  });

  test("is made where it is missing, is the owner's alone, and leaves nothing beside it", async () => {
    expect(await deliver(["new.env", "KEY"])).toEqual({ command: ["dotenv", "new.env", "KEY"], ok: true });
    writeFileSync(at("old.env"), "A=1\n", { mode: 0o644 });
    await deliver(["old.env", "KEY"]);
    if (posix) for (const name of ["new.env", "old.env"]) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(["new.env", "old.env"]);
  });

  test.runIf(posix)("is written where a link leads, there or not yet", async () => {
    writeFileSync(at("real.env"), "A=1\n");
    symlinkSync("real.env", at("link.env"));
    symlinkSync("later.env", at("dangling.env"));
    expect(await deliver(["link.env", "KEY"])).toMatchObject({ ok: true });
    expect(await deliver(["dangling.env", "KEY"])).toMatchObject({ ok: true });
    expect(readFileSync(at("real.env"), "utf8")).toBe(`A=1\nKEY=${SECRET}\n`);
    expect(readFileSync(at("later.env"), "utf8")).toBe(`KEY=${SECRET}\n`);
    for (const link of ["link.env", "dangling.env"]) expect(lstatSync(at(link)).isSymbolicLink()).toBe(true);
  });

  test("what cannot be is said", async () => {
    expect((await deliver([".env"])).detail).toContain("two arguments");
    expect((await deliver([".env", "KEY", "x"])).detail).toContain("two arguments");
    expect((await deliver([".env", "1-KEY"])).detail).toBe('"1-KEY" is no name of a variable');
    expect((await deliver(["missing/.env", "KEY"])).detail).toContain('"missing/.env" cannot be written');
    expect((await deliver([".", "KEY"])).detail).toContain('"." cannot be written');
    expect(readdirSync(folder)).toEqual([]);
  });
});
