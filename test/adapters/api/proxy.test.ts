import { expect, test } from "vitest";
import { proxyFor } from "../../../src/adapters/api/proxy.ts";

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
])("%s with NO_PROXY=%s: past the proxy is %s", (url, exempt, past) => {
  const env = { HTTPS_PROXY: "http://proxy.example", NO_PROXY: exempt };
  expect(proxyFor(new URL(url), env) === undefined).toBe(past);
  expect(proxyFor(new URL(url), { ...env, NO_PROXY: "", no_proxy: exempt }) === undefined).toBe(past);
});
