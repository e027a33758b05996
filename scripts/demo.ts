/**
 * `npm run demo`: the main job on a simulated organization, each command as a person would type it. Every command's exit
 * code is checked, so a demo that no longer shows what it says fails.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { environmentOf, startSandbox } from "../src/sandbox/sandbox.ts";

const BUILT = join(process.cwd(), "dist", "main.js");
const EXAMPLE = "rbac.example.yaml";
const TESTS = "rbac.test.yaml";
const BROKEN = "broken.yaml";
const OWN = "rbac.yaml";
const ROTATED = ["--key", "prod-auth-service"];
const LEAVER = "dora@acme.example";
const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
const faint = (text: string) => (colour ? `\u001b[2m${text}\u001b[0m` : text);

const MISTAKES = `version: 1
members:
  ada@acme.example: { role: developper, app_role: power }
workspaces:
  prod:
    name: Production
    members: { adda@acme.example: developer }
  dev:
    name: Development
    keys: { prod-search-service: {} }
roles:
  power: { allowed: true, models: [claude-haiku-4-20250514, claude-opus-4-20250514] }
`;

interface Step {
  readonly says: string;
  readonly command: readonly string[];
  readonly exits: number;
  readonly stdin?: string;
}

const sandbox = await startSandbox();
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-demo-"));
for (const file of [EXAMPLE, TESTS]) copyFileSync(file, join(folder, file));
writeFileSync(join(folder, BROKEN), MISTAKES);
try {
  title("Validate: offline, on every pull request");
  await step({ says: "The example shows every field, and is valid.", command: ["validate", EXAMPLE], exits: 0 });
  await step({
    says: "A file with mistakes: all of them in one run, each with its place and what to do. Exit code 2 fails the check.",
    command: ["validate", BROKEN],
    exits: 2,
  });

  title("Drift: what differs from the live organization, every night");
  drift();
  await step({
    says: "Since the file was reviewed, people clicked around in the Console. Nothing is written; exit code 2 says it differs.",
    command: ["drift", "--config", EXAMPLE],
    exits: 2,
  });

  title("Apply: the plan, guarded, confirmed, carried out, verified");
  writeFileSync(join(folder, OWN), decided(readFileSync(EXAMPLE, "utf8")));
  await step({
    says: "The review decided: the renamed workspace gets its name back, and keys that nobody declares are disabled. That is much at once, so a guardrail refuses.",
    command: ["apply", "--config", OWN, "--yes"],
    exits: 3,
  });
  sandbox.control.fault({
    kind: "status",
    status: 400,
    message: "The key is locked for maintenance",
    match: { method: "POST", path: "/v1/organizations/api_keys/" },
    times: 2,
  });
  await step({
    says: "It is meant, so it is allowed by name and with a reason. In the middle the API refuses two calls: the rest is done, and what is not is listed.",
    command: ["apply", "--config", OWN, "--yes", "--allow", "max_removals=keys of last year's experiments"],
    exits: 5,
  });
  sandbox.control.clearFaults();
  await step({
    says: "The next run finishes the job. What only a person can do at the Console is left, and exit code 7 says so.",
    command: ["apply", "--config", OWN, "--yes"],
    exits: 7,
  });
  await step({
    says: "Every write and every refusal is in the audit log, and the log shows when somebody has touched it.",
    command: ["audit", "show", "--limit", "6"],
    exits: 0,
  });
  await step({ says: "", command: ["audit", "verify"], exits: 0 });
  await step({
    says: "An organization that has no file yet gets one from what is live; drift on it finds nothing.",
    command: ["export", "--out", "exported.yaml"],
    exits: 0,
  });
  await step({ says: "", command: ["drift", "--config", "exported.yaml"], exits: 0 });

  title("Status: who has what, and why");
  await step({ says: "The organization as a tree.", command: ["status", "--config", OWN], exits: 0 });
  await step({
    says: "“A new team member can't access production”: everything one person reaches, and why not the rest.",
    command: ["status", "--config", OWN, "--user", "bob@acme.example"],
    exits: 0,
  });
  await step({
    says: "“The key works in dev and fails in prod”: the secret comes on stdin and is matched by its hint, on this machine only.",
    command: ["status", "--config", OWN, "--key", "-"],
    stdin: sandbox.secretOf("dev-shared"),
    exits: 0,
  });
  await step({
    says: "“Usage is not visible”: by workspace and key, the default workspace and keyless use included.",
    command: ["status", "--config", OWN, "--usage", "7"],
    exits: 0,
  });

  title("Prompt: what a role may ask");
  await step({
    says: "The role policy is tested like any other code: offline, on every pull request.",
    command: ["test", "--config", EXAMPLE, "--matrix"],
    exits: 0,
  });
  await step({
    says: "Dora's role has haiku and 512 tokens. What she asks for beyond that is lowered, and the answer streams.",
    command: ["prompt", "--config", EXAMPLE, "--user", LEAVER, "--max-tokens", "4000", "What is drift?"],
    exits: 0,
  });
  await step({
    says: "“Role cannot access model”: nothing is sent, and it says which line of the file decided. Exit code 6.",
    command: ["prompt", "--config", EXAMPLE, "--user", LEAVER, "--model", "claude-opus-5-5", "What is drift?"],
    exits: 6,
  });
  await step({
    says: "“Role does not allow API access”: a viewer asks nothing at all.",
    command: ["prompt", "--config", EXAMPLE, "--user", "bill@acme.example", "What is drift?"],
    exits: 6,
  });
  await step({
    says: "Each call and each denial is a line of the audit log: who asked, and with which key. Not what.",
    command: ["audit", "show", "--command", "prompt"],
    exits: 0,
  });

  title("Rotate: every quarter, one key at a time");
  await step({
    says: "Where each key stands is read off the organization: its name, its status, its dates.",
    command: ["rotate", "--config", OWN, "--workspace", "prod", "--status"],
    exits: 0,
  });
  await step({
    says: "The API makes no keys, so a rotation begins with a person. Exit code 7, with the link and the exact name.",
    command: ["rotate", "--config", OWN, ...ROTATED],
    exits: 7,
  });
  const { secret } = sandbox.control.console.createKey({ name: "prod-auth-service@next", workspace: "Production" });
  await step({
    says: "Somebody made the key. Its secret comes on stdin, is tested, delivered into a dotenv file, and the names are changed.",
    command: ["rotate", "--config", OWN, ...ROTATED, "--secret-stdin", "--yes"],
    stdin: secret,
    exits: 0,
  });
  sandbox.control.clock.advance("8d");
  sandbox.control.console.addUsage({ key: "apikey_01sandboxProdAuthService", requests: 12 });
  await step({
    says: "Eight days later the overlap is over. But something still uses the old key, so it is not disabled.",
    command: ["rotate", "--config", OWN, ...ROTATED, "--yes"],
    exits: 7,
  });
  sandbox.control.clock.advance("2d");
  await step({
    says: "Two days later nothing does any more: it is disabled.",
    command: ["rotate", "--config", OWN, ...ROTATED, "--yes"],
    exits: 0,
  });
  sandbox.control.clock.advance("8d");
  await step({
    says: "After the soak it is archived, for good: only when it is named.",
    command: ["rotate", "--config", OWN, ...ROTATED, "--archive", "--yes", "--confirm", "prod-auth-service"],
    exits: 0,
  });

  title("Revoke: the hour somebody leaves");
  await step({
    says: "What she reaches, and what would be done. Nothing is written.",
    command: ["revoke", "--config", OWN, "--user", LEAVER, "--keys", "disable", "--dry-run"],
    exits: 2,
  });
  await step({
    says: "All of it is taken away, looked at again, written down with proof, and taken out of the file.",
    command: [
      ...["revoke", "--config", OWN, "--user", LEAVER, "--keys", "disable"],
      ...["--yes", "--update-config", "--evidence", "evidence.md"],
    ],
    exits: 0,
  });
  console.log(`\n${bold("$ cat evidence.md")}\n${readFileSync(join(folder, "evidence.md"), "utf8")}`);
  await step({
    says: "A second run finds nothing left.",
    command: ["revoke", "--config", OWN, "--user", LEAVER, "--yes"],
    exits: 0,
  });
  console.log(`\n${bold("That was it.")} Try your own file: anth-rbac sandbox, then anth-rbac drift.`);
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

/** What people do in a Console in a few weeks: something of every kind that the file declares. */
function drift(): void {
  const { console: person } = sandbox.control;
  person.setRole("ada@acme.example", "admin");
  person.setRole("dora@acme.example", "user");
  person.addUser("mallory@acme.example", "developer", "Mallory Example");
  person.removeUser("cleo@acme.example");
  person.edit("workspaces", "wrkspc_01sandboxProduction", { tags: { env: "production" } });
  person.edit("workspaces", "wrkspc_01sandboxStaging", { name: "Staging (old)" });
  person.createKey({ name: "quick-test", workspace: "Production", created_by: "mallory@acme.example" });
  person.edit("api_keys", "apikey_01sandboxDevAda", { status: "inactive" });
}

/** The example as the review changed it. */
function decided(example: string): string {
  return (
    example
      .replace(
        "[gh, secret, set, ANTHROPIC_API_KEY, --env, production]",
        "[dotenv, .env.production, ANTHROPIC_API_KEY]",
      )
      .replace("    name: Staging\n", "    name: Staging\n    previously: Staging (old)\n")
      .replace("  keys: additive  ", "  keys: full      ")
      // A protected person's own key is theirs: without a declaration, the guardrail would keep it.
      .replace("    org-automation: {", "    org-grace: { owner: grace@acme.example }\n    org-automation: {")
  );
}

function title(text: string): void {
  console.log(`\n${bold(`── ${text} ──`)}`);
}

async function step({ says, command, exits, stdin = "" }: Step): Promise<void> {
  console.log(says === "" ? "" : `\n${faint(`# ${says}`)}`);
  console.log(bold(`$ anth-rbac ${command.map((word) => (word.includes(" ") ? `"${word}"` : word)).join(" ")}`));
  const code = await run(command, stdin);
  console.log(faint(`(exit code ${code})`));
  if (code !== exits) throw new Error(`the demo expected exit code ${exits} of: anth-rbac ${command.join(" ")}`);
}

/** The built program on the sandbox's clock, which has to be moved by weeks here. */
async function run(command: readonly string[], stdin: string): Promise<number> {
  const { main }: typeof import("../src/main.ts") = await import(pathToFileURL(BUILT).href);
  return main([...command, "--quiet"], {
    cwd: folder,
    env: {
      ...process.env,
      ...environmentOf(sandbox),
      ANTH_RBAC_STATE_DIR: join(folder, "state"),
      ...(colour && { FORCE_COLOR: "1" }),
    },
    stdin: Readable.from([stdin]),
    stdout: shared(process.stdout),
    stderr: shared(process.stderr),
    now: () => sandbox.control.clock.now(),
    signal: new AbortController().signal,
  });
}

/** The stream, but for what a run would end with it. */
function shared(stream: NodeJS.WriteStream): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      stream.write(chunk, () => done());
    },
  });
}
