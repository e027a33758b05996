/**
 * `npm run demo`: the main job on a simulated organization in eight screens, each command as a person would type it. On a terminal any
 * key goes on; in a pipe it runs through. Every exit code and the length of every screen is checked: a demo that no longer shows what it
 * says fails.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { wrapText } from "../src/core/text/wrap.ts";
import { environmentOf, startSandbox } from "../src/sandbox/sandbox.ts";
import { clickAround, FILE } from "./story.ts";

const BUILT = join(process.cwd(), "dist", "main.js");
const KEY = "prod-auth-service";
const LEAVER = "dora@acme.example";
/** What a terminal shows at least, and what a narrow one can show. */
const LINES = 24;
const COLUMNS = Math.max(40, process.stdout.columns ?? 80);
const SCREENS = 8;
const isTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true;
const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
const faint = (text: string) => (colour ? `\u001b[2m${text}\u001b[0m` : text);

interface Screen {
  readonly says: string;
  readonly commands: readonly (readonly [words: readonly string[], exits: number, stdin?: string])[];
}

const sandbox = await startSandbox();
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-demo-"));
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
let nth = 0;
try {
  put("broken.yaml", readFileSync("examples/broken.yaml", "utf8"));
  await screen({
    says: "Validate: offline, on every pull request. All mistakes in one run, each with its place and a fix.",
    commands: [[["validate", "broken.yaml"], 2]],
  });

  copyFileSync(FILE, join(folder, "rbac.yaml"));
  clickAround(sandbox);
  await screen({
    says: "Drift: what people clicked since the file was reviewed. Nothing is written; exit code 2 says it differs.",
    commands: [[["drift"], 2]],
  });

  sandbox.control.fault({
    kind: "status",
    status: 400,
    message: "The workspace is locked for maintenance",
    match: { method: "POST", path: "/v1/organizations/workspaces/" },
    times: 1,
  });
  await screen({
    says: "Apply: judged by guardrails, carried out, verified. The API refuses one change; the next run finishes the job.",
    commands: [
      [["apply", "--yes"], 5],
      [["apply", "--yes"], 0],
    ],
  });

  await screen({
    says: "Status: “a new team member can't access production”. What one person reaches, and why not the rest.",
    commands: [[["status", "--user", "bob@acme.example"], 0]],
  });

  await screen({
    says: "Prompt: what a role may ask. “Role cannot access model” says which line decided, and nothing was sent.",
    commands: [
      [["prompt", "--user", LEAVER, "What is drift?"], 0],
      [["prompt", "--user", LEAVER, "--model", "claude-opus-5-5", "What is drift?"], 6],
    ],
  });

  // Rotation goes by a key that the file declares.
  const declared = `    keys: { ${KEY}: { rotate_every: 90d, deliver: [[dotenv, .env.production, ANTHROPIC_API_KEY]] } }`;
  put(
    "rbac.yaml",
    readFileSync(FILE, "utf8").replace("    tags: { env: prod }", `    tags: { env: prod }\n${declared}`),
  );
  const { secret } = sandbox.control.console.createKey({ name: `${KEY}@next`, workspace: "Production" });
  await screen({
    says: "Rotate: somebody made the key at the Console. Its secret is tested, delivered, and the names are changed.",
    commands: [[["rotate", "--key", KEY, "--secret-stdin", "--yes"], 0, secret]],
  });

  await screen({
    says: "Revoke: the hour somebody leaves. All that she reaches and knows is ended, verified, and in a log that shows edits.",
    commands: [
      [["revoke", "--user", LEAVER, "--keys", "disable", "--yes", "--update-config", "--evidence", "evidence.md"], 0],
      [["audit", "verify"], 0],
    ],
  });

  copyFileSync("examples/review/people.csv", join(folder, "people.csv"));
  await screen({
    says: "Review: the quarter's question. Who has what, who uses it, and who says that it may stay? As a page, too: --format html.",
    commands: [[["review", "--people", "people.csv"], 0]],
  });
  console.log(wrapText(`${bold("That was it.")} README.md goes on from here, at "Five minutes".`, COLUMNS));
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Plays one screen, and waits for a key after it. Throws where an exit code or the length is another. */
async function screen({ says, commands }: Screen): Promise<void> {
  nth += 1;
  const said = wrapText(`${nth}/${SCREENS}  ${says}`, COLUMNS);
  const parts = [faint(said)];
  const typed = commands.map(([words]) => `$ anth-rbac ${words.map(asTyped).join(" ")}`);
  const answers: string[][] = [];
  for (const [words, exits, stdin = ""] of commands) {
    const { exitCode, text } = await run(words, stdin);
    answers.push(text.trim().split("\n"));
    if (exitCode !== exits) throw new Error(`expected exit code ${exits} of anth-rbac ${words.join(" ")}:\n${text}`);
  }
  // Beside the answers: what is said, each command with its exit code, an empty line and the question at the end.
  const room = LINES - 2 - heightOf([said, ...typed]) - commands.length;
  const most = share(answers, room);
  commands.forEach(([, exits], index) => {
    parts.push(bold(typed[index] ?? ""), ...cut(answers[index] ?? [], most), faint(`(exit code ${exits})`));
  });
  const height = heightOf(parts);
  console.log(`${parts.join("\n")}\n`);
  if (height >= LINES) throw new Error(`this screen has ${height} lines, and a terminal ${LINES}`);
  if (isTerminal && nth < SCREENS) await anyKey();
}

function asTyped(word: string): string {
  return word.includes(" ") ? `"${word}"` : word;
}

/** The lines of the terminal that texts take. */
function heightOf(texts: readonly string[]): number {
  const rows = stripVTControlCharacters(texts.join("\n")).split("\n");
  return rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(row.length / COLUMNS)), 0);
}

/** How many lines each answer may have, so that all fit into the room: short ones leave theirs to the others. */
function share(answers: readonly (readonly string[])[], room: number): number {
  let most = room;
  while (answers.reduce((sum, lines) => sum + heightOf(cut(lines, most)), 0) > room) most -= 1;
  return most;
}

/** So many lines of an answer: its beginning and its end, and how many are missing between them. */
function cut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const end = lines.slice(-3);
  const beginning = lines.slice(0, most - end.length - 1);
  return [...beginning, faint(`  … ${lines.length - beginning.length - end.length} more lines`), ...end];
}

/** The built program on the sandbox's clock, as on this terminal, or one of 80 columns. */
async function run(words: readonly string[], stdin: string): Promise<{ exitCode: number; text: string }> {
  const { main }: typeof import("../src/main.ts") = await import(pathToFileURL(BUILT).href);
  let text = "";
  const stream = () =>
    Object.assign(
      new Writable({
        write: (chunk, _encoding, done) => {
          text += chunk;
          done();
        },
      }),
      { isTTY: true, columns: COLUMNS },
    );
  const exitCode = await main([...words, "--quiet", ...(colour ? [] : ["--no-color"])], {
    cwd: folder,
    env: { ...process.env, ...environmentOf(sandbox), ANTH_RBAC_STATE_DIR: join(folder, "state") },
    stdin: Readable.from([stdin]),
    stdout: stream(),
    stderr: stream(),
    now: () => sandbox.control.clock.now(),
    signal: new AbortController().signal,
  });
  return { exitCode, text };
}

/** Waits for a key. Ctrl-C ends the demo. */
async function anyKey(): Promise<void> {
  process.stdout.write(faint("any key goes on "));
  process.stdin.setRawMode(true).resume();
  const key = await new Promise<Buffer>((resolve) => process.stdin.once("data", resolve));
  process.stdin.setRawMode(false).pause();
  process.stdout.write("\r\u001b[2K");
  if (key.includes(3)) process.exit(130);
}
