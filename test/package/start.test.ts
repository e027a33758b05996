import { execFile, spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { knownWords } from "../../src/cli/completion.ts";
import { fixedWords } from "../../src/cli/fixed-words.ts";
import { helpText } from "../../src/cli/help-text.ts";
import { parseArguments, wholeProgram } from "../../src/cli/program.ts";
import { BASH, FISH, ZSH } from "../../src/commands/completion/scripts.ts";
import { environmentOf, startSandbox } from "../../src/sandbox/sandbox.ts";
import { hasTerminal, runInTerminal } from "../support/pty.ts";
import { runMain } from "../support/stage.ts";

const { command, package: folder } = inject("installed");
const scratch = mkdtempSync(join(tmpdir(), "anth-rbac-start-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
cpSync(join(folder, "rbac.example.yaml"), join(scratch, "rbac.yaml"));

const env = { PATH: process.env.PATH, HOME: scratch };

/** Preloaded: says at the end which of node's own modules were loaded. */
const BUILTINS = `process.on("exit", () => require("node:fs").writeFileSync(process.env.NOTE, process.moduleLoadList.join("\\n")));`;
/** Preloaded: says which files are loaded as modules. */
const MODULES = `import { register } from "node:module";
const hook = 'import { appendFileSync } from "node:fs"; export async function load(url, context, next) {' +
  ' if (url.startsWith("file:")) appendFileSync(process.env.NOTE, url + "\\\\n"); return next(url, context); }';
register("data:text/javascript," + encodeURIComponent(hook));`;

/** What a run notes by a preload, line by line. */
async function noted(
  preload: readonly [string, string],
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const [flag, text] = preload;
  const file = join(scratch, flag === "--import" ? "preload.mjs" : "preload.cjs");
  const note = join(scratch, "note");
  writeFileSync(file, text);
  writeFileSync(note, "");
  // Rejects where it fails.
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [flag, file, join(folder, "bin/anth-rbac.js"), ...words],
    { cwd: scratch, env: { ...env, ...more, NOTE: note } },
  );
  expect({ words, stderr }).toEqual({ words, stderr: "" });
  return readFileSync(note, "utf8").trim().split("\n");
}

/** Preloaded: a user without a home folder, as one of a container that is only a number. */
const HOMELESS = `const os = require("node:os"); const none = () => { throw new Error("uv_os_homedir returned ENOENT"); };
os.homedir = none; os.userInfo = none;`;

test("a user without a home folder can look for a file, and hears where state is kept", () => {
  const preload = join(scratch, "homeless.cjs");
  writeFileSync(preload, HOMELESS);
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, ["--require", preload, join(folder, "bin/anth-rbac.js"), ...words], {
      cwd: scratch,
      env: { PATH: process.env.PATH },
      encoding: "utf8",
    });
  expect(run("validate")).toMatchObject({ status: 0, stderr: "" });
  expect(run("audit", "show")).toMatchObject({ status: 1, stderr: expect.stringContaining("ANTH_RBAC_STATE_DIR") });
});

test.runIf(existsSync("/dev/full"))("a page that a full disk does not take fails, as every other result does", () => {
  const out = openSync("/dev/full", "w");
  onTestFinished(() => closeSync(out));
  const run = (...words: readonly string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin/anth-rbac.js"), ...words], {
      cwd: scratch,
      env,
      encoding: "utf8",
      stdio: ["ignore", out, "pipe"],
    });
    return [status, stderr];
  };
  const full = [1, expect.stringMatching(/^error: the result cannot be written: ENOSPC/)];
  expect([run("completion", "bash"), run("help"), run("--version"), run("schema")]).toEqual([full, full, full, full]);
});

const modulesOf = async (...words: readonly string[]) =>
  (await noted(["--import", MODULES], words)).filter((url) => url.endsWith(".js"));

/** What node loads beside what every ES module makes it load: the names that start-up has no use for. */
const dearOf = async (...words: readonly string[]) => (await builtinsOf(words)).filter((name) => DEAR.test(name));
const builtinsOf = async (words: readonly string[], more = {}) =>
  (await noted(["--require", BUILTINS], words, more)).map((line) => line.replace(/^.* /, ""));
const DEAR =
  /^(?:stream|crypto|net|tls|http|https|http2|tty|zlib|child_process|worker_threads|readline|vm|dns|internal\/(?:crypto|deps\/undici|streams\/(?:readable|duplex)|process\/worker).*)$/;

describe("a start loads", () => {
  test.each([["--help"], ["-h"], ["drift", "--help"], ["help", "exit-codes"], ["--version"], ["completion", "bash"]])(
    "nothing but itself to print what is always the same: %s %s",
    async (...words) => {
      expect(await modulesOf(...words)).toHaveLength(1);
      expect(await dearOf(...words)).toEqual([]);
    },
  );

  test("two files to validate one that is right, and nothing dear of node's", async () => {
    const files = await modulesOf("validate", "rbac.yaml");
    expect(files).toHaveLength(2);
    expect(await dearOf("validate", "rbac.yaml")).toEqual([]);
    expect(files.map((url) => readFileSync(new URL(url)).length).reduce((sum, size) => sum + size, 0)).toBeLessThan(
      200_000,
    );
  });

  test("the search too where no file is named, and still nothing dear", async () => {
    expect((await modulesOf("validate")).length).toBeLessThanOrEqual(8);
    expect(await dearOf("validate")).toEqual([]);
  });

  test("what it says where it is right without the schema, the other reader or the words for findings", async () => {
    const loaded = (await modulesOf("validate", "rbac.yaml")).map((url) => readFileSync(new URL(url), "utf8")).join("");
    expect(loaded).not.toContain("ZodError");
    expect(loaded).not.toContain("YAMLParseError");
    expect(loaded).not.toContain("CommanderError");
    expect(loaded).not.toContain("there is no such field");
    expect(loaded).not.toContain("tag:yaml.org,2002:timestamp");
  });

  test("a handful of files for a prompt, and nothing of node's fetch", async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const more = { ...environmentOf(sandbox), ANTH_RBAC_STATE_DIR: join(scratch, "state") };
    const words = ["prompt", "--quiet", "--user", "ada@acme.example", "hello"];
    const files = (await noted(["--import", MODULES], words, more)).filter((url) => url.endsWith(".js"));
    // Where no file is named, the search for one among them.
    expect(files.length).toBeLessThanOrEqual(12);
    const text = files.map((url) => readFileSync(new URL(url), "utf8")).join("");
    expect(text).not.toContain("CommanderError");
    // Of the SDK's resources, whose addresses these are, none; nor what only other commands share.
    expect(text).not.toContain("/v1/organizations/workspaces");
    expect(text).not.toContain("https://json.schemastore.org/sarif-2.1.0.json");
    const loaded = await builtinsOf(words, more);
    expect(loaded).toContain("http");
    expect(loaded.filter((name) => /undici|^assert$/.test(name))).toEqual([]);
  });

  test("and what is dear is seen where something needs it", async () => {
    writeFileSync(join(scratch, "wrong.yaml"), "version: 1\nroles: &a { }\n");
    expect((await modulesOf("validate", "wrong.yaml")).length).toBeGreaterThan(4);
    const { stdout } = spawnSync(process.execPath, [
      "-e",
      'require("crypto"); console.log(process.moduleLoadList.join("\\n"))',
    ]);
    expect(
      String(stdout)
        .split("\n")
        .map((line) => line.replace(/^.* /, ""))
        .filter((name) => DEAR.test(name)),
    ).toContain("crypto");
  });
});

/** What the program says by itself, without pages. */
async function said(...words: readonly string[]): Promise<string> {
  let text = "";
  await parseArguments(words, (part) => (text += part));
  return text;
}

const run = (...words: readonly string[]) => spawnSync(command, words, { cwd: scratch, env, encoding: "utf8" });

describe("pages", () => {
  const helps = readdirSync(join(folder, "dist/pages/help"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.replace(/\.txt$/, "").split(/[\\/]/));

  test("are what commander prints, byte by byte, in each way to ask for them", async () => {
    expect(helps.length).toBeGreaterThan(15);
    for (const names of helps) {
      const page = await said(...names, "--help");
      expect(readFileSync(`${join(folder, "dist/pages/help", ...names)}.txt`, "utf8")).toBe(page);
      expect(await said("help", ...names)).toBe(page);
    }
    for (const words of [
      [],
      ["--help"],
      ["-h"],
      ["help"],
      ["drift", "-h"],
      ["help", "audit", "show"],
      ["help", "config"],
      ["-V"],
    ]) {
      expect([words, run(...words)]).toMatchObject([words, { status: 0, stdout: await said(...words), stderr: "" }]);
    }
    for (const [shell, script] of Object.entries({ bash: BASH, zsh: ZSH, fish: FISH })) {
      expect(run("completion", shell).stdout).toBe(script);
    }
  });

  test("answer no other question: what is wrong is still said", () => {
    for (const words of [
      ["help", "nothing"],
      ["help", "help"],
      ["help", "../topic/config"],
      ["help", "audit-show"],
      ["completion", "tcsh"],
    ]) {
      expect([words, run(...words).status]).toEqual([words, 64]);
    }
  });

  test.skipIf(!hasTerminal)("are as wide as the terminal", async () => {
    for (const columns of [80, 120]) {
      const { text } = await runInTerminal({ command, words: ["validate", "--help"], cwd: scratch, env, columns });
      let page = "";
      const validate = wholeProgram().commands.find((each) => each.name() === "validate");
      validate?.configureOutput({ writeOut: (part) => (page += part), getOutHelpWidth: () => columns }).outputHelp();
      expect(text.replaceAll("\r", "")).toBe(helpText(page, columns));
    }
  });
});

describe("words that complete a line", () => {
  const known = knownWords(wholeProgram());

  test("are those that the program says, with nothing loaded but the words where no file has to be read", async () => {
    const { program } = known;
    const values = ["", "-", "--", "x", "--format=", "--nothing="];
    const lines = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
      ({ name, flags }) => [
        ...values.map((value) => [name, value]),
        ...flags.flatMap(({ names }) => names.map((flag) => [name, flag, ""])),
      ],
    );
    const fixed = lines.filter((line) => typeof fixedWords(known, line) === "string");
    expect(fixed.length).toBeGreaterThan(200);
    expect(lines.length - fixed.length).toBeGreaterThan(10);
    const { answer } = await import(pathToFileURL(join(folder, "dist/words.js")).href);
    for (const line of lines) expect([line, answer(line)]).toEqual([line, fixedWords(known, line)]);
    for (const line of [[""], ["drift", "--fo"], ["apply", "--allow", "max"], ["help", "co"], ["nonsense", ""]]) {
      const { stdout } = await runMain(["__complete", "--", ...line]);
      expect([line, run("__complete", "--", ...line)]).toMatchObject([line, { status: 0, stdout, stderr: "" }]);
      expect(await modulesOf("__complete", "--", ...line)).toHaveLength(2);
      expect(await dearOf("__complete", "--", ...line)).toEqual([]);
    }
    const ofFile = ["status", "--config", "rbac.yaml", "--workspace", ""];
    const { stdout } = await runMain(["__complete", "--", ...ofFile.with(2, join(scratch, "rbac.yaml"))]);
    expect(stdout).toContain("prod\tworkspace Production\n");
    expect(run("__complete", "--", ...ofFile)).toMatchObject({ status: 0, stdout, stderr: "" });
    const loaded = (await modulesOf("__complete", "--", ...ofFile)).map((url) => readFileSync(new URL(url), "utf8"));
    expect(loaded.join("")).not.toContain("CommanderError");
  });
});
