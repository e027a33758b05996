import { expect, test } from "vitest";
import type { ApiKey, OrgSnapshot } from "../../../src/core/model/org.ts";
import { canonicalState, writeAhead } from "../../../src/core/plan/canonical.ts";
import { canonicalText } from "../../../src/core/text/text.ts";
import { org } from "../../support/org.ts";

/** The text in one piece, as plans were saved with its digest from the beginning. */
function whole({ takenAt: _, organization: __, type: ___, ...lists }: OrgSnapshot): string {
  const text = (reading: { readonly known: boolean; readonly items?: readonly object[]; readonly reason?: string }) =>
    reading.known ? (reading.items ?? []).map(canonicalText).sort().join(",") : (reading.reason ?? "");
  const parts = Object.entries(lists).flatMap(([list, content]) =>
    "known" in content ? `${list}:${text(content)}` : [...content].map(([id, one]) => `${list} of ${id}:${text(one)}`),
  );
  return parts.sort().join("\n");
}

const keyOf = (index: number): ApiKey => ({
  id: `apikey_${(index * 7919) % 60_013}`,
  name: `é ${index}`,
  status: "active",
  createdAt: 1_700_000_000_000 + ((index * 104_729) % 1_000_003) * 10_007,
  scope: { type: "workspace", workspaceId: `wrkspc_${index % 50}` },
});

test("the pieces of a state are its text, whatever the order and however long its lists", () => {
  for (const length of [0, 1, 300, 60_000]) {
    const items = Array.from({ length }, (_, index) => keyOf(index));
    const live = org({ keys: items });
    const pieces = [...canonicalState(live)];
    expect(pieces.join("") === whole(live)).toBe(true);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(100_000);
    expect([...canonicalState(org({ keys: items.toReversed() }))].join("") === pieces.join("")).toBe(true);
  }
});

test("a list that is not known is its reason, and each workspace's list has its place", () => {
  const live: OrgSnapshot = {
    ...org(),
    keys: { known: false, reason: "permission-denied", message: "no" },
    workspaceMembers: new Map([
      ["wrkspc_2", { known: true, items: [{ userId: "u", workspaceId: "wrkspc_2", role: "user" }] }],
      ["wrkspc_1", { known: true, items: [] }],
    ]),
  };
  expect([...canonicalState(live)].join("")).toBe(whole(live));
  expect(whole(live)).toContain("keys:permission-denied");
});

test("what was written ahead of some lists, whole or in part, changes nothing of the text", () => {
  const lists = [0, 1, 256, 3000].map((length) => Array.from({ length }, (_, index) => keyOf(index)));
  for (const items of lists) {
    const before = [...canonicalState(org({ keys: [...items] }))].join("");
    writeAhead(items);
    expect([...canonicalState(org({ keys: items }))].join("") === before).toBe(true);
    let calls = 1;
    while (writeAhead(items)) calls += 1;
    // Each call is a part of it, for answers come between them.
    expect(calls).toBeGreaterThanOrEqual(items.length / 256 - 1);
    expect([...canonicalState(org({ keys: items }))].join("") === before).toBe(true);
  }
});

test("nothing is written ahead of a list that is too long to be kept", () => {
  expect(writeAhead(Array.from({ length: 30_000 }, (_, index) => keyOf(index)))).toBe(false);
});
