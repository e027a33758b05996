import { describe, expect, test } from "vitest";
import { RATE_STORE } from "../../../src/core/config/formats.ts";

describe("where requests are counted", () => {
  test.each([
    "local",
    "redis://cache",
    "redis://cache:1",
    "redis://cache:65535/0",
    "rediss://team@cache.acme.example:6379/15?family=4",
    "redis://u:p@ss@cache:6379",
    "redis://[::1]:6379",
  ])("is %s", (written) => {
    expect(RATE_STORE.test(written)).toBe(true);
    expect(written === "local" || new URL(written).hostname !== "").toBe(true);
  });

  // Each of them was valid, and then every prompt was denied.
  test.each([
    "redis://cache:0",
    "redis://cache:65536",
    "redis://cache:99999",
    "redis://cache:-1",
    "redis://cache:port",
    "redis://cache/abc",
    "redis://cache/1e3",
    "redis://cache/1/2",
    "redis://:6379",
    "redis://[::1",
    "Local",
  ])("is not %s", (written) => {
    expect(RATE_STORE.test(written)).toBe(false);
  });
});
