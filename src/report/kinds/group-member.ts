import { type KindWords, noWords } from "./kind.ts";

export const group_member: KindWords<"group_member"> = {
  added: () => "add to the group",
  changed: noWords,
  removed: () => "take out of the group",
  removal: "remove",
  manual: ({ after }) => (after ? "add to the group" : "take out of the group"),
  unmanaged: () => "in the group",
};
