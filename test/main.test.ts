/** What `main` writes, whatever a command and the API put into it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { apiError, type Handler, json, serve } from "./support/http-server.ts";
import { runMain } from "./support/stage.ts";

const GATEWAY_TOKEN = "gw-token-NOTREALNOTREAL1234567890";

/** Every way in which a gateway may repeat what it was sent. */
function dresses(secret: string): readonly string[] {
  const base64 = ["", "a", "ab"].map((before) => Buffer.from(before + secret).toString("base64"));
  return [secret, secret.toUpperCase(), encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...base64];
}

/** A gateway that says what it got, in its errors, ids and headers. */
async function gateway(dress: (secret: string) => string, handle?: Handler) {
  const server = await serve((url, response, count) => {
    const got = server.requests[count - 1]?.headers.authorization?.replace("Bearer ", "") ?? "";
    response.setHeader("x-echo", dress(got));
    if (handle) return handle(url, response, count);
    apiError(response, 400, `bad header Authorization: ${dress(got)}`, { headers: { "request-id": dress(got) } });
  });
  onTestFinished(() => server.close());
  return server;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "anth-rbac-main-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  writeFileSync(join(path, "rbac.yaml"), "version: 1\nworkspaces: { prod: { name: Production } }\n");
  return path;
}

/** No eight characters of it, in any of its dresses. */
function expectNothingOf(secret: string, output: string): void {
  for (const dress of dresses(secret)) {
    // What a base64 group shares with the characters around it may stay.
    for (let at = 4; at + 12 <= dress.length; at += 1) expect(output).not.toContain(dress.slice(at, at + 8));
  }
}

test.each(dresses("SECRET").map((_, at) => at))(
  "a credential of any shape that comes back is masked: dress %i",
  async (at) => {
    const dress = (secret: string) => dresses(secret)[at] ?? "";
    const server = await gateway(dress);
    const env = { ANTHROPIC_AUTH_TOKEN: GATEWAY_TOKEN, ANTHROPIC_BASE_URL: server.url };
    const cwd = folder();
    for (const words of [["drift", "--json"], ["drift", "--debug"], ["apply", "--yes"], ["status"], ["export"]]) {
      const { stdout, stderr } = await runMain(words, {
        cwd,
        env: { ...env, ANTH_RBAC_STATE_DIR: join(cwd, "state") },
      });
      expect(`${stdout}${stderr}`).toContain("[masked]");
      expectNothingOf(GATEWAY_TOKEN, `${stdout}${stderr}`);
    }
    expect(server.requests.length).toBeGreaterThan(0);
  },
);

test("so is what only looks like one, in a name that the API lists, and every file that is written", async () => {
  const name = "SK-ANT-NOTREALNOTREALNOTREAL";
  const fields = { archived_at: null, data_residency: null, external_key_id: null, tags: { [GATEWAY_TOKEN]: "x" } };
  const workspace = { id: "wrkspc_1", name, ...fields };
  const empty = { has_more: false, first_id: null, last_id: null, next_page: null };
  const server = await gateway(
    (secret) => secret,
    (url, response) => {
      if (url.pathname.endsWith("/me")) return json(response, { id: "org", name: "Acme", type: "organization" });
      json(response, { ...empty, data: url.pathname.endsWith("/workspaces") ? [workspace] : [] });
    },
  );
  const cwd = folder();
  const env = { ANTHROPIC_AUTH_TOKEN: GATEWAY_TOKEN, ANTHROPIC_BASE_URL: server.url };
  const { stdout, stderr } = await runMain(["export", "--out", "live.yaml", "--debug"], { cwd, env });
  const written = `${stdout}${stderr}${readFileSync(join(cwd, "live.yaml"), "utf8")}`;
  expect(written).toContain("sk-ant-[masked]");
  expect(written).not.toContain("NOTREALNOTREAL");
});
