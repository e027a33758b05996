import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createOrganizationGuard } from "../../../src/adapters/api/organization-guard.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { stage } from "../../support/stage.ts";

const A = "Bearer tokA-NOTREAL";
const B = "Bearer tokB-NOTREAL";

test("the first answer says which organization it is; another one ends everything", () => {
  const guard = createOrganizationGuard();
  expect(guard.mustAsk(A, false)).toBe(false);
  expect(guard.mustAsk(A, true)).toBe(true);
  guard.learn(A, { id: "ONE" });
  expect(guard.mustAsk(A, true)).toBe(false);
  expect(guard.mustAsk(B, false)).toBe(true);
  guard.learn(A, { header: "head" });
  guard.learn(B, { id: "one" });
  expect(guard.mustAsk(B, true)).toBe(false);
  expect(() => guard.learn(B, { id: "two" })).toThrow("one at the beginning, and now answers for two");
  expect(() => guard.check()).toThrow("nothing more is sent");
});

test("an answer that says nothing of its organization proves nothing", () => {
  const guard = createOrganizationGuard();
  guard.learn(A, {});
  expect(guard.mustAsk(A, true)).toBe(true);
  guard.learn(A, { header: "one" });
  guard.learn(A, {});
  guard.check();
  expect(guard.mustAsk(B, false)).toBe(true);
  expect(() => guard.learn(A, { header: "two" })).toThrow("two");
});

const OTHER = "11111111-2222-4333-8444-555555555555";

interface Router {
  readonly url: string;
  /** Methods of the requests so far. */
  readonly methods: readonly string[];
}

interface RouterOptions {
  readonly withHeader: boolean;
  readonly onRequest: (count: number, method: string) => void;
  /** Whose activity feed the address leads to, whatever the token. */
  readonly feed?: Sandbox | undefined;
}

/** Organizations behind one address, told apart by the token, as at api.anthropic.com. */
async function router(
  to: Readonly<Record<string, Sandbox>>,
  { withHeader, onRequest, feed }: RouterOptions,
): Promise<Router> {
  const methods: string[] = [];
  const server = createServer((asked, answered) => {
    const { method = "GET" } = asked;
    onRequest(methods.push(method), method);
    const isFeed = feed !== undefined && asked.url?.startsWith("/v1/compliance/activities");
    const sandbox = isFeed ? feed : to[asked.headers.authorization ?? ""];
    if (!sandbox) return void answered.writeHead(401).end();
    const { port, host } = new URL(sandbox.url);
    const own = isFeed ? { "x-api-key": sandbox.activityKey } : { authorization: `Bearer ${sandbox.adminKey}` };
    const { authorization, ...passedOn } = asked.headers;
    const headers = { ...passedOn, host, ...own };
    const onward = request({ host: "127.0.0.1", port, method, path: asked.url, headers }, (answer) => {
      if (!withHeader) delete answer.headers["anthropic-organization-id"];
      answered.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(answered);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`, methods };
}

/** A profile whose token is nearly over, so that it is read again for each request; `login` rewrites it, as another login would. */
function profile() {
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-guard-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["configs", "credentials"]) mkdirSync(join(folder, name), { mode: 0o700 });
  writeFileSync(join(folder, "configs", "default.json"), '{"authentication":{"type":"user_oauth"}}', { mode: 0o600 });
  vi.stubEnv("ANTHROPIC_CONFIG_DIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const login = (token: string) => {
    const tokens = { access_token: token.replace("Bearer ", ""), expires_at: Math.floor(Date.now() / 1000) + 100 };
    writeFileSync(join(folder, "credentials", "default.json"), JSON.stringify(tokens), { mode: 0o600 });
  };
  return { folder, login };
}

/** Revokes bob while, at some request, another login makes the profile one of another organization that has a bob too. */
async function revokeWhile(
  isMoment: (count: number, method: string) => boolean,
  withHeader = true,
  isFeedOfOther = false,
) {
  const first = await stage();
  const seed = JSON.parse(JSON.stringify(first.sandbox.state).replaceAll(first.sandbox.state.organization.id, OTHER));
  const second = await stage({ seed });
  const { folder, login } = profile();
  login(A);
  let switched = false;
  const { url, methods } = await router(
    { [A]: first.sandbox, [B]: second.sandbox },
    {
      withHeader,
      feed: isFeedOfOther ? second.sandbox : undefined,
      onRequest: (count, method) => {
        if (!switched && isMoment(count, method)) {
          switched = true;
          login(B);
        }
      },
    },
  );
  first.declare({ organization: { id: first.sandbox.state.organization.id } });
  const env = {
    ANTHROPIC_ADMIN_KEY: undefined,
    ANTHROPIC_AUTH_TOKEN: undefined,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_CONFIG_DIR: folder,
  };
  const ran = await first.run(["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes"], { env });
  return { ran, first, second, methods };
}

/** The run without a switch makes five writes; after the fifth the organization is looked at again. */
function lastWrite(_: number, method: string): boolean {
  writes += isWrite(method) ? 1 : 0;
  return writes === 5;
}
let writes = 0;

const isWrite = (method: string) => method !== "GET";

describe("a profile that another login rewrites in the middle of a run", () => {
  test("without it the run is done", async () => {
    const { ran, first, second } = await revokeWhile(() => false);
    expect(ran.exitCode).toBe(0);
    expect(first.writes().length).toBeGreaterThan(3);
    expect(second.sandbox.requests).toEqual([]);
  });

  test.each([
    ["before the first list", (count: number) => count === 1, true],
    ["before the first list, and no answer says whose it is", (count: number) => count === 1, false],
    ["while lists are read", (count: number) => count === 4, true],
    ["at the first write", (_: number, method: string) => isWrite(method), true],
    ["at the first write, and no answer says whose it is", (_: number, method: string) => isWrite(method), false],
    ["at the last write", lastWrite, true],
  ])("%s: exit 4, and nothing is written to the other organization", async (_, isMoment, withHeader) => {
    const { ran, second } = await revokeWhile(isMoment, withHeader);
    // The SDK reads a token again from time to time: so near the end of a run perhaps never, and then all of it was for the first.
    if (isMoment === lastWrite && second.sandbox.requests.length === 0) {
      expect(ran.exitCode).toBe(0);
      return;
    }
    expect(ran.exitCode).toBe(4);
    expect(`${ran.stdout}${ran.stderr}`).toContain(`at the beginning, and now answers for ${OTHER}`);
    expect(second.writes()).toEqual([]);
    // It was asked who it is, and nothing after that.
    expect(second.sandbox.requests.length).toBeLessThanOrEqual(8);
  });

  test("revoke, where the feed of its evidence is another one's: what the run could do without ends it all the same", async () => {
    // By where the address leads, for the SDK alone knows when it reads a token again.
    const { ran, second } = await revokeWhile(() => false, true, true);
    expect(ran.exitCode).toBe(4);
    expect(`${ran.stdout}${ran.stderr}`).toContain(`at the beginning, and now answers for ${OTHER}`);
    expect(ran.stderr).toContain("evidence: ");
    expect(second.sandbox.requests.length).toBe(1);
  });
});
