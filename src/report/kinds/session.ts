import { type KindWords, noWords } from "./kind.ts";

export const session: KindWords<"session"> = {
  added: noWords,
  changed: noWords,
  removed: () => "sign out everywhere: a token may work for up to an hour more",
  removal: "sign out",
  manual: noWords,
  unmanaged: noWords,
};
