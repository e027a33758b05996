import { differences, type KindWords } from "./kind.ts";

export const invite: KindWords<"invite"> = {
  added: ({ after: { role, groups = [] } }) =>
    `invite as ${role}${groups.length === 0 ? "" : `, into ${groups.join(", ")}`}`,
  changed: differences,
  removed: ({ before }) => `cancel the invitation (${before.role})`,
  removal: "remove",
  manual: ({ before, after }) => (before && after ? differences({ before, after }) : `invite as ${after?.role}`),
  unmanaged: ({ details }) => details.role,
};
