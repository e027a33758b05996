import { differences, fieldsText, type KindWords, noWords } from "./kind.ts";

export const workspace: KindWords<"workspace"> = {
  added: ({ after }) => fieldsText(after),
  changed: differences,
  removed: ({ before }) => `archive "${before.name}", with every key in it: this cannot be undone`,
  removal: "archive",
  manual: noWords,
  unmanaged: ({ name }) => `workspace "${name}"`,
};
