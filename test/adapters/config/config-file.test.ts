import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../../src/adapters/config/config-file.ts";
import { findConfig } from "../../../src/adapters/config/find-config.ts";
import { sha256 } from "../../../src/adapters/files/sha256.ts";
import { TODAY } from "../../support/findings.ts";

let root = "";
const inRoot = (...parts: string[]) => join(root, ...parts);
const write = (path: string, text = "version: 1\n") => {
  mkdirSync(dirname(inRoot(path)), { recursive: true });
  writeFileSync(inRoot(path), text);
};
const home = process.cwd();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "anth-rbac-config-"));
  mkdirSync(inRoot("repo/.git"), { recursive: true });
  mkdirSync(inRoot("repo/a/b"), { recursive: true });
});
afterEach(() => {
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

test("a character that hides in a value is told once, where it stands", async () => {
  // The soft hyphen itself, and a zero-width space by its escape, which only the value has.
  write("repo/rbac.yaml", 'version: 1\nworkspaces: { p: { name: "Prod\u00aduction" }, q: { name: "a\\u200bb" } }\n');
  const { findings } = await readConfig({ cwd: inRoot("repo"), now: TODAY });
  expect(findings.map(({ code, args }) => [code, args])).toEqual([
    ["hidden-character", { character: "U+00AD" }],
    ["hidden-character", { character: "U+200B" }],
  ]);
});

describe("finding the file", () => {
  test.each(["rbac.yaml", "rbac.yml", "rbac.json", ".config/rbac.yaml"])(
    "%s, from the folder and from below",
    async (name) => {
      write(`repo/${name}`);
      expect(await findConfig(inRoot("repo"))).toBe(inRoot("repo", name));
      expect(await findConfig(inRoot("repo/a/b"))).toBe(inRoot("repo", name));
    },
  );

  test("the nearest wins, and of one folder the first of the list", async () => {
    write("repo/rbac.yaml");
    write("repo/a/rbac.json", '{"version": 1}');
    write("repo/a/.config/rbac.yaml");
    expect(await findConfig(inRoot("repo/a/b"))).toBe(inRoot("repo/a/rbac.json"));
  });

  test("the root of the repository is the end", async () => {
    write("rbac.yaml");
    expect(await findConfig(inRoot("repo/a/b"))).toBeUndefined();
    await expect(readConfig({ cwd: inRoot("repo/a"), now: TODAY })).rejects.toMatchObject({
      code: "config-not-found",
      message: expect.stringContaining("rbac.yaml, rbac.yml, rbac.json, .config/rbac.yaml"),
    });
  });

  test("an empty or unreadable file nearby is not passed over", async () => {
    write("repo/rbac.yaml");
    write("repo/a/rbac.yaml", "");
    mkdirSync(inRoot("repo/a/b/rbac.yaml"));
    expect(await findConfig(inRoot("repo/a"))).toBe(inRoot("repo/a/rbac.yaml"));
    expect(await findConfig(inRoot("repo/a/b"))).toBe(inRoot("repo/a/b/rbac.yaml"));
  });

  test("nothing that is found is executed, neither ours nor what cosmiconfig looks for on its own", async () => {
    const trap = `require("node:fs").writeFileSync(${JSON.stringify(inRoot("sprung"))}, "");\nmodule.exports = {};\n`;
    for (const name of [".config/config.js", ".config/config.cjs", "rbac.config.js", ".rbacrc.js", "rbac.js"]) {
      write(`repo/${name}`, trap);
    }
    write(
      "repo/package.json",
      JSON.stringify({ cosmiconfig: { searchPlaces: ["rbac.config.js"] }, rbac: { version: 1 } }),
    );
    process.chdir(inRoot("repo"));
    expect(await findConfig(inRoot("repo/a"))).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(inRoot("sprung"))).toBe(false);
  });
});

describe("reading the file", () => {
  const read = (file?: string, cwd = inRoot("repo")) =>
    readConfig({ cwd, now: TODAY, ...(file !== undefined && { file }) });

  test("says what it means, with its digest and a path to show", async () => {
    write("repo/a/rbac.yaml", "version: 1\nrate_store: local\n");
    const reading = await read("a/rbac.yaml");
    expect(reading).toMatchObject({ file: "a/rbac.yaml", findings: [], config: { rateStore: "local" } });
    expect(reading.digest).toBe(sha256("version: 1\nrate_store: local\n"));
    expect((await read(undefined, inRoot("repo/a/b"))).file).toBe("../rbac.yaml");
  });

  test("gives no config where there is an error, of the text or of its meaning", async () => {
    write("repo/rbac.yaml", "version: 1\nversion: 1\nrats: 1\n");
    const { config, findings, locate } = await read();
    expect(config).toBeUndefined();
    expect(findings.map(({ code }) => code)).toEqual(["duplicate-key", "unknown-field"]);
    expect(locate(["rats"], true)).toEqual({ line: 3, column: 1 });
  });

  test("what follows from a broken text is not said", async () => {
    write("repo/rbac.yaml", "version: 1\nrats: 1\nroles: [a\nmembers: {}\naccept: 5\n");
    expect((await read()).findings.map(({ code }) => code)).toEqual(["yaml-syntax", "unknown-field", "wrong-type"]);
    write("repo/rbac.yaml", "version: *v\n");
    expect((await read()).findings.map(({ code }) => code)).toEqual(["unknown-alias"]);
  });

  test("reads stdin for -", async () => {
    const stdin = Readable.from([Buffer.from("version: "), Buffer.from("2\n")]);
    const reading = await readConfig({ file: "-", cwd: root, now: TODAY, stdin });
    expect(reading).toMatchObject({ file: "<stdin>", findings: [{ code: "invalid-value" }] });
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1 << 20);
      })(),
    );
    expect((await readConfig({ file: "-", cwd: root, now: TODAY, stdin: endless })).findings).toMatchObject([
      { code: "file-too-large" },
    ]);
  });

  test("50 MB are refused unread", async () => {
    write("repo/rbac.yaml", "");
    truncateSync(inRoot("repo/rbac.yaml"), 50 * 1024 * 1024);
    expect((await read("rbac.yaml")).findings).toMatchObject([
      { code: "file-too-large", args: { bytes: 50 * 1024 * 1024 } },
    ]);
  });

  test("says why a named file cannot be read", async () => {
    mkdirSync(inRoot("repo/folder.yaml"));
    symlinkSync(inRoot("repo/loop.yaml"), inRoot("repo/loop.yaml"));
    write("repo/file");
    for (const [file, reason] of [
      ["missing.yaml", "there is no such file"],
      ["file/below.yaml", "there is no such file"],
      ["folder.yaml", "it is a directory"],
      ["loop.yaml", "its symbolic links go round in a circle"],
    ] as const) {
      await expect(read(file)).rejects.toMatchObject({
        code: "config-unreadable",
        message: `"${file}" cannot be read: ${reason}`,
      });
    }
  });

  test.skipIf(process.getuid?.() === 0)("says that permission is denied", async () => {
    write("repo/rbac.yaml");
    chmodSync(inRoot("repo/rbac.yaml"), 0);
    await expect(read()).rejects.toMatchObject({
      code: "config-unreadable",
      message: expect.stringContaining("permission"),
    });
  });
});
