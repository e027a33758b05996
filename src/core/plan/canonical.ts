import type { OrgSnapshot, ReadResult } from "../model/org.ts";

/**
 * One text for one state of the organization, whatever order the API listed it in, so that equal states have equal digests.
 * When it was read, and whose it is, are not part of it.
 */
export function canonicalState({ takenAt, organization, ...state }: OrgSnapshot): string {
  const { workspaces, rateLimits, workspaceRateLimits, workspaceMembers, ...flat } = state;
  const parts = Object.entries(flat).map(([kind, reading]) => `${kind}:${readingText(reading, JSON.stringify)}`);
  parts.push(
    `workspaces:${readingText(workspaces, canonicalText)}`,
    `rateLimits:${readingText(rateLimits, canonicalText)}`,
  );
  for (const [id, reading] of workspaceRateLimits) parts.push(`limits of ${id}:${readingText(reading, canonicalText)}`);
  for (const [id, reading] of workspaceMembers) parts.push(`members of ${id}:${readingText(reading, JSON.stringify)}`);
  return parts.sort().join("\n");
}

/**
 * `rowText` is JSON.stringify for rows without lists or names of the API's own making: their fields come in one order, since
 * one function makes them all, and there may be tens of thousands.
 */
function readingText(reading: ReadResult<object>, rowText: (row: object) => string): string {
  return reading.known
    ? reading.items
        .map((row) => rowText(row))
        .sort()
        .join(",")
    : reading.reason;
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
