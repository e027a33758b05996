import { expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import type { RotationInput } from "../../../src/core/rotation/rotation.ts";
import { key, NOW, usage } from "../../support/org.ts";
import { lines, rotate, rotated, TARGET, use, web } from "../../support/rotation.ts";

const old = { createdAt: NOW - 100 * DAY };
const inactive = { status: "inactive" };
const asPerson = (name: string) => ({ principal: { type: "user", id: `user_${name}` } }) as const;
const asAccount = { principal: { type: "service_account", id: "svac_ci" } } as const;
const tested = { handover: new Map([[TARGET, "tested" as const]]) };
const delivered = { handover: new Map([[TARGET, "delivered" as const]]) };
const leaked = { leaked: true };
const force = { force: true };

const WANTED = (id: string | null) => `manual ${id} -→web@next Prod [widening replacement-needed]`;
const CUT = "update apikey_web@next web@next→web [safe cut-over]";
const SUPERSEDED = "update apikey_web web→web@previous-20261123 [safe superseded]";
const SECRET = "manual apikey_web@next web@next→web [safe secret-needed]";
const DISABLED = (label: string, reason: string) =>
  `update apikey_web${label} web${label} active→web@disabled-20261123 inactive [removal ${reason}]`;

interface Case {
  readonly name: string;
  readonly keys: readonly ApiKey[];
  readonly asked?: Partial<RotationInput>;
  /** `phase next`. */
  readonly state: string;
  readonly changes?: readonly string[];
}

const cases: readonly Case[] = [
  { name: "a young key", keys: [web()], state: "current null" },
  {
    name: "a key that is due",
    keys: [web("", old)],
    state: "awaiting-replacement create-replacement",
    changes: [WANTED("apikey_web")],
  },
  {
    name: "a key near its expiry",
    keys: [web("", { expiresAt: NOW + 13 * DAY })],
    state: "awaiting-replacement create-replacement",
    changes: [WANTED("apikey_web")],
  },
  {
    name: "an expired key",
    keys: [web("", { status: "expired", expiresAt: NOW - DAY })],
    state: "awaiting-replacement create-replacement",
    changes: [WANTED("apikey_web")],
  },
  {
    name: "a forced key",
    keys: [web()],
    asked: force,
    state: "awaiting-replacement create-replacement",
    changes: [WANTED("apikey_web")],
  },
  { name: "a key that is missing", keys: [], state: "missing create-replacement", changes: [WANTED(null)] },
  {
    name: "force during the overlap",
    keys: [web(), web("@previous-20261120")],
    asked: force,
    state: "overlapping wait",
  },
  {
    name: "force after today's rotation",
    keys: [web("", { createdAt: NOW - 1 }), web("@disabled-20261123", inactive)],
    asked: force,
    state: "soaking wait",
  },
  {
    name: "force on a key disabled by hand",
    keys: [web("", inactive)],
    asked: force,
    state: "awaiting-replacement create-replacement",
    changes: [WANTED("apikey_web")],
  },
  {
    name: "a key that was revoked, or disabled by hand, is replaced and never enabled again",
    keys: [web("", inactive)],
    state: "awaiting-replacement create-replacement",
    changes: [WANTED("apikey_web")],
  },
  {
    name: "a replacement without its secret",
    keys: [web("", old), web("@next")],
    state: "replacement-ready hand-over",
    changes: [SECRET],
  },
  {
    name: "a replacement made early",
    keys: [web(), web("@next")],
    asked: tested,
    state: "replacement-ready cut-over",
    changes: [SUPERSEDED, CUT],
  },
  {
    name: "a replacement on the operator's word",
    keys: [web("", old), web("@next")],
    asked: delivered,
    state: "replacement-ready cut-over",
    changes: [SUPERSEDED, CUT],
  },
  {
    name: "the word is not enough where it is delivered here",
    keys: [web("", old), web("@next")],
    asked: { ...delivered, config: rotated({ deliver: [["cat"]] }) },
    state: "replacement-ready hand-over",
    changes: [SECRET],
  },
  {
    name: "a replacement of a key disabled by hand",
    keys: [web("", inactive), web("@next")],
    asked: tested,
    state: "replacement-ready cut-over",
    changes: ["update apikey_web web→web@disabled-20261123 [safe superseded-stopped]", CUT],
  },
  {
    name: "a replacement of nothing",
    keys: [web("@next")],
    asked: tested,
    state: "replacement-ready cut-over",
    changes: [CUT],
  },
  {
    name: "an interrupted cut-over",
    keys: [web("@previous-20261123"), web("@next")],
    state: "replacement-ready cut-over",
    changes: [CUT],
  },
  {
    name: "a replacement made after the label's day is none",
    keys: [web("@previous-20261121"), web("@next", { createdAt: NOW })],
    state: "replacement-ready hand-over",
    changes: [SECRET],
  },
  {
    name: "a replacement that acts as a person, for a key that acts as nobody",
    keys: [web("", old), web("@next", asPerson("ada"))],
    asked: tested,
    state: "unsettled settle",
  },
  {
    name: "a replacement that acts as another person",
    keys: [web("", { ...old, ...asPerson("bob") }), web("@next", asPerson("ada"))],
    asked: tested,
    state: "unsettled settle",
  },
  {
    name: "a replacement that acts as a person, for a key of a service account",
    keys: [web("", { ...old, ...asAccount }), web("@next", asPerson("ada"))],
    asked: tested,
    state: "unsettled settle",
  },
  {
    name: "a replacement that acts as the same person",
    keys: [web("", { ...old, ...asPerson("ada") }), web("@next", asPerson("ada"))],
    asked: tested,
    state: "replacement-ready cut-over",
    changes: [SUPERSEDED, CUT],
  },
  {
    name: "a replacement that acts as a service account",
    keys: [web("", old), web("@next", asAccount)],
    asked: tested,
    state: "replacement-ready cut-over",
    changes: [SUPERSEDED, CUT],
  },
  {
    name: "a key that acts as a service account is due",
    keys: [web("", { ...old, ...asAccount })],
    state: "awaiting-replacement create-replacement",
    changes: [`${WANTED("apikey_web").replace(" [", " svac_ci [")}`],
  },
  { name: "a replacement that is not active", keys: [web(), web("@next", inactive)], state: "unsettled settle" },
  {
    name: "a replacement that has expired",
    keys: [web(), web("@next", { status: "expired" })],
    state: "unsettled settle",
  },
  {
    name: "a replacement that was archived is none",
    keys: [web(), web("@next", { status: "archived" })],
    state: "current null",
  },
  { name: "an overlap", keys: [web(), web("@previous-20261117")], state: "overlapping wait" },
  { name: "an overlap that starts tomorrow", keys: [web(), web("@previous-20261124")], state: "unsettled settle" },
  { name: "an overlap that starts in 36 years", keys: [web(), web("@previous-20621129")], state: "unsettled settle" },
  {
    name: "a soak that starts tomorrow",
    keys: [web(), web("@disabled-20261124", inactive)],
    state: "unsettled settle",
  },
  {
    name: "an overlap that began before the key was made",
    keys: [web(), web("@previous-20261101", { createdAt: NOW })],
    state: "unsettled settle",
  },
  {
    name: "a superseded key that was archived during its overlap",
    keys: [web(), web("@previous-20261120", { status: "archived" })],
    state: "unsettled settle",
  },
  {
    name: "a superseded key that was archived, its overlap over",
    keys: [web(), web("@previous-20261101", { status: "archived" })],
    state: "current null",
  },
  {
    name: "an overlap that is over",
    keys: [web(), web("@previous-20261116")],
    state: "overlapping disable",
    changes: [DISABLED("@previous-20261116", "overlap-over")],
  },
  {
    name: "an overlap that is over, its use unknown",
    keys: [web(), web("@previous-20261116")],
    asked: { usage: { known: false, reason: "permission-denied" } },
    state: "overlapping disable",
  },
  {
    name: "a superseded key in use",
    keys: [web(), web("@previous-20261116")],
    asked: { usage: usage([use("apikey_web@previous-20261116")]) },
    state: "draining stop-use",
    changes: ["manual apikey_web@previous-20261116 active→inactive [removal still-in-use]"],
  },
  {
    name: "a disabled key enabled again",
    keys: [web(), web("@disabled-20261122")],
    state: "unsettled settle",
  },
  {
    name: "a superseded key disabled by hand",
    keys: [web(), web("@previous-20261120", inactive)],
    state: "soaking disable",
    changes: [
      "update apikey_web@previous-20261120 web@previous-20261120→web@disabled-20261123 [safe disabled-by-hand]",
    ],
  },
  {
    name: "a soak",
    keys: [web(), web("@disabled-20261101", inactive)],
    asked: { archive: true },
    state: "soaking wait",
  },
  { name: "a soak that is over", keys: [web(), web("@disabled-20261001", inactive)], state: "soaking archive" },
  {
    name: "an archive",
    keys: [web(), web("@disabled-20261001", { status: "expired" })],
    asked: { archive: true },
    state: "soaking archive",
    changes: ["update apikey_web@disabled-20261001 expired→archived [irreversible soak-over]"],
  },
  {
    name: "a leak of the current key",
    keys: [web()],
    asked: leaked,
    state: "awaiting-replacement create-replacement",
    changes: [DISABLED("", "leaked"), WANTED(null)],
  },
  {
    name: "a leak with a replacement there",
    keys: [web(), web("@next")],
    asked: { ...leaked, ...tested },
    state: "replacement-ready cut-over",
    changes: [DISABLED("", "leaked"), CUT],
  },
  {
    name: "a leak during the overlap",
    keys: [web(), web("@previous-20261120")],
    asked: leaked,
    state: "overlapping disable",
    changes: [DISABLED("@previous-20261120", "leaked")],
  },
  {
    name: "a leak of a key that somebody disabled already",
    keys: [web("", inactive), web("@next")],
    asked: { ...leaked, ...tested },
    state: "replacement-ready cut-over",
    changes: ["update apikey_web web→web@disabled-20261123 [safe superseded-stopped]", CUT],
  },
  {
    name: "a leak that was handled",
    keys: [web(), web("@disabled-20261123", inactive)],
    asked: leaked,
    state: "soaking wait",
  },
  {
    name: "a leak of exactly one key",
    keys: [web(), web("@previous-20261120")],
    asked: { ...leaked, scope: { workspaces: [], keys: ["apikey_web"] } },
    state: "awaiting-replacement create-replacement",
    changes: [DISABLED("", "leaked"), WANTED(null)],
  },
  {
    name: "a leak of the replacement",
    keys: [web(), web("@next")],
    asked: { ...leaked, scope: { workspaces: [], keys: ["apikey_web@next"] } },
    state: "current null",
    changes: [DISABLED("@next", "leaked")],
  },
  {
    name: "two replacements",
    keys: [web("", old), web("@next"), web("@next", { id: "apikey_2" })],
    asked: tested,
    state: "unsettled settle",
  },
  { name: "two current keys", keys: [web("", old), web("", { id: "apikey_2" })], state: "unsettled settle" },
  {
    name: "two current keys, one pinned",
    keys: [web(), web("", { id: "apikey_2" })],
    asked: { config: rotated({ id: "apikey_2" }) },
    state: "current null",
  },
  {
    name: "a replacement in another workspace",
    keys: [web("", old), key("web@next", "wrkspc_other")],
    state: "unsettled settle",
  },
  { name: "a day that no calendar has", keys: [web("", old), web("@previous-20261399")], state: "unsettled settle" },
  {
    name: "a status that this version does not know",
    keys: [web("", { ...old, status: "frozen" })],
    state: "unsettled settle",
  },
];

test.each(cases)("$name: $state", ({ keys, asked: rest, state, changes = [] }) => {
  const { plan } = rotate(keys, rest);
  expect(lines(plan.changes)).toEqual(changes);
  expect(plan.keys?.map(({ phase, next }) => `${phase} ${next}`)).toEqual([state]);
});

test("a superseded key whose use is not known to the end stays, with a warning and a step for somebody", () => {
  const lag = 4 * 3_600_000;
  const found = rotate([web(), web("@previous-20261101")], { usage: usage([], { asOf: NOW - lag }) });
  expect(found.plan.changes).toMatchObject([{ action: "manual", kind: "key", reason: "usage-not-known" }]);
  expect(found.plan.findings).toMatchObject([
    { code: "usage-not-known", severity: "warning", args: { since: "2026-11-23T08:00:00.000Z" } },
  ]);
});
