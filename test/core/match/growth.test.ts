import { expect, test } from "vitest";
import type { Config } from "../../../src/core/config/config.ts";
import type { OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { planRotation } from "../../../src/core/rotation/rotation.ts";
import { assembleStatus } from "../../../src/core/status/status.ts";
import { declared } from "../../support/config.ts";
import { key, NOW, type OrgParts, org, user, workspace } from "../../support/org.ts";
import { asked } from "../../support/rotation.ts";

/** An organization and a file of one size. */
interface Sized {
  readonly config: Record<string, unknown>;
  readonly live: OrgParts;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const entries = (count: number, entry: (index: number) => readonly [string, unknown]) =>
  Object.fromEntries(range(count).map(entry));
const manage = { workspaces: "full", members: "full", keys: "full", workspace_members: "full" };

/** What the planner used to search in products of lists. */
const SIZES: Readonly<Record<string, (count: number) => Sized>> = {
  "workspaces that are missing, beside others that hold keys": (count) => ({
    config: { workspaces: entries(count, (n) => [`w${n}`, { name: `Wanted ${n}`, keys: { [`w${n}-a`]: {} } }]) },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      keys: range(count).map((n) => key(`other-${n}`, `wrkspc_live${n}`)),
    },
  }),
  "workspaces that were all renamed by hand": (count) => ({
    config: { workspaces: entries(count, (n) => [`w${n}`, { name: `Wanted ${n}`, keys: { [`w${n}-a`]: {} } }]) },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      keys: range(count).map((n) => key(`w${n}-a`, `wrkspc_live${n}`)),
    },
  }),
  "keys of one workspace, named, renamed, pinned and in rotation": (count) => ({
    config: {
      manage,
      workspaces: {
        prod: {
          name: "Prod",
          keys: entries(count, (n) => [`prod-${n}`, n % 2 === 0 ? { previously: `old-${n}` } : { id: `apikey_${n}` }]),
        },
      },
    },
    live: {
      workspaces: [workspace("Prod")],
      keys: range(count).flatMap((n) => [
        key(n % 2 === 0 ? `old-${n}` : `any-${n}`, "wrkspc_prod", { id: `apikey_${n}` }),
        key(`prod-${n}@next`, "wrkspc_prod", { id: `apikey_next_${n}` }),
      ]),
    },
  }),
  "one name in many workspaces, beside strays of it": (count) => ({
    config: {
      workspaces: entries(count, (n) => [`w${n}`, { name: `Live${n}`, keys: { same: { id: `apikey_${n}` } } }]),
    },
    live: {
      workspaces: range(2 * count).map((n) => workspace(`Live${n}`)),
      keys: range(2 * count).map((n) => key("same", `wrkspc_live${n}`, { id: `apikey_${n}` })),
    },
  }),
  "keys that nothing declares, in workspaces with handles that they begin with": (count) => ({
    config: { manage, workspaces: entries(count, (n) => [`w${n}`, { name: `Live${n}` }]) },
    live: {
      workspaces: range(count).map((n) => workspace(`Live${n}`)),
      keys: range(count).map((n) => key(`w${n}-x`, `wrkspc_live${(n + 1) % count}`)),
    },
  }),
  "people, in the organization and in one workspace": (count) => ({
    config: {
      manage,
      members: entries(count, (n) => [`p${n}@acme.example`, { role: "developer" }]),
      workspaces: { prod: { name: "Prod", members: entries(count, (n) => [`p${n}@acme.example`, "user"]) } },
    },
    live: {
      users: range(count).map((n) => user(`p${n + 5}@acme.example`)),
      workspaces: [workspace("Prod")],
      members: range(count).map((n) => ({ userId: `user_p${n + 3}`, workspaceId: "wrkspc_prod", role: "user" })),
    },
  }),
};

/** Runs `work` on the file and the organization, and counts how often anything of an entry or of a live object is looked at. */
function steps(sized: Sized, work: (config: Config, live: OrgSnapshot) => unknown): number {
  let count = 0;
  const watched = <Item extends object>(item: Item): Item =>
    new Proxy(item, {
      get: (target, field, receiver) => {
        count += 1;
        return Reflect.get(target, field, receiver);
      },
    });
  const list = <Item extends object>(reading: ReadResult<Item>): ReadResult<Item> =>
    reading.known ? { known: true, items: reading.items.map(watched) } : reading;
  const map = <Item extends object>(items: ReadonlyMap<string, Item>) =>
    new Map([...items].map(([name, item]) => [name, watched(item)]));
  const config = declared(sized.config);
  const live = org(sized.live);
  const workspaces = [...config.workspaces].map(([handle, entry]) => {
    const keys = entry.keys && map(entry.keys);
    return [handle, watched({ ...entry, ...(keys && { keys }) })] as const;
  });
  work(
    { ...config, members: map(config.members), workspaces: new Map(workspaces) },
    {
      ...live,
      users: list(live.users),
      workspaces: list(live.workspaces),
      keys: list(live.keys),
      workspaceMembers: new Map([...live.workspaceMembers].map(([id, reading]) => [id, list(reading)])),
    },
  );
  return count;
}

const WORK: Readonly<Record<string, (config: Config, live: OrgSnapshot) => unknown>> = {
  reconcile: (config, live) =>
    reconcile({ config, live, now: NOW, file: { path: "rbac.yaml", digest: "" }, digest: () => "" }),
  rotation: (config, live) => planRotation(asked(live, { config })),
  status: (config, live) => assembleStatus({ config, live, now: NOW, selection: { view: "organization" } }),
  offboarding: (config, live) =>
    planOffboarding({
      config,
      live,
      now: NOW,
      digest: () => "",
      people: ["p7@acme.example"],
      max: 1,
      formerIds: new Map([["p7@acme.example", ["user_p7"]]]),
    }),
};

const SMALL = 40;
/** Sorting takes a little more than in proportion; a product of two lists would take a hundred times as much. */
const MOST = 14;

for (const [what, sizeOf] of Object.entries(SIZES)) {
  test.each(Object.entries(WORK))(`${what}: the work of %s grows as the lists do`, (_, work) => {
    const small = steps(sizeOf(SMALL), work);
    const large = steps(sizeOf(10 * SMALL), work);
    expect(small).toBeGreaterThan(SMALL);
    expect(large / small).toBeLessThan(MOST);
  });
}
