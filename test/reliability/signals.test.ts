/**
 * A signal in the middle of each command that writes, sent to a real process: what is in flight is finished, nothing more is begun, every
 * line of the log that was begun has its end, and the next run goes on from there. Each command with one signal; `npm run reliability`
 * tries each with all of them.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed } from "../support/every-write.ts";
import { script, start } from "../support/script.ts";
import { openStage, type Stage } from "../support/stage.ts";

const PROGRAM = `
  import { main, processHost } from "./src/main.ts";
  const host = processHost();
  process.chdir(process.env.TRIAL_FOLDER);
  process.exitCode = await main(process.argv.slice(2), {
    ...host, cwd: process.cwd(), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr,
    now: () => Date.parse("2026-11-23T12:00:00Z"),
  });
`;

const KEY = "prod-auth-service";

interface Command {
  readonly words: readonly string[];
  readonly open: () => Promise<Stage>;
  readonly env: (one: Stage) => Readonly<Record<string, string>>;
}

let secret = "";

const COMMANDS: Readonly<Record<"apply" | "rotate" | "revoke", Command>> = {
  apply: {
    words: APPLY_EVERY_WRITE,
    open: async () => {
      const one = await openStage({ seed: everyWriteSeed() });
      one.declare(EVERY_WRITE);
      return one;
    },
    env: () => ({}),
  },
  rotate: {
    words: ["rotate", "--key", KEY, "--secret-env", "NEW_SECRET", "--force", "--yes", "--json", "--api-rpm", "0"],
    open: async () => {
      const one = await openStage();
      one.declare({ workspaces: { prod: { name: "Production", keys: { [KEY]: {} } } } });
      secret = one.sandbox.control.console.createKey({ name: `${KEY}@next`, workspace: "Production" }).secret;
      return one;
    },
    env: () => ({ NEW_SECRET: secret }),
  },
  revoke: {
    words: ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes", "--json", "--api-rpm", "0"],
    open: () => openStage(),
    env: () => ({}),
  },
};

const SIGNALS = ["SIGHUP", "SIGTERM", "SIGINT"] as const;
const ALL = process.env.ANTH_RBAC_RELIABILITY_KILLS !== undefined;
const TRIALS = (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).flatMap((name, nth) =>
  SIGNALS.flatMap((signal, at) => (ALL || at === nth ? [[name, signal] as const] : [])),
);

/** Starts the program on a stage. */
function begin(
  file: string,
  one: Stage,
  { words, env }: { readonly words: readonly string[]; readonly env: Readonly<Record<string, string>> },
) {
  const child = start(
    file,
    {
      TRIAL_FOLDER: one.folder,
      ANTHROPIC_BASE_URL: one.sandbox.url,
      ANTHROPIC_ADMIN_KEY: one.sandbox.adminKey,
      ANTHROPIC_AUTH_TOKEN: one.sandbox.oauthToken,
      ANTH_RBAC_STATE_DIR: join(one.folder, "state"),
      ...env,
    },
    ...words,
  );
  child.stdin.end();
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, ended, output: Promise.all([text(child.stdout), text(child.stderr)]) };
}

/** What the log says was begun and does not say how it ended. */
function openRecords(one: Stage): readonly unknown[] {
  const log = readFileSync(join(one.folder, "state", "audit.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const records = log.map((line) => JSON.parse(line));
  const closed = new Set(records.map(({ begun }) => begun));
  return records.filter(({ phase, seq }) => phase === "started" && !closed.has(seq));
}

test("rotate, SIGHUP while a secret is delivered: the command is ended too, the old key stays, the next run delivers anew", {
  timeout: 180_000,
}, async () => {
  const file = await script(PROGRAM);
  const { words, open, env } = COMMANDS.rotate;
  const one = await open();
  try {
    // The first run is held up; the next one finds that it was.
    const command = "cat > got; test -e begun && exit; echo $$ > begun; exec sleep 600";
    one.declare({
      workspaces: { prod: { name: "Production", keys: { [KEY]: { deliver: [["sh", "-c", command]] } } } },
    });
    const held = join(one.folder, "begun");
    // Named: a file that was found among others' in a folder for all is not obeyed.
    const { child, ended, output } = begin(file, one, { words: [...words, "-c", "rbac.yaml"], env: env(one) });
    while (child.exitCode === null && !(existsSync(held) && readFileSync(held, "utf8").endsWith("\n"))) await wait(5);
    child.kill("SIGHUP");
    const [code, [stdout, stderr]] = await Promise.all([ended, output]);
    const { results, stopped } = JSON.parse(stdout);
    expect([code, stopped?.code], stderr).toEqual([130, "interrupted"]);
    expect(results[0]).toMatchObject({ status: "failed", error: { code: "delivery-failed" } });
    expect(results[0].error.message).toMatch(/interrupted; no key is renamed; run again$/);
    expect([one.writes(), openRecords(one)]).toEqual([[], []]);
    expect(() => process.kill(Number(readFileSync(held, "utf8")), 0)).toThrow("ESRCH");
    const next = await one.run([...words, "-c", "rbac.yaml"], { env: env(one) });
    expect(next.exitCode, next.stdout).toBe(0);
    expect(readFileSync(join(one.folder, "got"), "utf8")).toBe(secret);
  } finally {
    await one.close();
  }
});

test.each(TRIALS)(
  "%s, %s: the write in flight is finished, the log is closed, the next run goes on",
  {
    timeout: 180_000,
  },
  async (name, signal) => {
    const { words, open, env } = COMMANDS[name];
    const file = await script(PROGRAM);
    const one = await open();
    try {
      one.sandbox.control.fault({ kind: "slow", ms: 600, match: { method: "POST" } });
      const { child, ended, output } = begin(file, one, { words, env: env(one) });
      while (child.exitCode === null && one.writes().length === 0) await wait(2);
      child.kill(signal);
      const [code, [stdout, stderr]] = await Promise.all([ended, output]);
      const { results, verified, stopped } = JSON.parse(stdout);
      expect([code, verified, stopped?.code], stderr).toEqual([130, false, "interrupted"]);
      const statuses = results.map(({ status }: { readonly status: string }) => status);
      expect([statuses.includes("done"), statuses.includes("failed")], stdout).toEqual([true, false]);
      expect(openRecords(one)).toEqual([]);
      const next = await one.run(words, { env: env(one) });
      expect(next.exitCode, next.stdout).toBe(0);
    } finally {
      await one.close();
    }
  },
);
