import { differences, type KindWords, noWords } from "./kind.ts";

export const member: KindWords<"member"> = {
  added: noWords,
  changed: differences,
  removed: ({ before }) => `remove (was ${before.role})`,
  removal: "remove",
  manual: ({ before, after }) => (before && after ? differences({ before, after }) : `remove (${before?.role})`),
  unmanaged: ({ details }) => details.role,
};
