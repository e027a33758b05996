import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DAY } from "../../../src/core/model/time.ts";
import { NOW } from "../../support/org.ts";
import { type Ran, type RunOptions, type Stage, stage } from "../../support/stage.ts";

const NAME = "prod-auth-service";
const TARGET = `workspaces.prod.keys.${NAME}`;
const KEY = ["rotate", "--key", NAME, "--api-rpm", "0"] as const;

/** A real child process that takes what it gets on stdin into a file. */
function takesInto(file: string): readonly string[] {
  return [process.execPath, "-e", `process.stdin.pipe(require("node:fs").createWriteStream(${JSON.stringify(file)}))`];
}
const FAILS = [process.execPath, "-e", "process.stdin.resume().on('end', () => process.exit(3))"];

/** The small organization, and one key of it: 120 days old, to be rotated every 90. */
async function open(deliver: readonly (readonly string[])[] = []): Promise<Stage> {
  const one = await stage();
  declare(one, deliver);
  return one;
}

function declare({ declare: write }: Stage, deliver: readonly (readonly string[])[]): void {
  const key = { rotate_every: "90d", overlap: "7d", soak: "14d", ...(deliver.length > 0 && { deliver }) };
  write({ workspaces: { prod: { name: "Production", keys: { [NAME]: key } } } });
}

/** The names and statuses of the keys that the rotation is about. */
function keysOf({ sandbox }: Stage): readonly string[] {
  const own = sandbox.state.api_keys.filter(({ name }) => name.startsWith(NAME));
  return own.map(({ name, status }) => `${name} ${status}`).sort();
}

function createNext({ sandbox }: Stage): string {
  return sandbox.control.console.createKey({ name: `${NAME}@next`, workspace: "Production" }).secret;
}

/** The same command some days later. */
function later({ sandbox, run }: Stage, days: number, words: readonly string[], how: RunOptions = {}): Promise<Ran> {
  const now = NOW + days * DAY;
  sandbox.control.clock.set(now);
  return run(words, { ...how, now });
}

interface RotationJson {
  readonly kind: string;
  readonly keys: readonly { readonly target: string; readonly phase: string; readonly next: string | null }[];
}

/** Phase and next step, as JSON has them. */
function stepOf({ stdout }: Ran) {
  const { kind, keys } = JSON.parse(stdout) as RotationJson;
  return [kind, ...keys.map(({ target, phase, next }) => `${target} ${phase} ${next}`)];
}

const log = ({ folder }: Stage) => readFileSync(join(folder, "state", "audit.jsonl"), "utf8");

describe("a rotation, run by run, where nobody can be asked", () => {
  test("the new key is tested in its own workspace, whatever ANTHROPIC_WORKSPACE_ID names", async () => {
    const one = await open();
    await one.run([...KEY, "--yes"]);
    const secret = createNext(one);
    const staging = one.sandbox.state.workspaces.find(({ name }) => name === "Staging")?.id ?? "";
    const how = { stdin: secret, env: { ANTHROPIC_WORKSPACE_ID: staging } };
    expect((await one.run([...KEY, "--yes", "--secret-stdin"], how)).exitCode).toBe(0);
    const tests = one.sandbox.requests.filter(({ path }) => path.startsWith("/v1/models"));
    // In another workspace it would be 404, which does not say that the secret is bad.
    expect(tests.map(({ status }) => status)).toEqual([200]);
  });

  test("from due to archived", async () => {
    const one = await open();
    const got = join(one.folder, "got");
    declare(one, [takesInto(got)]);

    const due = await one.run([...KEY, "--yes"]);
    expect([due.exitCode, one.writes()]).toEqual([7, []]);
    expect(due.stdout).toContain(`${NAME}@next`);
    expect(due.stdout).toContain("https://platform.claude.com/settings/keys");

    const secret = createNext(one);
    const waiting = await one.run([...KEY, "--yes"]);
    expect([waiting.exitCode, waiting.stdout]).toEqual([7, expect.stringContaining("--secret-stdin")]);

    const cut = await one.run([...KEY, "--yes", "--secret-stdin"], { stdin: `${secret}\n` });
    expect([cut.exitCode, cut.stderr]).toEqual([0, expect.stringContaining("delivering the secret")]);
    expect(readFileSync(got, "utf8")).toBe(secret);
    expect(keysOf(one)).toEqual([`${NAME} active`, `${NAME}@previous-20261123 active`]);
    expect(cut.stdout).toContain("come back on 2026-11-30");

    // Nothing is done twice.
    const again = await one.run([...KEY, "--yes", "--json"]);
    expect([again.exitCode, stepOf(again)]).toEqual([0, ["result", `${TARGET} overlapping wait`]]);

    one.sandbox.control.clock.set(NOW + 8 * DAY);
    one.sandbox.control.console.addUsage({
      key: `${NAME}@previous-20261123`,
      requests: 12,
      from: "2026-12-01T06:00:00Z",
    });
    const used = await later(one, 8, [...KEY, "--yes", "--json"]);
    expect([used.exitCode, stepOf(used)]).toEqual([7, ["result", `${TARGET} draining stop-use`]]);

    const disabled = await later(one, 10, [...KEY, "--yes"]);
    expect([disabled.exitCode, keysOf(one)]).toEqual([0, [`${NAME} active`, `${NAME}@disabled-20261203 inactive`]]);

    const soaked = await later(one, 30, [...KEY, "--yes", "--archive"]);
    expect([soaked.exitCode, soaked.stdout]).toEqual([3, expect.stringContaining(`--confirm ${NAME}`)]);
    const archived = await later(one, 30, [...KEY, "--yes", "--archive", "--confirm", NAME]);
    expect([archived.exitCode, keysOf(one)]).toEqual([0, [`${NAME} active`, `${NAME}@disabled-20261203 archived`]]);
    const done = await later(one, 30, [...KEY, "--yes", "--archive", "--json"]);
    expect([done.exitCode, stepOf(done)]).toEqual([0, ["result", `${TARGET} current null`]]);

    const said = [due, waiting, cut, again, used, disabled, soaked, archived, done];
    expect(said.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("") + log(one)).not.toContain(secret);
    expect(log(one)).toContain('"event":"delivery"');
    expect((await one.run(["audit", "verify"])).exitCode).toBe(0);
  });

  test("a delivery that fails leaves the old key current; the next run goes on", async () => {
    const one = await open([FAILS]);
    const secret = createNext(one);
    const failed = await one.run([...KEY, "--yes", "--secret-stdin", "--json"], { stdin: secret });
    expect(failed.exitCode).toBe(5);
    expect(failed.json().results.map(({ status, error }) => [status, error?.code])).toEqual([
      ["failed", "delivery-failed"],
      ["skipped", "blocked"],
    ]);
    expect([keysOf(one), one.writes()]).toEqual([[`${NAME} active`, `${NAME}@next active`], []]);
    const got = join(one.folder, "got");
    declare(one, [takesInto(got)]);
    const { exitCode } = await one.run([...KEY, "--yes", "--secret-env", "NEW"], { env: { NEW: secret } });
    expect([exitCode, readFileSync(got, "utf8")]).toEqual([0, secret]);
    expect(failed.stdout + failed.stderr + log(one)).not.toContain(secret);
  });

  test("a secret that is not the new key's is refused, and nothing is asked of any service", async () => {
    const one = await open();
    const got = join(one.folder, "got");
    declare(one, [takesInto(got)]);
    createNext(one);
    const other = one.sandbox.control.console.createKey({ name: "other", workspace: "Production" }).secret;
    const { exitCode, stderr } = await one.run([...KEY, "--yes", "--secret-stdin"], { stdin: other });
    expect([exitCode, one.writes(), existsSync(got)]).toEqual([3, [], false]);
    expect(stderr).toContain("another key's");
  });

  test("--delivered is the operator's word, for keys without a deliver command", async () => {
    const one = await open();
    createNext(one);
    expect((await one.run([...KEY, "--yes", "--delivered"])).exitCode).toBe(0);
    expect(keysOf(one)).toEqual([`${NAME} active`, `${NAME}@previous-20261123 active`]);
    expect((await one.run([...KEY, "--yes", "--delivered"])).exitCode).toBe(0);
    expect(one.writes()).toHaveLength(2);

    const two = await open([FAILS]);
    createNext(two);
    const { exitCode, stderr } = await two.run([...KEY, "--yes", "--delivered"]);
    expect([exitCode, two.writes(), stderr]).toEqual([7, [], expect.stringContaining("does not count")]);
  });

  test("--leaked disables at once and says how to go on; a second time nothing", async () => {
    const one = await open();
    const { exitCode, stderr } = await one.run([...KEY, "--leaked", "--yes"]);
    expect(keysOf(one)).toEqual([expect.stringMatching(/ inactive$/)]);
    expect([[0, 7].includes(exitCode), stderr]).toEqual([
      true,
      expect.stringContaining(`anth-rbac rotate --key ${NAME}`),
    ]);
    const before = one.writes().length;
    await one.run([...KEY, "--leaked", "--yes"]);
    expect(one.writes()).toHaveLength(before);
  });

  test("--leaked together with the secret delivers it first, then disables the old key, all in one run", async () => {
    const one = await open([takesInto("taken")]);
    const none = await one.run([...KEY, "--leaked", "--secret-stdin", "--yes"], { stdin: "sk-ant-api03-fake-secret" });
    expect([none.exitCode, keysOf(one)]).toEqual([3, [`${NAME} active`]]);
    expect(none.stderr).toContain("the leaked key is still active");
    const ended = await open([takesInto("taken")]);
    await ended.run(["revoke", "--key", NAME, "--yes"]);
    const late = await ended.run([...KEY, "--leaked", "--secret-stdin", "--yes"], {
      stdin: "sk-ant-api03-fake-secret",
    });
    expect([late.exitCode, late.stderr]).toEqual([3, expect.not.stringMatching(/still active|disable the key/)]);
    expect(late.stderr).toContain("no replacement waits");
    const secret = createNext(one);
    const { exitCode, stdout } = await one.run([...KEY, "--leaked", "--secret-stdin", "--yes"], { stdin: secret });
    expect(exitCode, stdout).toBe(0);
    expect(readFileSync(join(one.folder, "taken"), "utf8")).toBe(secret);
    expect(keysOf(one)).toEqual([`${NAME} active`, `${NAME}@disabled-20261123 inactive`]);
    const events = log(one).match(/"event":"(?:delivery|write)"/g);
    expect(events?.indexOf('"event":"delivery"')).toBeLessThan(events?.indexOf('"event":"write"') ?? 0);
    // Run once more, with the secret and without: what leaked is replaced, and nobody is told otherwise.
    for (const [flags, stdin] of [
      [["--secret-stdin"], secret],
      [[], ""],
    ] as const) {
      const again = await one.run([...KEY, "--leaked", ...flags, "--yes"], { stdin });
      expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining("leak-replaced")]);
      expect(again.stderr).not.toMatch(/still active|to replace it/);
    }
  });

  test.each(["api_keys", "workspaces"])(
    "what waits for a secret is unknown, not nothing, where %s cannot be read",
    async (list) => {
      for (const flags of [[], ["--leaked"]]) {
        const one = await open([takesInto("taken")]);
        const stdin = createNext(one);
        one.sandbox.control.fault({ kind: "forbidden", match: { path: `/v1/organizations/${list}` }, times: null });
        const { exitCode, stderr } = await one.run([...KEY, ...flags, "--secret-stdin", "--yes"], { stdin });
        expect([exitCode, stderr]).toEqual([4, expect.stringContaining("could not be read")]);
        expect(stderr).not.toMatch(/no replacement|create the replacement/);
      }
    },
  );

  test("where a key stands is not said where it was changed and cannot be read again", async () => {
    const one = await open();
    createNext(one);
    one.sandbox.control.fault({
      kind: "forbidden",
      match: { path: "/v1/organizations/api_keys", after: 5 },
      times: null,
    });
    const ran = await one.run([...KEY, "--delivered", "--yes"]);
    expect([ran.exitCode, keysOf(one).length]).toEqual([5, 2]);
    expect(ran.stdout).toContain("2 done; not verified: not everything could be read again");
    expect(ran.stdout).not.toMatch(/cut over|^Keys/m);
  });

  test("a leaked key stays where the new secret could not be delivered", async () => {
    const one = await open([FAILS]);
    const secret = createNext(one);
    const words = [...KEY, "--leaked", "--secret-stdin", "--yes"];
    const { exitCode, stdout } = await one.run(words, { stdin: secret });
    expect([exitCode, keysOf(one)]).toEqual([5, [`${NAME} active`, `${NAME}@next active`]]);
    // Without the flag, what leaked would work through a whole overlap.
    expect(stdout).toContain(`anth-rbac rotate --key ${NAME} --secret-stdin --leaked`);
  });

  test("a leaked key that could not be disabled is said to be active, and how to try again", async () => {
    const one = await open();
    one.sandbox.control.fault({ kind: "forbidden", match: { method: "POST" }, times: null });
    const { exitCode, stderr } = await one.run([...KEY, "--leaked", "--yes"]);
    expect([exitCode, keysOf(one)]).toEqual([4, [`${NAME} active`]]);
    expect(stderr).toContain(`what leaked is still active; to try again: anth-rbac rotate --key ${NAME} --leaked`);
    expect(stderr).not.toContain("next, to replace it");
  });

  test("without an overlap a cut-over is verified, a key still in use is left to somebody, and a later run disables it", async () => {
    const one = await stage();
    one.declare({ workspaces: { prod: { name: "Production", keys: { [NAME]: { overlap: "0d", soak: "14d" } } } } });
    const { exitCode, stdout } = await one.run([...KEY, "--secret-stdin", "--yes"], { stdin: createNext(one) });
    expect([exitCode, keysOf(one)], stdout).toEqual([7, [`${NAME} active`, `${NAME}@previous-20261123 active`]]);
    expect(stdout).toMatch(/still in use[\s\S]*2 done, 1 for a person at the Console; verified/);
    await later(one, 2, [...KEY, "--yes"]);
    expect(keysOf(one)).toEqual([`${NAME} active`, `${NAME}@disabled-20261125 inactive`]);
  });

  test("the old key is not disabled once somebody has disabled the new one: it is the last that works", async () => {
    const one = await open();
    const [id] = one.sandbox.state.api_keys.flatMap((key) => (key.name === NAME ? key.id : []));
    await one.run([...KEY, "--secret-stdin", "--yes"], { stdin: createNext(one) });
    const current = one.sandbox.state.api_keys.find(({ name }) => name === NAME);
    one.sandbox.control.console.edit("api_keys", current?.id ?? "", { status: "inactive" });
    for (const days of [8, 40]) {
      const { exitCode, stdout } = await later(one, days, [...KEY, "--archive", "--yes", "--confirm", NAME]);
      expect(exitCode, stdout).toBe(7);
      expect(stdout).toContain(`create "${NAME}@next" in the workspace "Production"`);
      expect(one.sandbox.state.api_keys.find((key) => key.id === id)?.status).toBe("active");
    }
  });

  test("a state that contradicts itself is said, asks for somebody, and is left alone", async () => {
    const one = await open();
    one.sandbox.control.console.createKey({ name: `${NAME}@previous-20621129`, workspace: "Production" });
    const before = keysOf(one);
    const { exitCode, stdout } = await one.run([...KEY, "--yes"]);
    expect([exitCode, keysOf(one)], stdout).toEqual([7, before]);
    expect(stdout).toContain("its name bears a day that is still to come");
    expect((await one.run(["drift", "--api-rpm", "0"])).exitCode).toBe(2);
  });

  test("what --leaked says to run next can be copied, whatever the names", async () => {
    const one = await stage();
    const name = "the auth's key";
    one.declare({ workspaces: { prod: { name: "Production", keys: { [name]: null } } } });
    one.sandbox.control.console.createKey({ name, workspace: "Production" });
    const words = ["rotate", "--workspace", "Production", "--key", name, "--leaked", "--yes", "--api-rpm", "0"];
    const { stderr } = await one.run(words);
    expect(stderr).toContain(String.raw`anth-rbac rotate --workspace Production --key 'the auth'\''s key'`);
  });
});

describe("looking only", () => {
  test("--status shows the table, --dry-run the plan; neither writes", async () => {
    const one = await open();
    const status = await one.run(["rotate", "--status", "--json"]);
    expect([status.exitCode, stepOf(status)]).toEqual([0, ["status", `${TARGET} due create-replacement`]]);
    expect((await one.run(["rotate", "--status"])).stdout).toContain("due since");
    expect((await one.run(["rotate", "--status", "--format", "markdown"])).stdout).toContain("| key | phase |");
    createNext(one);
    const dry = await one.run([...KEY, "--dry-run", "--delivered", "--json"]);
    expect([dry.exitCode, dry.json().kind, one.writes()]).toEqual([2, "plan", []]);
  });

  test("--ics writes one entry for each key, the same one each time", async () => {
    const one = await open();
    const file = join(one.folder, "keys.ics");
    expect((await one.run(["rotate", "--status", "--ics", "keys.ics"])).exitCode).toBe(0);
    const text = readFileSync(file, "utf8");
    expect(text).toContain("BEGIN:VCALENDAR");
    expect(text).toContain(`SUMMARY:Rotate ${NAME}`);
    expect(text).toMatch(/DTSTART;VALUE=DATE:2026\d{4}/);
    await one.run(["rotate", "--status", "--ics", "keys.ics"]);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each(["rbac.yaml", "notes.txt", "foreign.ics", "bytes.ics"])(
    "--ics replaces nothing that is no calendar of its own: %s",
    async (name) => {
      const one = await open();
      const file = join(one.folder, name);
      const contents = {
        "notes.txt": "",
        "foreign.ics": "BEGIN:VCALENDAR\r\nPRODID:-//holidays//EN\r\nEND:VCALENDAR\r\n",
        "bytes.ics": Buffer.from([0xff, 0xfe, 0]),
      };
      if (name !== "rbac.yaml") writeFileSync(file, contents[name as keyof typeof contents]);
      const before = readFileSync(file);
      for (const words of [
        ["rotate", "--status"],
        [...KEY, "--dry-run"],
        [...KEY, "--yes"],
      ]) {
        const ran = await one.run([...words, "--ics", name]);
        expect([ran.exitCode, ran.stderr]).toEqual([3, expect.stringContaining(`"${name}" is there already`)]);
      }
      expect([readFileSync(file), one.writes()]).toEqual([before, []]);
    },
  );

  test.each([
    ["--only", "members"],
    ["--leaked"],
    ["--secret-stdin"],
    ["--secret-env", "NEW"],
    ["--key", "a", "--key", "b", "--secret-stdin"],
    ["--key", NAME, "--secret-stdin", "--secret-env", "NEW"],
    ["--key", NAME, "--leaked", "--force"],
    ["--key", NAME, "--leaked", "--status"],
  ])("wrong usage: %s %s %s %s %s", async (...flags) => {
    const one = await open();
    expect((await one.run(["rotate", ...flags])).exitCode).toBe(64);
    expect(one.sandbox.requests).toEqual([]);
  });

  test("a broken file is shown as such, an unset variable is said, and without --yes nothing is written", async () => {
    const one = await open();
    createNext(one);
    expect((await one.run([...KEY, "--secret-env", "NEW"])).stderr).toContain("NEW is not set");
    expect((await one.run([...KEY, "--delivered"])).exitCode).toBe(3);
    writeFileSync(join(one.folder, "rbac.yaml"), "version: 1\nworkspaces: 7\n");
    expect((await one.run([...KEY])).exitCode).toBe(2);
    expect(one.writes()).toEqual([]);
  });
});

describe("on a terminal", () => {
  test("waits for the key to be made, asks for its secret until it is right, delivers and cuts over", async () => {
    const one = await open();
    const got = join(one.folder, "got");
    declare(one, [takesInto(got)]);
    let secret = "";
    let slept = 0;
    const typed = [
      { after: "Wait for it to appear?", send: "y\r" },
      { after: "Secret of", send: "not-a-key\r" },
      { after: "Secret of", send: () => `${secret}\r` },
      { after: "(y/N)", send: "y\r" },
    ];
    const how: RunOptions = {
      typed,
      sleep: async () => {
        slept += 1;
        if (slept === 2) secret = createNext(one);
      },
    };
    const { exitCode, stdout, stderr } = await one.run([...KEY], how);
    expect([exitCode, slept >= 2]).toEqual([0, true]);
    expect(stderr).toContain(`${NAME}@next`);
    expect(stderr).toContain("not taken");
    expect(readFileSync(got, "utf8")).toBe(secret);
    expect(keysOf(one)).toEqual([`${NAME} active`, `${NAME}@previous-20261123 active`]);
    expect(stdout + stderr + log(one)).not.toContain(secret);
  });

  test.each([
    ["org-grace", ", acting as grace@acme.example, who alone can make it, with exactly this name:"],
    [
      "org-automation",
      ", acting as the service account automation (svac_01sandboxAutomation), with exactly this name:",
    ],
  ])("says as whom %s has to act, which nobody can change later", async (name, words) => {
    const one = await stage();
    one.declare({ organization: { keys: { [name]: {} } } });
    const typed = [{ after: "Wait for it to appear?", send: "n\r" }];
    const { stderr } = await one.run(["rotate", "--key", name, "--force"], { typed });
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(words);
  });

  test("without the secret, the person's word that the service has it", async () => {
    const one = await open();
    createNext(one);
    const typed = [
      { after: "Secret of", send: "\r" },
      { after: "(y/N)", send: "y\r" },
      { after: "(y/N)", send: "y\r" },
    ];
    const { exitCode, stderr } = await one.run([...KEY], { typed });
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("have the new secret already?")]);
    expect(keysOf(one)).toEqual([`${NAME} active`, `${NAME}@previous-20261123 active`]);
  });

  test("Ctrl-C while it waits ends it, and nothing was changed", async () => {
    const one = await open();
    const interrupt = new AbortController();
    const { exitCode } = await one.run([...KEY], {
      typed: [{ after: "Wait for it to appear?", send: "y\r" }],
      signal: interrupt.signal,
      sleep: async () => interrupt.abort(),
    });
    expect([exitCode, one.writes()]).toEqual([130, []]);
  });
});
