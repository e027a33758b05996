import type { OrgSnapshot, ReadResult } from "../model/org.ts";

/**
 * One text for one state of the organization, whatever order the API listed it in, so that equal states have equal digests.
 * When it was read, whose it is and of which sort are not part of it.
 */
export function canonicalState({ takenAt, organization, type, ...lists }: OrgSnapshot): string {
  const parts = Object.entries(lists).flatMap(([list, content]) =>
    "known" in content
      ? `${list}:${readingText(content)}`
      : [...content].map(([id, reading]) => `${list} of ${id}:${readingText(reading)}`),
  );
  return parts.sort().join("\n");
}

function readingText(reading: ReadResult<object>): string {
  return reading.known ? reading.items.map(canonicalText).sort().join(",") : reading.reason;
}

/** One text for one value, whatever order its fields and entries came in. There may be tens of thousands of them. */
export function canonicalText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (value instanceof Map) return canonicalText(Object.fromEntries(value));
  if (value instanceof Set) return canonicalText([...value]);
  if (Array.isArray(value)) return `[${value.map(canonicalText).sort().join(",")}]`;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  let text = "";
  for (const name of Object.keys(fields).sort()) {
    const field = fields[name];
    if (field !== undefined && typeof field !== "function") text += `,${JSON.stringify(name)}:${canonicalText(field)}`;
  }
  return `{${text.slice(1)}}`;
}
