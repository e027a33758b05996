import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Headers } from "../../../src/adapters/api/headers.ts";
import { proxyFor } from "../../../src/adapters/api/proxy.ts";
import { createTransport } from "../../../src/adapters/api/transport.ts";

const API = new URL("https://api.anthropic.com");

test.each([
  ["http://proxy.example:3128", "proxy.example:3128"],
  ["https://proxy.example", "proxy.example"],
  ["proxy.example:3128", "proxy.example:3128"],
  ["  http://user:pw@proxy.example:8080/  ", "proxy.example:8080"],
])("HTTPS_PROXY=%s", (value, host) => {
  expect(proxyFor(API, { HTTPS_PROXY: value })).toMatchObject({ variable: "HTTPS_PROXY", url: { host } });
  expect(proxyFor(API, { https_proxy: value, HTTPS_PROXY: "http://other" })?.url.host).toBe(host);
});

test.each([{}, { HTTPS_PROXY: " " }, { HTTP_PROXY: "http://proxy.example" }, { ALL_PROXY: "socks5://proxy.example" }])(
  "no proxy: %j",
  (env) => {
    expect(proxyFor(API, env)).toBeUndefined();
  },
);

test("plain http is never proxied", () => {
  expect(proxyFor(new URL("http://127.0.0.1:1"), { HTTPS_PROXY: "http://p", HTTP_PROXY: "http://p" })).toBeUndefined();
});

test.each(["socks5://proxy.example", "http://", "ftp://user:secret-fake@proxy.example", "http://a b"])(
  "%s is refused, and not repeated",
  (value) => {
    let message = "";
    try {
      proxyFor(API, { HTTPS_PROXY: value });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("HTTPS_PROXY is no address");
    expect(message).not.toContain("example");
  },
);

test.each([
  ["https://api.anthropic.com", "*", true],
  ["https://api.anthropic.com", "anthropic.com", true],
  ["https://api.anthropic.com", ".anthropic.com", true],
  ["https://api.anthropic.com", "*.anthropic.com", true],
  ["https://api.anthropic.com", "other.com, API.Anthropic.com", true],
  ["https://api.anthropic.com", "api.anthropic.com:443", true],
  ["https://api.anthropic.com.", "api.anthropic.com", true],
  ["https://api.anthropic.com", "api.anthropic.com:8443", false],
  ["https://api.anthropic.com:8443", "api.anthropic.com:8443", true],
  ["https://api.anthropic.com", "thropic.com", false],
  ["https://api.anthropic.com", "anthropic.com.evil.example", false],
  ["https://api.anthropic.com", ", ,", false],
  ["https://api.anthropic.com", ".", false],
  ["https://[::1]:8443", "::1", true],
  ["https://[::1]:8443", "[::1]:8443", true],
  ["https://[::1]:8443", "[::1]:1", false],
  ["https://127.0.0.1:8443", "127.0.0.1", true],
  ["https://10.1.2.3", "10.0.0.0/8", true],
  ["https://10.1.2.3:8443", "localhost,10.0.0.0/8", true],
  ["https://11.1.2.3", "10.0.0.0/8", false],
  ["https://192.168.6.3", "192.168.7.9/23", true],
  ["https://192.168.8.3", "192.168.7.9/23", false],
  ["https://11.1.2.3", "0.0.0.0/0", true],
  ["https://[fd12::1]", "fd00::/8", true],
  ["https://[fd12::1]", "[FD00::]/8", true],
  ["https://[fe80::1]", "fd00::/8", false],
  ["https://10.1.2.3", "::/0", false],
  ["https://10.1.2.3", "10.0.0.0/33", false],
  ["https://10.1.2.3", "10.0.0/8", false],
  ["https://10.1.2.3", "10.0.0.0/", false],
  ["https://api.anthropic.com", "0.0.0.0/0", false],
])("%s with NO_PROXY=%s: past the proxy is %s", (url, exempt, past) => {
  const env = { HTTPS_PROXY: "http://proxy.example", NO_PROXY: exempt };
  expect(proxyFor(new URL(url), env) === undefined).toBe(past);
  expect(proxyFor(new URL(url), { ...env, NO_PROXY: "", no_proxy: exempt }) === undefined).toBe(past);
});

/** A proxy of a test's own: `answer` is all that it says to a CONNECT. */
async function tunnel(answer: string) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ended = new AbortController();
  const send = createTransport("https://api.anth-rbac.test", { HTTPS_PROXY: `http://127.0.0.1:${port}` });
  const sent = { method: "GET", headers: new Headers(), signal: ended.signal };
  const failed = send(new URL("https://api.anth-rbac.test/v1/models"), sent).catch((error: unknown) => error);
  const [socket]: Socket[] = await once(server, "connection");
  if (!socket) throw new Error("nobody came");
  await once(socket, "data");
  socket.write(answer);
  return { socket, ended, failed };
}

// A tunnel ends by itself after 30 s, which is what this is about.
test("whoever ends the request ends the tunnel that a proxy has not opened yet", { timeout: 15_000 }, async () => {
  const { socket, ended, failed } = await tunnel("");
  const closed = once(socket, "close");
  ended.abort(new Error("interrupted"));
  expect(await failed).toMatchObject({ message: "interrupted" });
  await closed;
});

test.each(["200 OK", "204 No Content"])("a proxy opens the tunnel with %s", { timeout: 15_000 }, async (status) => {
  const { socket, ended, failed } = await tunnel(`HTTP/1.1 ${status}\r\n\r\n`);
  // A TLS handshake.
  expect((await once(socket, "data"))[0][0]).toBe(22);
  ended.abort(new Error("seen"));
  expect(await failed).toMatchObject({ message: "seen" });
  socket.destroy();
});
