import { differences, type KindWords, noWords } from "./kind.ts";

export const key: KindWords<"key"> = {
  added: noWords,
  changed: differences,
  removed: () => "disable",
  removal: "disable",
  manual: ({ before, after }) => {
    if (after?.rotate !== undefined) return after.rotate;
    return before && after ? differences({ before, after }) : "to be created";
  },
  unmanaged: ({ details }) => `${details.status}, created ${details.created_at.slice(0, 10)}`,
};
