import { request } from "node:http";
import { expect, test } from "vitest";
import { open } from "../../support/open-sandbox.ts";

/** The status of a request with these headers, as a page in a browser might send it. */
async function statusOf(url: string, headers: Record<string, string>, body?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const req = request(url, { method: body === undefined ? "GET" : "POST", headers }, (res) => {
      res.resume();
      resolve(res.statusCode);
    });
    req.on("error", reject);
    req.end(body);
  });
}

const json = { "content-type": "application/json" };

test("no web page plays the administrator or the person at the Console", async () => {
  const { sandbox } = await open();
  const headers = { "x-api-key": sandbox.adminKey, "anthropic-version": "2026-10-21" };
  for (const path of ["/_sandbox/state", "/v1/organizations/me"]) {
    const url = `${sandbox.url}${path}`;
    expect(await statusOf(url, headers)).toBe(200);
    expect(await statusOf(url, { ...headers, "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await statusOf(url, { ...headers, host: "localhost:8787" })).toBe(200);
    for (const foreign of [
      { host: "evil.example" },
      { host: "127.0.0.1.evil.example:8787" },
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      expect([foreign, await statusOf(url, { ...headers, ...foreign })]).toEqual([foreign, 403]);
    }
  }
});

test("a body that is not sent as JSON is refused before anything is done", async () => {
  const { sandbox } = await open();
  const remove = `${sandbox.url}/_sandbox/console/remove_user`;
  const bob = JSON.stringify({ user: "bob@acme.example" });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"]) {
    expect([type, await statusOf(remove, { "content-type": type }, bob)]).toEqual([type, 403]);
  }
  expect(await statusOf(remove, {}, bob)).toBe(403);
  expect(sandbox.state.users.length).toBe(7);
  expect(await statusOf(remove, { "content-type": "application/json; charset=utf-8" }, bob)).toBe(200);
  const invites = `${sandbox.url}/v1/organizations/invites`;
  expect(await statusOf(invites, { "content-type": "text/plain" }, "{}")).toBe(403);
  expect(await statusOf(invites, { ...json, origin: "https://evil.example" }, "{}")).toBe(403);
});
