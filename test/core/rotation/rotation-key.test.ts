import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { rotationKeyJson } from "../../../src/core/rotation/rotation-key.ts";
import { NOW, usage } from "../../support/org.ts";
import { rotate, rotated, use, web } from "../../support/rotation.ts";

const inactive = { status: "inactive" };
const instant = (day: string) => Date.parse(`${day}T00:00:00Z`);

describe("the live keys of a declared one", () => {
  test("each with all that is known of it, the current one first, the rest newest first", () => {
    const keys = [
      web("@disabled-20261101", inactive),
      web("@previous-20261120", { createdAt: NOW - 50 * DAY }),
      web("", { hint: "sk-ant-api03-...x", expiresAt: NOW + 60 * DAY }),
      web("@next"),
    ];
    expect(rotate(keys).plan.keys[0]?.live).toStrictEqual([
      {
        id: "apikey_web",
        name: "web",
        status: "active",
        phase: "current",
        hint: "sk-ant-api03-...x",
        createdAt: NOW - 10 * DAY,
        expiresAt: NOW + 60 * DAY,
      },
      {
        id: "apikey_web@next",
        name: "web@next",
        status: "active",
        phase: "replacement-ready",
        hint: null,
        createdAt: NOW - 10 * DAY,
      },
      {
        id: "apikey_web@previous-20261120",
        name: "web@previous-20261120",
        status: "active",
        phase: "overlapping",
        hint: null,
        createdAt: NOW - 50 * DAY,
        until: instant("2026-11-27"),
      },
      {
        id: "apikey_web@disabled-20261101",
        name: "web@disabled-20261101",
        status: "inactive",
        phase: "soaking",
        hint: null,
        createdAt: NOW - 100 * DAY,
        until: instant("2026-12-01"),
      },
    ]);
  });

  test("one that is used past its overlap is draining, and one of an unknown status in no phase", () => {
    const phases = (keys: readonly ApiKey[], rest = {}) =>
      rotate(keys, rest).plan.keys[0]?.live.map(({ phase, until }) => [phase, until]);
    const used = usage([use("apikey_web@previous-20261101")]);
    expect(phases([web(), web("@previous-20261101")], { usage: used })).toEqual([
      ["current", undefined],
      ["draining", instant("2026-11-08")],
    ]);
    expect(phases([web(), web("@previous-20261120", { status: "frozen" })])).toEqual([
      ["current", undefined],
      [null, undefined],
    ]);
  });
});

test("one that was never made has no days", () => {
  expect(rotate([]).plan.keys).toStrictEqual([
    {
      target: "workspaces.prod.keys.web",
      flags: "--key web",
      name: "web",
      workspace: "prod",
      phase: "missing",
      next: "create-replacement",
      create: { name: "web@next", workspace: "Prod", url: "https://platform.claude.com/settings/keys" },
      deliveries: 0,
      live: [],
    },
  ]);
});

describe("as JSON", () => {
  const json = (keys: readonly ApiKey[], rest = {}) => rotate(keys, rest).plan.keys.map(rotationKeyJson)[0];

  test("every field, null where there is nothing", () => {
    expect(json([web()], { config: rotated({ rotate_every: "90d" }) })).toEqual({
      target: "workspaces.prod.keys.web",
      name: "web",
      workspace: "prod",
      phase: "current",
      next: null,
      create: null,
      due_at: "2027-02-11T12:00:00.000Z",
      until: null,
      because: null,
      deliveries: 0,
      live: [
        {
          id: "apikey_web",
          name: "web",
          status: "active",
          phase: "current",
          hint: null,
          created_at: "2026-11-13T12:00:00.000Z",
          expires_at: null,
          until: null,
        },
      ],
      use: null,
    });
    expect(json([])).toMatchObject({ due_at: null, live: [] });
  });

  test("what is due, what is to be created, and how a secret is delivered", () => {
    const expiresAt = NOW + 10 * DAY;
    expect(json([web("", { expiresAt })], { config: rotated({ deliver: [["cat"], ["tee", "x"]] }) })).toMatchObject({
      phase: "awaiting-replacement",
      create: { name: "web@next", workspace: "Prod" },
      because: "expiry",
      deliveries: 2,
      live: [{ expires_at: "2026-12-03T12:00:00.000Z" }],
    });
  });

  test("what used a key that is to go, and until when it was to stay", () => {
    const keys = [web(), web("@previous-20261101")];
    const row = use("apikey_web@previous-20261101");
    expect(json(keys, { usage: usage([row]) })).toMatchObject({
      until: "2026-11-08T00:00:00.000Z",
      use: { requests: 3, input_tokens: 100, output_tokens: 10, models: ["claude-haiku-4-5"] },
      live: [{ until: null }, { until: "2026-11-08T00:00:00.000Z" }],
    });
    const { requests: _, ...uncounted } = row;
    expect(json(keys, { usage: usage([uncounted]) })?.use).toEqual({
      requests: null,
      input_tokens: 100,
      output_tokens: 10,
      models: ["claude-haiku-4-5"],
    });
  });
});
