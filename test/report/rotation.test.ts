import { expect, test } from "vitest";
import { DAY } from "../../src/core/model/time.ts";
import type { RotationOutcome } from "../../src/core/outcome/outcome.ts";
import { CONSOLE_KEYS, type RotationKey } from "../../src/core/rotation/rotation-key.ts";
import { shellWord } from "../../src/core/text/printable.ts";
import { calendarForms } from "../../src/report/calendar.ts";
import { render } from "../../src/report/render.ts";
import { NOW } from "../support/org.ts";

function key(name: string, rest: Partial<RotationKey>): RotationKey {
  const base = { workspace: "prod", phase: "current", next: null, deliveries: 0, live: [] } as const;
  return { ...base, target: `workspaces.prod.keys.${name}`, name, flags: `--key ${shellWord(name)}`, ...rest };
}

const use = { requests: 12, inputTokens: 1, outputTokens: 2, models: ["m-1"] };
const KEYS = [
  key("made", {
    phase: "awaiting-replacement",
    next: "create-replacement",
    create: { name: "made@next", workspace: "Production", url: CONSOLE_KEYS },
    because: "forced",
  }),
  key("ready", { phase: "replacement-ready", next: "hand-over", deliveries: 1, dueAt: NOW - DAY, because: "age" }),
  key("drains", { phase: "draining", next: "stop-use", until: NOW - DAY, use }),
  key("doubt", { phase: "unsettled", next: "settle" }),
  key("waits", { phase: "overlapping", next: "wait", until: NOW + 3 * DAY }),
  key("later", { phase: "soaking", next: "wait", until: NOW + 9 * DAY }),
  key("my key", { phase: "soaking", next: "archive", until: NOW }),
  key("bad\u001b[2J", { dueAt: NOW + 30 * DAY }),
];
const OUTCOME: RotationOutcome = {
  kind: "rotation",
  organization: { id: "o", name: "Acme" },
  takenAt: NOW,
  keys: KEYS,
  unknown: [],
};
const text = (format: "text" | "json" | "markdown") => render(OUTCOME, { format, exitCode: 0, colour: false });

test("each step says what to do, and when to come back is the first of the days that are waited for", async () => {
  const shown = await text("text");
  for (const words of [
    'create "made@next" in the workspace "Production" in the Console (https://platform.claude.com/settings/keys), then anth-rbac rotate --key made',
    "anth-rbac rotate --key ready --secret-stdin",
    "overlap over since 2026-11-22",
    "12 requests in the last 24 h with m-1",
    "--archive --yes --confirm 'my key'",
    "come back on 2026-11-26",
  ])
    expect(shown).toContain(words);
  expect(shown).not.toContain("\u001b");
});

test("that no key is declared is said where all was read; what was not is named in each form", async () => {
  const none = { ...OUTCOME, keys: [] };
  const unread = { ...none, unknown: [{ kind: "keys", reason: "permission-denied", message: "no scope" }] };
  const as = (outcome: RotationOutcome, format: "text" | "markdown") =>
    render(outcome, { format, exitCode: 0, colour: false });
  expect(await as(none, "text")).toContain("no key is declared here");
  expect(await as(unread, "text")).not.toContain("no key is declared here");
  for (const format of ["text", "markdown"] as const) expect(await as(unread, format)).toContain("could not read keys");
});

test("a key that was made a moment ago is not minus one day old", async () => {
  const live = [{ id: "k", name: "k", status: "active", phase: null, hint: null, createdAt: NOW + 999 }];
  const one = key("k", { live, dueAt: NOW + DAY });
  const shown = await render({ ...OUTCOME, keys: [one] }, { format: "text", exitCode: 0, colour: false });
  expect(shown).toMatch(/ 0 d +due/);
});

test("a key that is to expire is due since before; one that has, expired on its day", async () => {
  const due = async (expiresAt: number) => {
    const live = [{ id: "k", name: "k", status: "active", phase: null, hint: null, createdAt: 0, expiresAt }];
    const one = key("k", { phase: "due", dueAt: expiresAt - 14 * DAY, because: "expiry", live });
    return render({ ...OUTCOME, keys: [one] }, { format: "text", exitCode: 0, colour: false });
  };
  expect(await due(NOW + DAY)).toContain("due since 2026-11-10: it expires");
  expect(await due(NOW)).toContain("expired on 2026-11-23");
});

test("where only a superseded key works, that is said", async () => {
  const live = (name: string, status: string, phase: "disabled" | "overlapping" | "due") =>
    ({ id: name, name, status, phase, hint: null, createdAt: NOW - DAY }) as const;
  const shown = async (...keys: readonly ReturnType<typeof live>[]) => {
    const one = key("k", { phase: "awaiting-replacement", next: "create-replacement", live: keys });
    return render({ ...OUTCOME, keys: [one] }, { format: "text", exitCode: 0, colour: false });
  };
  const previous = live("k@previous-20261101", "active", "overlapping");
  const only = 'until then "k@previous-20261101" is all that works';
  expect(await shown(live("k", "inactive", "disabled"), previous)).toContain(only);
  expect(await shown(previous)).toContain(only);
  expect(await shown(live("k", "active", "due"), previous)).not.toContain("all that works");
  expect(await shown(live("k", "inactive", "disabled"))).not.toContain("all that works");
});

test("Markdown and JSON hold the same keys", async () => {
  expect((await text("markdown")).match(/^\| workspaces/gm)).toHaveLength(KEYS.length);
  expect(JSON.parse(await text("json"))).toMatchObject({
    kind: "status",
    exit_code: 0,
    organization: { id: "o", name: "Acme" },
    keys: KEYS.map(({ target, phase }) => ({ target, phase })),
  });
});

test("a calendar has the day of each key that has one, and a UID that time does not change", () => {
  const uids = (now: number) =>
    calendarForms.text({ kind: "calendar", organization: "o", keys: KEYS, now: now }).match(/^UID:.*$/gm);
  expect(
    calendarForms.text({ kind: "calendar", organization: "o", keys: KEYS, now: NOW }).match(/^DTSTART.*2026\d{4}/gm),
  ).toEqual([
    "DTSTART;VALUE=DATE:20261122",
    "DTSTART;VALUE=DATE:20261126",
    "DTSTART;VALUE=DATE:20261202",
    "DTSTART;VALUE=DATE:20261223",
  ]);
  expect(uids(NOW)).toEqual(uids(NOW + DAY));
  const never = [key("never", { dueAt: Date.UTC(12018, 11, 1) })];
  expect(calendarForms.text({ kind: "calendar", organization: "o", keys: never, now: NOW })).not.toContain("VEVENT");
});
