import { type KindWords, noWords } from "./kind.ts";

export const compliance: KindWords<"compliance"> = {
  added: noWords,
  changed: ({ after }) =>
    after.state === "enabled"
      ? "switch the activity feed on"
      : "switch the activity feed off: this cannot be undone, for what happens meanwhile is never recorded",
  removed: noWords,
  removal: "remove",
  manual: noWords,
  unmanaged: noWords,
};
