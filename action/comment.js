/** Keeps one comment of a pull request, or one issue of the repository, at what the last run found. */
import { readFileSync } from "node:fs";

/** A comment or an issue takes 65,536 characters. Source: GitHub's REST API, "Create an issue comment". */
const MOST_CHARACTERS = 60_000;
const PAGE = 100;
const TIMEOUT_MS = 30_000;

/**
 * Puts `text` into the comment that an earlier run made, or makes it: on the pull request of the event, else as an issue. Where nothing
 * differs none is made, and the issue is closed. Throws where GitHub refuses.
 */
export async function keepComment({ text, config, differs, env }) {
  const github = connect(env);
  const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8"));
  const marker = `<!-- anth-rbac drift ${encodeURIComponent(config)} -->`;
  const body = `${marker}\n${cut(text, env)}`;
  const number = event.pull_request?.number;
  const list = number === undefined ? "/issues?state=open&" : `/issues/${number}/comments?`;
  const mine = await find(github, list, marker);
  if (number !== undefined) {
    if (mine && mine.body !== body) await github("PATCH", `/issues/comments/${mine.id}`, { body });
    if (!mine && differs) await github("POST", `/issues/${number}/comments`, { body });
    return;
  }
  const state = differs ? "open" : "closed";
  if (mine && (mine.body !== body || !differs)) await github("PATCH", `/issues/${mine.number}`, { body, state });
  if (!mine && differs)
    await github("POST", "/issues", { title: `anth-rbac: drift of ${config || "rbac.yaml"}`, body });
}

/** What bears the marker and was written by a program: a person who pastes the marker gains nothing. */
async function find(github, list, marker) {
  for (let page = 1; ; page += 1) {
    const items = await github("GET", `${list}per_page=${PAGE}&page=${page}`);
    const mine = items.find((item) => item.user?.type === "Bot" && item.body?.startsWith(marker));
    if (mine || items.length < PAGE) return mine;
  }
}

/** As much as a comment takes, at the end of a line, and where the rest is. */
function cut(text, { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run }) {
  if (text.length <= MOST_CHARACTERS) return text.trimEnd();
  const shown = text.slice(0, text.lastIndexOf("\n", MOST_CHARACTERS));
  const more = text.slice(shown.length).split("\n").length - 1;
  return `${shown}\n\n**${more} more lines: see the [summary of the run](${server}/${repository}/actions/runs/${run}).**`;
}

/** GitHub's REST API, of this repository. */
function connect({ GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, INPUT_TOKEN: token }) {
  return async (method, path, body) => {
    const response = await fetch(`${api}/repos/${repository}${path}`, {
      method,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response.json();
    const needs = path.startsWith("/issues/") && path.includes("comments") ? "pull-requests: write" : "issues: write";
    const fix = response.status === 403 || response.status === 404 ? `; the job needs the permission "${needs}"` : "";
    throw new Error(`GitHub answered ${response.status} to ${method} ${path.replace(/\?.*/, "")}${fix}`);
  };
}
