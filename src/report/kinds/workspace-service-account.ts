import { differences, type KindWords, noWords } from "./kind.ts";

export const workspace_service_account: KindWords<"workspace_service_account"> = {
  added: ({ after }) => `add as ${after.role}`,
  changed: differences,
  removed: ({ before }) => `remove (was ${before.role})`,
  removal: "remove",
  manual: noWords,
  unmanaged: ({ details }) => details.role,
};
