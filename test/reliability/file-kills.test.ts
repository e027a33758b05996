/**
 * `kill -9` at each step on the file system of every command that writes files, the log or the window of calls: before the step, and in
 * the middle of what is written. Afterwards each file is as it was or whole, and the same command ends what was begun. A step of three of
 * them in `npm test`; `npm run reliability` tries every one.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToStep } from "../support/kill-steps.ts";
import { openStage, type Stage, variablesOf } from "../support/stage.ts";
import { randomNumbers } from "../support/trials.ts";

const ALL = process.env.ANTH_RBAC_RELIABILITY_KILLS !== undefined;
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);
const KEY = "prod-auth-service";

interface Writer {
  readonly words: readonly string[];
  readonly open: () => Promise<Stage>;
  /** What a run of it writes beside the log. */
  readonly files: readonly string[];
  /** Exit codes of a run that nothing disturbs, and of one that finds the work done. */
  readonly exits: readonly number[];
  readonly env?: (one: Stage) => Readonly<Record<string, string>>;
}

let secret = "";

async function withConfig(config: Record<string, unknown>, seed?: "review"): Promise<Stage> {
  const one = await openStage(seed === undefined ? {} : { seed });
  one.declare(config);
  return one;
}

async function reviewed(): Promise<Stage> {
  const one = await openStage({ seed: "review" });
  for (const file of ["rbac.yaml", "people.csv"]) cpSync(join("examples/review", file), join(one.folder, file));
  return one;
}

const WRITERS: Readonly<Record<string, Writer>> = {
  "export --out": {
    words: ["export", "--out", "rbac.yaml", "--force"],
    open: () => withConfig({}),
    files: ["rbac.yaml"],
    exits: [0],
  },
  init: { words: ["init", "new.yaml"], open: openStage, files: ["new.yaml"], exits: [0, 3] },
  "drift --out": {
    words: ["drift", "--out", "plan.json", "--force"],
    open: () => withConfig({ members: { "ada@acme.example": { role: "developer" } } }),
    files: ["plan.json"],
    exits: [2],
  },
  "rotate --ics": {
    words: ["rotate", "--status", "--ics", "keys.ics"],
    open: () => withConfig({ workspaces: { prod: { name: "Production", keys: { [KEY]: { rotate_every: "90d" } } } } }),
    files: ["keys.ics"],
    exits: [0],
  },
  "rotate with a dotenv file": {
    words: ["rotate", "--key", KEY, "--secret-env", "NEW_SECRET", "--yes"],
    open: async () => {
      const deliver = [["dotenv", ".env", "KEY"]];
      const one = await withConfig({
        workspaces: { prod: { name: "Production", keys: { [KEY]: { rotate_every: "90d", deliver } } } },
      });
      writeFileSync(join(one.folder, ".env"), "OTHER=1\nKEY=old\n");
      secret = one.sandbox.control.console.createKey({ name: `${KEY}@next`, workspace: "Production" }).secret;
      return one;
    },
    files: [".env"],
    exits: [0],
    env: () => ({ NEW_SECRET: secret }),
  },
  "review start": { words: ["review", "start", "q4.yaml"], open: reviewed, files: ["q4.yaml"], exits: [0, 3] },
  "review finish": {
    words: ["review", "finish", "q4.yaml", "--update-config", "--evidence", "evidence.json"],
    open: async () => {
      const one = await reviewed();
      await one.run(["review", "start", "q4.yaml"]);
      const sheet = readFileSync(join(one.folder, "q4.yaml"), "utf8");
      const decided = sheet.replaceAll(
        /facts: (.*)\n(.*)\n(.*)\n {6}decision:$/gm,
        (whole: string, facts: string) => `${whole} ${facts.includes("stg-report") ? "remove" : "keep"}`,
      );
      writeFileSync(join(one.folder, "q4.yaml"), decided);
      return one;
    },
    files: ["rbac.yaml", "evidence.json"],
    exits: [0, 7, 3],
  },
  "revoke --update-config": {
    words: [
      "revoke",
      "--user",
      "bob@acme.example",
      "--keys",
      "disable",
      "--update-config",
      "--evidence",
      "evidence.json",
      "--yes",
    ],
    open: () =>
      withConfig({ members: { "bob@acme.example": { role: "user" }, "ada@acme.example": { role: "developer" } } }),
    files: ["rbac.yaml", "evidence.json"],
    exits: [0],
  },
  prompt: {
    words: ["prompt", "--user", "ada@acme.example", "hello"],
    open: () =>
      withConfig({
        members: { "ada@acme.example": { role: "developer", app_role: "viewer" } },
        roles: { viewer: { allowed: true, models: ["claude-haiku-5-5"], rpm_limit: 2 } },
      }),
    files: [],
    exits: [0, 6],
    env: ({ sandbox }) => ({ ANTHROPIC_API_KEY: sandbox.secretOf("dev-shared") }),
  },
};

function surroundings(one: Stage, writer: Writer): Record<string, string> {
  return {
    ...variablesOf(one),
    ...writer.env?.(one),
  };
}

/** Those of each sort of writing: a file of the person's, one with a secret in it, the log and the window of calls. */
const IN_EVERY_RUN: ReadonlySet<string> = new Set(["init", "rotate with a dotenv file", "prompt"]);
const TRIED = Object.entries(WRITERS).filter(([name]) => ALL || IN_EVERY_RUN.has(name));

/** What a file holds, without what is another each time; undefined where there is none. */
function textOf(one: Stage, file: string): string | undefined {
  const path = join(one.folder, file);
  return existsSync(path) ? readFileSync(path, "utf8").replaceAll(secret || /(?!)/g, "SECRET") : undefined;
}

/** Evidence and plans have the ids of requests in them. */
function isWhole(text: string | undefined, clean: string | undefined): boolean {
  if (text === undefined || !clean?.startsWith("{")) return text === clean;
  try {
    return Object.keys(JSON.parse(text)).join() === Object.keys(JSON.parse(clean)).join();
  } catch {
    return false;
  }
}

function recordsIn(one: Stage): readonly Record<string, unknown>[] {
  const text = textOf(one, "state/audit.jsonl");
  return text === undefined
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
}

const sentIn = (one: Stage) => one.sandbox.requests.filter(({ path }) => path === "/v1/messages").length;

/** What a process that was killed may leave: what it was writing beside the file, and what the next one that writes there takes away. */
const LEFT =
  /\.\d+(?:\.try)?$|^state\/audit\.(?:head\.new|probe|lock(?:\.owner)?)$|^state\/(?:rate|locks)\/[^/]+\.(?:new|lock|owner)$/;

/** What lies about that an undisturbed run does not leave, and is none of that, or can be read by others though it holds the secret. */
function wronglyLeft(one: Stage, clean: readonly string[]): readonly string[] {
  const names = readdirSync(one.folder, { recursive: true, encoding: "utf8" }).filter((name) => !clean.includes(name));
  const isOpen = (name: string) => {
    const path = join(one.folder, name);
    const stats = statSync(path);
    return stats.isFile() && (stats.mode & 0o077) !== 0 && secret !== "" && readFileSync(path, "utf8").includes(secret);
  };
  return names.filter((name) => !LEFT.test(name) || isOpen(name));
}

test.each(TRIED)("%s", { timeout: 3_600_000 }, async (name, writer) => {
  const undisturbed = await writer.open();
  const first = await runToStep({
    folder: undisturbed.folder,
    words: writer.words,
    env: surroundings(undisturbed, writer),
    step: 0,
  });
  expect(writer.exits, first.errors).toContain(first.exitCode);
  const clean = new Map(writer.files.map((file) => [file, textOf(undisturbed, file)]));
  const names = readdirSync(undisturbed.folder, { recursive: true, encoding: "utf8" });
  await undisturbed.close();
  const random = randomNumbers(SEED + name.length);
  const every = Array.from({ length: first.steps }, (_, index) => index + 1);
  const steps = ALL ? every : [every[Math.floor(random() * every.length)] ?? 1];
  for (const step of steps) {
    const at = `${name}, step ${step} of ${first.steps}`;
    const one = await writer.open();
    try {
      const before = new Map(writer.files.map((file) => [file, textOf(one, file)]));
      const killed = await runToStep({ folder: one.folder, words: writer.words, env: surroundings(one, writer), step });
      expect(killed.exitCode, `${at}: ${killed.errors}`).toBeUndefined();
      for (const file of writer.files) {
        const text = textOf(one, file);
        expect(text === before.get(file) || isWhole(text, clean.get(file)), `${at}: ${file}: ${text}`).toBe(true);
      }
      const next = await one.run(writer.words, { env: writer.env?.(one) ?? {} });
      expect(writer.exits, `${at}: ${next.stdout}${next.stderr}`).toContain(next.exitCode);
      for (const file of writer.files) expect(isWhole(textOf(one, file), clean.get(file)), `${at}: ${file}`).toBe(true);
      expect((await one.run(["audit", "verify"])).exitCode, at).toBe(0);
      const records = recordsIn(one);
      const ended = new Set(records.map(({ begun }) => begun));
      if (name !== "prompt")
        expect(
          records.filter(({ phase, seq }) => phase === "started" && !ended.has(seq)),
          at,
        ).toEqual([]);
      // Whatever evidence there is, the log has its digest.
      for (const file of writer.files.filter((each) => each === "evidence.json")) {
        const digest = createHash("sha256")
          .update(readFileSync(join(one.folder, file)))
          .digest("hex");
        expect(
          records.map(({ event, reason }) => event === "evidence" && reason),
          at,
        ).toContain(`sha256:${digest}`);
      }
      expect(records.filter(({ event }) => event === "prompt").length, at).toBeGreaterThanOrEqual(sentIn(one));
      expect(wronglyLeft(one, names), at).toEqual([]);
    } finally {
      await one.close();
    }
  }
  console.log(`${name}: ${steps.length} of ${first.steps} steps`);
});
