import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MANAGED_KINDS } from "../../../src/core/config/config.ts";
import { itemsOf, type OrgSnapshot } from "../../../src/core/model/org.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { parseConfig } from "../../../src/core/validate/parse.ts";
import { NOW } from "../../support/org.ts";
import { enterprises, organizations, written, writtenEnterprise } from "../../support/random-org.ts";

type Mapping = Record<string, unknown>;

/** What of a file that says what an organization is somebody touches. */
interface Touched {
  readonly file: Mapping;
  readonly live: OrgSnapshot;
  /** One of the keys of a mapping, another name where it is empty. */
  readonly pick: (entries: Mapping) => string;
  readonly roll: (sides: number) => number;
  /** A workspace of the file, and one of its keys. */
  readonly place: Mapping;
  readonly key: string;
}

const NEW_KEY = { id: "apikey_typo" };

const SLIPS: Readonly<Record<string, (touched: Touched) => void>> = {
  "a person's address with letters that look the same": ({ file, pick }) => {
    const email = pick(inside(file.members));
    const spelt = (text: string) => text.replaceAll(JSON.stringify(email), JSON.stringify(lookAlike(email)));
    Object.assign(file, JSON.parse(spelt(JSON.stringify(file))));
  },
  "a person's address with a slip of the pen": ({ file, pick, roll }) => {
    const email = pick(inside(file.members));
    const spelt = (text: string) => text.replaceAll(JSON.stringify(email), JSON.stringify(mistyped(email, roll)));
    Object.assign(file, JSON.parse(spelt(JSON.stringify(file))));
  },
  "a workspace's name with one": ({ place, roll }) => {
    place.name = mistyped(String(place.name), roll);
  },
  "a key's name with one": ({ place, key, roll }) => rename(place.keys, key, mistyped(key, roll)),
  "a group's name with one": ({ file, pick, roll }) => {
    const name = pick(inside(file.groups));
    rename(file.groups, name, mistyped(name, roll));
  },
  "a service account's name with one": ({ file, pick, roll }) => {
    const name = pick(inside(file.service_accounts));
    const spelt = (text: string) => text.replaceAll(JSON.stringify(name), JSON.stringify(mistyped(name, roll)));
    Object.assign(file, JSON.parse(spelt(JSON.stringify(file))));
  },
  "such an address in one workspace alone": ({ file, place, pick }) => {
    const email = pick(inside(place.members));
    if (!(email in inside(place.members))) return;
    if (!(lookAlike(email) in inside(file.members))) inside(file.members)[lookAlike(email)] = { role: "user" };
    rename(place.members, email, lookAlike(email));
  },
  "a group's name in another case": ({ file, pick }) => {
    const name = pick(inside(file.groups));
    rename(file.groups, name, name.toUpperCase());
  },
  "a workspace's name in another case": ({ place }) => {
    place.name = String(place.name).toUpperCase();
  },
  "a workspace's name in letters that look the same, and an id that is not there": ({ place }) => {
    Object.assign(place, { name: lookAlike(String(place.name)), id: "wrkspc_typo" });
  },
  "a workspace's new name, and an id that is not there": ({ place }) => {
    Object.assign(place, { name: "Renamed", id: "wrkspc_typo" });
  },
  "the id of another workspace": ({ place, live, roll }) => {
    const others = itemsOf(live.workspaces).filter(({ isDefault }) => !isDefault);
    place.id = others[roll(others.length || 1)]?.id;
  },
  "a new name, and the id of another workspace": ({ place, live, roll }) => {
    const others = itemsOf(live.workspaces).filter(({ isDefault }) => !isDefault);
    const other = others[roll(others.length || 1)];
    if (other) Object.assign(place, { name: "Renamed", id: other.id });
  },
  "a key's new name, and the id of another key": ({ place, live, roll, key }) => {
    const others = itemsOf(live.keys).filter(({ name }) => name in inside(place.keys) && name !== key);
    const other = others[roll(others.length || 1)];
    if (!other) return;
    inside(place.keys)[key] = { id: other.id };
    rename(place.keys, key, "renamed");
  },
  "a key's line in another workspace": ({ file, place, pick, key }) => {
    const keys = inside(inside(inside(file.workspaces)[pick(inside(file.workspaces))]).keys);
    if (!(key in inside(place.keys))) return;
    delete inside(place.keys)[key];
    keys[key] = {};
  },
  "a key's name in another case": ({ place, key }) => rename(place.keys, key, key.toUpperCase()),
  "a key's new name, and an id that is not there": ({ place, key }) => {
    inside(place.keys)[key] = NEW_KEY;
    rename(place.keys, key, "renamed");
  },
  "the id of another key": ({ place, key, live, roll }) => {
    const others = itemsOf(live.keys).filter(({ name }) => name in inside(place.keys));
    inside(place.keys)[key] = { id: others[roll(others.length || 1)]?.id };
  },
  "a rate limit of no model": ({ place, pick }) =>
    rename(place.rate_limits, pick(inside(place.rate_limits)), "claude-sonet-5-5"),
};

const files = fc.oneof(
  organizations.map((live) => ({ live, file: written(live) })),
  enterprises.map((live) => ({ live, file: writtenEnterprise(live) })),
);
// Whether the activity feed is on follows the file alone.
const managed = fc.subarray(MANAGED_KINDS.filter((kind) => kind !== "compliance"));

/** One slip of the pen, of a kind that shows: what it means is not there, or is there under a name that looks the same. */
describe("takes nothing away, whatever is managed in full", () => {
  test.each(Object.entries(SLIPS))("%s", (_, slip) => {
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.nat(1000)), managed, ({ live, file }, dice, full) => {
        const roll = (sides: number) => (dice.next().value ?? 0) % sides;
        const pick = (entries: Mapping) => Object.keys(entries)[roll(Object.keys(entries).length || 1)] ?? "nothing";
        const manage = Object.fromEntries(full.map((kind) => [kind, "full"]));
        const wrong = structuredClone<Mapping>({ version: 1, ...file, manage });
        const place = inside(inside(wrong.workspaces)[pick(inside(wrong.workspaces))]);
        slip({ file: wrong, live, pick, roll, place, key: pick(inside(place.keys)) });
        const { config } = parseConfig(wrong, NOW);
        // What is an error offline never gets so far.
        if (!config) return;
        const plan = reconcile({ config, live, now: NOW, file: { path: "", digest: "" }, digest: () => "" });
        const takes = plan.changes.filter(({ after, risk }) => after === null || risk === "removal");
        expect(takes).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

function inside(value: unknown): Mapping {
  return (value ?? {}) as Mapping;
}

function rename(entries: unknown, from: string, to: string): void {
  const values = inside(entries);
  if (from === to || !(from in values)) return;
  values[to] = values[from];
  delete values[from];
}

/** The same with a letter too many, one missing, another one, or two that changed places, in a word where that is seen. */
function mistyped(name: string, roll: (sides: number) => number): string {
  const words = [...name.matchAll(/\p{L}{5,}/gu)];
  const word = words[roll(words.length || 1)];
  if (!word) return name;
  const at = word.index + 1 + roll(word[0].length - 2);
  const [before, here, next, after] = [name.slice(0, at), name.charAt(at), name.charAt(at + 1), name.slice(at + 2)];
  return (
    [`${before}${here}${here}${next}`, `${before}${next}`, `${before}q${next}`, `${before}${next}${here}`][roll(4)] +
    after
  );
}

/** The same with Cyrillic letters for some Latin ones of what stands before an @. */
function lookAlike(name: string): string {
  const [local = "", ...domain] = name.split("@");
  const spelt = local.replaceAll("a", "\u0430").replaceAll("e", "\u0435").replaceAll("o", "\u043e");
  return [spelt, ...domain].join("@");
}
