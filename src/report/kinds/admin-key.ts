import { type KindWords, noWords } from "./kind.ts";

export const admin_key: KindWords<"admin_key"> = {
  added: noWords,
  changed: noWords,
  removed: noWords,
  removal: "remove",
  manual: ({ after }) => after?.where ?? "",
  unmanaged: noWords,
};
