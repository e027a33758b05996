import { differences, fieldsText, type KindWords } from "./kind.ts";

export const service_account: KindWords<"service_account"> = {
  added: ({ after }) => `create as ${fieldsText(after)}`,
  changed: differences,
  removed: ({ before }) =>
    `archive "${before.name}" (${before.role}): this cannot be undone, and what signs in as it stops`,
  removal: "archive",
  manual: ({ before, after }) =>
    before && after ? differences({ before, after }) : `create as ${fieldsText(after ?? {})}`,
  unmanaged: ({ details }) => (details.description === null ? details.role : `${details.role}: ${details.description}`),
};
