import type { OrgSnapshot, Reading } from "./org.ts";

/**
 * One text for one state of the organization, whatever order the API listed it in, so that equal states have equal digests.
 * When it was read, and whose it is, are not part of it.
 */
export function canonicalState({ takenAt, organization, ...state }: OrgSnapshot): string {
  const { workspaceMembers, workspaceRateLimits, ...lists } = state;
  const parts = Object.entries(lists).map(([kind, reading]) => `${kind}:${readingText(reading)}`);
  for (const [kind, map] of Object.entries({ workspaceMembers, workspaceRateLimits })) {
    for (const [id, reading] of map) parts.push(`${kind}.${id}:${readingText(reading)}`);
  }
  return parts.sort().join("\n");
}

function readingText(reading: Reading<object>): string {
  return reading.known ? reading.items.map(rowText).sort().join(",") : reading.reason;
}

/** A row's fields come in one order, since one function makes them all; only what the API lists or names inside is sorted. */
function rowText(row: object): string {
  return JSON.stringify(row, (_, value) => {
    if (Array.isArray(value)) return value.toSorted();
    return typeof value === "object" && value !== null ? sorted(value) : value;
  });
}

/** One text for one value, whatever order its fields and entries came in. */
export function canonicalText(value: unknown): string {
  if (value instanceof Map) return canonicalText(Object.fromEntries(value));
  if (value instanceof Set) return canonicalText([...value]);
  if (Array.isArray(value)) return `[${value.map(canonicalText).sort().join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined && typeof field !== "function")
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonicalText(field)}`);
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

function sorted(fields: object): object {
  return Object.fromEntries(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)));
}
