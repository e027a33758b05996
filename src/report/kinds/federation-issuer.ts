import { differences, fieldsText, type KindWords } from "./kind.ts";

export const federation_issuer: KindWords<"federation_issuer"> = {
  added: ({ after }) => `register ${fieldsText(after)}`,
  changed: differences,
  removed: ({ before }) =>
    `archive "${before.name}" (${before.url}): this cannot be undone, and none of its tokens is taken`,
  removal: "archive",
  manual: ({ before, after }) => differences({ before: before ?? {}, after: after ?? {} }),
  unmanaged: ({ details }) => details.url,
};
