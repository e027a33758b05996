/**
 * The step of action.yml: `node action/run.js PROGRAM`, with its inputs in INPUT_… of the environment. Runs one command of the program,
 * and brings what it says to where GitHub shows it: annotations, the job's summary, one comment or issue. No package is needed.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { keepComment } from "./comment.js";

/** What each command is asked for, and whether its answer is a document that a summary shows. */
const COMMANDS = {
  validate: { words: ["validate", "--format", "github"], isDocument: false },
  test: { words: ["test", "--format", "github"], isDocument: false },
  drift: { words: ["drift", "--format", "markdown"], isDocument: true },
  apply: { words: ["apply", "--format", "markdown", "--yes"], isDocument: true },
};
const USAGE = 64;
const DIFFERS = 2;

const [program = ""] = process.argv.slice(2);
process.exitCode = await main(process.env);

async function main(env) {
  const { INPUT_COMMAND: name = "", INPUT_CONFIG: config = "", INPUT_COMMENT: comment = "false" } = env;
  const args = (env.INPUT_ARGS ?? "").split("\n").map((line) => line.trim());
  const further = args.filter((line) => line !== "");
  putOnPath(env);
  if (name === "") return 0;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const wrong = command
    ? refusal(name, further, env)
    : `there is no command "${name}" here: leave it out, and use run:`;
  if (wrong !== undefined) return fail(wrong, USAGE);

  const file = config === "" ? [] : ["--config", config];
  const { exitCode, text } = await run([...command.words, ...file, ...further], command.isDocument, env);
  // A file that is not valid was held against nothing, and its exit code is the same.
  const differs = name === "drift" && exitCode === DIFFERS && (await isValid([...file, ...fileIn(further)], env));
  output("exit-code", exitCode, env);
  if (name === "drift") output("drift", differs ? "true" : exitCode === 0 ? "false" : "", env);
  if (command.isDocument && text !== "") {
    if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, `${text}\n`);
    try {
      if (name === "drift" && comment === "true") await keepComment({ text, config, differs: exitCode !== 0, env });
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error), exitCode === 0 ? 1 : exitCode);
    }
  }
  return differs && env.INPUT_FAIL_ON_DRIFT === "false" ? 0 : exitCode;
}

/** Whether the file has no errors; nothing of what is said is shown. */
function isValid(file, { INPUT_TOKEN: _token, ...env }) {
  const child = spawn(process.execPath, [resolve(program), "validate", ...file], { env, stdio: "ignore" });
  return new Promise((done, failed) => child.on("error", failed).on("close", (code) => done(code === 0)));
}

/** What further arguments say of which file is used. */
function fileIn(further) {
  const at = further.findIndex((word) => /^(?:-c|--config)/.test(word));
  return at < 0 ? [] : further.slice(at, at + (/^(?:-c|--config)$/.test(further[at]) ? 2 : 1));
}

/** Why a command does not run here; undefined where it does. What is asked here holds whatever the workflow says. */
function refusal(name, further, { GITHUB_EVENT_NAME: event = "" }) {
  if (further.some((word) => /sk-ant-/i.test(word))) return "args holds a secret: give it with env: and from secrets";
  if (name === "drift" && event === "pull_request_target") {
    return "drift does not run on pull_request_target: what a fork proposes must not meet the admin credential";
  }
  if (name === "apply" && event.startsWith("pull_request")) {
    return `apply does not run on ${event}: only what was merged is applied`;
  }
  return undefined;
}

/** Runs the program. A document is kept; everything else goes on as it comes. Without the token: the program needs none. */
function run(words, isDocument, { INPUT_TOKEN: _token, ...env }) {
  // Whatever stands in a document or an error, no line of it is a command to the runner.
  const pause = isDocument ? randomUUID() : undefined;
  if (pause) console.log(`::stop-commands::${pause}`);
  const child = spawn(process.execPath, [resolve(program), ...words], {
    env,
    stdio: ["ignore", isDocument ? "pipe" : "inherit", "inherit"],
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => {
      if (pause) console.log(`::${pause}::`);
      done({ exitCode: code ?? 1, text });
    });
  });
}

/** Later steps of the job find `anth-rbac`. */
function putOnPath({ GITHUB_PATH: list, RUNNER_TEMP: temporary }) {
  if (!list || !temporary) return;
  const folder = join(temporary, "anth-rbac-bin");
  const file = join(folder, "anth-rbac");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec node '${resolve(program).replaceAll("'", "'\\''")}' "$@"\n`);
  chmodSync(file, 0o755);
  if (!readFileSync(list, { encoding: "utf8", flag: "a+" }).split("\n").includes(folder))
    appendFileSync(list, `${folder}\n`);
}

function output(name, value, { GITHUB_OUTPUT: file }) {
  if (file) appendFileSync(file, `${name}=${value}\n`);
}

function fail(message, exitCode) {
  console.log(
    `::error title=anth-rbac::${message.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")}`,
  );
  return exitCode;
}
