import { type KindWords, noWords } from "./kind.ts";

export const group: KindWords<"group"> = {
  added: () => "create",
  changed: noWords,
  removed: ({ before }) => `delete "${before.name}": this cannot be undone, and whoever is in it loses its roles`,
  removal: "delete",
  manual: ({ before }) => `delete "${before?.name ?? ""}"`,
  unmanaged: ({ details }) =>
    details.source === "direct" ? "group" : `group, owned by the identity provider (${details.source})`,
};
