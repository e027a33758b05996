/** The step of action.yml as the runner starts it, on recorded events: the program, the sandbox and a stand-in for GitHub's API. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { COMMAND_LINE, script } from "../support/script.ts";
import { type Stage, stage } from "../support/stage.ts";

const TOKEN = "ghs_test-token-of-nobody";

interface Note {
  readonly id: number;
  readonly number: number;
  readonly user: { readonly type: string };
  body: string;
  state?: string;
  title?: string;
}

/** Issues and comments of one repository, and what was asked. */
async function startGithub() {
  const issues: Note[] = [];
  const comments: Note[] = [];
  const writes: string[] = [];
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").replace("/repos/acme/access", "").replace(/\?.*/, "");
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(403, {});
    const list = path.endsWith("/comments") || path.includes("/comments/") ? comments : issues;
    if (request.method === "GET")
      return answer(
        200,
        list.filter(({ state = "open" }) => state === "open"),
      );
    writes.push(`${request.method} ${path}`);
    const sent = JSON.parse(await text(request));
    const found = list.find(({ id }) => path.endsWith(`/${id}`));
    if (request.method === "PATCH" && found) return answer(200, Object.assign(found, sent));
    const id = issues.length + comments.length + 1;
    list.push({ id, number: id, user: { type: "Bot" }, ...sent });
    return answer(201, list.at(-1));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, issues, comments, writes };
}

interface Step {
  readonly event?: "pull_request" | "schedule" | "workflow_dispatch" | "pull_request_target";
  readonly api?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** One step of a job, in the folder of the stage. */
async function step(one: Stage, program: string, { event = "schedule", api = "", inputs = {}, env = {} }: Step) {
  const file = (name: string) => join(one.folder, name);
  const recorded = resolve("test/action/events", `${event === "pull_request_target" ? "pull_request" : event}.json`);
  for (const name of ["summary", "output", "path"]) writeFileSync(file(name), "");
  const child = spawn(process.execPath, ["action/run.js", program], {
    env: {
      PATH: process.env.PATH,
      HOME: one.folder,
      FOLDER: one.folder,
      ANTHROPIC_BASE_URL: one.sandbox.url,
      ANTHROPIC_ADMIN_KEY: one.sandbox.adminKey,
      ANTHROPIC_AUTH_TOKEN: one.sandbox.oauthToken,
      ANTH_RBAC_STATE_DIR: file("state"),
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: recorded,
      GITHUB_API_URL: api,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_RUN_ID: "99",
      GITHUB_STEP_SUMMARY: file("summary"),
      GITHUB_OUTPUT: file("output"),
      GITHUB_PATH: file("path"),
      RUNNER_TEMP: one.folder,
      INPUT_TOKEN: TOKEN,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    },
  });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const [said, exitCode] = await Promise.all([text(child.stdout), ended, text(child.stderr)]);
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
  return { exitCode, said, summary: read("summary"), output: read("output"), path: read("path").trim() };
}

const DECLARED = { workspaces: { prod: { name: "Production", tags: { env: "prod", team: "core" } } } };
const AS_IT_IS = { workspaces: { prod: { name: "Production" } } };

test("drift keeps one comment on a pull request, and one issue elsewhere, that is closed once nothing differs", async () => {
  const one = await stage({ clock: Date.now });
  const [github, program] = await Promise.all([startGithub(), script(COMMAND_LINE)]);
  const inputs = { command: "drift", comment: "true", args: "--ignore-unmanaged" };
  const run = (event: "pull_request" | "schedule") => step(one, program, { event, api: github.url, inputs });
  // What a person pasted is not taken for the action's own.
  github.comments.push({ id: 90, number: 90, user: { type: "User" }, body: "<!-- anth-rbac drift  -->" });

  one.declare(AS_IT_IS);
  expect((await run("pull_request")).output).toBe("exit-code=0\ndrift=false\n");
  expect(github.writes).toEqual([]);

  one.declare(DECLARED);
  const first = await run("pull_request");
  expect({ exitCode: first.exitCode, output: first.output }).toEqual({
    exitCode: 2,
    output: "exit-code=2\ndrift=true\n",
  });
  expect(first.summary).toContain("workspaces.prod");
  expect(first.said).toMatch(/^::stop-commands::([\w-]+)\n::\1::\n$/);
  await run("pull_request");
  expect(github.writes).toEqual(["POST /issues/7/comments"]);
  expect(github.comments.at(-1)?.body).toContain("workspaces.prod");

  await run("schedule");
  await run("schedule");
  one.declare(AS_IT_IS);
  await run("schedule");
  await run("pull_request");
  expect(github.writes.slice(1)).toEqual(["POST /issues", "PATCH /issues/3", `PATCH /issues/comments/2`]);
  expect(github.issues).toMatchObject([{ state: "closed", title: "anth-rbac: drift of rbac.yaml" }]);
  expect(github.comments).toHaveLength(2);
});

test("a comment that cannot be written fails the step, and says which permission the job needs", async () => {
  const one = await stage({ clock: Date.now });
  const [github, program] = await Promise.all([startGithub(), script(COMMAND_LINE)]);
  one.declare(DECLARED);
  const inputs = { command: "drift", comment: "true", fail_on_drift: "false", token: "ghs_test-another" };
  const failed = await step(one, program, { event: "pull_request", api: github.url, inputs });
  expect(failed.exitCode).toBe(2);
  expect(failed.said).toContain('the job needs the permission "pull-requests: write"');
  const calm = await step(one, program, { event: "pull_request", inputs: { ...inputs, comment: "false" } });
  expect(calm).toMatchObject({ exitCode: 0, output: "exit-code=2\ndrift=true\n" });
});

test("a file that is not valid is no drift, and fails the step where drift does not", async () => {
  const one = await stage({ clock: Date.now });
  const program = await script(COMMAND_LINE);
  one.declare({ members: { "ada@acme.example": { role: "developper" } } });
  const inputs = { command: "drift", fail_on_drift: "false" };
  const wrong = { exitCode: 2, output: "exit-code=2\ndrift=\n", summary: expect.stringContaining("is not valid") };
  expect(await step(one, program, { inputs })).toMatchObject(wrong);
  const named = ["--config\nrbac.yaml", "--config=rbac.yaml", "-c\nrbac.yaml"];
  for (const args of named) expect(await step(one, program, { inputs: { ...inputs, args } })).toMatchObject(wrong);
});

test("validate annotates, apply carries out and summarises, later steps find the program", async () => {
  const one = await stage({ clock: Date.now });
  const program = await script(COMMAND_LINE);
  one.declare({ members: { "ada@acme.example": { role: "developper" } } });
  const checked = await step(one, program, { event: "pull_request", inputs: { command: "validate" } });
  expect(checked.exitCode).toBe(2);
  expect(checked.said).toMatch(/^::error file=rbac\.yaml,line=1,col=\d+,title=invalid-value::/m);
  one.declare(DECLARED);
  const applied = await step(one, program, { event: "workflow_dispatch", inputs: { command: "apply" } });
  expect(applied).toMatchObject({ exitCode: 0, summary: expect.stringContaining("workspaces.prod") });
  expect(applied.path).toBe(join(one.folder, "anth-rbac-bin"));
  const later = spawn(join(applied.path, "anth-rbac"), ["--version"], { env: { ...process.env, FOLDER: one.folder } });
  expect(await text(later.stdout)).toMatch(/^\d+\.\d+\.\d+/);
});

test("what must not be is refused: a secret among the arguments, an apply of what is not merged, a fork beside the credential", async () => {
  const one = await stage({ clock: Date.now });
  const program = await script(COMMAND_LINE);
  const refused = async (event: Step["event"], inputs: Record<string, string>) => {
    const { exitCode, said } = await step(one, program, { ...(event && { event }), inputs });
    return `${exitCode} ${said.replace("::error title=anth-rbac::", "").trim()}`;
  };
  expect(await refused("schedule", { command: "drift", args: "--profile\nsk-ant-admin01-test-0123456789" })).toBe(
    "64 args holds a secret: give it with env: and from secrets",
  );
  expect(await refused("pull_request", { command: "apply" })).toMatch(/^64 .*only what was merged is applied/);
  expect(await refused("pull_request_target", { command: "drift" })).toMatch(/^64 .*what a fork proposes/);
  expect(await refused("schedule", { command: "rotate" })).toMatch(/^64 .*use run:/);
  expect(one.sandbox.requests).toEqual([]);
});
