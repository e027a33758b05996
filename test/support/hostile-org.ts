/** Organizations that the API allows and nobody would write down: for whatever must say any of them truthfully. */
import fc from "fast-check";
import type { RateLimit } from "../../src/core/model/limit.ts";
import type { ApiKey, Invite, LiveWorkspace, OrgSnapshot, User } from "../../src/core/model/org.ts";
import { ASSIGNABLE_ROLES, WORKSPACE_ROLES } from "../../src/core/model/role.ts";
import { DAY } from "../../src/core/model/time.ts";
import { anyCharacter } from "./any-character.ts";
import { invite, NOW, org } from "./org.ts";

const SECRET = `sk-ant-api03-${"R".repeat(24)}`;

/** What a YAML writer, a shell, a terminal or our own grammar could take for something else. */
const NASTY = [
  "007",
  "1e3",
  "0x1F",
  "12:30:45",
  "yes",
  "NO",
  "off",
  "null",
  "~",
  "true",
  ".inf",
  "2026-11-23",
  " leading",
  "trailing ",
  "a: b",
  "a #b",
  "# comment",
  "- item",
  "? key",
  "&anchor",
  "*alias",
  "!tag",
  "<<",
  "|",
  ">",
  "%TAG",
  "@at",
  "`tick`",
  "{a}",
  "[a]",
  "a,b",
  'say "hi"',
  "it's",
  "back\\slash",
  "x-free",
  "constructor",
  "__proto__",
  "toString",
  "tab\there",
  "two\nlines",
  "bell\u0007",
  "zero\u200bwidth",
  "\u202eright to left",
  "line\u2028separator",
  "\ufeffmark",
  "lone \ud800 surrogate",
  "日本語",
  "Ünïcode",
  "🔑",
  "e\u0301 é",
  "workspaces.prod.keys.x",
  "prod",
  "Prod",
  "PROD!",
  "prod-2",
  "Default",
  "default",
  "Claude Code",
  "prod-eu-service",
  "default-service",
  "auth",
  "auth@next",
  "auth@previous-20261101",
  "auth@disabled-20261101",
  "auth@next@next",
  "auth@someday",
  "@next",
  "n".repeat(255),
  "n".repeat(256),
  "\u200b".repeat(200),
  '"'.repeat(300),
  "n".repeat(500),
  `key ${SECRET}`,
];

const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12, unit: anyCharacter }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z][a-z-]{0,6}$/) },
);

const ADDRESSES = [
  "ada+test@acme.example",
  "007@acme.example",
  "yes@acme.example",
  "o'neil@acme.example",
  "a#b@acme.example",
  "#c@acme.example",
  "-dash@acme.example",
  "!bang@acme.example",
  "*star@acme.example",
  "ünï@acme.example",
  "a.b.c@sub.acme.example",
  "zero\u200bwidth@acme.example",
  `${"l".repeat(64)}@acme.example`,
  `${"l".repeat(65)}@acme.example`,
  '"two words"@acme.example',
  "no-dot@localhost",
  "no address",
];

const GROUPS: readonly RateLimit[] = [
  { type: "model_group", name: "Claude Sonnet 5.x", models: ["claude-sonnet-5", "claude-sonnet-5-5"] },
  { type: "model_group", name: "Retired", models: ["claude-opus-4-20250514"] },
  { type: "model_group", name: "Alias", models: ["claude-opus-4-5"] },
  { type: "model_group", name: "The same by its id", models: ["claude-opus-4-5-20251101"] },
  { type: "model_group", name: "Shared one", models: ["claude-haiku-5-5"] },
  { type: "model_group", name: "Shared two", models: ["claude-haiku-5-5", "claude-haiku-4-5"] },
  { type: "model_group", name: "Newer: than #us", models: ["claude-next-9"] },
  { type: "model_group", name: "Not ours", models: ["gpt: x"] },
  { type: "batch", models: [] },
  { type: "skills", models: [] },
  { type: "skills", models: [] },
  { type: "images", models: [] },
].map(({ type, name, models }, index) => ({
  id: `rl_${index}`,
  group: { type, id: `rlg_${index}`, ...(name !== undefined && { displayName: name }) },
  limits: { requests_per_minute: 4000 },
  models,
}));

const LIMITS = [
  { requests_per_minute: 0 },
  { requests_per_minute: 5000, output_tokens_per_minute: 80_000 },
  { tokens_per_day: Number.MAX_SAFE_INTEGER },
  {},
];
const GEOS = ["us", "global", "moon: #1"];
const CURRENCIES = ["USD", "JPY", "KWD", "nonsense"];
const AMOUNTS = [0, 1, 1999, 500_000, 123_456_789, 10 ** 15];
const STATUSES = ["active", "active", "active", "inactive", "archived", "expired"];

interface Hands {
  readonly words: readonly string[];
  readonly dice: () => number;
}

/** One of a list, by chance. */
function pick<Item>({ dice }: Hands, items: readonly Item[]): Item {
  const item = items[dice() % items.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

const name = (hands: Hands) => pick(hands, hands.words);

/** Names are not unique, roles not known, values out of range, rows orphaned; one admin has an ordinary address. */
export const hostileOrganizations: fc.Arbitrary<OrgSnapshot> = fc
  .tuple(
    fc.array(names, { minLength: 4, maxLength: 12 }),
    fc.subarray(ADDRESSES),
    fc.infiniteStream(fc.nat(1 << 20)),
    fc.nat(4),
  )
  .map(([words, addresses, stream, count]) => {
    const hands: Hands = { words, dice: () => stream.next().value ?? 0 };
    const roles = [...ASSIGNABLE_ROLES, "admin", "owner", "membership_admin", "auditor"];
    const root: User = { id: "user_root", email: "root@acme.example", name: "Root", role: "admin" };
    const users: User[] = [root];
    const invites: Invite[] = [];
    for (const [index, email] of addresses.entries()) {
      const role = pick(hands, roles);
      if (hands.dice() % 4 > 0) users.push({ id: `user_X${index}`, email, name: name(hands), role });
      if (hands.dice() % 3 > 0) continue;
      const expiresAt = NOW + (hands.dice() % 3 ? 1 : -1) * DAY;
      invites.push(invite(email, pick(hands, roles), { id: `invite_${index}`, expiresAt }));
    }
    const workspaces = Array.from({ length: count }, (_, index) => place(hands, index));
    const places = [{ id: "wrkspc_default", isDefault: true }, ...workspaces];
    const ordinary = workspaces.map(({ id }) => id);
    const currency = pick(hands, CURRENCIES);
    return {
      ...org({
        users,
        invites,
        workspaces,
        rateLimits: GROUPS,
        members: ordinary.flatMap((workspaceId) =>
          [...users.map(({ id }) => id), "user_Gone"]
            .filter(() => hands.dice() % 2)
            .map((userId) => ({ userId, workspaceId, role: pick(hands, [...WORKSPACE_ROLES, "billing", "auditor"]) })),
        ),
        overrides: ordinary.flatMap((workspaceId) =>
          GROUPS.filter(() => hands.dice() % 2).map(({ id, group, models }) => ({
            rateLimitId: hands.dice() % 9 ? id : "rl_gone",
            workspaceId,
            group,
            models,
            overrides: pick(hands, LIMITS),
          })),
        ),
        spendLimits: places
          .filter(() => hands.dice() % 2)
          .map(({ id }) => ({
            id: `spl_${id}`,
            workspaceId: id,
            amountMinor: pick(hands, AMOUNTS),
            currency,
            period: "monthly",
          })),
        keys: [undefined, ...places.map(({ id }) => id)].flatMap((workspaceId) =>
          Array.from({ length: hands.dice() % 6 }, (_, index) => key(hands, workspaceId, index)),
        ),
      }),
      organization: { id: "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47", name: name(hands) },
    };
  });

function place(hands: Hands, index: number): LiveWorkspace {
  const tags = Object.fromEntries(
    Array.from({ length: hands.dice() % 4 }, () => [name(hands), name(hands)] as const).filter(
      ([tag]) => tag !== "__proto__",
    ),
  );
  const allowed = pick(hands, ["unrestricted", [], ["us"], ["global", "us"], ["moon: #1"]] as const);
  return {
    id: `wrkspc_${index}X`,
    name: name(hands),
    isDefault: false,
    tags: hands.dice() % 3 ? tags : { ...tags, "anthropic-kind": "x" },
    ...(hands.dice() % 2 && { workspaceGeo: pick(hands, GEOS) }),
    ...(hands.dice() % 2 && { allowedInferenceGeos: allowed }),
    ...(hands.dice() % 2 && { defaultInferenceGeo: pick(hands, GEOS) }),
    ...(hands.dice() % 5 === 0 && { externalKeyId: name(hands) }),
  };
}

function key(hands: Hands, workspaceId: string | undefined, index: number): ApiKey {
  const id = `apikey_${workspaceId ?? "organization"}_${index}`;
  return {
    id,
    name: name(hands),
    status: pick(hands, STATUSES),
    createdAt: NOW - (hands.dice() % 900) * DAY,
    scope: workspaceId === undefined ? { type: "organization" } : { type: "workspace", workspaceId },
    ...(hands.dice() % 2 && { hint: pick(hands, ["sk-ant-api03-abc...wxyz", "two\nlines", SECRET]) }),
    ...(hands.dice() % 3 === 0 && { principal: { type: "user", id: pick(hands, ["user_root", "user_Gone"]) } }),
    ...(hands.dice() % 5 === 0 && { expiresAt: NOW + 10 * DAY }),
  };
}
