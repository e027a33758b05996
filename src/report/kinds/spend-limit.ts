import { differences, fieldsText, type KindWords, noWords } from "./kind.ts";

export const spend_limit: KindWords<"spend_limit"> = {
  added: ({ after }) => fieldsText(after),
  changed: differences,
  removed: ({ before }) => `clear ${fieldsText(before)}`,
  removal: "remove",
  manual: noWords,
  unmanaged: ({ details }) => fieldsText(details),
};
