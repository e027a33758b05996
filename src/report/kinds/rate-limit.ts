import { differences, fieldsText, type KindWords, noWords } from "./kind.ts";

export const rate_limit: KindWords<"rate_limit"> = {
  added: ({ after }) => fieldsText(after),
  changed: differences,
  removed: ({ before }) => `clear ${fieldsText(before)}`,
  removal: "remove",
  manual: noWords,
  unmanaged: ({ details }) => fieldsText(details),
};
