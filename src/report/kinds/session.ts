import { type KindWords, noWords } from "./kind.ts";

export const session: KindWords<"session"> = {
  added: noWords,
  changed: noWords,
  removed: () => "sign out everywhere (it takes up to an hour)",
  removal: "sign out",
  manual: noWords,
  unmanaged: noWords,
};
