/**
 * Every command that the program prints as a next step is one that takes it. The commands are collected from the sources, so that a new
 * one has to pass as well, and from what the program prints in scenes that lead to them; each is then run as it was printed.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseArguments, wholeProgram } from "../../src/cli/program.ts";
import { nextWith, repeatFlags } from "../../src/core/text/next-step.ts";
import { smallSeed } from "../../src/sandbox/seed/small.ts";
import { NOW } from "../support/org.ts";
import { type Ran, type Stage, stage } from "../support/stage.ts";

/** The rooms whose texts people read. The examples of `--help` are not next steps. */
const ROOMS = ["src/report", "src/core", "src/adapters", "src/commands"];

/** What a shell reads, and no person. */
const SHELL_SCRIPTS = "src/commands/completion/";

/** Words as a shell splits them, up to whatever is no word of a command: a bracket, a full stop, a comma, a semicolon. */
function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  for (const [text] of line.matchAll(/(?:'[^']*'|\\'|[^\s'"`,;()<>|])+[,;.)]?|[^\s]/g)) {
    const bare = text.replace(/[,;.)]$/, "");
    words.push(bare.replaceAll(/'([^']*)'|\\'/g, (_, inner: string | undefined) => inner ?? "'"));
    if (bare !== text || !/^['\w@./:+-]/.test(bare)) break;
  }
  return words;
}

/** The words of a command at the beginning of a text: its name, its flags and their values; prose follows. */
async function commandOf(line: string): Promise<readonly string[]> {
  const [name = "", ...rest] = shellWords(line);
  const words = [name];
  const group = ["audit", "review"].includes(name) && /^[a-z]+$/.test(rest[0] ?? "");
  let next = 0;
  if (group || name === "help" || name === "init") words.push(...rest.slice(next, ++next));
  for (; (rest[next] ?? "").startsWith("--"); next++) {
    const flag = rest[next] ?? "";
    words.push(flag);
    const parsed = await parseArguments([...words], () => {});
    if (parsed.kind === "invalid" && /argument missing/.test(parsed.message)) words.push(rest[++next] ?? "");
  }
  if (name === "validate" && /^[\w./-]+\.yaml$/.test(rest[next] ?? "")) words.push(rest[next] ?? "");
  return words;
}

/** Which command it is, whatever its values are. */
function shapeOf([name = "", ...words]: readonly string[]): string {
  const flags = words.filter((word) => word.startsWith("--")).sort();
  const group = ["audit", "review", "help"].includes(name) ? words.slice(0, 1) : [];
  return [name, ...group, ...flags].join(" ");
}

/** Every command that stands in a text. */
async function commandsIn(text: string): Promise<readonly (readonly string[])[]> {
  const found = [...text.matchAll(/anth-rbac (?=[a-z])((?:(?!anth-rbac )[^"`\n])*)/g)].map(([, rest = ""]) => rest);
  return Promise.all(found.map(commandOf));
}

function sourceFiles(room: string): readonly string[] {
  return readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(room, name));
}

/** The texts of the sources that hold a command, values that are made at run time standing as a word. */
async function collected() {
  const files = ROOMS.flatMap(sourceFiles).filter((file) => !file.startsWith(SHELL_SCRIPTS));
  const lines = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => !/^\s*(\/\/|\*|\/\*\*)/.test(line))
      .map((line) =>
        line
          .replaceAll(/anth-rbac \$\{.*$/g, "")
          .replaceAll(/\$\{flags\}/g, "--key x")
          .replaceAll(/\$\{named\}\$\{.*?"" : "/g, "")
          .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "x"),
      ),
  );
  return (await Promise.all(lines.map(commandsIn))).flat();
}

/** Of what no scene here prints: what is tried instead, or why it needs no scene. Whatever the sources lose has to go from here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "audit show": "printed where two organizations answer one run; it reads only",
  "help environment": "printed by init without a credential; it prints help",
  init: "printed without an rbac.yaml: tried below without a credential as well",
  sandbox: "starts a server until Ctrl-C: test/e2e/sandbox.test.ts",
  validate: "reads only",
  "validate --live": "reads only",
  "validate --strict": "printed by init: test/commands/init.test.ts",
  "revoke --user": "printed by review of somebody who has left: it takes their access away",
  "revoke --secret-stdin": "advice on how to give a secret",
  "status --key": "advice on how to give a secret",
  export: "reads only",
  "export --only": "reads only: advice where a kind is left out",
  review: "reads only",
  "review --format --format": "reads only: two formats named in one sentence",
  "review start": "played to its end: test/commands/review-sheet.test.ts",
  "review check": "played to its end: test/commands/review-sheet.test.ts",
  "review finish": "played to its end: test/commands/review-sheet.test.ts",
  "rotate --dry-run --key": "printed of an unsettled key: test/commands/rotate/left-behind.test.ts",
  whoami: "reads only",
};

describe("a run with a file elsewhere", () => {
  const flags = { config: "conf dir/my rbac.yaml", profile: "work", baseUrl: "https://gateway.example" };
  const names = wholeProgram().commands.map((command) => command.name());

  test.each(names)("gives %s its flags, as far as it takes them", async (name) => {
    const made = repeatFlags(flags)(`run anth-rbac ${name}, and look`);
    for (const [flag, value] of [
      ["--config", flags.config],
      ["--profile", flags.profile],
      ["--base-url", flags.baseUrl],
    ] as const) {
      const parsed = await parseArguments([name, flag, value], () => {});
      const takes = !(parsed.kind === "invalid" && parsed.message.includes(`unknown option '${flag}'`));
      expect([flag, made.includes(` ${flag} `)]).toEqual([flag, takes]);
    }
  });

  test("once, quoted for a shell, and nothing where nothing was said", () => {
    const repeat = repeatFlags({ config: flags.config });
    const once = "see anth-rbac drift --config 'conf dir/my rbac.yaml' --out p.json; then anth-rbac audit show";
    expect(repeat("see anth-rbac drift --out p.json; then anth-rbac audit show")).toBe(once);
    expect(repeat(once)).toBe(once);
    expect(repeat('"anth-rbac apply" or anth-rbac rotate --config other.yaml')).toBe(
      "\"anth-rbac apply --config 'conf dir/my rbac.yaml'\" or anth-rbac rotate --config other.yaml",
    );
    expect(repeatFlags({})("anth-rbac apply")).toBe("anth-rbac apply");
  });

  test("but no address that every command refuses: it may hold a password", () => {
    for (const baseUrl of [
      "https://ada:pw@gateway.example",
      "https://gateway.example/?key=pw",
      "https://x/#pw",
      "ftp://x",
    ])
      expect(repeatFlags({ baseUrl })("write one: anth-rbac init")).toBe("write one: anth-rbac init");
  });

  test("is spoken of by that file, in every sentence that has the general word, and in no path", () => {
    const own = repeatFlags({ config: "teams/team.yaml" });
    const folders = ["src/report", "src/core", "src/commands"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((name) =>
        name.endsWith(".ts") ? join(folder, name) : [],
      ),
    );
    const sentences = folders.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => /["`].*\brbac\.yaml\b/.test(line) && !/^\s*(?:\/?\*|\/\/)/.test(line)),
    );
    const kept = sentences.filter((line) => own(line).includes("rbac.yaml")).map((line) => line.trim());
    // Of these no file is at hand, or one is that is called so.
    const allowed =
      /such as rbac\.test\.yaml|notTests\(|an rbac\.yaml|title: "rbac|the rbac\.yaml and|path === "rbac|\?\? "rbac\.yaml"|FILE = "rbac|no group of/;
    expect([sentences.length > 30, kept.filter((line) => !allowed.test(line))]).toEqual([true, []]);
    expect(own("not in rbac.yaml, though rbac.yaml declares them")).toBe(
      "not in teams/team.yaml, though teams/team.yaml declares them",
    );
    for (const path of ["review: rbac.yaml", "in x/rbac.yaml", "in rbac.yaml.bak", 'in "rbac.yaml"']) {
      expect(own(path)).toBe(path);
    }
    expect(repeatFlags({}, () => ".config/rbac.yml")("not in rbac.yaml")).toBe("not in .config/rbac.yml");
    expect(repeatFlags({}, () => "../rbac.yaml")("not in rbac.yaml")).toBe("not in rbac.yaml");
  });

  test("that is a pipe is not advised again: nothing is left in it", () => {
    for (const pipe of ["-", "/dev/stdin", "/dev/fd/63", "/proc/self/fd/11"]) {
      expect(repeatFlags({ config: pipe })("run anth-rbac apply")).toBe("run anth-rbac apply --config FILE");
      expect(repeatFlags({ config: pipe })("not in rbac.yaml")).toBe("not in rbac.yaml");
      expect(nextWith(pipe, (file) => `anth-rbac review finish ${file}`)).toBe(
        `anth-rbac review finish FILE (FILE: the same in a file, for ${pipe} can be read only once)`,
      );
    }
    // No program takes the file for a flag.
    expect(nextWith("-x y.yaml", (file) => `anth-rbac review check ${file}`)).toBe(
      "anth-rbac review check './-x y.yaml'",
    );
    expect(nextWith("/dev/fd/q4 .yaml", (file) => `anth-rbac review finish ${file}`)).toBe(
      "anth-rbac review finish '/dev/fd/q4 .yaml'",
    );
  });

  test("prints steps that take that file, in text, in JSON, and on stderr", async () => {
    const one = await withQuotedKey();
    declareKeys(one, QUOTED, "prod-ingest", "prod-auth-service");
    const place = join(one.folder, flags.config);
    mkdirSync(dirname(place));
    renameSync(join(one.folder, "rbac.yaml"), place);
    const named = ["--config", flags.config];
    const shown = `--config '${flags.config}'`;
    const left = await one.run(["revoke", "--user", "ada@acme.example", "--keys", "rotate", "--yes", ...named]);
    expect(left.stdout).toContain(`anth-rbac rotate ${shown} --key ${String.raw`'prod auth'\''s key'`}`);
    const saved = await one.run(["drift", "--out", "plan.json", ...named]);
    expect(saved.stdout).toContain(`anth-rbac apply ${shown} --plan plan.json`);
    const lost = await one.run(["rotate", "--key", "zzzzzzzzz", ...named, "--json"]);
    expect(lost.json()).toMatchObject({ fix: `anth-rbac rotate ${shown} --status lists them` });
    expect(lost.stderr).toContain(`anth-rbac rotate ${shown} --status`);
    const leaked = await one.run(["rotate", "--key", "prod-ingest", "--leaked", "--yes", ...named]);
    expect(leaked.stderr).toContain(`anth-rbac rotate ${shown} --key prod-ingest`);
    const page = await one.run(["review", "--format", "html", ...named]);
    expect(page.stdout).toContain(`nothing in "${flags.config}" declares it`.replaceAll('"', "&quot;"));
    expect(page.stdout).not.toContain("in rbac.yaml");
    // The folder itself has no file: a step that did not name this one would end with 1.
    for (const ran of [left, saved, lost, leaked]) {
      for (const words of await follow(one, ran)) expect(words).toContain(flags.config);
    }
  });
});

test("a read that cannot end in time names the flags of its own command by which less is read, and no others", async () => {
  const one = await stage({ seed: "large" });
  const names = Array.from({ length: 120 }, (_, index) => `Workspace ${String(index + 1).padStart(3, "0")}`);
  one.declare({
    manage: { workspace_members: "additive" },
    workspaces: Object.fromEntries(names.map((name, index) => [`w${index}`, { name }])),
  });
  const person = ["--user", "person-0031@acme.example"];
  const expected: readonly (readonly [readonly string[], readonly string[]])[] = [
    [["drift"], []],
    [
      ["apply", "--yes"],
      ["--workspace", "--only"],
    ],
    [["export"], ["--workspace", "--only"]],
    [["status"], ["--workspace"]],
    [["status", ...person], []],
    [["review"], ["--workspace"]],
    [["review", "start", "sheet.yaml"], []],
    [["revoke", ...person, "--dry-run"], []],
  ];
  for (const [words, flags] of expected) {
    const { stderr } = await one.run([...words, "--timeout", "20s", "--api-rpm", "100"]);
    const less = /read less \(([^)]*)\)/.exec(stderr)?.[1]?.split(", ") ?? [];
    expect([words, stderr.includes("cannot be read in time"), less]).toEqual([words, true, flags]);
    for (const flag of less) {
      const value = flag === "--only" ? "members" : "w1";
      expect((await parseArguments([...words, flag, value], () => {})).kind).not.toBe("invalid");
    }
  }
});

test("without any rbac.yaml: how to write a first one, and not somebody else's example", async () => {
  const one = await stage();
  for (const command of ["drift", "apply", "validate", "rotate", "test"]) {
    const none = await one.run([command, ...(command === "apply" ? ["--yes"] : [])]);
    expect([command, none.exitCode, none.stdout]).toEqual([command, 1, ""]);
    expect(none.stderr).toContain("no rbac.yaml was found");
    expect(none.stderr).toContain("write a first one: anth-rbac init");
    expect(none.stderr).not.toContain("rbac.example.yaml");
  }
  expect((await follow(one, await one.run(["drift"]))).map(([name]) => name)).toEqual(["init"]);
  expect((await one.run(["validate"])).exitCode).toBe(0);
});

/** What stands for an answer of a person: a confirmation that nobody gave, or a step at the Console. */
const ASKS = [3, 7];

describe("next steps", () => {
  test("each command in the sources has only flags that it has, with their values", async () => {
    const commands = await collected();
    expect(commands.length).toBeGreaterThan(30);
    for (const words of commands) {
      const parsed = await parseArguments([...words], () => {});
      const said = parsed.kind === "invalid" ? parsed.message : "";
      // A sentence may speak of a command without the file that it takes.
      expect({ words, said: said.replace(/^missing required argument .*/, "") }).toEqual({ words, said: "" });
    }
  });

  test("each is printed in a scene here, or listed with the reason why not", async () => {
    const printed = new Set<string>();
    for (const scene of SCENES) for (const words of await scene()) printed.add(shapeOf(words));
    const shapes = new Set((await collected()).map(shapeOf));
    expect([...shapes].filter((shape) => !printed.has(shape) && !(shape in ELSEWHERE)).sort()).toEqual([]);
    expect(Object.keys(ELSEWHERE).filter((shape) => !shapes.has(shape))).toEqual([]);
  });
});

/** Runs what a run printed, as it was printed: it takes its step, or asks a person. The commands that were run. */
async function follow(one: Stage, ran: Ran, stdin = ""): Promise<readonly (readonly string[])[]> {
  const commands = await commandsIn(`${ran.stdout}\n${ran.stderr}`);
  expect({ commands: commands.length > 0, ran }).toMatchObject({ commands: true });
  for (const words of commands) {
    const { exitCode, stdout, stderr } = await one.run([...words, "--api-rpm", "0"].slice(0, limitOf(words)), {
      stdin,
    });
    const said = `anth-rbac ${words.join(" ")}\n${stdout}${stderr}`;
    expect(stderr.includes("error:") && exitCode !== 3 ? said : "").toBe("");
    if (["rotate", "revoke", "apply"].includes(words[0] ?? "") && !words.includes("--status")) {
      // A dead end says that there is nothing to change, and does not say what is to be done instead.
      expect(stdout.includes("nothing to change") && !ASKS.includes(exitCode) ? said : "").toBe("");
    }
  }
  return commands;
}

/** Commands that never reach the API have no `--api-rpm`. */
function limitOf([name = "", ...words]: readonly string[]): number | undefined {
  return ["validate", "audit", "help", "init", "sandbox"].includes(name) ? words.length + 1 : undefined;
}

/** A name that a shell would take apart. */
const QUOTED = "prod auth's key";

function declareKeys(one: Stage, ...names: readonly string[]): void {
  const keys = Object.fromEntries(names.map((name) => [name, {}]));
  // Members are read too, so that it is known who has left.
  one.declare({ manage: { members: "additive" }, workspaces: { prod: { name: "Production", keys } } });
}

async function withQuotedKey(): Promise<Stage> {
  const one = await stage({ clock: new Date(NOW).toISOString() });
  one.sandbox.control.console.edit("api_keys", "prod-search-service", { name: QUOTED });
  declareKeys(one, QUOTED, "prod-ingest");
  return one;
}

const SCENES: readonly (() => Promise<readonly (readonly string[])[]>)[] = [
  async () => {
    const one = await withQuotedKey();
    const left = await one.run(["revoke", "--user", "ada@acme.example", "--keys", "rotate", "--yes"]);
    expect(left.stdout).toContain(String.raw`anth-rbac rotate --key 'prod auth'\''s key'`);
    expect(left.stdout).toMatch(/anth-rbac rotate --key prod-auth-service {2}\(declare it in rbac\.yaml first/);
    declareKeys(one, QUOTED, "prod-ingest", "prod-auth-service");
    const followed = [...(await follow(one, left)), ...(await follow(one, await one.run(["drift"])))];
    const { secret } = one.sandbox.control.console.createKey({ name: `${QUOTED}@next`, workspace: "Production" });
    const ready = await one.run(["rotate"]);
    expect(ready.stdout).toMatch(/--secret-stdin[\s\S]*--delivered/);
    return [...followed, ...(await follow(one, ready, secret))];
  },
  async () => {
    // One name in two workspaces, which an export pins by id.
    const one = await stage({ clock: new Date(NOW).toISOString() });
    one.sandbox.control.console.edit("api_keys", "dev-shared", { name: "prod-auth-service" });
    const keys = (id: string) => ({ "prod-auth-service": { id: `apikey_01sandbox${id}` } });
    const dev = { name: "Development", keys: keys("DevShared") };
    const prod = { name: "Production", keys: { ...keys("ProdAuthService"), "prod-search-service": {} } };
    one.declare({ manage: { members: "additive" }, workspaces: { prod, dev } });
    const person = ["revoke", "--user", "ada@acme.example", "--yes", "--keys"];
    const dryRun = await one.run([...person, "disable", "--dry-run"]);
    const followed: (readonly string[])[] = [];
    for (const ran of [dryRun, await one.run(["review"]), await one.run([...person, "rotate"])]) {
      expect(ran.stdout).toContain("anth-rbac rotate --workspace prod --key prod-auth-service");
      followed.push(...(await follow(one, ran)));
    }
    const undeclared = await stage({ clock: new Date(NOW).toISOString() });
    undeclared.sandbox.control.console.edit("api_keys", "dev-shared", { name: "prod-auth-service" });
    undeclared.declare({ workspaces: { dev } });
    const named = await undeclared.run([...person, "rotate"]);
    expect(named.stdout).toContain("anth-rbac rotate --key apikey_01sandboxProdAuthService");
    return followed;
  },
  async () => {
    const one = await withQuotedKey();
    const before = await follow(one, await one.run(["revoke", "--key", "prod-ingest", "--dry-run"]));
    const revoked = await one.run(["revoke", "--key", "prod-ingest", "--yes"]);
    return [...before, ...(await follow(one, revoked)), ...(await follow(one, await one.run(["drift"])))];
  },
  async () => {
    const seed = smallSeed(NOW);
    const usage = seed.usage.filter(({ api_key_id: key }) => key !== "apikey_01sandboxStgAuthService");
    const one = await stage({ seed: { ...seed, usage }, clock: new Date(NOW).toISOString() });
    one.declare({
      workspaces: { stg: { name: "Staging", keys: { "stg-auth-service": { overlap: "1d", soak: "1d" } } } },
    });
    const { secret } = one.sandbox.control.console.createKey({ name: "stg-auth-service@next", workspace: "Staging" });
    const rotate = ["rotate", "--key", "stg-auth-service"];
    const waiting = await one.run([...rotate, "--force", "--secret-stdin", "--yes"], { stdin: secret });
    one.sandbox.control.clock.advance("2d");
    await one.run([...rotate, "--yes"]);
    one.sandbox.control.clock.advance("2d");
    const soaked = await one.run(rotate);
    expect(soaked.stdout).toContain(
      "anth-rbac rotate --key stg-auth-service --archive --yes --confirm stg-auth-service",
    );
    return [...(await commandsIn(waiting.stdout)), ...(await follow(one, soaked))];
  },
  async () => {
    const one = await stage();
    one.declare({ workspaces: { prod: { name: "Production", keys: { "prod-ingest": {} } } } });
    const leaked = ["rotate", "--key", "prod-ingest", "--leaked", "--yes"];
    await one.run(leaked);
    one.sandbox.control.console.createKey({ name: "prod-ingest", workspace: "Production" });
    const again = await one.run(leaked);
    expect(again.stdout).toContain("no key was disabled as leaked");
    const commands = (await commandsIn(again.stdout)).filter((words) => words.includes("--leaked"));
    for (const words of commands) expect((await one.run([...words, "--yes"])).stdout).toContain("1 done");
    return commands;
  },
  async () => {
    const one = await stage();
    const declare = (deliver: string) =>
      one.declare({
        workspaces: { prod: { name: "Production", keys: { "prod-ingest": { deliver: [["sh", "-c", deliver]] } } } },
      });
    declare("cat >/dev/null; exit 1");
    const { secret } = one.sandbox.control.console.createKey({ name: "prod-ingest@next", workspace: "Production" });
    const leaked = ["rotate", "--key", "prod-ingest", "--leaked", "--secret-stdin", "--yes"];
    const failed = await one.run(leaked, { stdin: secret });
    declare("cat >/dev/null");
    const [words = []] = await commandsIn(failed.stdout);
    expect((await one.run([...words, "--yes"], { stdin: secret })).stdout).toMatch(/active → inactive[\s\S]*2 done/);
    return [words];
  },
  async () => {
    const one = await stage();
    one.declare({ members: { "new@acme.example": { role: "user" } } });
    const file = "my plan.json";
    const followed = [...(await follow(one, await one.run(["drift", "--out", file])))];
    writeFileSync(join(one.folder, file), readFileSync(join(one.folder, file), "utf8").replace('"user"', '"admin"'));
    const edited = await one.run(["apply", "--plan", file, "--yes"]);
    expect(edited.stderr).toContain("anth-rbac drift --out 'my plan.json' --force");
    followed.push(...(await follow(one, edited)));
    writeFileSync(join(one.folder, "team.yaml"), "version: 1\nmembers: { team@acme.example: { role: user } }\n");
    await one.run(["drift", "--config", "team.yaml", "--out", "team.json"]);
    followed.push(...(await follow(one, await one.run(["apply", "--plan", "team.json", "--yes"]))));
    writeFileSync(join(one.folder, "notes.txt"), "call Bob");
    for (const none of ["rbac.yaml", "notes.txt"])
      followed.push(...(await follow(one, await one.run(["apply", "--plan", none]))));
    one.declare({ members: { "other@acme.example": { role: "user" } } });
    followed.push(...(await follow(one, await one.run(["apply", "--plan", file, "--yes"]))));
    for (const email of ["ada@acme.example", "nobody-at-all@acme.example", "new@acme.example"]) {
      const { stdout, stderr } = await one.run(["status", "--user", email]);
      followed.push(...(await commandsIn(`${stdout}\n${stderr}`)));
    }
    return followed;
  },
  async () => {
    const one = await stage();
    // Without an rbac.yaml one is made.
    const none = await one.run(["drift"]);
    expect(none.exitCode).toBe(1);
    const followed = [...(await follow(one, none))];
    followed.push(...(await follow(one, await one.run(["export", "--out", "other file.yaml"]))));
    for (const words of [
      ["revoke", "--user", "zzzzzz@elsewhere.example"],
      ["revoke", "--key", "zzzzzzzzz"],
      ["rotate", "--key", "zzzzzzzzz"],
      ["status", "--key", "zzzzzzzzz"],
      ["status", "--workspace", "zzzzzzzzz"],
    ]) {
      const lost = await one.run(words);
      expect([words, lost.exitCode]).toEqual([words, 1]);
      followed.push(...(await follow(one, lost)));
    }
    one.declare({ workspaces: { prod: { name: "Production", keys: { "prod-ingest": {} } }, new: { name: "New" } } });
    followed.push(...(await follow(one, await one.run(["rotate", "--key", "prod-report"]))));
    followed.push(...(await follow(one, await one.run(["status", "--workspace", "new"]))));
    const leaked = { stdin: one.sandbox.adminKey };
    followed.push(...(await follow(one, await one.run(["revoke", "--secret-stdin"], leaked))));
    return [...followed, ...(await follow(one, await one.run(["audit", "verify"])))];
  },
];
