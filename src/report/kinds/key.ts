import { differences, type KindWords, noWords } from "./kind.ts";

export const key: KindWords<"key"> = {
  added: noWords,
  changed: differences,
  removed: () => "disable",
  removal: "disable",
  manual: ({ before, after }) => {
    if (after?.rotate !== undefined) return after.rotate;
    if (before && after) return differences({ before, after });
    // A key stays in the workspace in which it is created.
    const place = after?.workspace == null ? "the organization itself" : `the workspace "${after.workspace}"`;
    return `create "${after?.name ?? ""}" in ${place}`;
  },
  unmanaged: ({ details }) => `${details.status}, created ${details.created_at.slice(0, 10)}`,
};
