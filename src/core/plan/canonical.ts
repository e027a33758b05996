import type { OrgSnapshot, ReadResult } from "../model/org.ts";
import { canonicalTexts } from "../text/text.ts";

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
  return reading.known ? canonicalTexts(reading.items).sort().join(",") : reading.reason;
}
